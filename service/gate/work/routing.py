"""Routing: who leads a step, who co-operates, with which form, until when (牵头 / 配合)."""

from collections.abc import Iterator, Set

from service.engine.document import Element, split_names
from service.gate.deployment import PEOPLES_TASKS, Diagram
from service.gate.flow.events import has_event, is_start_of_process
from service.gate.table import Spot, rule
from service.gate.words import listed, on, setting, similar

CO_FORM = "contribution"
"""The form for co-operating units if the step names no other."""


def leaders(diagram: Diagram) -> Set[str]:
    """Names that may lead: units, relative units and the roles of persons."""
    return diagram.around.units | diagram.around.relatives | diagram.around.roles


def helpers_of(diagram: Diagram) -> Set[str]:
    """Names that may co-operate: units, groups and relative units."""
    return diagram.around.units | diagram.around.relatives | diagram.around.groups


@rule("lead-single", Diagram)
def lead_single(diagram: Diagram) -> Iterator[Spot]:
    """Each step that people do stands in the lane of its lead (or names joint leads). Without a
    lead it would be nobody's. A group may co-operate but not lead: with twenty leads nobody leads.
    """
    groups = diagram.around.groups - leaders(diagram)
    for element in diagram.tasks:
        if not element.leads:
            yield on(element, "不在任何泳道中，没有牵头单位；请把它放进牵头单位的泳道")
        for name in set(element.leads) & groups:
            yield on(
                element,
                f"由一组单位“{name}”牵头；请改由一个单位牵头，把该组列为配合单位（coUnits）",
            )


@rule("unit-unknown", Diagram)
def unit_unknown(diagram: Diagram) -> Iterator[Spot]:
    """All names of units are units, groups, relative units or persons' roles of the jurisdiction's
    directory. Names stand as leads, as co-operating units (``coUnits``), and as those who may
    start, who may set off a message (``senders``), who may read what is ``restricted``, or who may
    know who has a step (``namedTo``).
    """
    helpers = helpers_of(diagram)
    everybody = helpers | leaders(diagram)
    for element in diagram.elements.values():
        for name in element.co_units:
            if name not in helpers:
                yield _unknown_unit(element, name, helpers)
        for name in _named_at(diagram, element):
            if name not in everybody:
                yield _unknown_unit(element, name, everybody)


def _named_at(diagram: Diagram, element: Element) -> Iterator[str]:
    """The names of leads, units and roles at an element, without the co-operating units."""
    for key in ("senders", "restricted", "namedTo"):
        yield from split_names(element.properties.get(key))
    if element.kind in PEOPLES_TASKS or is_start_of_process(diagram, element):
        yield from element.leads


def _unknown_unit(element: Element, name: str, known: Set[str]) -> Spot:
    return on(
        element,
        f"中的“{name}”不在本地区的单位和角色目录中{similar(name, known)}；请改正或先登记",
    )


@rule("lane-contradicts", Diagram)
def lane_contradicts(diagram: Diagram) -> Iterator[Spot]:
    """Where joint leads are named (``camunda:candidateGroups``), the lane agrees: its unit is one
    of them, or it is a joint lane whose name lists them. Otherwise picture and work differ.
    """
    for element in diagram.tasks:
        candidates = set(split_names(element.attributes.get("candidateGroups")))
        lane_units = set(split_names(element.lane))
        if element.lane in candidates:
            lane_units.add(element.lane)
        if candidates and lane_units and not _agree(lane_units, candidates):
            yield on(
                element,
                f"画在泳道“{element.lane}”中，候选组却是{listed(sorted(candidates))}；"
                "请移到正确的泳道，或改正候选组",
            )


def _agree(lane_units: set[str], candidates: set[str]) -> bool:
    """Whether the units of a lane are some of the candidates, or all of them and more."""
    if not lane_units & candidates:
        return False
    return lane_units <= candidates or candidates <= lane_units


@rule("form-known", Diagram)
def form_known(diagram: Diagram) -> Iterator[Spot]:
    """Each user task has a form (``camunda:formRef``), or there would be nothing to fill in or
    decide. A form that a step, its co-operating units or a message refer to is in the deployment or
    already deployed.
    """
    form_ids = set(diagram.whole.forms) | set(diagram.around.forms)
    for element in diagram.elements.values():
        if element.kind == "userTask" and not element.form:
            yield on(element, f"没有指定表单；请在属性面板中选择{setting('formRef')}")
        for name in (element.form, _form_of_helpers(element)):
            if name and name not in form_ids:
                yield on(
                    element,
                    f"的表单“{name}”不存在{similar(name, form_ids)}；"
                    f"请一并上传 {name}.form 或改正编号",
                )


def _form_of_helpers(element: Element) -> str | None:
    """The form that co-operating units fill in; None if there are no such units."""
    default = CO_FORM if element.co_units else None
    return element.properties.get("coForm") or default


@rule("senders-form", Diagram)
def senders_form(diagram: Diagram) -> Iterator[Spot]:
    """A message that people may set off from the case page (``senders``) is one that the case waits
    for. It has a form for its content (``camunda:formRef``) and a variable that takes the content
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
    at a message. It has no effect anywhere else.
    """
    for element in diagram.elements.values():
        if "check" not in element.properties:
            continue
        has_answers = element.kind in PEOPLES_TASKS or _waits_for_message(diagram, element)
        if not has_answers or not element.form:
            yield on(
                element,
                "设置了跨字段校验（check），但它没有要填写的表单；请移到填写表单的任务或消息事件上",
            )


def _waits_for_message(diagram: Diagram, element: Element) -> bool:
    """Whether the case waits for a message at an element."""
    if element.kind == "receiveTask":
        return True
    if element.kind not in ("boundaryEvent", "intermediateCatchEvent"):
        return False
    return has_event(diagram, element, "message")
