"""Finds every expression of a diagram, with its place."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from service.domain.forms.answers import keys_of
from service.engine.document import CAMUNDA, NS, Element, line_of, split_shown, tag
from service.gate.deployment import Diagram
from service.gate.flow.events import kind_of, timer_text
from service.gate.words import setting

COUNTS = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"})
OF_A_CHILD = frozenset({"status"})
SHOWN = 60
OPTIONAL = (
    "due",
    "coDue",
    "key",
    "payload",
    "subject",
    "check",
    "sealed",
    "about",
    "outcomeText",
    "returnText",
    "anonymous",
    "recusal",
)
SURE = frozenset({"payload", "check", "sealed", "about", "anonymous", "recusal"})
OF_THE_ANSWER = frozenset({"check", "subject", "recusal"})
"""Settings that may also use the answers that are being filled in."""
OF_CASES = ("number", "title", "concerned")


@dataclass(frozen=True, kw_only=True)
class Formula:
    """One expression.

    ``what`` names its place in a sentence. ``text`` still has its ``=``; ``sure`` means that it
    must begin with one. ``extra`` are names that exist only here. ``process`` is the process that
    supplies its names; "" if that is not known here.
    """

    element: str
    line: int
    what: str
    text: str
    process: str
    sure: bool = False
    extra: frozenset[str] = frozenset()

    @property
    def body(self) -> str:
        """The expression itself, without its ``=``."""
        return self.text.removeprefix("=").strip()

    @property
    def quoted(self) -> str:
        """Its place and the beginning of its text, for a sentence."""
        text = " ".join(self.text.split())
        if len(text) > SHOWN:
            text = f"{text[:SHOWN]}…"
        return f"{self.what}“{text}”"


def formulas(diagram: Diagram) -> Iterator[Formula]:
    """All expressions of a diagram.

    They are in conditions, timers, loops, scripts, arguments, settings and mappings.
    """
    yield from _conditions(diagram)
    yield from _settings_of_processes(diagram)
    for element in diagram.elements.values():
        yield from _timers(diagram, element)
        yield from _loops(diagram, element)
        yield from _script(diagram, element)
        yield from _settings(diagram, element)
        yield from _arguments(diagram, element)
        yield from _mappings(diagram, element)


def _conditions(diagram: Diagram) -> Iterator[Formula]:
    for flow in diagram.document.flows.values():
        source = diagram.elements.get(flow.source)
        if flow.condition is None or source is None:
            continue
        node = None
        if flow.id in diagram.xml:
            node = diagram.xml[flow.id].find("b:conditionExpression", NS)
        yield Formula(
            element=flow.id,
            line=flow.line if node is None else _line_of_text(node),
            what=f"顺序流“{flow.name or flow.id}”的条件",
            text=flow.condition,
            process=source.process,
            sure=True,
        )


def _settings_of_processes(diagram: Diagram) -> Iterator[Formula]:
    """The settings of a process about its cases: their number, their title, whom they concern."""
    for process, node in diagram.document.processes.items():
        properties = diagram.document.properties(process)
        for name in OF_CASES:
            text = properties.get(name)
            if not text:
                continue
            yield Formula(
                element=process,
                line=_line_of_setting(node, "property", name),
                what=f"流程的{setting(name)}",
                text=text,
                process=process,
                sure=True,
            )


def _timers(diagram: Diagram, element: Element) -> Iterator[Formula]:
    for definition in diagram.definitions(element):
        _, text, line = timer_text(definition)
        if kind_of(definition) == "timer" and text.startswith("="):
            yield _formula(element, line, "时间", text)


def _loops(diagram: Diagram, element: Element) -> Iterator[Formula]:
    loop = diagram.loop(element)
    if loop is None:
        return
    collection = loop.get(f"{{{CAMUNDA}}}collection")
    if collection:
        yield _formula(element, line_of(loop), "集合", collection, sure=True)
    for node in loop:
        text = _text(node)
        if not text:
            continue
        line = _line_of_text(node)
        if tag(node) == "loopCardinality":
            yield _formula(element, line, "次数", text, sure=not text.isdigit())
        if tag(node) == "completionCondition":
            yield _formula(element, line, "完成条件", text, sure=True, extra=COUNTS)


def _script(diagram: Diagram, element: Element) -> Iterator[Formula]:
    script = diagram.xml[element.id].find("b:script", NS)
    text = "" if script is None else _text(script)
    if script is not None and text:
        yield _formula(element, _line_of_text(script), "脚本", text, sure=True)


def _settings(diagram: Diagram, element: Element) -> Iterator[Formula]:
    node = diagram.xml[element.id]
    for name in OPTIONAL:
        text = element.properties.get(name, "")
        sure = name in SURE
        if text.startswith("=") or (sure and text):
            line = _line_of_setting(node, "property", name)
            extra = _form_keys(diagram, element) if name in OF_THE_ANSWER else frozenset()
            yield _formula(element, line, setting(name), text, sure=sure, extra=extra)
    for _, condition in split_shown(element.properties.get("shows")):
        if condition:
            line = _line_of_setting(node, "property", "shows")
            yield _formula(element, line, setting("shows"), condition)


def _arguments(diagram: Diagram, element: Element) -> Iterator[Formula]:
    node = diagram.xml[element.id]
    for name, text in element.inputs.items():
        if text.startswith("="):
            line = _line_of_setting(node, "inputParameter", name)
            yield _formula(element, line, f"参数 {name}", text)


def _form_keys(diagram: Diagram, element: Element) -> frozenset[str]:
    """The keys of the form that people fill in at an element."""
    schema = diagram.whole.form(element.form)
    return frozenset() if schema is None else frozenset(keys_of(schema))


def _mappings(diagram: Diagram, element: Element) -> Iterator[Formula]:
    called = diagram.xml[element.id].get("calledElement") or ""
    called_process = called if called in diagram.whole.processes else ""
    for target, source in element.ins:
        yield _formula(element, element.line, f"传入变量 {target}", source)
    if element.business_key is not None:
        yield _formula(element, element.line, "业务编号（businessKey）", element.business_key)
    for target, source in element.outs:
        yield Formula(
            element=element.id,
            line=element.line,
            what=f"传出变量 {target}",
            text=source,
            process=called_process,
            extra=OF_A_CHILD,
        )


def _formula(
    element: Element,
    line: int,
    what: str,
    text: str,
    *,
    sure: bool = False,
    extra: frozenset[str] = frozenset(),
) -> Formula:
    """An expression at an element, whose process supplies the names."""
    return Formula(
        element=element.id,
        line=line,
        what=f"“{element.name or element.id}”的{what}",
        text=text.strip(),
        process=element.process,
        sure=sure,
        extra=extra,
    )


def _text(node: etree._Element) -> str:
    return (node.text or "").strip()


def _line_of_text(node: etree._Element) -> int:
    """The line on which the text of a node begins."""
    text = node.text or ""
    blank = text[: len(text) - len(text.lstrip())]
    return line_of(node) + blank.count("\n")


def _line_of_setting(node: etree._Element, kind: str, name: str) -> int:
    """The line of an extension property or parameter; the line of the node if it has none."""
    for extension in node.iterfind(f"b:extensionElements//c:{kind}", NS):
        if extension.get("name") == name:
            return line_of(extension)
    return line_of(node)
