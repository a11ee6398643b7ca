"""Policy and process side by side (政策依据对照), as JSON and as a workbook."""

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import FormatIn
from service.domain.processes import CoverageStep
from service.domain.vocabulary import COVERAGE
from service.http.files import download
from service.http.session import actor, runtime
from service.papers import processes as papers
from service.queries.processes.coverage import CoveragePage, coverage

blueprint = Blueprint("coverage", __name__, description="政策依据对照")


class CoverageOut(Schema):
    title = fields.Str()
    shares = fields.Dict(metadata={"description": "clauses、steps 各为 [符合的个数, 总数]"})
    clauses = fields.List(
        fields.Dict(),
        metadata={
            "description": "clause 条款，steps 承办的环节（standing "
            "停在那里的案件），narrowings 声明的调整，faults 尚缺"
        },
    )
    steps = fields.List(
        fields.Dict(),
        metadata={
            "description": "每个环节及 faults 尚缺："
            f"{'、'.join(f'{code} {word}' for code, word in COVERAGE.items())}"
        },
    )


@blueprint.get("/coverage")
@blueprint.arguments(FormatIn, location="query")
@blueprint.alt_response(200, schema=CoverageOut)
def policy_coverage(asked: dict[str, Any]) -> Any:
    """The steps by clause and the clauses by step, with everything that is missing."""
    with runtime().query() as session:
        page = coverage(session, runtime(), actor())
    if asked["format"] == "xlsx":
        return download(papers.coverage_workbook(page), "政策依据对照.xlsx")
    return CoverageOut().dump(_as_json(page))


def _as_json(page: CoveragePage) -> dict[str, Any]:
    """The page with the fields of ``CoverageOut``."""
    clauses = []
    for covered in page.coverage.clauses:
        steps = [_step(page, step) for step in covered.steps]
        clauses.append({**asdict(covered), "steps": steps})
    steps_with_faults = []
    for covered_step in page.coverage.steps:
        faults = [asdict(fault) for fault in covered_step.faults]
        steps_with_faults.append({**_step(page, covered_step.step), "faults": faults})
    return {
        "title": page.title,
        "shares": page.coverage.shares,
        "clauses": clauses,
        "steps": steps_with_faults,
    }


def _step(page: CoveragePage, step: CoverageStep) -> dict[str, Any]:
    standing = page.standing.get((step.process, step.id), 0)
    return {**asdict(step), "element": step.id, "standing": standing}
