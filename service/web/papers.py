"""The papers (文书) on a case's page, fetched when the page stands: looking them up takes longer than the page."""

from flask import render_template
from flask.typing import ResponseReturnValue

from service.http.session import actor, runtime
from service.queries.papers import papers
from service.web.site import blueprint


@blueprint.get("/cases/<int:case_id>/papers")
def case_papers(case_id: int) -> ResponseReturnValue:
    """The card of a case's papers."""
    with runtime().query() as session:
        found = papers(session, runtime(), actor(), case_id)
    return render_template("parts/papers.html", papers=found, case_id=case_id)
