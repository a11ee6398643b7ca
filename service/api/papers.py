"""Papers (文书): Word files and workbooks made of a case, and its whole file."""

import re
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.domain.deadlines import SHANGHAI
from service.http.files import download
from service.http.session import actor, runtime
from service.papers import ledger, word
from service.queries.ledgers import case_ledger
from service.queries.papers import LEDGER, WORD, paper, papers

blueprint = Blueprint("papers", __name__, description="文书")
UNSAFE = re.compile(r"[\\/:*?\"<>|\x00-\x1f]")


class PaperOut(Schema):
    name = fields.Str()
    title = fields.Str()
    format = fields.Str(metadata={"description": "docx 或 xlsx"})
    available = fields.Bool()
    why = fields.Str(metadata={"description": "暂不能生成的原因"})


class PapersOut(Schema):
    papers = fields.List(fields.Nested(PaperOut))


@blueprint.get("/cases/<int:case_id>/papers")
@blueprint.response(200, PapersOut)
def list_papers(case_id: int) -> dict[str, Any]:
    """The papers of a case, and why those that cannot be had yet cannot."""
    with runtime().query() as session:
        return {"papers": papers(session, runtime(), actor(), case_id)}


@blueprint.get("/cases/<int:case_id>/papers/<name>.docx")
def word_paper(case_id: int, name: str) -> Response:
    """A paper as a Word file, from the office's template and the data of the case."""
    with runtime().query() as session:
        source = paper(session, runtime(), actor(), case_id, name, WORD)
    return download(word.fill(source), f"{UNSAFE.sub('', source.title)}.docx")


@blueprint.get("/cases/<int:case_id>/papers/<name>.xlsx")
def ledger_paper(case_id: int, name: str) -> Response:
    """The ledger of one case as a workbook."""
    with runtime().query() as session:
        source = paper(session, runtime(), actor(), case_id, name, LEDGER)
        page = case_ledger(session, runtime(), actor(), case_id)
    today = runtime().now().astimezone(SHANGHAI).date()
    rows = {page.department: [line.values for line in page.lines]}
    return download(ledger.tracking(rows, today), f"{UNSAFE.sub('', source.title)}.xlsx")
