"""The papers (文书) on a case's page, fetched when the page stands: looking them up takes longer
than the page. And the Word templates, for process owners.
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
    """The card of a case's papers."""
    with runtime().query() as session:
        papers_of_case = papers(session, runtime(), actor(), case_id)
    return render_template("papers/papers.html", papers=papers_of_case, case_id=case_id)


@blueprint.post("/processes/templates")
def deploy_templates() -> ResponseReturnValue:
    """Put new contents of Word templates in force; the gate checks them like any upload."""
    asker = owner()
    files = {sent.filename or "": sent.read() for sent in request.files.getlist("file")}
    if not all(name.endswith(".docx") for name in files):
        raise BadRequest("这里只能上传 .docx 模板；旧版 .doc 请在 Word 或 WPS 中另存为 .docx")
    runtime().perform(Deploy(jurisdiction=asker.jurisdiction, files=files, actor=asker))
    return go("web.processes", notice="templates_deployed", anchor="templates")
