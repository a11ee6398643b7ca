"""Events: where each kind may stand, and whether each names what it waits for."""

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
REFERENCES = {
    "signal": "signalRef",
    "error": "errorRef",
    "message": "messageRef",
    "receiveTask": "messageRef",
    "sendTask": "messageRef",
}
"""The attribute that names the signal, error or message of an event definition or a task."""
NEED_DEFINITION = frozenset({"intermediateCatchEvent", "boundaryEvent"})


CaughtError = tuple[str | None, str | None]
"""The id of the activity at whose boundary it is caught, and its code; None for every code."""


def kind_of(definition: etree._Element) -> str:
    """The kind of an event definition: ``timer``, ``message`` and so on."""
    return tag(definition).removesuffix("EventDefinition")


def has_event(diagram: Diagram, element: Element, kind: str) -> bool:
    """Whether a node has an event definition of this kind."""
    return any(kind_of(definition) == kind for definition in diagram.definitions(element))


def is_start_of_process(diagram: Diagram, element: Element) -> bool:
    """Whether an element is a start event of a process, and not of a subprocess."""
    return element.kind == "startEvent" and element.scope in diagram.document.processes


def timer_text(definition: etree._Element) -> tuple[str, str, int]:
    """The kind of a timer (``timeDate``, ``timeDuration`` or ``timeCycle``), its text, its line.

    Kind and text are "" if the definition has none.
    """
    for child in definition:
        if tag(child).startswith("time"):
            return tag(child), (child.text or "").strip(), line_of(child)
    return "", "", line_of(definition)


@rule("event-position", Diagram)
def event_position(diagram: Diagram) -> Iterator[Spot]:
    """An event definition stands only where the engine reacts to it. A case is started by hand, by
    a call or by a timer, not by a signal. It is started by a message only where running cases are
    taken over (补录, property ``start=import``) or somebody outside starts it (``start=public``). A
    subprocess begins without any trigger.
    """
    for element in diagram.of_kind(*POSITIONS):
        allowed = _allowed_at(diagram, element)
        for definition in diagram.definitions(element):
            kind = kind_of(definition)
            if tag(definition) in EVENTS and kind not in allowed:
                words = "、".join(WORDS[other] for other in sorted(allowed))
                advice = f"请改用：{words}" if words else "请去掉触发条件"
                yield on(element, f"不能使用{WORDS[kind]}事件定义；{advice}", line_of(definition))


def _allowed_at(diagram: Diagram, element: Element) -> frozenset[str]:
    """The kinds of event definitions that an event may have."""
    if element.kind == "startEvent" and not is_start_of_process(diagram, element):
        return frozenset()
    allowed = POSITIONS[element.kind]
    if element.properties.get("start") in ("import", "public"):
        return allowed | {"message"}
    return allowed


@rule("event-definition", Diagram)
def event_definition(diagram: Diagram) -> Iterator[Spot]:
    """Every wait names what it waits for. A catching or boundary event has a definition; a message,
    signal or error event names its message, signal or error; a timer has a text; a send or receive
    task names a message. One node has one definition: the engine reads the first and would drop the
    others.
    """
    for element in diagram.of_kind(*POSITIONS, "receiveTask", "sendTask"):
        definitions = diagram.definitions(element)
        if element.kind in NEED_DEFINITION and not definitions:
            yield on(element, "没有说明等待什么；请设置为消息、定时或信号事件")
        if len(definitions) > 1:
            yield on(element, "含有多个事件定义，系统只认一个；请拆成几个事件，各用一个定义")
        if element.kind in ("receiveTask", "sendTask"):
            definitions = [diagram.xml[element.id]]
        for definition in definitions:
            advice = _missing_in(definition)
            if advice:
                yield on(element, advice, line_of(definition))


@rule("public-form", Diagram)
def public_form(diagram: Diagram) -> Iterator[Spot]:
    """What people outside may send (``public=yes``) or start (``start=public``) has a form. Their
    answers are checked against it, and nothing else is taken. The content of a message needs a
    place in the case (``variable``).
    """
    for element in filter(_is_public, diagram.elements.values()):
        is_message = element.properties.get("public") == "yes"
        if is_message and not has_event(diagram, element, "message"):
            yield on(element, "标为公开（public），却不是消息事件；请改为消息事件或去掉 public")
        if not element.form:
            yield on(element, f"对外公开，却没有表单；请选择{setting('form')}")
        if is_message and not element.properties.get("variable"):
            yield on(
                element, f"对外公开，却没有写明收到的内容存到哪里；请填写{setting('variable')}"
            )


@rule("awaited-message", Diagram)
def awaited_message(diagram: Diagram) -> Iterator[Spot]:
    """The message that a start is for (``awaited``) is one that some process of this deployment, or
    a deployed one, waits for. Otherwise nothing would ever begin. It stands on a start event by
    which the clock or people start, because a message, an import or a command brings its own
    occasion.
    """
    awaited_messages = set(diagram.around.messages)
    for other in diagram.whole.diagrams:
        awaited_messages |= other.document.messages_awaited()
    for element in diagram.elements.values():
        if element.awaited is None:
            continue
        if not _begins_by_itself(diagram, element):
            yield on(
                element,
                f"不能填写{setting('awaited')}；请只写在定时开始事件或人工发起的开始事件上",
            )
        elif element.awaited not in awaited_messages:
            hint = similar(element.awaited, awaited_messages)
            yield on(
                element,
                f"的{setting('awaited')}“{element.awaited}”没有任何流程在等待，"
                f"永远不会发起{hint}；请填写另一流程所等待的消息名称",
            )


def _begins_by_itself(diagram: Diagram, element: Element) -> bool:
    """Whether the clock or people begin a case here."""
    if not is_start_of_process(diagram, element) or "start" in element.properties:
        return False
    kinds = {kind_of(definition) for definition in diagram.definitions(element)}
    return kinds <= {"timer"}


def _is_public(element: Element) -> bool:
    """Whether people outside may send it, or start with it."""
    if element.properties.get("public") == "yes":
        return True
    return element.properties.get("start") == "public"


def _missing_in(definition: etree._Element) -> str:
    """What an event definition or a task lacks, as half a sentence; "" if it is complete."""
    kind = kind_of(definition)
    if kind == "timer":
        _, text, _ = timer_text(definition)
        return "" if text else "没有填写时间；请填写期限（如 P5D）、日期或以 = 开头的表达式"
    reference = REFERENCES.get(kind)
    if not reference or definition.get(reference):
        return ""
    word = WORDS[reference.removesuffix("Ref")]
    return f"没有选择对应的{word}；请在属性面板中选择或新建"


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
    timer_kind, text, _ = timer_text(definition)
    repeats = timer_kind == "timeCycle" or text.startswith("R")
    return kind_of(definition) == "timer" and repeats


@rule("error-caught", Diagram)
def error_caught(diagram: Diagram) -> Iterator[Spot]:
    """An error end event needs a boundary event for its code on an enclosing activity. Without one
    the case would stop there. Errors out of a whole process reach the caller's boundary and are not
    checked here.
    """
    caught = _caught_errors(diagram)
    for element in diagram.of_kind("endEvent"):
        if element.scope in diagram.document.processes:
            continue
        hosts = _subprocesses_around(diagram, element)
        for definition in diagram.definitions(element):
            if kind_of(definition) != "error":
                continue
            code = _code(diagram, definition)
            catchers = {(host, None) for host in hosts} | {(host, code) for host in hosts}
            if not catchers & caught:
                yield on(element, "抛出的错误没有边界事件接收；请在所在子流程的边界上加错误事件")


def _caught_errors(diagram: Diagram) -> set[CaughtError]:
    """The errors that boundary events catch."""
    caught = set()
    for boundary in diagram.of_kind("boundaryEvent"):
        for definition in diagram.definitions(boundary):
            if kind_of(definition) == "error":
                caught.add((boundary.attached_to, _code(diagram, definition)))
    return caught


def _subprocesses_around(diagram: Diagram, element: Element) -> list[str]:
    """The subprocesses around an element, innermost first."""
    subprocesses: list[str] = []
    while element.scope in diagram.elements and element.scope not in subprocesses:
        subprocesses.append(element.scope)
        element = diagram.elements[element.scope]
    return subprocesses


def _code(diagram: Diagram, definition: etree._Element) -> str | None:
    """The code of the error that an event definition names; None without one."""
    error = diagram.global_named("error").get(definition.get("errorRef") or "")
    if error is None:
        return None
    return error.get("errorCode") or None
