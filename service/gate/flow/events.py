"""Events: which may stand where, and whether each says what it waits for."""

from collections.abc import Iterator

from lxml import etree

from service.engine.document import Element, line_of, tag
from service.gate.deployment import Diagram
from service.gate.flow.elements import EVENTS
from service.gate.table import Spot, rule
from service.gate.words import on, setting, similar

POSITIONS = {
    "startEvent": frozenset({"timer"}),
    "endEvent": frozenset({"message", "signal", "error", "terminate"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal"}),
    "intermediateThrowEvent": frozenset({"message", "signal"}),
    "boundaryEvent": frozenset({"timer", "message", "signal", "error"}),
}
WORDS = {"timer": "定时", "message": "消息", "signal": "信号", "error": "错误", "terminate": "终止"}
MUST_SAY = frozenset({"intermediateCatchEvent", "boundaryEvent"})


def kind_of(definition: etree._Element) -> str:
    """``timer``, ``message`` … of an event definition."""
    return tag(definition).removesuffix("EventDefinition")


def timer_text(definition: etree._Element) -> tuple[str, str, int]:
    """What a timer says: ``timeDate``, ``timeDuration`` or ``timeCycle``, its text, its line; ""
    for nothing.
    """
    for child in definition:
        if tag(child).startswith("time"):
            return tag(child), (child.text or "").strip(), line_of(child)
    return "", "", line_of(definition)


@rule("event-position", Diagram)
def event_position(diagram: Diagram) -> Iterator[Spot]:
    """An event definition may stand only where the engine reacts to it; a case is started by hand,
    by a call or by a timer, not by a signal, and by a message only where running cases are taken
    over (补录, property ``start=import``) or somebody outside starts it (``start=public``); a
    subprocess begins without any trigger.
    """
    for element in diagram.of_kind(*POSITIONS):
        allowed = POSITIONS[element.kind]
        if element.properties.get("start") in ("import", "public"):
            allowed |= {"message"}
        if element.kind == "startEvent" and element.scope not in diagram.document.processes:
            allowed = frozenset()
        for definition in diagram.definitions(element):
            kind = kind_of(definition)
            if tag(definition) in EVENTS and kind not in allowed:
                words = "、".join(WORDS[k] for k in sorted(allowed))
                advice = f"请改用：{words}" if words else "请去掉触发条件"
                yield on(element, f"不能使用{WORDS[kind]}事件定义；{advice}", line_of(definition))


@rule("event-definition", Diagram)
def event_definition(diagram: Diagram) -> Iterator[Spot]:
    """What waits must say for what: a catching or boundary event has a definition, a message,
    signal or error event names its message, signal or error, a timer has a text, a send or receive
    task a message. One node carries one definition: the engine reads the first and would drop the
    others.
    """
    for element in diagram.of_kind(*POSITIONS, "receiveTask", "sendTask"):
        definitions = diagram.definitions(element)
        if element.kind in MUST_SAY and not definitions:
            yield on(element, "没有说明等待什么；请设置为消息、定时或信号事件")
        if len(definitions) > 1:
            yield on(element, "含有多个事件定义，系统只认一个；请拆成几个事件，各用一个定义")
        if element.kind in ("receiveTask", "sendTask"):
            definitions = [diagram.xml[element.id]]
        for definition in definitions:
            if advice := _incomplete(definition):
                yield on(element, f"{advice}", line_of(definition))


@rule("public-form", Diagram)
def public_form(diagram: Diagram) -> Iterator[Spot]:
    """What people outside may send (``public=yes``) or start (``start=public``) has a form: their
    answers are checked against it, and nothing else is taken. A message's content needs a place in
    the case (``variable``).
    """
    for element in filter(_is_public, diagram.elements.values()):
        public = element.properties.get("public") == "yes"
        if public and not any(kind_of(d) == "message" for d in diagram.definitions(element)):
            yield on(element, "标为公开（public），却不是消息事件；请改为消息事件或去掉 public")
        if not element.form:
            yield on(element, f"对外公开，却没有表单；请选择{setting('form')}")
        if public and not element.properties.get("variable"):
            yield on(
                element, f"对外公开，却没有写明收到的内容存到哪里；请填写{setting('variable')}"
            )


@rule("awaited-message", Diagram)
def awaited_message(diagram: Diagram) -> Iterator[Spot]:
    """What a start is for (``awaited``) is a message that some process of this deployment, or a
    deployed one, waits for: else nothing would ever begin. It stands on a start event by which the
    clock or people start, because a message, an import or a command brings its own occasion.
    """
    known = diagram.around.messages.union(
        *(other.document.messages_awaited() for other in diagram.whole.diagrams)
    )
    for element in diagram.elements.values():
        if element.awaited is None:
            continue
        if not _begins_by_itself(diagram, element):
            yield on(
                element,
                f"不能填写{setting('awaited')}；请只写在定时开始事件或人工发起的开始事件上",
            )
        elif element.awaited not in known:
            yield on(
                element,
                f"的{setting('awaited')}“{element.awaited}”没有任何流程在等待，"
                f"永远不会发起{similar(element.awaited, known)}；请填写另一流程所等待的消息名称",
            )


def _begins_by_itself(diagram: Diagram, element: Element) -> bool:
    """Whether the clock or people begin a case here."""
    kinds = {kind_of(definition) for definition in diagram.definitions(element)}
    begins = element.kind == "startEvent" and element.scope in diagram.document.processes
    return begins and kinds <= {"timer"} and "start" not in element.properties


def _is_public(element: Element) -> bool:
    """Whether people outside may send it, or start with it."""
    properties = element.properties
    return properties.get("public") == "yes" or properties.get("start") == "public"


def _incomplete(definition: etree._Element) -> str:
    kind = kind_of(definition)
    if kind == "timer":
        if timer_text(definition)[1]:
            return ""
        return "没有填写时间；请填写期限（如 P5D）、日期或以 = 开头的表达式"
    attribute = {
        "signal": "signalRef",
        "error": "errorRef",
        "message": "messageRef",
        "receiveTask": "messageRef",
        "sendTask": "messageRef",
    }.get(kind)
    if not attribute or definition.get(attribute):
        return ""
    return f"没有选择对应的{WORDS[attribute[:-3]]}；请在属性面板中选择或新建"


@rule("event-interrupting", Diagram)
def event_interrupting(diagram: Diagram) -> Iterator[Spot]:
    """A repeating timer on a boundary must be non-interrupting: after the first time there is
    nothing left to interrupt. The same holds for a timer that is waited for in the flow: it is
    passed once. An error boundary always interrupts (BPMN 2.0, 10.5.4): the activity has already
    failed.
    """
    for element in diagram.of_kind("boundaryEvent", "intermediateCatchEvent"):
        lasting = element.kind == "boundaryEvent" and not element.interrupting
        for definition in diagram.definitions(element):
            if not lasting and _repeats(definition):
                yield on(
                    element,
                    "是重复的定时，却只会发生一次；请改为非中断边界事件，或改用期限（duration）",
                    timer_text(definition)[2],
                )
            if lasting and kind_of(definition) == "error":
                yield on(element, "是非中断的错误事件，系统不支持；请改为中断，或改用消息事件")


def _repeats(definition: etree._Element) -> bool:
    """Whether this is a timer that goes off again and again."""
    kind_of_time, text, _ = timer_text(definition)
    return kind_of(definition) == "timer" and (kind_of_time == "timeCycle" or text.startswith("R"))


@rule("error-caught", Diagram)
def error_caught(diagram: Diagram) -> Iterator[Spot]:
    """An error end event needs a boundary event for its code on an enclosing activity; without one
    the case would stop there. Errors out of a whole process reach the caller's boundary and are not
    checked here.
    """
    catching = {
        (b.attached_to, _code(diagram, d.get("errorRef")))
        for b in diagram.of_kind("boundaryEvent")
        for d in diagram.definitions(b)
        if kind_of(d) == "error"
    }
    for element in diagram.of_kind("endEvent"):
        for definition in diagram.definitions(element):
            if kind_of(definition) != "error" or element.scope in diagram.document.processes:
                continue
            code = _code(diagram, definition.get("errorRef"))
            hosts = _around(diagram, element)
            if not any({(host, code), (host, None)} & catching for host in hosts):
                yield on(element, "抛出的错误没有边界事件接收；请在所在子流程的边界上加错误事件")


def _around(diagram: Diagram, element: Element) -> list[str]:
    """The subprocesses around an element, innermost first."""
    scopes: list[str] = []
    while element.scope in diagram.elements and element.scope not in scopes:
        scopes.append(element.scope)
        element = diagram.elements[element.scope]
    return scopes


def _code(diagram: Diagram, error: str | None) -> str | None:
    node = diagram.global_named("error").get(error or "")
    if node is None:
        return None
    return node.get("errorCode") or None
