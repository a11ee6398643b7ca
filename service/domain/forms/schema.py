"""The contents of a form-js schema, and the values that its fields take.

Decided: forms may use a published subset of components and settings. Because the server must
evaluate everything that changes data or rules exactly as the page does, and nobody may rely on what
the server could not check. Instead of storing what a browser happened to send.

Decided: empty text, an empty choice and an absent value are all None in the case. Numbers are
``Decimal``, days ``date``, instants aware ``datetime``, times of day the text ``HH:MM``. A value
that already has its type is accepted, so that a check can be repeated. A value that does not fit
raises ``Misfit`` with a sentence that says what to do, without the field's label.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service.domain.terms.deadlines import SHANGHAI

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
CHOICES = frozenset({"radio", "select", "checklist", "taglist"})
RULES_WITH_FEEL = ("min", "max", "minLength", "maxLength")
MAX_DEPTH = 20
MAX_ROWS = 500


def children(component: Component) -> list[Component]:
    """The components directly inside a form, group or list."""
    entries = component.get("components")
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, Mapping)]


def key_of(component: Component) -> str:
    """The name under which the value of a field or list stands; "" if the component has none."""
    kind = component.get("type")
    if kind in KEYED:
        return str(component.get("key") or "")
    if kind == "dynamiclist":
        return str(component.get("path") or "")
    return ""


def label_of(component: Component) -> str:
    """The name of a field as people read it; its key if it has no fixed label."""
    label = component.get("label") or component.get("dateLabel") or component.get("timeLabel")
    if not isinstance(label, str) or label.startswith("="):
        return key_of(component)
    return label.strip()


def keys_of(schema: Component) -> dict[str, Component]:
    """The names under which a form's answers enter the case data, each with its component.

    A list has one name. If a name stands on the form twice, the first component counts.
    """
    components: dict[str, Component] = {}
    for component in children(schema):
        if component.get("type") == "group":
            for key, inner in keys_of(component).items():
                components.setdefault(key, inner)
        elif key := key_of(component):
            components.setdefault(key, component)
    return components


def everything(schema: Component, depth: int = 0) -> Iterator[Component]:
    """All components, outer before inner. It stops at a depth that no form needs."""
    for component in children(schema):
        yield component
        if depth < MAX_DEPTH:
            yield from everything(component, depth + 1)


def lists_of(schema: Component) -> set[str]:
    """The names of the lists from which fields of the form take their options."""
    return {
        str(component["valuesKey"])
        for component in everything(schema)
        if component.get("valuesKey")
    }


def rules_of(component: Component) -> Component:
    """The settings of a field under ``validate``."""
    rules = component.get("validate")
    if not isinstance(rules, Mapping):
        return {}
    return rules


def expressions(component: Component) -> Iterator[tuple[str, str]]:
    """The expressions of a component that matter to data or rules.

    Each comes as the name of its setting and its text without ``=``.
    """
    conditional = component.get("conditional")
    settings = {
        "readonly": component.get("readonly"),
        "valuesExpression": component.get("valuesExpression"),
    }
    if isinstance(conditional, Mapping):
        settings["conditional.hide"] = conditional.get("hide")
    if component.get("type") == "expression":
        settings["expression"] = component.get("expression")
    for rule in RULES_WITH_FEEL:
        settings[f"validate.{rule}"] = rules_of(component).get(rule)
    for name, text in settings.items():
        if isinstance(text, str) and text.startswith("="):
            yield name, text[1:].strip()


def has_expressions(schema: Component) -> bool:
    """Whether anything on the form depends on the answers."""
    return any(True for component in everything(schema) for _ in expressions(component))


def locks(component: Component) -> bool:
    """Whether the answers decide if a field can be changed."""
    return str(component.get("readonly")).startswith("=")


def kept_fields(schema: Component) -> set[str]:
    """The keys of the fields that always keep the value they were opened with."""
    return {key for key, field in keys_of(schema).items() if is_kept(field)}


def is_kept(component: Component) -> bool:
    """Whether a field always keeps the value it was opened with."""
    is_readonly = bool(component.get("readonly")) and not locks(component)
    return component.get("disabled") is True or is_readonly


def of_the_case(schema: Component, data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a case that a message form shows: those of its fields that are only shown."""
    fields = keys_of(schema).items()
    shown_keys = [key for key, field in fields if field.get("readonly") or field.get("disabled")]
    return {key: data[key] for key in shown_keys if data.get(key) is not None}


def opened_with(component: Component, given: Mapping[str, Any]) -> Any:
    """The value with which the page opens a field: the given value, or else its default."""
    value = given.get(key_of(component))
    if value is None:
        return component.get("defaultValue")
    return value


def emptied(component: Component) -> dict[str, Any]:
    """The values of a hidden component: None under each of its keys."""
    return dict.fromkeys(keys_of({"components": [component]}))


def rows_of(value: Any) -> list[Any]:
    """The rows of a list; none if it is too long or no list.

    A row in which nothing could be filled in arrives as null.
    """
    rows = value if isinstance(value, list) and len(value) <= MAX_ROWS else []
    return [{} if row is None else row for row in rows]


NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?", re.ASCII)
WRITTEN_AS_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME_OF_DAY = re.compile(r"(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII
)
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MAX_CHOICES = 500


class Misfit(ValueError):
    """A value does not fit its field; the sentence says what to do, in Chinese."""


def text_value(value: Any, component: Component) -> str | None:
    """A text as it was typed; "" is None."""
    if not isinstance(value, str):
        raise Misfit("应为文字，请重新填写")
    if UNSEEN.search(value):
        raise Misfit("含有无法显示的控制字符，请删除后重新填写")
    return value or None


def number_value(value: Any, component: Component) -> Decimal | None:
    """The number in a number or in a text; "" is None."""
    if value == "":
        return None
    text = str(value).strip()
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, str, Decimal))
        or not NUMBER.fullmatch(text)
    ):
        raise Misfit("应为数字，请重新填写")
    return Decimal(text)


def checkbox_value(value: Any, component: Component) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Misfit("应为是或否，请重新勾选")
    return value


def datetime_value(value: Any, component: Component) -> Any:
    """A day, a time of day or an instant, according to the field's subtype; "" is None."""
    if value == "":
        return None
    readers = {"time": clock_value, "datetime": moment_value}
    read = readers.get(str(component.get("subtype")), day_value)
    try:
        return read(value)
    except Misfit as problem:
        raise Misfit(str(problem)) from problem
    except ValueError as problem:
        raise Misfit("不是有效的日期或时间，请重新选择") from problem


def day_value(value: Any) -> date:
    """A day, written ``YYYY-MM-DD``."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not WRITTEN_AS_DAY.fullmatch(value):
        raise Misfit("应为日期，格式如 2026-03-01，请重新选择")
    return date.fromisoformat(value)


def clock_value(value: Any) -> str:
    """A time of day, written ``HH:MM``, with the time zone that the form is set to send."""
    written = None
    if isinstance(value, str):
        written = TIME_OF_DAY.fullmatch(value)
    if written is None or int(written[1]) > 23 or int(written[2]) > 59:
        raise Misfit("应为时间，格式如 09:30，请重新选择")
    return str(value)


def moment_value(value: Any) -> datetime:
    """An instant, written ``YYYY-MM-DDTHH:MM`` with its time zone; without one it is Shanghai's."""
    if not isinstance(value, datetime):
        if not isinstance(value, str) or not MOMENT.fullmatch(value):
            raise Misfit("应为日期和时间，格式如 2026-03-01T09:30，请重新选择")
        value = datetime.fromisoformat(value)
    moment: datetime = value
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=SHANGHAI)


def file_value(value: Any, component: Component) -> list[str] | None:
    """The ids of attachments, from a list or from a single id; none is None."""
    ids = [value] if isinstance(value, (str, int)) and value != "" else value or []
    if not isinstance(ids, list) or not all(map(is_attachment_id, ids)):
        raise Misfit("应为已上传附件的编号，请重新上传")
    if len(ids) > MAX_CHOICES:
        raise Misfit(f"附件过多，最多 {MAX_CHOICES} 个")
    return [str(attachment_id) for attachment_id in ids] or None


def is_attachment_id(value: Any) -> bool:
    """Whether a value can be the id of an attachment."""
    return isinstance(value, (str, int)) and not isinstance(value, bool)


READERS: Mapping[str, Callable[[Any, Component], Any]] = {
    "textfield": text_value,
    "textarea": text_value,
    "number": number_value,
    "checkbox": checkbox_value,
    "datetime": datetime_value,
    "filepicker": file_value,
}


def plain_value(component: Component, value: Any) -> Any:
    """The typed value of a field that is no choice.

    :raises Misfit: the value does not fit.
    """
    if value is None:
        return None
    read = READERS[str(component.get("type"))]
    return read(value, component)


def comparable(value: Any) -> Any:
    """The type and value by which options are compared.

    1 and 1.0 are the same option; 1, true and "1" are three options.
    """
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return "number", Decimal(str(value))
    return type(value).__name__, value


def option_values(options: Any) -> list[Any]:
    """The values of options. An option is a context with ``value`` (or ``label``), or a value."""
    if not isinstance(options, Sequence) or isinstance(options, str):
        return []
    return [
        option.get("value", option.get("label")) if isinstance(option, Mapping) else option
        for option in options
    ]


def chosen(component: Component, value: Any, options: list[Any]) -> Any:
    """The chosen option, or the list of them for a checklist or taglist.

    :raises Misfit: a choice is not among the options.
    """
    if component.get("type") in ("checklist", "taglist"):
        return several(value, options)
    if value is None or value == "":
        return None
    return one_of(value, options)


def several(value: Any, options: list[Any]) -> list[Any] | None:
    """The chosen options in the order of the choice; none is None.

    :raises Misfit: a choice is not among the options, or stands there twice.
    """
    if value is None or value == []:
        return None
    if not isinstance(value, list):
        raise Misfit("应为一组选项，请从列表中选择")
    choices = [one_of(entry, options) for entry in value[: MAX_CHOICES + 1]]
    distinct = {comparable(choice) for choice in choices}
    if len(distinct) != len(choices) or len(choices) > MAX_CHOICES:
        raise Misfit("有重复的选项，请重新选择")
    return choices


def one_of(value: Any, options: list[Any]) -> Any:
    """The option that was chosen.

    :raises Misfit: it is not among the options.
    """
    if isinstance(value, (list, dict)):
        raise Misfit("只能选择一项，请从列表中选择")
    for option in options:
        if not isinstance(option, (list, dict)) and comparable(option) == comparable(value):
            return option
    raise Misfit(f"“{str(value)[:50]}”不在可选范围内，请从列表中选择")
