"""The papers (文书) on the page of a case, and the Word templates for process owners.

The card of papers is fetched after the page, because looking them up takes longer than the page.
"""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.commands.processes.deployments import Deploy
from service.errors import BadRequest
from service.http.session import actor, runtime
from service.queries.papers.papers import papers
from service.web.processes.modeler import owner
from service.web.site.pages import blueprint, go


@blueprint.get("/cases/<int:case_id>/papers")
def case_papers(case_id: int) -> ResponseReturnValue:
    """The card with the papers of a case."""
    with runtime().query() as session:
        lines = papers(session, runtime(), actor(), case_id)
    return render_template("papers/papers.html", papers=lines, case_id=case_id)


@blueprint.post("/processes/templates")
def deploy_templates() -> ResponseReturnValue:
    """Deploy new contents of Word templates. The gate checks them like any upload."""
    person = owner()
    files = {file.filename or "": file.read() for file in request.files.getlist("file")}
    if not all(name.endswith(".docx") for name in files):
        raise BadRequest("这里只能上传 .docx 模板；旧版 .doc 请在 Word 或 WPS 中另存为 .docx")
    runtime().perform(Deploy(jurisdiction=person.jurisdiction, files=files, actor=person))
    return go("web.processes", notice="templates_deployed", anchor="templates")
