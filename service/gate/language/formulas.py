"""Every expression of a diagram with its place, and whether it must be one."""

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
"""Settings that speak of what is being filled in as well."""
OF_CASES = ("number", "title", "concerned")


@dataclass(frozen=True, kw_only=True)
class Formula:
    """One expression. ``text`` still has its ``=``; ``sure`` means that it must begin with one;
    ``extra`` are names that exist only here; ``process`` is where its names come from ("" when that
    is not known here).
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
        """The expression itself."""
        return self.text.removeprefix("=").strip()

    @property
    def quoted(self) -> str:
        """What it is, with the beginning of its text, for a sentence."""
        text = " ".join(self.text.split())
        return f"{self.what}“{text if len(text) <= SHOWN else text[:SHOWN] + '…'}”"


def formulas(diagram: Diagram) -> Iterator[Formula]:
    """All expressions of a diagram: conditions, timers, loops, scripts, arguments, keys, payloads,
    mappings, dues.
    """
    yield from _conditions(diagram)
    yield from _of_cases(diagram)
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
        if flow.condition is not None and source is not None:
            node = None
            if flow.id in diagram.xml:
                node = diagram.xml[flow.id].find("b:conditionExpression", NS)
            line = flow.line if node is None else _begins(node)
            yield Formula(
                element=flow.id,
                line=line,
                what=f"顺序流“{flow.name or flow.id}”的条件",
                text=flow.condition,
                process=source.process,
                sure=True,
            )


def _of_cases(diagram: Diagram) -> Iterator[Formula]:
    """What a process says of its cases: their number, their title, whom they concern."""
    for name, node in diagram.document.processes.items():
        properties = diagram.document.properties(name)
        for setting_name in OF_CASES:
            if text := properties.get(setting_name):
                yield Formula(
                    element=name,
                    line=_line(node, "property", setting_name),
                    what=f"流程的{setting(setting_name)}",
                    text=text,
                    process=name,
                    sure=True,
                )


def _timers(diagram: Diagram, element: Element) -> Iterator[Formula]:
    for definition in diagram.definitions(element):
        _, text, line = timer_text(definition)
        if kind_of(definition) == "timer" and text.startswith("="):
            yield _formula(element, line, "时间", text)


def _loops(diagram: Diagram, element: Element) -> Iterator[Formula]:
    if (loop := diagram.loop(element)) is None:
        return
    line = line_of(loop)
    if collection := loop.get(f"{{{CAMUNDA}}}collection"):
        yield _formula(element, line, "集合", collection, sure=True)
    for node in loop:
        text = _text(node)
        if tag(node) == "loopCardinality" and text:
            yield _formula(element, _begins(node), "次数", text, sure=not text.isdigit())
        if tag(node) == "completionCondition" and text:
            yield _formula(element, _begins(node), "完成条件", text, sure=True, extra=COUNTS)


def _script(diagram: Diagram, element: Element) -> Iterator[Formula]:
    script = diagram.xml[element.id].find("b:script", NS)
    if script is not None and (text := _text(script)):
        yield _formula(element, _begins(script), "脚本", text, sure=True)


def _settings(diagram: Diagram, element: Element) -> Iterator[Formula]:
    node = diagram.xml[element.id]
    for name in OPTIONAL:
        text = element.properties.get(name, "")
        if text.startswith("=") or (name in SURE and text):
            line = _line(node, "property", name)
            extra = _asked(diagram, element) if name in OF_THE_ANSWER else frozenset()
            yield _formula(element, line, setting(name), text, sure=name in SURE, extra=extra)
    for _, only in split_shown(element.properties.get("shows")):
        if only:
            yield _formula(element, _line(node, "property", "shows"), setting("shows"), only)


def _arguments(diagram: Diagram, element: Element) -> Iterator[Formula]:
    node = diagram.xml[element.id]
    for name, text in element.inputs.items():
        if text.startswith("="):
            yield _formula(element, _line(node, "inputParameter", name), f"参数 {name}", text)


def _asked(diagram: Diagram, element: Element) -> frozenset[str]:
    """The keys of the form that an element has people fill in."""
    schema = diagram.whole.form(element.form)
    if schema is None:
        return frozenset()
    return frozenset(keys_of(schema))


def _mappings(diagram: Diagram, element: Element) -> Iterator[Formula]:
    called = diagram.xml[element.id].get("calledElement") or ""
    called_process = ""
    if called in diagram.whole.processes:
        called_process = called
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


def _begins(node: etree._Element) -> int:
    """The line on which the text of a node begins."""
    text = node.text or ""
    return line_of(node) + text[: len(text) - len(text.lstrip())].count("\n")


def _line(node: etree._Element, kind: str, name: str) -> int:
    entries = node.iterfind(f"b:extensionElements//c:{kind}", NS)
    return next((line_of(entry) for entry in entries if entry.get("name") == name), line_of(node))
