"""What a form-js schema contains, and the values that its fields take.

Decided: a published subset of components and settings. Because the server must evaluate whatever
changes data or rules, exactly as the page does; what it could not check, nobody may rely on.
Instead of storing what a browser happened to send.

Decided of values: empty text, an empty choice and an absent value are all None in the case; numbers
are ``Decimal``, days ``date``, instants aware ``datetime``, times of day the text ``HH:MM``. What
is already typed is accepted, so that a check can be repeated. A value that does not fit raises
``Misfit`` with what to do, without the field's label.
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


def rules_of(component: Component) -> Component:
    """The settings under ``validate``."""
    found = component.get("validate")
    return found if isinstance(found, Mapping) else {}


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


def has_expressions(schema: Component) -> bool:
    """Whether anything on the form depends on what is answered."""
    return any(True for component in everything(schema) for _ in expressions(component))


def locks(component: Component) -> bool:
    """Whether what is answered decides whether a field can be changed."""
    return str(component.get("readonly")).startswith("=")


def kept_fields(schema: Component) -> set[str]:
    """The keys of fields that keep what they were opened with, whatever is answered."""
    return {key for key, field in keys_of(schema).items() if is_kept(field)}


def is_kept(component: Component) -> bool:
    """Whether a field always keeps what it was opened with."""
    return component.get("disabled") is True or (
        bool(component.get("readonly")) and not locks(component)
    )


def of_the_case(schema: Component, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a form that tells a case something shows of it: the fields that are only shown."""
    fields = keys_of(schema).items()
    shown = [key for key, field in fields if field.get("readonly") or field.get("disabled")]
    return {key: data[key] for key in shown if data.get(key) is not None}


def opened_with(component: Component, given: Mapping[str, Any]) -> Any:
    """The value with which the page opens a field: what was given, else its default."""
    value = given.get(key_of(component))
    return component.get("defaultValue") if value is None else value


def emptied(component: Component) -> dict[str, Any]:
    """What remains of a hidden component: its keys, with nothing."""
    return dict.fromkeys(keys_of({"components": [component]}))


def rows_of(value: Any) -> list[Any]:
    """The rows of a list. A row in which nothing could be filled in arrives as null."""
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
    """Text as it was typed; "" is None."""
    if not isinstance(value, str):
        raise Misfit("应为文字，请重新填写")
    if UNSEEN.search(value):
        raise Misfit("含有无法显示的控制字符，请删除后重新填写")
    return value or None


def number_value(value: Any, component: Component) -> Decimal | None:
    """A number, or the text of one."""
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
    """A day, a time of day or an instant, by the field's subtype."""
    if value == "":
        return None
    readers = {"time": clock_value, "datetime": moment_value}
    try:
        return readers.get(str(component.get("subtype")), day_value)(value)
    except ValueError as problem:
        raise Misfit(
            str(problem) if isinstance(problem, Misfit) else "不是有效的日期或时间，请重新选择"
        ) from problem


def day_value(value: Any) -> date:
    """``YYYY-MM-DD``."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not WRITTEN_AS_DAY.fullmatch(value):
        raise Misfit("应为日期，格式如 2026-03-01，请重新选择")
    return date.fromisoformat(value)


def clock_value(value: Any) -> str:
    """``HH:MM``, with the zone the form was set to send."""
    found = TIME_OF_DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise Misfit("应为时间，格式如 09:30，请重新选择")
    return str(value)


def moment_value(value: Any) -> datetime:
    """``YYYY-MM-DDTHH:MM`` with its zone, Shanghai without one."""
    if not isinstance(value, datetime):
        if not isinstance(value, str) or not MOMENT.fullmatch(value):
            raise Misfit("应为日期和时间，格式如 2026-03-01T09:30，请重新选择")
        value = datetime.fromisoformat(value)
    moment: datetime = value
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)


def file_value(value: Any, component: Component) -> list[str] | None:
    """The ids of attachments: a list, or one text."""
    found = [value] if isinstance(value, (str, int)) and value != "" else value or []
    if not isinstance(found, list) or any(
        isinstance(one, bool) or not isinstance(one, (str, int)) for one in found
    ):
        raise Misfit("应为已上传附件的编号，请重新上传")
    if len(found) > MAX_CHOICES:
        raise Misfit(f"附件过多，最多 {MAX_CHOICES} 个")
    return [str(one) for one in found] or None


READERS: Mapping[str, Callable[[Any, Component], Any]] = {
    "textfield": text_value,
    "textarea": text_value,
    "number": number_value,
    "checkbox": checkbox_value,
    "datetime": datetime_value,
    "filepicker": file_value,
}


def plain_value(component: Component, value: Any) -> Any:
    """The value of a field that is no choice. :raises Misfit: it does not fit."""
    return None if value is None else READERS[str(component.get("type"))](value, component)


def comparable(value: Any) -> Any:
    """Options are compared by kind and value: 1 and 1.0 are one option, 1 and true and "1" are
    three.
    """
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return "number", Decimal(str(value))
    return type(value).__name__, value


def option_values(options: Any) -> list[Any]:
    """The values of options, which are contexts with ``value`` (or ``label``), or plain values."""
    if not isinstance(options, Sequence) or isinstance(options, str):
        return []
    return [
        one.get("value", one.get("label")) if isinstance(one, Mapping) else one for one in options
    ]


def chosen(component: Component, value: Any, options: list[Any]) -> Any:
    """One option, or a list of them for a checklist or taglist. :raises Misfit: not among the
    options.
    """
    if component.get("type") in ("checklist", "taglist"):
        return several(value, options)
    return None if value is None or value == "" else one_of(value, options)


def several(value: Any, options: list[Any]) -> list[Any] | None:
    """Options in the order they were chosen, each once; none is None."""
    if value is None or value == []:
        return None
    if not isinstance(value, list):
        raise Misfit("应为一组选项，请从列表中选择")
    found = [one_of(one, options) for one in value[: MAX_CHOICES + 1]]
    if len({comparable(one) for one in found}) != len(found) or len(found) > MAX_CHOICES:
        raise Misfit("有重复的选项，请重新选择")
    return found


def one_of(value: Any, options: list[Any]) -> Any:
    """The option that was chosen."""
    if isinstance(value, (list, dict)):
        raise Misfit("只能选择一项，请从列表中选择")
    for option in options:
        if not isinstance(option, (list, dict)) and comparable(option) == comparable(value):
            return option
    raise Misfit(f"“{str(value)[:50]}”不在可选范围内，请从列表中选择")
