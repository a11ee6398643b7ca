"""Routing: who leads a step, who co-operates, with which form, until when (牵头 / 配合)."""

from collections.abc import Iterator, Set

from service.engine.document import Element, split_names
from service.gate.deployment import PEOPLES_TASKS, Diagram
from service.gate.flow.events import kind_of
from service.gate.table import Spot, rule
from service.gate.words import listed, on, setting, similar

CO_FORM = "contribution"
"""What co-operating units fill in unless the step says otherwise."""


def leaders(diagram: Diagram) -> Set[str]:
    """Names that may lead: units, relative units and the roles of persons."""
    return diagram.around.units | diagram.around.relatives | diagram.around.roles


def helpers_of(diagram: Diagram) -> Set[str]:
    """Names that may co-operate: units, groups and relative units."""
    return diagram.around.units | diagram.around.relatives | diagram.around.groups


@rule("lead-single", Diagram)
def lead_single(diagram: Diagram) -> Iterator[Spot]:
    """Each step that people do stands in the lane of its lead (or names joint leads): one without
    would be nobody's. A group may co-operate but not lead: with twenty leads nobody leads.
    """
    for element in diagram.tasks:
        if not element.leads:
            yield on(element, "不在任何泳道中，没有牵头单位；请把它放进牵头单位的泳道")
        for name in set(element.leads) & diagram.around.groups - leaders(diagram):
            yield on(
                element,
                f"由一组单位“{name}”牵头；请改由一个单位牵头，把该组列为配合单位（coUnits）",
            )


@rule("unit-unknown", Diagram)
def unit_unknown(diagram: Diagram) -> Iterator[Spot]:
    """Leads, co-operating units (``coUnits``), those who may start, who may set off a message
    (``senders``), read what is ``restricted`` or know who has a step (``namedTo``) are units,
    groups, relative units or persons' roles of the jurisdiction's directory.
    """
    for element in diagram.elements.values():
        working = helpers_of(diagram)
        everybody = working | leaders(diagram)
        named = [
            (name, everybody)
            for key in ("senders", "restricted", "namedTo")
            for name in split_names(element.properties.get(key))
        ]
        named += [(name, working) for name in element.co_units]
        starts = element.kind == "startEvent" and element.scope in diagram.document.processes
        if starts or element.kind in PEOPLES_TASKS:
            named += [(name, everybody) for name in element.leads]
        for name, known in named:
            if name not in known:
                yield on(
                    element,
                    f"中的“{name}”不在本地区的单位和角色目录中{similar(name, known)}；"
                    "请改正或先登记",
                )


@rule("lane-contradicts", Diagram)
def lane_contradicts(diagram: Diagram) -> Iterator[Spot]:
    """Where joint leads are named (``camunda:candidateGroups``), the lane must agree: its unit is
    one of them, or it is a joint lane whose name lists them. Otherwise picture and work differ.
    """
    for element in diagram.tasks:
        named = set(split_names(element.attributes.get("candidateGroups")))
        lane = set(split_names(element.lane)) | ({element.lane} if element.lane in named else set())
        if named and lane and not (lane & named and (lane <= named or named <= lane)):
            yield on(
                element,
                f"画在泳道“{element.lane}”中，候选组却是{listed(sorted(named))}；"
                "请移到正确的泳道，或改正候选组",
            )


@rule("form-known", Diagram)
def form_known(diagram: Diagram) -> Iterator[Spot]:
    """Each user task has a form (``camunda:formRef``), or there would be nothing to fill in or
    decide. A form that a step, its co-operating units or a message refer to is in the deployment or
    already deployed.
    """
    known = set(diagram.whole.forms) | set(diagram.around.forms)
    for element in diagram.elements.values():
        if element.kind == "userTask" and not element.form:
            yield on(element, f"没有指定表单；请在属性面板中选择{setting('formRef')}")
        shared = element.properties.get("coForm") or (CO_FORM if element.co_units else None)
        for name in (element.form, shared):
            if name and name not in known:
                yield on(
                    element,
                    f"的表单“{name}”不存在{similar(name, known)}；"
                    f"请一并上传 {name}.form 或改正编号",
                )


@rule("senders-form", Diagram)
def senders_form(diagram: Diagram) -> Iterator[Spot]:
    """A message that people may set off from the case page (``senders``) is one that the case waits
    for, has a form for what they say (``camunda:formRef``) and a variable that takes it
    (``variable``).
    """
    for element in diagram.elements.values():
        if "senders" not in element.properties:
            continue
        if not _waits_for_message(diagram, element):
            yield on(element, f"设置了{setting('senders')}，但它不等待消息；请移到捕获消息的事件上")
        if not element.form:
            yield on(element, f"可由人员发起（senders），但没有表单；请选择{setting('form')}")
        elif not element.properties.get("variable"):
            yield on(element, f"的表单内容没有去处；请填写{setting('variable')}")


@rule("check-form", Diagram)
def check_form(diagram: Diagram) -> Iterator[Spot]:
    """A rule across fields (``check``) stands where people fill in a form: at a step of theirs or
    at a message; it is not looked at anywhere else.
    """
    for element in diagram.elements.values():
        asks = element.kind in PEOPLES_TASKS or _waits_for_message(diagram, element)
        if "check" in element.properties and not (asks and element.form):
            yield on(
                element,
                "设置了跨字段校验（check），但它没有要填写的表单；请移到填写表单的任务或消息事件上",
            )


def _waits_for_message(diagram: Diagram, element: Element) -> bool:
    if element.kind == "receiveTask":
        return True
    catching = element.kind in ("boundaryEvent", "intermediateCatchEvent")
    return catching and any(kind_of(d) == "message" for d in diagram.definitions(element))
