"""Policy and process side by side (政策依据对照), as JSON and as a workbook."""

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields, validate

from service.domain.coverage import Step
from service.domain.vocabulary import COVERAGE
from service.http.files import download
from service.http.session import actor, runtime
from service.papers import coverage as papers
from service.queries.coverage import CoveragePage, coverage

blueprint = Blueprint("coverage", __name__, description="政策依据对照")


class CoverageIn(Schema):
    class Meta:
        unknown = EXCLUDE

    format = fields.Str(load_default="json", validate=validate.OneOf(["json", "xlsx"], error="应为 json 或 xlsx"))


class FaultOut(Schema):
    code = fields.Str(metadata={"description": "、".join(f"{code} {word}" for code, word in COVERAGE.items())})
    names = fields.List(fields.Str())


class CarrierOut(Schema):
    process = fields.Str()
    element = fields.Str(attribute="id")
    kind = fields.Str()
    name = fields.Str()
    leads = fields.List(fields.Str())
    co_units = fields.List(fields.Str())
    clauses = fields.List(fields.Str())
    basis = fields.Str()
    documentation = fields.Str()
    form = fields.Str(allow_none=True)
    standing = fields.Int(metadata={"description": "停在此环节、尚未结束的案件数"})


class CarrierFindingOut(CarrierOut):
    faults = fields.List(fields.Nested(FaultOut))


class CoveredClauseOut(Schema):
    id = fields.Str()
    title = fields.Str()
    text = fields.Str()
    leads = fields.List(fields.Str())
    co_units = fields.List(fields.Str())
    others = fields.List(fields.Str())
    inferred = fields.Bool(metadata={"description": "牵头与配合依职责推定"})


class NarrowingOut(Schema):
    unit = fields.Str()
    means = fields.Str()
    why = fields.Str()


class ClauseFindingOut(Schema):
    clause = fields.Nested(CoveredClauseOut)
    steps = fields.List(fields.Nested(CarrierOut))
    narrowings = fields.List(fields.Nested(NarrowingOut))
    faults = fields.List(fields.Nested(FaultOut))


class CoverageOut(Schema):
    title = fields.Str()
    shares = fields.Dict(metadata={"description": "clauses、steps 各为 [符合的个数, 总数]"})
    clauses = fields.List(fields.Nested(ClauseFindingOut))
    steps = fields.List(fields.Nested(CarrierFindingOut))


@blueprint.get("/coverage")
@blueprint.arguments(CoverageIn, location="query")
@blueprint.alt_response(200, schema=CoverageOut)
def policy_coverage(asked: dict[str, Any]) -> Any:
    """Clause by clause the elements that carry it, and element by element what it rests on, with what is missing."""
    with runtime().query() as session:
        page = coverage(session, runtime(), actor())
    if asked["format"] == "xlsx":
        return download(papers.workbook(page), "政策依据对照.xlsx")
    return CoverageOut().dump(_said(page))


def _said(page: CoveragePage) -> dict[str, Any]:
    def step(one: Step) -> dict[str, Any]:
        return {**asdict(one), "standing": page.standing.get((one.process, one.id), 0)}

    whole = page.coverage
    return {
        "title": page.title, "shares": {name: list(share) for name, share in whole.shares.items()},
        "clauses": [{"clause": one.clause, "steps": [step(carrier) for carrier in one.steps],
                     "narrowings": one.narrowings, "faults": one.faults} for one in whole.clauses],
        "steps": [{**step(one.step), "faults": one.faults} for one in whole.steps],
    }
