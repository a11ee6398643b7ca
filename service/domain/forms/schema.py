"""What a form-js schema contains, and what of it the program cannot carry out.

Decided: a published subset of components and settings. Because the server must evaluate whatever
changes data or rules, exactly as the page does; what it could not check, nobody may rely on.
Instead of storing what a browser happened to send.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.feel import FeelSyntaxError, parse
from service.feel.functions import BUILTINS
from service.feel.patterns import BadPattern, compiled

Component = Mapping[str, Any]
KEYED = frozenset(
    {
        "textfield",
        "textarea",
        "number",
        "datetime",
        "checkbox",
        "checklist",
        "radio",
        "select",
        "taglist",
        "expression",
        "filepicker",
    }
)
CONTAINERS = frozenset({"group", "dynamiclist"})
SHOWN = frozenset({"text", "image", "separator", "spacer", "button", "table", "default"})
CHOICES = frozenset({"radio", "select", "checklist", "taglist"})
REFUSED = {"html": "网页代码", "iframe": "嵌入网页", "documentPreview": "文档预览"}
WAYS_TO_CHOOSE = ("values", "valuesKey", "valuesExpression")
SUBTYPES = ("date", "time", "datetime")
RULES_WITH_FEEL = ("min", "max", "minLength", "maxLength")
MAX_DEPTH = 20


def children(component: Component) -> list[Component]:
    """The components directly inside."""
    found = component.get("components")
    return (
        [child for child in found if isinstance(child, Mapping)] if isinstance(found, list) else []
    )


def key_of(component: Component) -> str:
    """Under which name the value of a field or list stands; "" when it has none."""
    of = component.get("type")
    return str(component.get("key" if of in KEYED else "path" if of == "dynamiclist" else "") or "")


def label_of(component: Component) -> str:
    """What people call a field."""
    label = component.get("label") or component.get("dateLabel") or component.get("timeLabel")
    if not isinstance(label, str) or label.startswith("="):
        return key_of(component)
    return label.strip()


def keys_of(schema: Component) -> dict[str, Component]:
    """The names under which a form's answers enter the case data, each with its component; a list
    counts as one.
    """
    found: dict[str, Component] = {}
    for component in children(schema):
        if component.get("type") == "group":
            found |= {key: one for key, one in keys_of(component).items() if key not in found}
        elif key := key_of(component):
            found.setdefault(key, component)
    return found


def everything(schema: Component, depth: int = 0) -> Iterator[Component]:
    """All components, outer before inner. Stops at a depth nobody needs."""
    for component in children(schema):
        yield component
        if depth < MAX_DEPTH:
            yield from everything(component, depth + 1)


def lists_of(schema: Component) -> set[str]:
    """The named lists from which fields of the form take their options."""
    return {
        str(component["valuesKey"])
        for component in everything(schema)
        if component.get("valuesKey")
    }


def unsupported(schema: Component) -> list[str]:
    """What must be changed before a form can be used: Chinese sentences, [] when all is well."""
    return [message for component in everything(schema) for message in faults(component)]


FAULTS: tuple[tuple[frozenset[str], Callable[[Component], bool], str], ...] = (
    (
        KEYED | {"dynamiclist"},
        lambda one: not key_of(one) or "." in key_of(one),
        "缺少键（key，列表为 path），或键中有点号，请改正",
    ),
    (frozenset({"group"}), lambda one: bool(one.get("path")), "分组不支持路径（path），请删除"),
    (
        frozenset({"datetime"}),
        lambda one: one.get("subtype") not in SUBTYPES,
        "日期时间类型应为 date、time 或 datetime",
    ),
    (frozenset({"image"}), lambda one: outside(one.get("source")), "图片不得来自外部网址"),
    (
        CHOICES,
        lambda one: not any(one.get(way) for way in WAYS_TO_CHOOSE),
        "没有可选项，请填写选项或引用名单",
    ),
)
"""Which components may have a fault, whether one has it, what to say then."""


def faults(component: Component) -> Iterator[str]:
    """What is wrong with one component."""
    of = str(component.get("type"))
    name = f"栏目“{label_of(component) or component.get('id') or of}”"
    if of in REFUSED:
        yield f"{name}：不支持“{REFUSED[of]}”组件，请删除"
    elif of not in KEYED | CONTAINERS | SHOWN:
        yield f"{name}：不认识组件类型“{of}”，请删除或更换"
    for kinds, wrong, sentence in FAULTS:
        if of in kinds and wrong(component):
            yield f"{name}：{sentence}"
    yield from bad_pattern(component, name)
    yield from bad_expressions(component, name)


def outside(source: Any) -> bool:
    """Whether an image would be fetched from somewhere else."""
    if not isinstance(source, str) or source.startswith("data:image/"):
        return False
    return "//" in source or source.startswith("=")


def rules_of(component: Component) -> Component:
    """The settings under ``validate``."""
    found = component.get("validate")
    return found if isinstance(found, Mapping) else {}


def bad_pattern(component: Component, name: str) -> Iterator[str]:
    """A pattern that cannot be read."""
    pattern = rules_of(component).get("pattern")
    if isinstance(pattern, str):
        try:
            compiled(pattern)
        except BadPattern as problem:
            yield f"{name}：格式要求“{pattern}”无法使用：{problem}"


def expressions(component: Component) -> Iterator[tuple[str, str]]:
    """Settings that hold FEEL and matter to data or rules: (what it is, its text)."""
    conditional = component.get("conditional")
    found = {
        "readonly": component.get("readonly"),
        "valuesExpression": component.get("valuesExpression"),
    }
    if isinstance(conditional, Mapping):
        found["conditional.hide"] = conditional.get("hide")
    if component.get("type") == "expression":
        found["expression"] = component.get("expression")
    found |= {f"validate.{rule}": rules_of(component).get(rule) for rule in RULES_WITH_FEEL}
    for setting, text in found.items():
        if isinstance(text, str) and text.startswith("="):
            yield setting, text[1:].strip()


def bad_expressions(component: Component, name: str) -> Iterator[str]:
    """An expression that cannot be parsed, or calls what a browser does not have."""
    for setting, text in expressions(component):
        try:
            unknown = parse(text).calls - BUILTINS.keys()
        except FeelSyntaxError as problem:
            yield f"{name}：{setting} 的表达式“{text}”有误：{problem}"
            continue
        if unknown:
            yield f"{name}：{setting} 的表达式使用了表单中没有的函数“{'、'.join(sorted(unknown))}”"
