"""What is to be deployed, read once: diagrams, forms, tables and Word templates, each with its
place in its file.

Decided: reading never fails here. What cannot be read is kept as ``Broken`` and reported by a rule,
so that one bad file does not hide what is wrong with the others.
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
    """This is no Word template that may be used; the sentence says why, in Chinese."""


NODES = frozenset(MAKERS)
"""The flow nodes that the engine has a maker for."""
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
    """A file that cannot be read, and why (in Chinese)."""

    file: str
    line: int
    why: str


class Diagram:
    """One readable BPMN file of a deployment, with the look-ups that rules share."""

    def __init__(self, file: str, document: Document, whole: "Deployment") -> None:
        self.file = file
        self.document = document
        self.whole = whole
        self.root = document.root
        self.around = whole.around
        self.played: dict[str, Any] = {}
        self.xml: dict[str, etree._Element] = {
            str(n.get("id")): n for n in self.root.iter() if n.get("id") and _ours(n)
        }

    @cached_property
    def elements(self) -> dict[str, Element]:
        """The flow nodes that the engine knows, by id."""
        return {
            i: e for i, e in self.document.elements.items() if e.kind in NODES and i in self.xml
        }

    def of_kind(self, *kinds: str) -> Iterator[Element]:
        """Flow nodes of these kinds, in document order."""
        return (e for e in self.elements.values() if e.kind in kinds)

    @cached_property
    def tasks(self) -> list[Element]:
        """Steps that people do."""
        return list(self.of_kind(*PEOPLES_TASKS))

    def definitions(self, element: Element) -> list[etree._Element]:
        """The event definitions that stand in a node."""
        return [n for n in self.xml[element.id] if tag(n).endswith("EventDefinition")]

    def loop(self, element: Element) -> etree._Element | None:
        """The multi-instance characteristics of a node."""
        return self.xml[element.id].find("b:multiInstanceLoopCharacteristics", NS)

    @cached_property
    def outgoing(self) -> dict[str, list[Flow]]:
        """Flows by the id of the node they leave."""
        return self._by(lambda flow: flow.source)

    @cached_property
    def incoming(self) -> dict[str, list[Flow]]:
        """Flows by the id of the node they enter."""
        return self._by(lambda flow: flow.target)

    def _by(self, end: Any) -> dict[str, list[Flow]]:
        flows_by_node: dict[str, list[Flow]] = {i: [] for i in self.elements}
        for flow in self.document.flows.values():
            flows_by_node.setdefault(end(flow), []).append(flow)
        return flows_by_node

    @cached_property
    def scopes(self) -> dict[str, list[Element]]:
        """Flow nodes by the id of the process or subprocess they stand in; empty scopes too."""
        elements_by_scope: dict[str, list[Element]] = {i: [] for i in self.document.processes}
        elements_by_scope.update({e.id: [] for e in self.of_kind("subProcess")})
        for element in self.elements.values():
            elements_by_scope.setdefault(element.scope, []).append(element)
        return elements_by_scope

    def owner(self, node: etree._Element) -> tuple[str, int]:
        """Id of the nearest node upwards that people can click on, and the line of the node
        itself.
        """
        named = next(
            (n for n in (node, *node.iterancestors()) if n.get("id") and _ours(n) and not _part(n)),
            None,
        )
        return (named.get("id") or "" if named is not None else ""), line_of(node)

    def global_named(self, kind: str) -> dict[str, etree._Element]:
        """Messages, signals or errors that the file declares, by id."""
        return {n.get("id") or "": n for n in self.root.iterfind(f"b:{kind}", NS)}


def _part(node: etree._Element) -> bool:
    """Is it only a part of an element, such as an event definition or a loop marker?"""
    return tag(node).endswith(("EventDefinition", "LoopCharacteristics"))


def _ours(node: etree._Element) -> bool:
    return isinstance(node.tag, str) and node.tag.startswith(f"{{{NS['b']}}}")


@dataclass(frozen=True)
class FormFile:
    """One form of the deployment whose JSON could be read and has the outline of a form."""

    file: str
    text: str
    schema: Mapping[str, Any]
    whole: "Deployment"

    def line_of(self, key: str) -> int:
        """The line on which a value is first written in quotes; 1 when it is nowhere."""
        before, separator, _ = self.text.partition(json.dumps(key, ensure_ascii=False))
        if separator:
            return before.count("\n") + 1
        return 1

    def components(self) -> Iterator[Mapping[str, Any]]:
        """All components, nested ones too, in the order of the file."""
        return everything(self.schema)


@dataclass(frozen=True)
class TableFile:
    """One file of decision tables that is readable XML."""

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
    """All files together, and what surrounds them."""

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
        try:
            if name.endswith(".bpmn"):
                self.diagrams.append(Diagram(name, read_document(data, name), self))
            elif name.endswith(".dmn"):
                self.tables.append(TableFile(name, data, safe_root(data, name), self))
            elif name.endswith(".form"):
                self._read_form(name, data)
            elif name.endswith(".docx"):
                self.papers.append(PaperFile(name, self.around.read_template(data), self))
        except UnsafeXml as exc:
            self.broken.append(Broken(name, int(exc.facts["line"]), str(exc.facts["why"])))
        except Unfit as exc:
            self.broken.append(Broken(name, 0, str(exc)))

    def _read_form(self, name: str, data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        try:
            schema = read_form(data)
        except ValueError as exc:
            line = exc.lineno if isinstance(exc, json.JSONDecodeError) else 1
            self.broken.append(Broken(name, line, str(exc)))
        else:
            self.forms[name.removesuffix(".form")] = FormFile(name, text, schema, self)

    def form(self, name: str | None) -> Mapping[str, Any] | None:
        """The schema of a form of this deployment, else of a deployed one."""
        if not name:
            return None
        if name in self.forms:
            return self.forms[name].schema
        return self.around.forms.get(name)

    @cached_property
    def processes(self) -> dict[str, tuple[Diagram, etree._Element]]:
        """Processes of this deployment by id."""
        return {i: (d, node) for d in self.diagrams for i, node in d.document.processes.items()}


def read_form(data: bytes) -> Mapping[str, Any]:
    """A form's JSON.

    :raises ValueError: not UTF-8, not JSON, or without the outline of a form; the sentence is
        Chinese except for the position that the JSON reader adds.
    """
    if len(data) > LIMIT_BYTES:
        raise ValueError(f"文件有 {len(data):,} 字节，超过 {LIMIT_BYTES:,} 字节的上限")
    try:
        schema = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise ValueError("文件不是 UTF-8 编码，请另存为 UTF-8 后重新上传") from exc
    except RecursionError as exc:
        raise ValueError("嵌套层数过多，这不是表单编辑器生成的文件") from exc
    if not isinstance(schema, dict):
        raise ValueError("内容不是表单（最外层应为一个 JSON 对象），请用表单编辑器重新导出")
    _outline(schema)
    return schema


def _outline(schema: Mapping[str, Any]) -> None:
    todo: list[tuple[Any, int]] = [(schema, 0)]
    while todo:
        part, depth = todo.pop()
        inner = part.get("components", [] if depth else None)
        if not isinstance(inner, list) or not all(
            isinstance(c, dict) and isinstance(c.get("type"), str) for c in inner
        ):
            raise ValueError(
                "表单的 components 应为组件列表，且每个组件都有 type，请用表单编辑器重新导出"
            )
        if depth > MAX_DEPTH:
            raise ValueError(f"组件嵌套超过 {MAX_DEPTH} 层，请简化表单")
        todo.extend((c, depth + 1) for c in inner)
