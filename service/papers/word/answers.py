"""The answers of a form as lines to read: labels from the form, values in words.

Decided: the server shows answers as lists. Because a record must be readable without a script,
printable, and the same for everybody. Instead of a form that is switched off.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service.domain.forms.shown import only_shows
from service.domain.functions import amount, figure
from service.domain.terms.deadlines import SHANGHAI

Schema = Mapping[str, Any]
Values = Mapping[str, Any]
DISPLAY_ONLY = frozenset(
    {
        "text",
        "html",
        "image",
        "iframe",
        "separator",
        "spacer",
        "button",
        "table",
        "documentPreview",
        "filepicker",
    }
)
LABEL_PROPERTIES = ("label", "dateLabel", "timeLabel", "key")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
AMOUNT = "元）"
NOTHING = "未填写"
NUMBERS = (Decimal, int, float)


@dataclass(frozen=True, kw_only=True)
class AnswerPart:
    """One line of the answers.

    - ``kind`` is ``text`` for a value with its label, ``group`` for the title of a group, and
      ``table`` for repeated rows.
    - ``group`` is the title of the outermost group around the line.
    - ``fixed``: the form only shows the value; nobody can change it there.
    - ``number``: the value is a number. ``numbers`` says the same of each column of a table.
    - ``before`` is the line of the round before, if that line was different.
    """

    kind: str
    label: str
    text: str = ""
    empty: bool = False
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    key: str = ""
    fixed: bool = False
    number: bool = False
    numbers: tuple[bool, ...] = ()
    before: "AnswerPart | None" = None
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What surrounds some components of a form.

    - ``values`` are the values of the group that has the components.
    - ``all_values`` are the values of the whole form. The options of a choice can stand there.
    - ``group`` is the title of the outermost group around the components.
    """

    values: Values
    all_values: Values
    group: str = ""


NOTHING_BEFORE = AnswerPart(
    kind="text",
    label="",
    text=NOTHING,
    empty=True,
)


def answer_parts(schema: Schema | None, values: Values | None) -> tuple[AnswerPart, ...]:
    """The answers of a form, in the order of its fields.

    :param schema: the form. Without one, every value becomes a line with its key as the label.
    """
    answers = values or {}
    if not schema:
        return tuple(_text_part(str(key), _in_words(value)) for key, value in answers.items())
    scope = Scope(values=answers, all_values=answers)
    return tuple(_parts(schema, scope))


def compared_parts(schema: Schema | None, values: Values, before: Values) -> tuple[AnswerPart, ...]:
    """The answers of a form, where each changed line has the line of the round before.

    :param before: the earlier values of the changed fields, by key. Fields that the form no longer
        has stand at the end.
    """
    parts = answer_parts(schema, values)
    if not before:
        return parts
    old_parts = {part.key: part for part in answer_parts(schema, before) if part.key in before}
    compared = []
    for part in parts:
        if part.key in before:
            old_part = old_parts.get(part.key) or NOTHING_BEFORE
            part = replace(part, before=old_part)
        compared.append(part)
    keys = {part.key for part in parts}
    removed = [
        replace(
            old_part,
            text=NOTHING,
            rows=(),
            empty=True,
            before=old_part,
        )
        for key, old_part in old_parts.items()
        if key not in keys
    ]
    return (*compared, *removed)


def _parts(parent: Schema, scope: Scope) -> Iterator[AnswerPart]:
    """The lines of the components in a form or a group."""
    for component in parent.get("components", ()):
        if component.get("type") == "group":
            yield from _group_parts(component, scope)
        elif component.get("type") == "dynamiclist":
            yield _table_part(component, scope)
        elif _is_field(component):
            yield from _field_parts(component, scope)


def _is_field(component: Schema) -> bool:
    return bool(component.get("key")) and component.get("type", "") not in DISPLAY_ONLY


def _group_parts(component: Schema, scope: Scope) -> Iterator[AnswerPart]:
    """The title of a group and the lines inside it. Nothing if it has no lines."""
    path = component.get("path")
    values = _value_at(scope.values, path) if path else scope.values
    if not isinstance(values, Mapping):
        values = {}
    title = _label(component)
    outermost = scope.group or title
    parts = tuple(_parts(component, replace(scope, values=values, group=outermost)))
    if parts and title:
        yield AnswerPart(kind="group", label=title, group=outermost)
    yield from parts


def _table_part(component: Schema, scope: Scope) -> AnswerPart:
    """The rows of a repeated group as one table."""
    path = component.get("path") or ""
    rows = _value_at(scope.values, path) or ()
    columns = tuple(_fields_within(component))
    return AnswerPart(
        kind="table",
        label=_label(component),
        columns=tuple(_label(column) for column in columns),
        rows=tuple(_cells(row, columns, scope) for row in rows),
        empty=not rows,
        key=str(path),
        fixed=only_shows(component),
        numbers=tuple(column.get("type") == "number" for column in columns),
        group=scope.group,
    )


def _cells(row: Any, columns: Sequence[Schema], scope: Scope) -> tuple[str, ...]:
    return tuple(
        _value_in_words(column, _value_at(row, column["key"]), scope.all_values)
        for column in columns
    )


def _fields_within(parent: Schema) -> Iterator[Schema]:
    """The fields in a component and in the groups inside it."""
    for component in parent.get("components", ()):
        if component.get("type") == "group":
            yield from _fields_within(component)
        elif _is_field(component):
            yield component


def _field_parts(component: Schema, scope: Scope) -> Iterator[AnswerPart]:
    """The line of a field. Nothing if the form can hide the field and it has no value."""
    value = _value_at(scope.values, component["key"])
    condition = component.get("conditional") or {}
    if value is None and condition.get("hide"):
        return
    text = _value_in_words(component, value, scope.all_values)
    yield AnswerPart(
        kind="text",
        label=_label(component),
        text=text or NOTHING,
        empty=not text,
        key=str(component["key"]),
        fixed=only_shows(component),
        number=isinstance(value, NUMBERS) and not isinstance(value, bool),
        group=scope.group,
    )


def _text_part(label: str, text: str) -> AnswerPart:
    return AnswerPart(
        kind="text",
        label=label,
        text=text or NOTHING,
        empty=not text,
    )


def _value_at(values: Any, path: str) -> Any:
    """The value at a dotted path, or None if there is none."""
    for name in path.split("."):
        values = values.get(name) if isinstance(values, Mapping) else None
    return values


def _label(component: Schema) -> str:
    """The first label of a component that is a fixed text and not an expression."""
    for name in LABEL_PROPERTIES:
        label = str(component.get(name) or "")
        if label and not label.startswith("="):
            return label
    return ""


def _value_in_words(component: Schema, value: Any, all_values: Values) -> str:
    """The value of a field with what the form prints before and after it."""
    if value is None or value == "" or value == []:
        return ""
    to_words = WORDS_BY_TYPE.get(component.get("type", ""))
    if to_words:
        text = to_words(component, value, all_values)
    else:
        text = _in_words(value, grouped=_is_amount(component))
    appearance = component.get("appearance") or {}
    printed = (appearance.get("prefixAdorner"), text, appearance.get("suffixAdorner"))
    return " ".join(part for part in printed if part)


def _is_amount(component: Schema) -> bool:
    """Whether a number has a unit, in its label or beside it. A year has none."""
    appearance = component.get("appearance") or {}
    unit = appearance.get("prefixAdorner") or appearance.get("suffixAdorner")
    return bool(unit) or _label(component).endswith(AMOUNT)


def _choice_in_words(component: Schema, value: Any, all_values: Values) -> str:
    labels = dict(_options(component, all_values))
    choices = value if isinstance(value, list | tuple) else [value]
    return "、".join(labels.get(str(choice), _in_words(choice)) for choice in choices)


def _options(component: Schema, all_values: Values) -> Iterator[tuple[str, str]]:
    """Value and label of each option, from the form or from the values."""
    values_key = component.get("valuesKey") or ""
    options = component.get("values") or all_values.get(values_key) or ()
    for option in options:
        if isinstance(option, Mapping):
            value = option.get("value")
            label = option.get("label")
            yield str(value), str(label or value)
        else:
            yield str(option), str(option)


def _time_in_words(component: Schema, value: Any, all_values: Values) -> str:
    """A date or an instant that is given as ISO text."""
    if not isinstance(value, str):
        return _in_words(value)
    try:
        if ISO_DAY.fullmatch(value):
            return _date_in_words(date.fromisoformat(value))
        return _instant_in_words(datetime.fromisoformat(value))
    except ValueError:
        return value


def _in_words(value: Any, *, grouped: bool = False) -> str:
    """A value in words.

    :param grouped: the value is an amount and not a year, so that small numbers have separators.
    """
    for kinds, to_words in WORDS_BY_KIND:
        if isinstance(value, kinds):
            if grouped and to_words is _number_in_words:
                return amount(_decimal(value))
            return to_words(value)
    if value is None:
        return ""
    return str(value)


def _date_in_words(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _instant_in_words(value: datetime) -> str:
    local = value.astimezone(SHANGHAI) if value.tzinfo else value
    return f"{_date_in_words(local.date())} {local:%H:%M}"


def _number_in_words(value: Decimal | int | float) -> str:
    return figure(_decimal(value))


def _decimal(value: Decimal | int | float) -> Decimal:
    if isinstance(value, float):
        return Decimal(repr(value))
    return Decimal(value)


def _list_in_words(values: Sequence[Any]) -> str:
    return "、".join(_in_words(value) for value in values)


def _pairs_in_words(values: Values) -> str:
    return "；".join(f"{key}：{_in_words(value)}" for key, value in values.items())


WORDS_BY_KIND: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (bool, lambda value: "是" if value else "否"),
    (datetime, _instant_in_words),
    (date, _date_in_words),
    (NUMBERS, _number_in_words),
    (str, str),
    (list | tuple, _list_in_words),
    (Mapping, _pairs_in_words),
)
"""How values of a Python type are put into words. The first type that fits counts."""
WORDS_BY_TYPE: Mapping[str, Callable[[Schema, Any, Values], str]] = {
    "select": _choice_in_words,
    "radio": _choice_in_words,
    "checklist": _choice_in_words,
    "taglist": _choice_in_words,
    "datetime": _time_in_words,
}
"""How the values of a form field are put into words, by the type of the field."""
