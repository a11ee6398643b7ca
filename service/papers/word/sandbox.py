"""Word templates (文书模板) for docxtpl: opened within limits, in a Jinja that is cut down.

A template can print, branch and loop, and nothing else.

Decided: only listed syntax is allowed, and names lead only to entries of the data. Because a
template comes from an office's Word and is filled with the data of a case. Instead of a list of
forbidden names, which is never complete. All loops share one budget, so that no template runs
without end.
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
NAME_ATTRIBUTES = {nodes.Getattr: "attr", nodes.Name: "name"}
SPECIAL = frozenset({"self", "super", "caller", "varargs", "kwargs"})
COMPARED = frozenset({"eq", "ne", "in", "notin"})
LOOP = frozenset({"index", "index0", "first", "last", "length"})
MAX_TEMPLATE_PARTS = 200
MAX_TEMPLATE_BYTES = 20_000_000
MAX_TEXT_BYTES = 3_000_000
MAX_MARKS = 3_000
BUDGET = 64_000_000
"""The number of characters that loops may print. A printed value counts as a thousand."""
TAG = re.compile(r"<(/?)([\w:]+)(?:\s[^<>]*?)?(/?)>")
EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")


class Sandbox(ImmutableSandboxedEnvironment):
    """The Jinja in which one template is filled once.

    It has the filters, the function that prints a value, and the rest of the budget.
    """

    def __init__(self, filters: Mapping[str, Any] | None = None, finalize: Any = None) -> None:
        super().__init__(autoescape=True, undefined=ChainableUndefined, finalize=finalize)
        if filters is None:
            filters = dict.fromkeys(FILTERS, lambda value, *_: value)
        plain_filters = {name: self.filters[name] for name in PLAIN_FILTERS}
        self.filters = plain_filters | dict(filters) | {"rows": self._rows}
        self.globals = {}
        self.budget = BUDGET

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in list(tree.find_all(nodes.Node)):
            _check(node, self.filters)
            _complete(node)
        tree.set_lineno(1, override=False)
        tree.set_environment(self)
        return tree

    def _rows(self, value: Any, cost: int) -> list[Any]:
        """The entries over which a loop runs, within the budget. A text has none.

        :param cost: what one pass of the loop costs.
        """
        if isinstance(value, str | Mapping | Undefined) or not isinstance(value, Iterable):
            return []
        rows = list(islice(value, self.budget // cost + 1))
        self.budget -= cost * len(rows)
        if self.budget < 0:
            raise TemplateRuntimeError("循环的内容过多")
        return rows

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An entry of the data or a property of the loop, never an attribute of an object."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self.undefined(name=str(attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An entry by its key or its number."""
        is_list = isinstance(obj, Sequence) and not isinstance(obj, str)
        if not is_list or type(argument) is not int:
            return self.getattr(obj, argument)
        if -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(name=str(argument))


def _check(node: nodes.Node, filters: Mapping[str, Any]) -> None:
    """Check one piece of syntax.

    :raises TemplateSyntaxError: it may not stand in a template, or would tear the document. The
        error has the line.
    """
    if (reason := _why_refused(node, filters)) is not None:
        raise TemplateSyntaxError(reason, node.lineno or 1)
    if not all(_is_balanced(branch) for branch in _branches(node)):
        raise TemplateSyntaxError(
            "{%tr %} 须独占一行、{%p %} 须独占一段，否则会拆散表格或段落", node.lineno
        )


def _complete(node: nodes.Node) -> None:
    """Add the arguments that authors leave out: to ``label`` its field, to a loop its cost."""
    if isinstance(node, nodes.Filter) and node.name == "label" and not node.args:
        node.args = [nodes.Const(_name_used(node.node))]
    if isinstance(node, nodes.For):
        cost = nodes.Const(_cost(node))
        node.iter = nodes.Filter(node.iter, "rows", [cost], [], None, None)


def _why_refused(node: nodes.Node, filters: Mapping[str, Any]) -> str | None:
    """Why a piece of syntax may not stand in a template; None if it may."""
    if type(node) not in ALLOWED:
        return f"模板中不能使用 {type(node).__name__} 这种写法，只能使用取值、if 和 for"
    name = _name_used(node)
    if name.startswith("_") or name in SPECIAL:
        return f"模板中不能使用“{name}”这个名称"
    if isinstance(node, nodes.Filter):
        return _why_filter_refused(node, filters)
    if isinstance(node, nodes.Operand) and node.op not in COMPARED:
        return "模板中只能比较是否相等（==、!=）和是否包含（in），计算请放在决策表中"
    return "模板中的循环不能递归" if isinstance(node, nodes.For) and node.recursive else None


def _why_filter_refused(node: nodes.Filter, filters: Mapping[str, Any]) -> str | None:
    """Why a filter may not be used; None if it may. ``rows`` is for the program only."""
    if node.name in filters and node.name != "rows" and node.node is not None:
        return None
    names = "、".join((*FILTERS, *PLAIN_FILTERS))
    return f"模板中没有名为“{node.name}”的格式，可用的有：{names}"


def _name_used(node: nodes.Node | None) -> str:
    """The name in a piece of syntax that takes an entry by its name; otherwise an empty text."""
    for kind, attribute in NAME_ATTRIBUTES.items():
        if isinstance(node, kind):
            return str(getattr(node, attribute))
    return ""


def _branches(node: nodes.Node) -> list[list[nodes.Node]]:
    """The parts of a loop or condition that are printed or left out as a whole."""
    return [node.body, node.else_] if isinstance(node, nodes.For | nodes.If) else []


def _is_balanced(branch: list[nodes.Node]) -> bool:
    """Whether the document stays well-formed with this branch and without it.

    The branch closes every tag that it opens, or opens again every tag that it closes.
    """
    closed, opened = list[str](), list[str]()
    texts = (text.data for node in branch for text in node.find_all(nodes.TemplateData))
    for end, name, empty in TAG.findall("".join(texts)):
        if not end and not empty:
            opened.append(name)
        elif end and not opened:
            closed.append(name)
        elif end and opened.pop() != name:
            return False
    return closed == opened[::-1]


def _cost(loop: nodes.For) -> int:
    """What one pass of a loop costs, see :data:`BUDGET`."""
    characters = sum(len(text.data) for text in loop.find_all(nodes.TemplateData))
    values = sum(len(output.nodes) for output in loop.find_all(nodes.Output))
    return characters + 1000 * (1 + values)


@lru_cache(maxsize=128)
def names_in(content: bytes) -> frozenset[str]:
    """The names that a template takes from the data.

    :raises Unfit: it cannot be opened, is too large, refers to other files, or has syntax that is
        not allowed.
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
    """Check a file before it is opened.

    :raises Unfit: it is too large, has macros, or refers to other files.
    """
    danger = hazard(
        content, parts=MAX_TEMPLATE_PARTS, unpacked=MAX_TEMPLATE_BYTES, largest=MAX_TEMPLATE_BYTES
    )
    if danger == "large":
        raise Unfit("文档过大，请删去图片")
    if danger:
        raise Unfit("文档中含有文档类型声明，请在 Word 中另存为 .docx")
    with ZipFile(BytesIO(content)) as archive:
        if any("vbaProject" in name for name in archive.namelist()):
            raise Unfit("文档中含有宏，请删去宏后另存为 .docx")
        for part in archive.infolist():
            if part.filename.endswith((".xml", ".rels")):
                _inspect_part(part.filename, archive.read(part))


def _inspect_part(name: str, text: bytes) -> None:
    external = EXTERNAL.findall(text) if name.endswith(".rels") else ()
    if any(b"/hyperlink" not in relationship for relationship in external):
        raise Unfit("文档引用了外部的模板或图片，请把图片嵌入文档、取消附加的模板")
    marks = text.count(b"{{") + text.count(b"{%")
    if len(text) > MAX_TEXT_BYTES or marks > MAX_MARKS:
        raise Unfit(f"模板的文字过多或标记超过 {MAX_MARKS} 处，请简化")
