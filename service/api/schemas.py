"""Schemas that several wings share. Instants are ISO 8601 with offset, in UTC."""

from marshmallow import EXCLUDE, Schema, fields, validate


class PageIn(Schema):
    """Paging: ``limit`` lines from ``cursor`` on."""

    class Meta:
        unknown = EXCLUDE

    limit = fields.Int(
        load_default=20,
        validate=validate.Range(1, 100, error="每页条数应在 1 到 100 之间"),
        metadata={"description": "1 到 100"},
    )
    cursor = fields.Str(load_default=None)
