"""The files of a deployment, read once: diagrams, forms, tables and Word templates.

Decided: reading never fails here. A file that cannot be read is kept as ``Broken`` and reported by
a rule, so that one bad file does not hide the faults of the others.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from service.domain.forms.schema import MAX_DEPTH, everything
from service.engine.build import MAKERS
from service.engine.document import (
    LIMIT_BYTES,
    NS,
    Document,
    Element,
    Flow,
    line_of,
    read_document,
    safe_root,
    tag,
)
from service.errors import UnsafeXml
from service.gate.finding import Surroundings


class Unfit(ValueError):
    """A file is not a Word template that may be used. The sentence gives the reason, in Chinese."""


NODES = frozenset(MAKERS)
"""Kinds of flow nodes that the engine has a maker for."""
PEOPLES_TASKS = frozenset({"userTask", "manualTask", "task"})
ACTIVITIES = frozenset(
    {
        "userTask",
        "manualTask",
        "task",
        "callActivity",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "subProcess",
        "receiveTask",
        "sendTask",
    }
)


@dataclass(frozen=True)
class Broken:
    """A file that cannot be read, and the reason (in Chinese)."""

    file: str
    line: int
    why: str


FlowsByNode = dict[str, list[Flow]]


class Diagram:
    """One readable BPMN file of a deployment, with the look-ups that rules share."""

    def __init__(self, file: str, document: Document, whole: "Deployment") -> None:
        self.file = file
        self.document = document
        self.whole = whole
        self.root = document.root
        self.around = whole.around
        self.played: dict[str, Any] = {}
        self.xml: dict[str, etree._Element] = {}
        for node in self.root.iter():
            if node.get("id") and _is_bpmn(node):
                self.xml[str(node.get("id"))] = node

    @cached_property
    def elements(self) -> dict[str, Element]:
        """The flow nodes that the engine knows, by id."""
        elements = {}
        for name, element in self.document.elements.items():
            if element.kind in NODES and name in self.xml:
                elements[name] = element
        return elements

    def of_kind(self, *kinds: str) -> Iterator[Element]:
        """Flow nodes of these kinds, in document order."""
        return (element for element in self.elements.values() if element.kind in kinds)

    @cached_property
    def tasks(self) -> list[Element]:
        """Steps that people do."""
        return list(self.of_kind(*PEOPLES_TASKS))

    def definitions(self, element: Element) -> list[etree._Element]:
        """The event definitions inside a node."""
        return [node for node in self.xml[element.id] if tag(node).endswith("EventDefinition")]

    def loop(self, element: Element) -> etree._Element | None:
        """The multi-instance characteristics of a node."""
        return self.xml[element.id].find("b:multiInstanceLoopCharacteristics", NS)

    @cached_property
    def outgoing(self) -> FlowsByNode:
        """Flows by the id of the node they leave."""
        outgoing: FlowsByNode = {}
        for name in self.elements:
            outgoing[name] = []
        for flow in self.document.flows.values():
            outgoing.setdefault(flow.source, []).append(flow)
        return outgoing

    @cached_property
    def incoming(self) -> FlowsByNode:
        """Flows by the id of the node they enter."""
        incoming: FlowsByNode = {}
        for name in self.elements:
            incoming[name] = []
        for flow in self.document.flows.values():
            incoming.setdefault(flow.target, []).append(flow)
        return incoming

    @cached_property
    def scopes(self) -> dict[str, list[Element]]:
        """Flow nodes by the id of the process or subprocess around them; empty scopes too."""
        scopes: dict[str, list[Element]] = {}
        for process in self.document.processes:
            scopes[process] = []
        for subprocess in self.of_kind("subProcess"):
            scopes[subprocess.id] = []
        for element in self.elements.values():
            scopes.setdefault(element.scope, []).append(element)
        return scopes

    def owner(self, node: etree._Element) -> tuple[str, int]:
        """The id of the nearest node upwards that people can click on, and the line of ``node``.

        The id is "" if there is none.
        """
        for candidate in (node, *node.iterancestors()):
            name = candidate.get("id")
            if name and _is_bpmn(candidate) and not _is_part(candidate):
                return name, line_of(node)
        return "", line_of(node)

    def global_named(self, kind: str) -> dict[str, etree._Element]:
        """Messages, signals or errors that the file declares, by id."""
        declared = {}
        for node in self.root.iterfind(f"b:{kind}", NS):
            declared[node.get("id") or ""] = node
        return declared


def _is_part(node: etree._Element) -> bool:
    """Whether a node is only a part of an element, such as an event definition or a loop marker."""
    return tag(node).endswith(("EventDefinition", "LoopCharacteristics"))


def _is_bpmn(node: etree._Element) -> bool:
    """Whether a node is an element of BPMN, and not of a drawing or a tool."""
    return isinstance(node.tag, str) and node.tag.startswith(f"{{{NS['b']}}}")


@dataclass(frozen=True)
class FormFile:
    """One form of the deployment whose JSON can be read and has the outline of a form."""

    file: str
    text: str
    schema: Mapping[str, Any]
    whole: "Deployment"

    def line_of(self, key: str) -> int:
        """The line on which a value first stands in quotes; 1 if it does not."""
        quoted = json.dumps(key, ensure_ascii=False)
        position = self.text.find(quoted)
        if position < 0:
            return 1
        return self.text.count("\n", 0, position) + 1

    def components(self) -> Iterator[Mapping[str, Any]]:
        """All components, nested ones too, in the order of the file."""
        return everything(self.schema)


@dataclass(frozen=True)
class TableFile:
    """One file of decision tables that can be read as XML."""

    file: str
    data: bytes
    root: etree._Element
    whole: "Deployment"


@dataclass(frozen=True)
class PaperFile:
    """One Word template that can be used, with the names it takes from a case's data."""

    file: str
    names: frozenset[str]
    whole: "Deployment"


class Deployment:
    """All files together, and their surroundings."""

    def __init__(self, files: Mapping[str, bytes], around: Surroundings) -> None:
        self.files = files
        self.around = around
        self.broken: list[Broken] = []
        self.diagrams: list[Diagram] = []
        self.forms: dict[str, FormFile] = {}
        self.tables: list[TableFile] = []
        self.papers: list[PaperFile] = []
        for name, data in files.items():
            self._read(name, data)

    def _read(self, name: str, data: bytes) -> None:
        """Read one file by the ending of its name. Other files are not read."""
        try:
            if name.endswith(".bpmn"):
                document = read_document(data, name)
                self.diagrams.append(Diagram(name, document, self))
            elif name.endswith(".dmn"):
                root = safe_root(data, name)
                self.tables.append(TableFile(name, data, root, self))
            elif name.endswith(".form"):
                self._read_form(name, data)
            elif name.endswith(".docx"):
                names = self.around.read_template(data)
                self.papers.append(PaperFile(name, names, self))
        except UnsafeXml as problem:
            line, reason = problem.facts["line"], problem.facts["why"]
            self.broken.append(Broken(name, int(line), str(reason)))
        except Unfit as problem:
            self.broken.append(Broken(name, 0, str(problem)))

    def _read_form(self, name: str, data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        try:
            schema = read_form(data)
        except json.JSONDecodeError as problem:
            self.broken.append(Broken(name, problem.lineno, str(problem)))
        except ValueError as problem:
            self.broken.append(Broken(name, 1, str(problem)))
        else:
            form_id = name.removesuffix(".form")
            self.forms[form_id] = FormFile(name, text, schema, self)

    def form(self, name: str | None) -> Mapping[str, Any] | None:
        """The schema of a form of this deployment, or of a deployed one; else None."""
        if not name:
            return None
        if name in self.forms:
            return self.forms[name].schema
        return self.around.forms.get(name)

    @cached_property
    def processes(self) -> dict[str, tuple[Diagram, etree._Element]]:
        """The processes of this deployment by id, each with its diagram and its XML node."""
        processes = {}
        for diagram in self.diagrams:
            for name, node in diagram.document.processes.items():
                processes[name] = (diagram, node)
        return processes


def read_form(data: bytes) -> Mapping[str, Any]:
    """The JSON of a form.

    :raises ValueError: not UTF-8, not JSON, or without the outline of a form; the sentence is
        Chinese except for the position that the JSON reader adds.
    """
    if len(data) > LIMIT_BYTES:
        raise ValueError(f"文件有 {len(data):,} 字节，超过 {LIMIT_BYTES:,} 字节的上限")
    try:
        schema = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise ValueError("文件不是 UTF-8 编码，请另存为 UTF-8 后重新上传") from problem
    except RecursionError as problem:
        raise ValueError("嵌套层数过多，这不是表单编辑器生成的文件") from problem
    if not isinstance(schema, dict):
        raise ValueError("内容不是表单（最外层应为一个 JSON 对象），请用表单编辑器重新导出")
    _check_outline(schema)
    return schema


def _check_outline(schema: Mapping[str, Any]) -> None:
    """Check that all components have a type and are not nested too deeply.

    :raises ValueError: they are not so; the sentence is Chinese.
    """
    todo: list[tuple[Any, int]] = [(schema, 0)]
    while todo:
        part, depth = todo.pop()
        components = part.get("components", [] if depth else None)
        if not isinstance(components, list) or not all(map(_has_type, components)):
            raise ValueError(
                "表单的 components 应为组件列表，且每个组件都有 type，请用表单编辑器重新导出"
            )
        if depth > MAX_DEPTH:
            raise ValueError(f"组件嵌套超过 {MAX_DEPTH} 层，请简化表单")
        for component in components:
            todo.append((component, depth + 1))


def _has_type(component: Any) -> bool:
    return isinstance(component, dict) and isinstance(component.get("type"), str)
