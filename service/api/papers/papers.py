"""Papers (文书): Word files and workbooks about a case, and the whole file of a case."""

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, send_file
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import LineOut
from service.domain.terms.deadlines import SHANGHAI
from service.http.files import download
from service.http.session import actor, runtime
from service.papers.cases import Part, archive, record, safe_name
from service.papers.takeover import ledger
from service.papers.word import filling as word
from service.queries.items.answers import attachment
from service.queries.papers.case_file import CaseFile, case_file
from service.queries.papers.ledgers import case_ledger
from service.queries.papers.papers import LEDGER, WORD, PaperLine, paper, papers

blueprint = Blueprint("papers", __name__, description="文书")
IN_MEMORY_BYTES = 8_000_000


class PaperOut(
    LineOut,
    line=PaperLine,
    described={"format": "docx 或 xlsx", "why": "暂不能生成的原因"},
):
    available = fields.Bool()


class PapersOut(Schema):
    papers = fields.List(fields.Nested(PaperOut))


@blueprint.get("/cases/<int:case_id>/papers")
@blueprint.response(200, PapersOut)
def list_papers(case_id: int) -> dict[str, Any]:
    """The papers of a case, and the reasons why some are not available yet."""
    with runtime().query() as session:
        return {"papers": papers(session, runtime(), actor(), case_id)}


@blueprint.get("/cases/<int:case_id>/papers/<name>.docx")
def word_paper(case_id: int, name: str) -> Response:
    """A paper as a Word file, from the office's template and the data of the case."""
    with runtime().query() as session:
        source = paper(session, runtime(), actor(), case_id, name, WORD)
    filename = safe_name(f"{source.title}.docx")
    return download(word.fill(source), filename)


@blueprint.get("/cases/<int:case_id>/papers/<name>.xlsx")
def ledger_paper(case_id: int, name: str) -> Response:
    """The ledger of one case as a workbook."""
    with runtime().query() as session:
        source = paper(session, runtime(), actor(), case_id, name, LEDGER)
        content = _ledger(session, case_id)
    return download(content, safe_name(f"{source.title}.xlsx"))


@blueprint.get("/cases/<int:case_id>/file.zip")
def whole_file(case_id: int) -> Response:
    """The whole file of a case: papers, attachments, the journal with its digests, and a list.

    What the person may not read is left out.
    """
    with runtime().query() as session, ExitStack() as stack:
        file = case_file(session, runtime(), actor(), case_id)
        out = stack.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY_BYTES))
        archive(out, file, _parts(session, case_id, file), runtime().now())
        stack.pop_all()  # the response closes the file
    out.seek(0)
    filename = safe_name(f"案卷-{file.title}.zip")
    response = send_file(out, "application/zip", as_attachment=True, download_name=filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _parts(session: Any, case_id: int, file: CaseFile) -> Iterator[Part]:
    """The parts of the file. Each is made only when it is asked for."""
    for line in file.papers:
        if not line.available:
            continue
        source = paper(session, runtime(), actor(), case_id, line.name, line.format)
        content = word.fill(source) if line.format == WORD else _ledger(session, case_id)
        filename = safe_name(f"{line.title}.{line.format}")
        yield f"文书/{filename}", content
    for attached in file.attachments:
        stored = attachment(session, runtime(), actor(), attached.id)
        yield f"附件/{safe_name(attached.filename)}", stored.content
    yield from record(file)


def _ledger(session: Any, case_id: int) -> bytes:
    page = case_ledger(session, runtime(), actor(), case_id)
    today = runtime().now().astimezone(SHANGHAI).date()
    rows = [line.values for line in page.lines]
    return ledger.tracking({page.department: rows}, today)
