"""Mistakes in a form that look right but mean nothing (试算).

Each expression is tried on sample values of the form's fields, and what it compares is examined.

Decided: expressions are tried, not deduced. Because the fields say what values they have, and one
look at what is compared finds a date that is compared with a text that is no date, or a number with
a word. Instead of a type for every part of the language.
"""

import re
from collections.abc import Iterator
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Any

from service.domain.forms.browser.language import browser_expression
from service.domain.forms.browser.operations import Trial, unlike_pairs
from service.domain.forms.browser.settings import value_of
from service.domain.forms.browser.values import Span
from service.domain.forms.page import Spot
from service.domain.forms.schema import (
    MOMENT,
    TIME_OF_DAY,
    WRITTEN_AS_DAY,
    Component,
    children,
    expressions,
    key_of,
    label_of,
    option_values,
)
from service.feel import FeelError, FeelSyntaxError
from service.feel.values import feel

SORTS_IN_WORDS = {
    "number": "数字",
    "string": "文字",
    "boolean": "是或否",
    "list": "多项",
    "context": "一组内容",
    "date": "日期",
    "duration": "时长",
}
ADVICE: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"date", "string"}),
        '表单中的日期是文字，请直接与文字比较，如 > "2026-06-30"，或两边都用 date()',
    ),
    (frozenset({"number", "string"}), "请加上或去掉引号，使两边都是数字或都是文字"),
    (frozenset({"list", "string"}), "请改用 list contains(…)"),
)
ANY_ADVICE = "请使两边类型相同"
THIS = re.compile(r"\b(?:this|_this_)\s*\.\s*(\w+)")


class Sample(str):
    """A day, time or instant as a text, with the pattern that all texts of its kind have."""

    shape: re.Pattern[str]

    @classmethod
    def of(cls, subtype: str) -> "Sample":
        """The sample value of a datetime field with this subtype."""
        text, shape = SHAPES[subtype]
        sample = cls(text)
        sample.shape = shape
        return sample


SHAPES = {
    "date": ("2026-06-01", WRITTEN_AS_DAY),
    "time": ("09:30", TIME_OF_DAY),
    "datetime": ("2026-06-01T09:30+08:00", MOMENT),
}


def doubtful(schema: Component) -> Iterator[tuple[Component, str]]:
    """The expressions that cannot work, each as its component and a sentence.

    They compare values of different types, or have a value that a page cannot keep.
    """
    yield from _doubtful_at(schema, Spot(samples(schema)))


def samples(schema: Component) -> dict[str, Any]:
    """A sample value for each field of a form, a group or a row."""
    values: dict[str, Any] = {}
    for component in children(schema):
        if component.get("type") == "group":
            values |= samples(component)
        elif component.get("type") == "dynamiclist":
            values[key_of(component)] = [samples(component)]
        elif key := key_of(component):
            values[key] = feel(_sample(component))
    return values


def _sample(component: Component) -> Any:
    """A value that a person could enter; None if that cannot be known."""
    kind = component.get("type")
    if kind == "datetime":
        subtype = str(component.get("subtype"))
        return Sample.of(subtype) if subtype in SHAPES else None
    if kind in ("radio", "select", "checklist", "taglist"):
        from_named_list = ["x"] if component.get("valuesKey") else []
        options = option_values(component.get("values")) or from_named_list
        first = next(iter(options), None)
        return first if kind in ("radio", "select") or first is None else [first]
    if kind == "number":
        return "1" if component.get("serializeToString") is True else 1
    return {"textfield": "x", "textarea": "x", "checkbox": True}.get(str(kind))


def _doubtful_at(schema: Component, spot: Spot) -> Iterator[tuple[Component, str]]:
    """:func:`doubtful` for a form, group or row that stands at this spot."""
    for component in children(schema):
        for setting, text in expressions(component):
            for sentence in dict.fromkeys(_doubts(text, spot)):
                yield component, f"{setting} 的表达式“{text}”{sentence}"
        if component.get("type") == "dynamiclist":
            yield from _doubtful_at(component, spot.row(key_of(component), 0, {}))
        else:
            yield from _doubtful_at(component, spot)


def _doubts(text: str, spot: Spot) -> Iterator[str]:
    """The mistakes of one expression: sentences that continue after its text."""
    trial = Trial()
    try:
        value = value_of(browser_expression(text), spot.names, trial)
    except FeelSyntaxError:
        return
    except (FeelError, ArithmeticError) as problem:
        yield f"无法计算：{problem}"
        value = None
    yield from _unlike(trial)
    for left, right in trial.compared:
        yield from _misshapen(left, right)
        yield from _misshapen(right, left)
    if isinstance(value, (date, Span)):
        sort = "日期" if isinstance(value, date) else "时长"
        yield f"得出的是{sort}，表单无法保存；请改为得出文字或数字"


def _unlike(trial: Trial) -> Iterator[str]:
    """A sentence for each comparison of two different types."""
    for pair in unlike_pairs(trial):
        words = "与".join(SORTS_IN_WORDS.get(sort, "函数") for sort in pair)
        advice = next((sentence for sorts, sentence in ADVICE if sorts == {*pair}), ANY_ADVICE)
        yield f"比较了{words}，页面上得不到正确的结果；{advice}"


def _misshapen(sample: Any, other: Any) -> Iterator[str]:
    """A sentence if a day or time is compared with a text that is never a day or time."""
    if not isinstance(sample, Sample) or not isinstance(other, str) or not other:
        return
    if not sample.shape.fullmatch(other):
        yield f'把日期或时间与“{other}”比较，两者写法不同；请写成 "{sample}" 的样子'


def circle(schema: Component) -> dict[str, str]:
    """The fields whose conditions and computed values depend on each other in a circle.

    Returns their labels by whole key, or nothing if there is no circle. A field that nobody can
    change may depend on itself.
    """
    mentioned_by_key: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    for key, component, texts in _conditioned(schema, "", ()):
        labels[key] = label_of(component)
        path = key.rpartition(".")[0]
        names = {name for text in texts for name in _names(text, path)}
        is_fixed = component.get("readonly") is True or component.get("disabled") is True
        mentioned_by_key[key] = names - {key} if is_fixed else names
    dependencies = {key: names & labels.keys() for key, names in mentioned_by_key.items()}
    try:
        TopologicalSorter(dependencies).prepare()
    except CycleError as exc:
        return {key: labels[key] for key in exc.args[1]}
    return {}


def _conditioned(
    schema: Component, path: str, outer_conditions: tuple[str, ...]
) -> Iterator[tuple[str, Component, tuple[str, ...]]]:
    """All fields by their whole key, with the expressions that decide about them.

    These are the conditions that hide the field or anything around it, and its computed value.
    """
    for component in children(schema):
        own = dict(expressions(component))
        conditions = (*outer_conditions, own.get("conditional.hide", ""))
        key = ".".join(filter(None, (path, key_of(component))))
        if component.get("type") in ("group", "dynamiclist"):
            yield from _conditioned(component, key, conditions)
        if key_of(component):
            yield key, component, (*conditions, own.get("expression", ""))


def _names(text: str, path: str) -> set[str]:
    """The whole keys of the fields that an expression mentions."""
    if not text:
        return set()
    try:
        names = set(browser_expression(text).names)
    except FeelSyntaxError:
        return set()
    return names | {f"{path}.{name}" if path else name for name in THIS.findall(text)}
