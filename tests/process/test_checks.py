"""Rules across fields (property ``check``): on a step, on a message; in the process, over HTTP."""

import pytest

from service.commands.items.verbs import WHOLE
from service.commands.processes.deployments import Deploy
from service.errors import BadAnswers, BadDeployment, ExpressionFailed
from tests.samples import ANSWERS, LEDGER, SUPPORT
from tests.town import ROOT, Town

BACKWARDS = {"project_start": "2028-12-31", "project_end": "2026-03-01"}
FEEDBACK = '<camunda:property name="variable" value="latest_feedback" />'


def changed(town: Town, old: str, new: str) -> None:
    """Put cf_project in force with one text replaced."""
    diagram = (ROOT / "bpmn/cf/cf_project.bpmn").read_text("utf-8")
    assert old in diagram
    files = {"cf_project.bpmn": diagram.replace(old, new).encode()}
    town.runtime.perform(Deploy(actor=town.actor("cf.owner"), jurisdiction="cf", files=files))


def checking(expression: str) -> str:
    return f'{FEEDBACK}<camunda:property name="check" value="{expression}" />'


def test_answers_that_contradict_each_other_are_refused_with_the_diagrams_sentence(
    town: Town,
) -> None:
    case = town.start("cf_project", "cf.gangbu")
    with pytest.raises(BadAnswers) as refused:
        town.complete("cf.gangbu", case, "apply", **BACKWARDS, applicant_kind="team")
    assert [len(sentences) for sentences in refused.value.facts["errors"].values()] == [2]
    assert list(refused.value.facts["errors"]) == [""]
    assert town.open(case) == ["apply"]
    town.complete("cf.gangbu", case, "apply")
    assert town.open(case) == ["plan"]


def test_a_field_that_is_wrong_and_the_rule_across_fields_are_reported_together(town: Town) -> None:
    case = town.start("cf_project", "cf.gangbu")
    with pytest.raises(BadAnswers) as refused:
        town.complete("cf.gangbu", case, "apply", **BACKWARDS, phone="12")
    assert list(refused.value.facts["errors"]) == ["phone", WHOLE]


def test_no_support_and_some_support_exclude_each_other(town: Town) -> None:
    case = town.filed()
    town.tell("cf.kjj", case, "support_proposed", **SUPPORT)
    with pytest.raises(BadAnswers):
        town.complete("cf.kjj", case, "policy_support", given_support=["none", "finance"])
    town.complete("cf.kjj", case, "policy_support", given_support=["none"])


def test_a_message_is_checked_against_the_case(town: Town) -> None:
    changed(
        town,
        FEEDBACK,
        checking("=if progress = case_title then &#34;进展不能只写题目&#34; else &#34;&#34;"),
    )
    case = town.filed()
    with pytest.raises(BadAnswers) as refused:
        town.tell(
            "cf.gangbu",
            case,
            "feedback",
            **{**LEDGER, "progress": town.case("cf.gangbu", case).case.title},
        )
    assert list(refused.value.facts["errors"]) == [""]
    town.tell("cf.gangbu", case, "feedback", **LEDGER)
    assert [line.element for line in town.case("cf.gangbu", case).answers][
        -1
    ] == "feedback_received"


def test_a_rule_that_gives_no_sentence_is_the_diagrams_fault(town: Town) -> None:
    changed(town, FEEDBACK, checking("=progress != null"))
    case = town.filed()
    with pytest.raises(ExpressionFailed):
        town.tell("cf.gangbu", case, "feedback", **LEDGER)


def test_an_unknown_name_in_the_rule_is_refused_at_deployment(town: Town) -> None:
    with pytest.raises(BadDeployment) as refused:
        changed(town, FEEDBACK, checking("=if progres = null then &#34;请填写进展&#34; else null"))
    assert [(f["rule"], f["element"]) for f in refused.value.facts["findings"]] == [
        ("expression-name", "feedback_received")
    ]


def test_over_http_the_sentence_stands_under_no_field(town: Town) -> None:
    case = town.start("cf_project", "cf.gangbu")
    http = town.app.test_client()
    token = http.post(
        "/api/v1/tokens", json={"login": "cf.gangbu", "password": "jiebang"}
    ).get_json()["token"]
    refused = http.post(
        f"/api/v1/items/{town.item(case, 'apply').id}/complete",
        headers={"Authorization": f"Bearer {token}"},
        json={"answers": {**ANSWERS["apply"], **BACKWARDS}},
    )
    assert refused.status_code == 422
    problem = refused.get_json(force=True)
    assert problem["code"] == "bad_answers"
    assert list(problem["facts"]["errors"]) == [""]
    assert problem["detail"].endswith(problem["facts"]["errors"][""][0])
