"""Child cases: what a call activity starts, and what becomes of it with its parent."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from service.clock import tick
from service.commands.deployments import Deploy
from service.commands.steering import ResumeCase, SuspendCase, TerminateCase
from service.errors import BadDeployment, HasChildren, NotOffered
from service.store.tables import CaseRow, ItemRow, JournalRow, OutboxRow
from tests.diagrams.draw import END, START, diagram, flows, form, properties, text
from tests.town import Town

FORMS = {
    "plan.form": form(text("topic"), {"type": "number", "id": "field_money", "key": "money", "label": "金额"}, name="plan"),
    "result.form": form(text("grade"), name="result"),
}
DECLARED = (
    '<message id="m_stop" name="stop"/><message id="m_add" name="add"/><message id="m_near" name="near"/>'
    '<error id="e_bad" name="bad" errorCode="bad"/><error id="e_worse" name="worse" errorCode="worse"/>'
)
ONE = ('<c:in source="topic" target="subject"/><c:in sourceExpression="= money * 2" target="budget"/>'
       '<c:in sourceExpression="= topic + &quot;的项目&quot;" target="case_title"/>'
       '<c:in businessKey="= topic"/><c:out source="grade" target="grade"/><c:out source="status" target="ending"/>')
EACH = '\n<multiInstanceLoopCharacteristics c:collection="= [10, 20, 30]" c:elementVariable="share"/>'


def step(name: str, form: str = "result") -> str:
    """A user task."""
    reference = f' c:formRef="{form}" c:formRefBinding="deployment"'
    return f'<userTask id="{name}" name="{name}"{reference}>{properties(basis="ours")}</userTask>'


def call(name: str = "call", inside: str = ONE, loop: str = "", called: str = "child", **given: str) -> str:
    """A call activity."""
    said = properties(basis="ours", **given).removeprefix("<extensionElements>").removesuffix("</extensionElements>")
    return (f'<callActivity id="{name}" name="项目" calledElement="{called}"><extensionElements>{said}{inside}'
            f'</extensionElements>{loop}</callActivity>')


def on_border(name: str, definition: str, host: str = "call", *, stops: bool = True) -> str:
    """A boundary event."""
    return (f'<boundaryEvent id="{name}" name="{name}" attachedToRef="{host}" cancelActivity="{str(stops).lower()}">'
            f'{properties(senders="市科技局") if "message" in definition else ""}{definition}</boundaryEvent>')


def message(name: str) -> str:
    return f'<messageEventDefinition messageRef="m_{name}"/>'


def parent(middle: str, *paths: str, process: str = "parent") -> bytes:
    """start > prepare > (call …) > check > end, and more."""
    body = "\n".join((START, step("prepare", "plan"), middle, step("check"), END, flows("start>prepare>call>check>end", *paths)))
    return diagram(body, before=DECLARED, process=process)


def child(work: str = step("work", "result"), *paths: str) -> bytes:
    body = "\n".join((START, work, END, flows(*(paths or ("start>work>end",)))))
    return diagram(body, before=DECLARED, process="child")


def deploy(town: Town, **files: bytes) -> None:
    town.runtime.perform(Deploy(actor=town.actor("cf.owner"), jurisdiction="cf", files={
        **FORMS, **{f"{name}.bpmn": content for name, content in files.items()}}))


def begun(town: Town, topic: str = "苜蓿草", money: int = 7) -> int:
    """A parent whose plan is made."""
    case = town.start("parent", "cf.kjj", "春季计划")
    town.complete("cf.kjj", case, "prepare", topic=topic, money=money)
    return case


def children(town: Town, case: int) -> list[CaseRow]:
    with town.runtime.query() as session:
        return list(session.scalars(select(CaseRow).where(CaseRow.parent_id == case).order_by(CaseRow.id)))


def only_child(town: Town, case: int) -> int:
    found = children(town, case)
    assert len(found) == 1
    return found[0].id


def said(town: Town, case: int, verb: str) -> list[dict[str, Any]]:
    with town.runtime.query() as session:
        return list(session.scalars(select(JournalRow.facts).where(
            JournalRow.case_id == case, JournalRow.verb == verb).order_by(JournalRow.id)))


def test_a_call_starts_a_case_of_its_own_and_its_end_brings_the_results_back(town: Town) -> None:
    deploy(town, parent=parent(call()), child=child())
    case = begun(town)
    one = children(town, case)[0]
    assert (one.title, one.business_key, one.process, one.status) == ("苜蓿草的项目", "苜蓿草", "child", "running")
    assert (one.data["subject"], one.data["budget"]) == ("苜蓿草", Decimal(14))
    assert one.data["case_title"] == "苜蓿草的项目"
    assert one.data["case_id"] == one.id
    assert town.open(case) == []
    town.complete("cf.kjj", one.id, "work", grade="优")
    assert town.open(case) == ["check"]
    assert (town.row(case).data["grade"], town.row(case).data["ending"]) == ("优", "finished")
    assert "subject" not in town.row(case).data
    town.complete("cf.kjj", case, "check")
    assert (town.row(case).status, town.row(one.id).status) == ("finished", "finished")
    assert [(line["child"], line["status"]) for line in said(town, case, "child_end")] == [(one.id, "finished")]


def test_a_child_that_ends_at_once_brings_its_parent_on_in_the_same_breath(town: Town) -> None:
    script = ('<scriptTask id="work" name="算" scriptFormat="feel" c:resultVariable="grade">'
              f'{properties(basis="ours")}<script>= "良"</script></scriptTask>')
    deploy(town, parent=parent(call()), child=child(script))
    case = begun(town)
    assert town.open(case) == ["check"]
    assert town.row(case).data["grade"] == "良"
