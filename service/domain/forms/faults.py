"""The faults that must be changed before a form can be used.

These are components, settings and expressions that page and server do not both understand.
"""

from collections.abc import Callable, Iterator
from typing import Any

from service.domain.forms.browser.functions import IN_FORMS
from service.domain.forms.browser.language import browser_expression
from service.domain.forms.schema import (
    CHOICES,
    CONTAINERS,
    KEYED,
    Component,
    everything,
    expressions,
    key_of,
    label_of,
    rules_of,
)
from service.feel import FeelSyntaxError
from service.feel.patterns import BadPattern, compiled

SHOWN = frozenset({"text", "image", "separator", "spacer", "button", "table", "default"})
REFUSED = {"html": "网页代码", "iframe": "嵌入网页", "documentPreview": "文档预览"}
WAYS_TO_CHOOSE = ("values", "valuesKey", "valuesExpression")
SUBTYPES = ("date", "time", "datetime")


def unsupported(schema: Component) -> list[str]:
    """A sentence for each thing that must be changed before a form can be used."""
    return [message for component in everything(schema) for message in faults(component)]


FAULTS: tuple[tuple[frozenset[str], Callable[[Component], bool], str], ...] = (
    (
        KEYED | {"dynamiclist"},
        lambda component: not key_of(component) or "." in key_of(component),
        "缺少键（key，列表为 path），或键中有点号，请改正",
    ),
    (
        frozenset({"group"}),
        lambda component: bool(component.get("path")),
        "分组不支持路径（path），请删除",
    ),
    (
        frozenset({"datetime"}),
        lambda component: component.get("subtype") not in SUBTYPES,
        "日期时间类型应为 date、time 或 datetime",
    ),
    (
        frozenset({"image"}),
        lambda component: is_from_outside(component.get("source")),
        "图片不得来自外部网址",
    ),
    (
        CHOICES,
        lambda component: not any(component.get(way) for way in WAYS_TO_CHOOSE),
        "没有可选项，请填写选项或引用名单",
    ),
)
"""Each fault: the kinds of components that may have it, its test, and the sentence about it."""


def faults(component: Component) -> Iterator[str]:
    """A sentence for each fault of one component."""
    kind = str(component.get("type"))
    name = f"栏目“{label_of(component) or component.get('id') or kind}”"
    if kind in REFUSED:
        yield f"{name}：不支持“{REFUSED[kind]}”组件，请删除"
    elif kind not in KEYED | CONTAINERS | SHOWN:
        yield f"{name}：不认识组件类型“{kind}”，请删除或更换"
    for kinds, has_fault, sentence in FAULTS:
        if kind in kinds and has_fault(component):
            yield f"{name}：{sentence}"
    yield from bad_pattern(component, name)
    yield from bad_expressions(component, name)


def is_from_outside(source: Any) -> bool:
    """Whether an image would be fetched from another host."""
    if not isinstance(source, str) or source.startswith("data:image/"):
        return False
    return "//" in source or source.startswith("=")


def bad_pattern(component: Component, name: str) -> Iterator[str]:
    """A sentence if the pattern of a component cannot be read."""
    pattern = rules_of(component).get("pattern")
    if isinstance(pattern, str):
        try:
            compiled(pattern)
        except BadPattern as problem:
            yield f"{name}：格式要求“{pattern}”无法使用：{problem}"


def bad_expressions(component: Component, name: str) -> Iterator[str]:
    """A sentence for each expression that a form may not use.

    The browser cannot read it, or it calls a function that forms do not have.
    """
    for setting, text in expressions(component):
        try:
            unknown = browser_expression(text).calls - IN_FORMS.keys()
        except FeelSyntaxError as problem:
            yield f"{name}：{setting} 的表达式“{text}”有误：{problem}"
            continue
        if unknown:
            called = "、".join(sorted(unknown))
            yield (
                f"{name}：{setting} 的表达式使用了表单中没有的函数“{called}”；"
                f"可用的有 {'、'.join(sorted(IN_FORMS))}"
            )
