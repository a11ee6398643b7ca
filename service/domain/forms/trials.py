"""What looks right in a form and means nothing (试算): each expression is tried on sample values of
the form's fields, and what it compares is looked at.

Decided: tried, not deduced. Because the fields say what values they have, and one look at what is
compared finds a date held against a text that is none, a number against a word. Instead of a type
for every part of the language.
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
THIS = re.compile(r"\b(?:this|_this_)\s*\.\s*(\w+)")


class Sample(str):
    """A day, time or instant as a text, with the shape that all of its kind have."""

    shape: re.Pattern[str]

    @classmethod
    def of(cls, subtype: str) -> "Sample":
        """The sample of a kind of field."""
        made = cls(SHAPES[subtype][0])
        made.shape = SHAPES[subtype][1]
        return made


SHAPES = {
    "date": ("2026-06-01", WRITTEN_AS_DAY),
    "time": ("09:30", TIME_OF_DAY),
    "datetime": ("2026-06-01T09:30+08:00", MOMENT),
}


def doubtful(schema: Component) -> Iterator[tuple[Component, str]]:
    """Expressions that compare what cannot be compared, or come to what no page can keep: the
    component, and a sentence.
    """
    yield from _tried(schema, Spot(samples(schema)))


def samples(schema: Component) -> dict[str, Any]:
    """A value for each field of a form, a group or a row."""
    found: dict[str, Any] = {}
    for component in children(schema):
        if component.get("type") == "group":
            found |= samples(component)
        elif component.get("type") == "dynamiclist":
            found[key_of(component)] = [samples(component)]
        elif key := key_of(component):
            found[key] = feel(_sample(component))
    return found


def _sample(component: Component) -> Any:
    """A value that somebody could enter; None where that cannot be known."""
    kind = component.get("type")
    if kind == "datetime":
        subtype = str(component.get("subtype"))
        return Sample.of(subtype) if subtype in SHAPES else None
    if kind in ("radio", "select", "checklist", "taglist"):
        named = ["x"] if component.get("valuesKey") else []
        first = next(iter(option_values(component.get("values")) or named), None)
        return first if kind in ("radio", "select") or first is None else [first]
    if kind == "number":
        return "1" if component.get("serializeToString") is True else 1
    return {"textfield": "x", "textarea": "x", "checkbox": True}.get(str(kind))


def _tried(schema: Component, spot: Spot) -> Iterator[tuple[Component, str]]:
    for component in children(schema):
        for setting, text in expressions(component):
            for sentence in dict.fromkeys(_doubts(text, spot)):
                yield component, f"{setting} 的表达式“{text}”{sentence}"
        if component.get("type") == "dynamiclist":
            yield from _tried(component, spot.row(key_of(component), 0, {}))
        else:
            yield from _tried(component, spot)


def _doubts(text: str, spot: Spot) -> Iterator[str]:
    """What one expression does on trial: sentences that go on from its text."""
    trial = Trial()
    try:
        found = value_of(browser_expression(text), spot.known, trial)
    except FeelSyntaxError:
        return
    except (FeelError, ArithmeticError) as problem:
        yield f"无法计算：{problem}"
        found = None
    for pair in unlike_pairs(trial):
        words = "与".join(SORTS_IN_WORDS.get(sort, "函数") for sort in pair)
        advice = next((say for sorts, say in ADVICE if sorts == {*pair}), "请使两边类型相同")
        yield f"比较了{words}，页面上得不到正确的结果；{advice}"
    for left, right in trial.compared:
        yield from _misshapen(left, right)
        yield from _misshapen(right, left)
    if isinstance(found, (date, Span)):
        sort = "日期" if isinstance(found, date) else "时长"
        yield f"得出的是{sort}，表单无法保存；请改为得出文字或数字"


def _misshapen(sample: Any, other: Any) -> Iterator[str]:
    """A text held against a day or time that can never be one."""
    if not isinstance(sample, Sample) or not isinstance(other, str) or not other:
        return
    if not sample.shape.fullmatch(other):
        yield f'把日期或时间与“{other}”比较，两者写法不同；请写成 "{sample}" 的样子'


def circle(schema: Component) -> dict[str, str]:
    """Fields whose conditions and computed values go round in a circle: whole keys and labels. A
    field that nobody can change may speak of itself.
    """
    needs: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    for key, component, texts in _conditioned(schema, "", ()):
        labels[key] = label_of(component)
        fixed = component.get("readonly") is True or component.get("disabled") is True
        names = {name for text in texts for name in _names(text, key.rpartition(".")[0])}
        needs[key] = names - {key} if fixed else names
    needs = {key: names & needs.keys() for key, names in needs.items()}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as exc:
        return {key: labels[key] for key in exc.args[1]}
    return {}


def _conditioned(
    schema: Component, path: str, above: tuple[str, ...]
) -> Iterator[tuple[str, Component, tuple[str, ...]]]:
    """Fields by their whole key, with all that decides whether and with what they stand there."""
    for component in children(schema):
        decides = dict(expressions(component))
        hides = (*above, decides.get("conditional.hide", ""))
        key = ".".join(filter(None, (path, key_of(component))))
        if component.get("type") in ("group", "dynamiclist"):
            yield from _conditioned(component, key if key_of(component) else path, hides)
        if key_of(component):
            yield key, component, (*hides, decides.get("expression", ""))


def _names(text: str, path: str) -> set[str]:
    """The whole keys of the fields that an expression speaks of."""
    if not text:
        return set()
    try:
        names = set(browser_expression(text).names)
    except FeelSyntaxError:
        return set()
    return names | {f"{path}.{name}" if path else name for name in THIS.findall(text)}
