"""Forms: readable keys, supported components, known lists, and nothing secret."""

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
OF_THE_PLACE = frozenset({"this", "parent", "i", "_this_", "_parent_", "_i_"})
SECRET_LABEL = re.compile(r"密码|口令|密钥|验证码")


@rule("form-id", FormFile)
def form_id(form: FormFile) -> Iterator[Spot]:
    """A form's id equals its file name: diagrams refer to it by the one, people by the other."""
    expected = form.file.removesuffix(".form")
    if (written := form.schema.get("id")) != expected:
        yield (
            str(written or ""),
            form.line_of("id"),
            f"表单编号“{written}”与文件名不一致；请把表单的 id 改为“{expected}”",
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
    """A key names one field of its form (of its list, inside a list): of two, one answer would be
    lost.
    """
    todo: list[list[dict[str, object]]] = [list(form.schema["components"])]
    while todo:
        seen: set[str] = set()
        level = todo.pop()
        while level:
            component = level.pop(0)
            inner = component.get("components")
            if isinstance(inner, list):
                (
                    todo.append(list(inner))
                    if component.get("type") == "dynamiclist"
                    else level.extend(inner)
                )
            key = str(component.get("key") or component.get("path") or "")
            if key and key in seen:
                yield (
                    key,
                    form.line_of(key),
                    f"键“{key}”在表单中用了不止一次，先填的内容会丢失；请给每个栏目不同的键",
                )
            seen.add(key)


@rule("form-component", FormFile)
def form_component(form: FormFile) -> Iterator[Spot]:
    """Only components and settings that page and server both understand: the server checks what the
    page shows.
    """
    for component in form.components():
        alone = {name: value for name, value in component.items() if name != "components"}
        key = str(component.get("key") or component.get("path") or component.get("id") or "")
        for message in unsupported({"components": [alone]}):
            yield key, form.line_of(key), message if "请" in message else f"{message}，请改正"


@rule("form-condition", FormFile)
def form_condition(form: FormFile) -> Iterator[Spot]:
    """A condition that hides a field speaks of fields of this form (that it is FEEL is seen by
    ``form-component``).
    """
    known = {key for c in form.components() if (key := key_of(c))}
    for component in form.components():
        text = _hides_when(component)
        if not text:
            continue
        key = str(component.get("key") or component.get("id") or "")
        where = f"栏目“{component.get('label') or ''}”的隐藏条件"
        for name in sorted(_names_in(text) - known - OF_THE_PLACE):
            yield (
                key,
                form.line_of(text),
                f"{where}用到的“{name}”不是本表单的栏目{similar(name, known)}；请改正",
            )


def _hides_when(component: Mapping[str, Any]) -> str:
    """The expression that hides a field, with its ``=``; "" when there is none."""
    conditional = component.get("conditional")
    text = None
    if isinstance(conditional, dict):
        text = conditional.get("hide")
    if isinstance(text, str) and text.startswith("="):
        return text
    return ""


def _names_in(text: str) -> frozenset[str]:
    """The names of an expression; none when it cannot be read."""
    try:
        return browser_expression(text.removeprefix("=")).names
    except FeelSyntaxError:
        return frozenset()


@rule("form-comparison", FormFile)
def form_comparison(form: FormFile) -> Iterator[Spot]:
    """An expression of a form compares like with like, and comes to something a page can keep: in
    the browser days are texts, and a day held against a text is never true.
    """
    for component, sentence in doubtful(form.schema):
        key = str(key_of(component) or component.get("id") or "")
        yield key, form.line_of(key), f"栏目“{label_of(component) or key}”：{sentence}"


@rule("form-circle", FormFile)
def form_circle(form: FormFile) -> Iterator[Spot]:
    """Whether a field stands there does not depend on itself, not by way of others either: page and
    server could settle it differently.
    """
    if round_about := circle(form.schema):
        key = next(iter(round_about)).rpartition(".")[2]
        labels = "".join(f"“{label}”" for label in round_about.values())
        yield (
            key,
            form.line_of(key),
            f"栏目{labels}的显示条件或计算互相依赖，没有确定的结果；请去掉其中一个条件",
        )


@rule("form-list", FormFile)
def form_list(form: FormFile) -> Iterator[Spot]:
    """Options that come from a named list name one that exists, under ``valuesKey`` and
    ``properties.list`` alike.
    """
    known = form.whole.around.lists
    for component in form.components():
        name = component.get("valuesKey")
        if name is None:
            continue
        key = str(component.get("key") or "")
        line = form.line_of(str(name))
        properties = component.get("properties")
        if str(name) not in known:
            yield (
                key,
                line,
                f"选项来自名单“{name}”，"
                f"该名单不存在{similar(str(name), known)}；请改正或先建立名单",
            )
        elif not isinstance(properties, dict) or properties.get("list") != name:
            yield key, line, f"选项来自名单“{name}”，请在该栏目的自定义属性中同样写明 list = {name}"


@rule("form-secret", FormFile)
def form_secret(form: FormFile) -> Iterator[Spot]:
    """A form never asks for passwords, tokens or keys: answers are kept for good and shown to those
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
