"""Word templates (文书模板) for docxtpl: opened within limits; a Jinja that can print, branch and
loop, nothing else.

Decided: an allow-list of syntax, and names that lead to entries of the data only. Because a
template comes from an office's Word and is filled with a case's data; instead of a list of
forbidden names, of which one is always missing. Every loop draws on one budget, so that no template
runs without end.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import ZipFile

from docxtpl import DocxTemplate
from jinja2 import (
    ChainableUndefined,
    TemplateError,
    TemplateRuntimeError,
    TemplateSyntaxError,
    Undefined,
    nodes,
)
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from service.domain.archives import UNREADABLE, hazard
from service.gate.deployment import Unfit

FILTERS = ("money", "capital", "day", "month", "moment", "label", "unit", "bare")
PLAIN_FILTERS = ("default", "first", "join", "last", "length", "selectattr", "rejectattr")
ALLOWED = frozenset(
    {
        nodes.Template,
        nodes.Output,
        nodes.TemplateData,
        nodes.Name,
        nodes.Const,
        nodes.Getattr,
        nodes.Getitem,
        nodes.Filter,
        nodes.Test,
        nodes.For,
        nodes.If,
        nodes.CondExpr,
        nodes.Compare,
        nodes.Operand,
        nodes.And,
        nodes.Or,
        nodes.Not,
        nodes.Concat,
        nodes.List,
        nodes.Tuple,
        nodes.Keyword,
    }
)
KEYS = {nodes.Getattr: "attr", nodes.Name: "name"}
SPECIAL = frozenset({"self", "super", "caller", "varargs", "kwargs"})
COMPARED = frozenset({"eq", "ne", "in", "notin"})
LOOP = frozenset({"index", "index0", "first", "last", "length"})
MAX_TEMPLATE_PARTS, MAX_TEMPLATE_BYTES, MAX_TEXT_BYTES, MAX_MARKS = (
    200,
    20_000_000,
    3_000_000,
    3_000,
)
BUDGET = 64_000_000
"""Characters that loops may print; a printed value counts as a thousand."""
TAG = re.compile(r"<(/?)([\w:]+)(?:\s[^<>]*?)?(/?)>")
OUTSIDE = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")


class Sandbox(ImmutableSandboxedEnvironment):
    """The language of one filling: its filters, what it does to a printed value, and what is left
    of the budget.
    """

    def __init__(self, filters: Mapping[str, Any] | None = None, finalize: Any = None) -> None:
        super().__init__(autoescape=True, undefined=ChainableUndefined, finalize=finalize)
        own = dict.fromkeys(FILTERS, lambda value, *_: value) if filters is None else filters
        self.filters = (
            {name: self.filters[name] for name in PLAIN_FILTERS} | dict(own) | {"rows": self._rows}
        )
        self.globals = {}
        self.left = BUDGET

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in list(tree.find_all(nodes.Node)):
            _check(node, self.filters)
            _complete(node)
        tree.set_lineno(1, override=False)
        tree.set_environment(self)
        return tree

    def _rows(self, value: Any, cost: int) -> list[Any]:
        """What a loop runs over: a list, never a text; within the budget."""
        if isinstance(value, str | Mapping | Undefined) or not isinstance(value, Iterable):
            return []
        entries = list(islice(value, self.left // cost + 1))
        self.left -= cost * len(entries)
        if self.left < 0:
            raise TemplateRuntimeError("循环的内容过多")
        return entries

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An entry of the data, or what a loop says of itself; never an attribute of an object."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self.undefined(name=str(attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An entry by its key or its number."""
        if isinstance(obj, Sequence) and not isinstance(obj, str) and type(argument) is int:
            if -len(obj) <= argument < len(obj):
                return obj[argument]
            return self.undefined(name=str(argument))
        return self.getattr(obj, argument)


def _check(node: nodes.Node, filters: Mapping[str, Any]) -> None:
    """Refuse what may not stand in a template, or would tear the document.

    :raises TemplateSyntaxError: with the line.
    """
    if (why := _refused(node, filters)) is not None:
        raise TemplateSyntaxError(why, node.lineno or 1)
    if not all(_whole(branch) for branch in _branches(node)):
        raise TemplateSyntaxError(
            "{%tr %} 须独占一行、{%p %} 须独占一段，否则会拆散表格或段落", node.lineno
        )


def _complete(node: nodes.Node) -> None:
    """Add what authors leave out: ``label`` is told the field, a loop is told its cost."""
    if isinstance(node, nodes.Filter) and node.name == "label" and not node.args:
        node.args = [nodes.Const(_key(node.node))]
    if isinstance(node, nodes.For):
        node.iter = nodes.Filter(node.iter, "rows", [nodes.Const(_cost(node))], [], None, None)


def _refused(node: nodes.Node, filters: Mapping[str, Any]) -> str | None:
    """Why a piece of syntax may not stand in a template."""
    if type(node) not in ALLOWED:
        return f"模板中不能使用 {type(node).__name__} 这种写法，只能使用取值、if 和 for"
    if _key(node).startswith("_") or _key(node) in SPECIAL:
        return f"模板中不能使用“{_key(node)}”这个名称"
    if isinstance(node, nodes.Filter):
        return _refused_filter(node, filters)
    if isinstance(node, nodes.Operand) and node.op not in COMPARED:
        return "模板中只能比较是否相等（==、!=）和是否包含（in），计算请放在决策表中"
    return "模板中的循环不能递归" if isinstance(node, nodes.For) and node.recursive else None


def _refused_filter(node: nodes.Filter, filters: Mapping[str, Any]) -> str | None:
    """Why a format may not be used; ``rows`` is the program's own."""
    if node.name not in filters or node.name == "rows" or node.node is None:
        return (
            f"模板中没有名为“{node.name}”的格式，可用的有：{'、'.join((*FILTERS, *PLAIN_FILTERS))}"
        )
    return None


def _key(node: nodes.Node | None) -> str:
    """The name that a piece of syntax takes something by."""
    keys = [getattr(node, part) for kind, part in KEYS.items() if isinstance(node, kind)]
    if not keys:
        return ""
    return str(keys[0])


def _branches(node: nodes.Node) -> list[list[nodes.Node]]:
    """What is printed, or not, as a whole."""
    if not isinstance(node, nodes.For | nodes.If):
        return []
    return [node.body, node.else_]


def _whole(branch: list[nodes.Node]) -> bool:
    """Whether the document keeps its form with this part and without it: it closes what it opens,
    or opens again what it closes.
    """
    closed = list[str]()
    opened = list[str]()
    text = "".join(data.data for node in branch for data in node.find_all(nodes.TemplateData))
    for end, name, empty in TAG.findall(text):
        if not end and not empty:
            opened.append(name)
        elif end and not opened:
            closed.append(name)
        elif end and opened.pop() != name:
            return False
    return closed == opened[::-1]


def _cost(loop: nodes.For) -> int:
    texts = sum(len(text.data) for text in loop.find_all(nodes.TemplateData))
    return texts + 1000 * (1 + sum(len(output.nodes) for output in loop.find_all(nodes.Output)))


@lru_cache(maxsize=128)
def names_in(content: bytes) -> frozenset[str]:
    """The names that a template takes from the data.

    :raises Unfit: it cannot be opened, is too large, reaches outside, or says what a template may
        not say.
    """
    try:
        _inspect(content)
        template = DocxTemplate(BytesIO(content))
        names = template.get_undeclared_template_variables(Sandbox())
        template.render({}, Sandbox())
    except TemplateError as exc:
        raise Unfit(f"模板中的标记有误：{exc.message}") from exc
    except UNREADABLE as exc:
        if isinstance(exc, Unfit):
            raise
        raise Unfit("不是 Word 文档（.docx）或已损坏，请在 Word 或 WPS 中另存为 .docx") from exc
    return frozenset(names)


def _inspect(content: bytes) -> None:
    danger = hazard(
        content, parts=MAX_TEMPLATE_PARTS, unpacked=MAX_TEMPLATE_BYTES, largest=MAX_TEMPLATE_BYTES
    )
    if danger:
        raise Unfit(
            "文档过大，请删去图片"
            if danger == "large"
            else "文档中含有文档类型声明，请在 Word 中另存为 .docx"
        )
    with ZipFile(BytesIO(content)) as archive:
        if any("vbaProject" in name for name in archive.namelist()):
            raise Unfit("文档中含有宏，请删去宏后另存为 .docx")
        for part in archive.infolist():
            _inspect_part(
                part.filename,
                archive.read(part) if part.filename.endswith((".xml", ".rels")) else b"",
            )


def _inspect_part(name: str, text: bytes) -> None:
    if any(b"/hyperlink" not in target for target in OUTSIDE.findall(text)) and name.endswith(
        ".rels"
    ):
        raise Unfit("文档引用了外部的模板或图片，请把图片嵌入文档、取消附加的模板")
    if len(text) > MAX_TEXT_BYTES or text.count(b"{{") + text.count(b"{%") > MAX_MARKS:
        raise Unfit(f"模板的文字过多或标记超过 {MAX_MARKS} 处，请简化")
