"""Schemas that several wings share. Instants are ISO 8601 with offset, in UTC."""

from marshmallow import EXCLUDE, Schema, fields


class PageIn(Schema):
    """Paging: ``limit`` lines from ``cursor`` on."""

    class Meta:
        unknown = EXCLUDE

    limit = fields.Int(load_default=20, metadata={"description": "1 到 100"})
    cursor = fields.Str(load_default=None)
