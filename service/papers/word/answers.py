"""What somebody filled in, as lines to read: labels from the form, values in words.

Decided: answers are shown by the server as lists, because a record must be readable without a
script, printable, and the same for everybody; instead of a form that is switched off.
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
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
AMOUNT = "元）"
NOTHING = "未填写"
NUMBERS = (Decimal, int, float)


@dataclass(frozen=True, kw_only=True)
class AnswerPart:
    """One line: a ``text`` with its label, the title of a ``group``, or a ``table`` of repeated
    rows; ``group`` is the title of the outermost group around it. ``fixed``: the form only shows
    it; ``number``: a figure, ``numbers`` the columns that have them; ``before``: the line of the
    round before, where it says something else.
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


NOTHING_BEFORE = AnswerPart(
    kind="text",
    label="",
    text=NOTHING,
    empty=True,
)


def answer_parts(schema: Schema | None, values: Mapping[str, Any] | None) -> tuple[AnswerPart, ...]:
    """The answers of a form in its own order; without a form the values by their keys."""
    given = values or {}
    if not schema:
        return tuple(_text(str(key), _plain(value)) for key, value in given.items())
    return tuple(_parts(schema.get("components", ()), given, given))


def compared_parts(
    schema: Schema | None, values: Mapping[str, Any], before: Mapping[str, Any]
) -> tuple[AnswerPart, ...]:
    """The answers of a form, each changed line with what it said before.

    :param before: what the changed fields said, by key. One that is not asked any more stands at
        the end.
    """
    if not before:
        return answer_parts(schema, values)
    old = {part.key: part for part in answer_parts(schema, before) if part.key in before}
    parts = [
        replace(part, before=old.get(part.key) or NOTHING_BEFORE) if part.key in before else part
        for part in answer_parts(schema, values)
    ]
    shown = {part.key for part in parts}
    gone = [
        replace(
            part,
            text=NOTHING,
            rows=(),
            empty=True,
            before=part,
        )
        for key, part in old.items()
        if key not in shown
    ]
    return (*parts, *gone)


def _parts(
    components: Sequence[Schema],
    values: Mapping[str, Any],
    around: Mapping[str, Any],
    group: str = "",
) -> Iterator[AnswerPart]:
    for component in components:
        kind = component.get("type", "")
        if kind == "group":
            yield from _group(component, values, around, group)
        elif kind == "dynamiclist":
            yield _table(component, values, around, group)
        elif kind not in DISPLAY_ONLY and component.get("key"):
            yield from _field(component, values, around, group)


def _group(
    component: Schema, values: Mapping[str, Any], around: Mapping[str, Any], group: str
) -> Iterator[AnswerPart]:
    inner = _at(values, component["path"]) if component.get("path") else values
    title = _label(component)
    inside = tuple(
        _parts(
            component.get("components", ()),
            inner if isinstance(inner, Mapping) else {},
            around,
            group or title,
        )
    )
    if inside and title:
        yield AnswerPart(kind="group", label=title, group=group or title)
    yield from inside


def _table(
    component: Schema, values: Mapping[str, Any], around: Mapping[str, Any], group: str
) -> AnswerPart:
    columns = tuple(_leaves(component.get("components", ())))
    rows = _at(values, component.get("path", "")) or ()
    return AnswerPart(
        kind="table",
        label=_label(component),
        columns=tuple(_label(column) for column in columns),
        rows=tuple(
            tuple(_said(column, _at(row, column["key"]), around) for column in columns)
            for row in rows
        ),
        empty=not rows,
        key=str(component.get("path") or ""),
        fixed=only_shows(component),
        numbers=tuple(column.get("type") == "number" for column in columns),
        group=group,
    )


def _leaves(components: Sequence[Schema]) -> Iterator[Schema]:
    for component in components:
        if component.get("type") == "group":
            yield from _leaves(component.get("components", ()))
        elif component.get("key") and component.get("type") not in DISPLAY_ONLY:
            yield component


def _field(
    component: Schema, values: Mapping[str, Any], around: Mapping[str, Any], group: str
) -> Iterator[AnswerPart]:
    value = _at(values, component["key"])
    may_be_hidden = bool((component.get("conditional") or {}).get("hide"))
    if value is None and may_be_hidden:
        return
    text = _said(component, value, around)
    yield AnswerPart(
        kind="text",
        label=_label(component),
        text=text or NOTHING,
        empty=not text,
        key=str(component["key"]),
        fixed=only_shows(component),
        number=isinstance(value, NUMBERS) and not isinstance(value, bool),
        group=group,
    )


def _text(label: str, text: str) -> AnswerPart:
    return AnswerPart(
        kind="text",
        label=label,
        text=text or NOTHING,
        empty=not text,
    )


def _at(values: Any, path: str) -> Any:
    for name in path.split("."):
        values = values.get(name) if isinstance(values, Mapping) else None
    return values


def _label(component: Schema) -> str:
    labels = (str(component.get(name) or "") for name in ("label", "dateLabel", "timeLabel", "key"))
    return next((label for label in labels if label and not label.startswith("=")), "")


def _said(component: Schema, value: Any, around: Mapping[str, Any]) -> str:
    if value is None or value == "" or value == []:
        return ""
    speak = SPEECH.get(component.get("type", ""))
    look = component.get("appearance") or {}
    text = (
        speak(component, value, around) if speak else _plain(value, grouped=_is_amount(component))
    )
    return " ".join(
        part for part in (look.get("prefixAdorner"), text, look.get("suffixAdorner")) if part
    )


def _is_amount(component: Schema) -> bool:
    """Whether a number has a unit, in its label or beside it, and so is no year."""
    look = component.get("appearance") or {}
    beside = look.get("prefixAdorner") or look.get("suffixAdorner")
    return bool(beside) or _label(component).endswith(AMOUNT)


def _chosen(component: Schema, value: Any, around: Mapping[str, Any]) -> str:
    labels = dict(_options(component, around))
    chosen = value if isinstance(value, list | tuple) else [value]
    return "、".join(labels.get(str(code), _plain(code)) for code in chosen)


def _options(component: Schema, around: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    options = component.get("values") or around.get(component.get("valuesKey") or "") or ()
    for option in options:
        if isinstance(option, Mapping):
            yield str(option.get("value")), str(option.get("label") or option.get("value"))
        else:
            yield str(option), str(option)


def _moment(component: Schema, value: Any, around: Mapping[str, Any]) -> str:
    """Dates and instants travel as ISO text."""
    if not isinstance(value, str):
        return _plain(value)
    try:
        if ISO_DAY.fullmatch(value):
            return _date(date.fromisoformat(value))
        return _instant(datetime.fromisoformat(value))
    except ValueError:
        return value


def _plain(value: Any, *, grouped: bool = False) -> str:
    """A value in words.

    :param grouped: it is an amount of something and no year: also a small one has its separators.
    """
    for kinds, speak in SPOKEN:
        if isinstance(value, kinds):
            if grouped and speak is _figure:
                return amount(_decimal(value))
            return speak(value)
    if value is None:
        return ""
    return str(value)


def _date(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _instant(value: datetime) -> str:
    here = value.astimezone(SHANGHAI) if value.tzinfo else value
    return f"{_date(here.date())} {here:%H:%M}"


def _figure(value: Decimal | int | float) -> str:
    return figure(_decimal(value))


def _decimal(value: Decimal | int | float) -> Decimal:
    if isinstance(value, float):
        return Decimal(repr(value))
    return Decimal(value)


def _rows(values: Sequence[Any]) -> str:
    return "、".join(_plain(value) for value in values)


def _pairs(values: Mapping[str, Any]) -> str:
    return "；".join(f"{key}：{_plain(value)}" for key, value in values.items())


SPOKEN: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (bool, lambda value: "是" if value else "否"),
    (datetime, _instant),
    (date, _date),
    (NUMBERS, _figure),
    (str, str),
    (list | tuple, _rows),
    (Mapping, _pairs),
)
SPEECH: Mapping[str, Callable[[Schema, Any, Mapping[str, Any]], str]] = {
    "select": _chosen,
    "radio": _chosen,
    "checklist": _chosen,
    "taglist": _chosen,
    "datetime": _moment,
}
