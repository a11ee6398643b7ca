"""What the page holds (页面数据): what expressions of a form see, in the browser and here.

Decided: expressions see what form-js submits, as JSON: days, times and instants are texts, numbers
are binary fractions, and what is hidden is null. Because a condition must mean the same wherever it
is looked at. Instead of the typed values of the case, which the browser never has.

What is hidden depends on values, and values on what is hidden. Both are looked at in rounds until
nothing moves; the page does the same (``conditions.js``).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from service.domain.forms.browser.settings import evaluated, holds
from service.domain.forms.browser.values import script_text
from service.domain.forms.schema import (
    CHOICES,
    KEYED,
    Component,
    Misfit,
    children,
    comparable,
    emptied,
    is_kept,
    key_of,
    locks,
    opened_with,
    option_values,
    plain_value,
    rows_of,
)
from service.domain.forms.shown import plain
from service.feel import FeelError
from service.feel.values import feel

ROUNDS = 20
BREAK = re.compile(r"[\r\n\t]")
UNTOUCHED: Mapping[str, Any] = {
    "checkbox": False,
    "textfield": "",
    "textarea": "",
    "checklist": [],
    "taglist": [],
    "dynamiclist": [],
}
Values = Mapping[str, Any]


class Spot:
    """Where on the page an expression stands, and what it sees there. All values are those of the
    language.

    ``known``: the names. A value of the page goes before ``this``, ``parent`` and ``i``.
    """

    def __init__(
        self,
        page: Values,
        this: Values | None = None,
        parent: Values | None = None,
        i: tuple[int, ...] = (),
    ) -> None:
        self.page, self.i = page, i
        self.this = page if this is None else this
        self.around = {"this": self.this, "parent": parent, "i": feel(i)}
        self.known = self._over(page)

    def _over(self, values: Values) -> dict[str, Any]:
        marked = {f"_{name}_": value for name, value in self.around.items()}
        return {**self.around, **values, **marked}

    def row(self, key: str, index: int, held: Values) -> "Spot":
        """A row of a list of this spot, ``index`` from 0; ``held`` when the page has none there."""
        rows = self.this.get(key)
        found = rows[index] if isinstance(rows, list) and index < len(rows) else None
        values = found if isinstance(found, Mapping) else held
        return Spot(self.page, values, self._over(self.this), (*self.i, index + 1))


def is_hidden(component: Component, known: Values) -> bool:
    """Whether the page hides a component."""
    conditional = component.get("conditional")
    return isinstance(conditional, Mapping) and holds(conditional.get("hide"), known)


def is_fixed(component: Component, known: Values) -> bool:
    """Whether the page lets nobody change a field."""
    setting = component.get("readonly")
    return holds(setting, known) if locks(component) else bool(setting)


def settled_page(schema: Component, answers: Values, given: Values, lists: Values) -> Spot:
    """What expressions of a form see once the page has come to rest."""
    behind = known_values({**lists, **given})
    held = known_values(_held(schema, answers, {**lists, **given}))
    page = {**behind, **held}
    for _ in range(ROUNDS):
        after = {**behind, **_looked_at(schema, held, Spot(page))}
        if after == page:
            break
        page = after
    return Spot(page)


def known_values(values: Values) -> dict[str, Any]:
    """Values of the program as the language has those of a page. What is nested too deeply is
    null.
    """
    known = {}
    for key, value in values.items():
        try:
            known[str(key)] = feel(plain(value))
        except FeelError:
            known[str(key)] = None
    return known


def _looked_at(schema: Component, held: Values, spot: Spot) -> dict[str, Any]:
    """The values of a form, group or row, with nothing for what is hidden, and computed again."""
    seen: dict[str, Any] = {}
    for component in children(schema):
        key, kind = key_of(component), component.get("type")
        if is_hidden(component, spot.known):
            seen |= emptied(component)
        elif kind == "group":
            seen |= _looked_at(component, held, spot)
        elif kind == "dynamiclist" and isinstance(held.get(key), list):
            seen[key] = [
                _looked_at(component, row, spot.row(key, index, row))
                if isinstance(row, Mapping)
                else row
                for index, row in enumerate(held[key])
            ]
        elif kind == "expression":
            seen[key] = evaluated(component.get("expression"), spot.known)
        elif key:
            seen[key] = held.get(key)
    return seen


# -- what the page holds of what was sent and given


def _held(schema: Component, answers: Values, given: Values) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for component in children(schema):
        key = key_of(component)
        if component.get("type") == "group":
            held |= _held(component, answers, given)
        elif component.get("type") == "dynamiclist":
            held[key] = _held_rows(component, answers.get(key), given.get(key))
        elif key:
            held[key] = _held_value(component, answers, given)
    return held


def _held_rows(component: Component, sent: Any, before: Any) -> list[Any]:
    old = rows_of(before)
    return [
        _held(component, row, earlier if isinstance(earlier, Mapping) else {})
        if isinstance(row, Mapping)
        else row
        for row, earlier in _beside(rows_of(sent), old)
    ]


def _beside(rows: list[Any], old: list[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(rows, old + [{}] * (len(rows) - len(old)), strict=False)


def _held_value(component: Component, answers: Values, given: Values) -> Any:
    """The value of a field: what was sent, or what it was opened with where nobody can change it
    or nothing was sent.
    """
    key = key_of(component)
    if is_kept(component) or (locks(component) and key not in answers):
        return as_opened(component, opened_with(component, given), given)
    return as_sent(component, answers.get(key))


def as_sent(component: Component, value: Any) -> Any:
    """A sent value as the page had it: numbers are numbers or texts as the field says."""
    kind = str(component.get("type"))
    if value is None or value == "":
        return UNTOUCHED.get(kind)
    if kind in CHOICES or kind not in KEYED or kind == "expression":
        return plain(value)
    try:
        found = plain_value(component, value)
    except Misfit:
        return UNTOUCHED.get(kind)
    if kind != "number":
        return plain(value)
    return _number_sent(component, value, found)


def _number_sent(component: Component, value: Any, found: Any) -> Any:
    if component.get("serializeToString") is not True:
        return plain(found)
    return value if isinstance(value, str) else script_text(feel(plain(found)))


def as_opened(component: Component, value: Any, given: Values) -> Any:
    """A value that was given, as the page takes it in: what does not fit is left out."""
    kind = str(component.get("type"))
    if value is None or kind not in KEYED:
        return UNTOUCHED.get(kind)
    if kind in CHOICES:
        return _offered(component, plain(value), given)
    if kind in ("textfield", "textarea"):
        text = "" if isinstance(value, (list, Mapping)) else script_text(feel(plain(value)))
        return BREAK.sub(" ", text) if kind == "textfield" else text
    if kind == "checkbox":
        return value is True
    try:
        plain_value(component, value)
    except Misfit:
        return None
    return as_sent(component, plain(value))


def _offered(component: Component, value: Any, given: Values) -> Any:
    """What of a choice can be chosen on the page; options that are computed are not looked at."""
    if component.get("valuesExpression"):
        return value
    source = component.get("valuesKey")
    options = option_values(plain(given.get(str(source)) if source else component.get("values")))
    known = [comparable(one) for one in options if not isinstance(one, (list, dict))]
    if isinstance(value, list):
        return [one for one in value if comparable(one) in known]
    return value if comparable(value) in known else UNTOUCHED.get(str(component.get("type")))
