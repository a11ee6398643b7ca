"""Forms: their keys, components, expressions and lists, and that they ask for no secrets."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.domain.forms.answers import unsupported
from service.domain.forms.browser.language import browser_expression
from service.domain.forms.schema import key_of, label_of
from service.domain.forms.trials import circle, doubtful
from service.feel import FeelSyntaxError
from service.gate.deployment import FormFile
from service.gate.table import Spot, rule
from service.gate.words import similar

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
SECRET_KEY = re.compile(r"passw(or)?d|secret|token|credential|api_?key|private_?key", re.IGNORECASE)
Level = list[dict[str, Any]]
OF_THE_PLACE = frozenset({"this", "parent", "i", "_this_", "_parent_", "_i_"})
SECRET_LABEL = re.compile(r"密码|口令|密钥|验证码")


@rule("form-id", FormFile)
def form_id(form: FormFile) -> Iterator[Spot]:
    """The id of a form is equal to its file name. Diagrams refer to it by its id, people by its
    file name.
    """
    name = form.file.removesuffix(".form")
    found_id = form.schema.get("id")
    if found_id != name:
        yield (
            str(found_id or ""),
            form.line_of("id"),
            f"表单编号“{found_id}”与文件名不一致；请把表单的 id 改为“{name}”",
        )


@rule("form-key", FormFile)
def form_key(form: FormFile) -> Iterator[Spot]:
    """Keys of fields are English identifiers, because expressions, exports and interfaces use
    them.
    """
    for component in form.components():
        key = component.get("key")
        if key is not None and not (isinstance(key, str) and KEY.fullmatch(key)):
            yield (
                str(key),
                form.line_of(str(key)),
                f"键“{key}”不是英文标识；请只用字母、数字和下划线，并以字母开头",
            )


@rule("form-key-unique", FormFile)
def form_key_unique(form: FormFile) -> Iterator[Spot]:
    """A key names one field of its form (inside a list: one field of the list). If two fields had
    the same key, one answer would be lost.
    """
    levels: list[Level] = [list(form.schema["components"])]
    while levels:
        seen: set[str] = set()
        for component in _components_of(levels.pop(), levels):
            key = str(component.get("key") or component.get("path") or "")
            if key and key in seen:
                yield (
                    key,
                    form.line_of(key),
                    f"键“{key}”在表单中用了不止一次，先填的内容会丢失；请给每个栏目不同的键",
                )
            seen.add(key)


def _components_of(level: Level, levels: list[Level]) -> Iterator[dict[str, Any]]:
    """The components of one level, those inside groups included.

    The components inside a list are a level of their own. They are added to ``levels``.
    """
    while level:
        component = level.pop(0)
        inner = component.get("components")
        if isinstance(inner, list) and component.get("type") == "dynamiclist":
            levels.append(list(inner))
        elif isinstance(inner, list):
            level.extend(inner)
        yield component


@rule("form-component", FormFile)
def form_component(form: FormFile) -> Iterator[Spot]:
    """A form has only components and settings that page and server both understand. The server
    checks what the page shows.
    """
    for component in form.components():
        key = str(component.get("key") or component.get("path") or component.get("id") or "")
        without_inner = dict(component)
        without_inner.pop("components", None)
        for message in unsupported({"components": [without_inner]}):
            advice = "" if "请" in message else "，请改正"
            yield key, form.line_of(key), f"{message}{advice}"


@rule("form-condition", FormFile)
def form_condition(form: FormFile) -> Iterator[Spot]:
    """A condition that hides a field uses only fields of this form. The rule ``form-component``
    checks that it is FEEL.
    """
    keys = {key_of(component) for component in form.components()}
    field_keys = {key for key in keys if key}
    for component in form.components():
        condition = _hides_when(component)
        if not condition:
            continue
        key = str(component.get("key") or component.get("id") or "")
        label = component.get("label") or ""
        for name in sorted(_names_in(condition) - field_keys - OF_THE_PLACE):
            yield (
                key,
                form.line_of(condition),
                f"栏目“{label}”的隐藏条件用到的“{name}”不是本表单的栏目"
                f"{similar(name, field_keys)}；请改正",
            )


def _hides_when(component: Mapping[str, Any]) -> str:
    """The expression that hides a field, with its ``=``; "" if there is none."""
    conditional = component.get("conditional")
    if not isinstance(conditional, dict):
        return ""
    condition = conditional.get("hide")
    if not isinstance(condition, str) or not condition.startswith("="):
        return ""
    return condition


def _names_in(condition: str) -> frozenset[str]:
    """The names that an expression uses; none if it cannot be read."""
    try:
        return browser_expression(condition.removeprefix("=")).names
    except FeelSyntaxError:
        return frozenset()


@rule("form-comparison", FormFile)
def form_comparison(form: FormFile) -> Iterator[Spot]:
    """An expression of a form compares values of one type, and its result is one that a page can
    keep. In the browser days are texts, and the comparison of a day with a text is never true.
    """
    for component, sentence in doubtful(form.schema):
        key = str(key_of(component) or component.get("id") or "")
        label = label_of(component) or key
        yield key, form.line_of(key), f"栏目“{label}”：{sentence}"


@rule("form-circle", FormFile)
def form_circle(form: FormFile) -> Iterator[Spot]:
    """Whether a field is shown does not depend on the field itself, nor by way of other fields.
    Otherwise page and server could decide it differently.
    """
    labels_by_path = circle(form.schema)
    if not labels_by_path:
        return
    first_path = next(iter(labels_by_path))
    key = first_path.rpartition(".")[2]
    labels = "".join(f"“{label}”" for label in labels_by_path.values())
    yield (
        key,
        form.line_of(key),
        f"栏目{labels}的显示条件或计算互相依赖，没有确定的结果；请去掉其中一个条件",
    )


@rule("form-list", FormFile)
def form_list(form: FormFile) -> Iterator[Spot]:
    """Options that come from a named list name one that exists. The name is the same under
    ``valuesKey`` and ``properties.list``.
    """
    lists = form.whole.around.lists
    for component in form.components():
        name = component.get("valuesKey")
        if name is None:
            continue
        key = str(component.get("key") or "")
        line = form.line_of(str(name))
        properties = component.get("properties")
        if str(name) not in lists:
            yield (
                key,
                line,
                f"选项来自名单“{name}”，"
                f"该名单不存在{similar(str(name), lists)}；请改正或先建立名单",
            )
        elif not isinstance(properties, dict) or properties.get("list") != name:
            yield key, line, f"选项来自名单“{name}”，请在该栏目的自定义属性中同样写明 list = {name}"


@rule("form-secret", FormFile)
def form_secret(form: FormFile) -> Iterator[Spot]:
    """A form never asks for passwords, tokens or keys. Answers are kept for good and shown to those
    who check.
    """
    for component in form.components():
        key = str(component.get("key") or "")
        label = str(component.get("label") or "")
        if SECRET_KEY.search(key) or SECRET_LABEL.search(label):
            yield (
                key,
                form.line_of(key),
                f"栏目“{label or key}”似乎要求填写密码或密钥；表单内容会长期留存，请删除",
            )
