"""A parent that calls and a child that is called, drawn small; the verbs to deploy and begin
them.
"""

from sqlalchemy import select

from service.commands.processes.deployments import Deploy
from service.store.cases.rows import CaseRow
from tests.diagrams.draw import END, START, diagram, flows, form, properties, text
from tests.town import Town

FORMS = {
    "plan.form": form(
        text("topic"),
        {"type": "number", "id": "field_money", "key": "money", "label": "金额"},
        name="plan",
    ),
    "result.form": form(text("grade"), name="result"),
}
DECLARED = (
    '<message id="m_stop" name="stop"/><message id="m_add" '
    'name="add"/><message id="m_near" name="near"/>'
    '<error id="e_bad" name="bad" errorCode="bad"/>'
    '<error id="e_worse" name="worse" errorCode="worse"/>'
)
ONE = (
    '<c:in source="topic" target="subject"/><c:in sourceExpression="= money * 2" target="budget"/>'
    '<c:in sourceExpression="= topic + &quot;的项目&quot;" target="case_title"/>'
    '<c:in businessKey="= topic"/><c:out source="grade" '
    'target="grade"/><c:out source="status" target="ending"/>'
)
EACH = (
    '\n<multiInstanceLoopCharacteristics c:collection="= [10, 20, 30]" c:elementVariable="share"/>'
)


def step(name: str, form: str = "result") -> str:
    """A user task."""
    reference = f' c:formRef="{form}" c:formRefBinding="deployment"'
    return (
        f'<userTask id="{name}" name="{name}"{reference}>'
        f"{properties(basis='ours', due='P5WD')}</userTask>"
    )


def call(
    name: str = "call", inside: str = ONE, loop: str = "", called: str = "child", **given: str
) -> str:
    """A call activity."""
    said = (
        properties(basis="ours", **given)
        .removeprefix("<extensionElements>")
        .removesuffix("</extensionElements>")
    )
    return (
        f'<callActivity id="{name}" name="项目" '
        f'calledElement="{called}"><extensionElements>{said}{inside}'
        f"</extensionElements>{loop}</callActivity>"
    )


def on_border(name: str, definition: str, host: str = "call", *, stops: bool = True) -> str:
    """A boundary event; anybody of the bureau may send its message."""
    said = (
        properties(senders="市科技局", form="result", variable="told")
        if "message" in definition
        else ""
    )
    return (
        f'<boundaryEvent id="{name}" name="{name}" '
        f'attachedToRef="{host}" cancelActivity="{str(stops).lower()}">'
        f"{said}{definition}</boundaryEvent>"
    )


def message(name: str) -> str:
    return f'<messageEventDefinition messageRef="m_{name}"/>'


def parent(middle: str, *paths: str, process: str = "parent") -> bytes:
    """start > prepare > (call …) > check > end, and more."""
    way = flows("start>prepare>call>check>end", *paths)
    body = "\n".join((START, step("prepare", "plan"), middle, step("check"), END, way))
    return diagram(body, before=DECLARED, process=process)


def child(work: str = step("work"), *paths: str, process: str = "child", end: str = END) -> bytes:
    body = "\n".join((START, work, end, flows(*(paths or ("start>work>end",)))))
    return diagram(body, before=DECLARED, process=process)


def deploy(town: Town, **files: bytes) -> None:
    town.runtime.perform(
        Deploy(
            actor=town.actor("cf.owner"),
            jurisdiction="cf",
            files={**FORMS, **{f"{name}.bpmn": content for name, content in files.items()}},
        )
    )


def begun(town: Town, topic: str = "苜蓿草", money: int = 7) -> int:
    """A parent whose plan is made."""
    case = town.start("parent", "cf.kjj", "春季计划")
    town.complete("cf.kjj", case, "prepare", topic=topic, money=money)
    return case


def children(town: Town, case: int) -> list[CaseRow]:
    with town.runtime.query() as session:
        return list(
            session.scalars(select(CaseRow).where(CaseRow.parent_id == case).order_by(CaseRow.id))
        )


def only_child(town: Town, case: int) -> int:
    found = children(town, case)
    assert len(found) == 1
    return found[0].id
