"""The values that a page holds (页面数据), which the expressions of a form see.

Decided: expressions see what form-js submits, as JSON. Days, times and instants are texts, numbers
are binary fractions, and what is hidden is null. Because a condition must mean the same in the
browser and here. Instead of the typed values of the case, which the browser never has.

Values decide what is hidden, and what is hidden decides the values. So both are worked out in
rounds until nothing changes. The page does the same (``conditions.js``).
"""

import re
from collections.abc import Mapping
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
    """A place on the page where an expression stands, and the names that it sees there.

    All values are values of the language. ``names`` has them by name. If a field of the page is
    called ``this``, ``parent`` or ``i``, the field goes first.
    """

    def __init__(
        self,
        page: Values,
        this: Values | None = None,
        parent: Values | None = None,
        i: tuple[int, ...] = (),
    ) -> None:
        self.page = page
        self.i = i
        self.this = page if this is None else this
        self.special = {"this": self.this, "parent": parent, "i": feel(i)}
        self.names = self._with_special(page)

    def _with_special(self, values: Values) -> dict[str, Any]:
        """The values, with ``this``, ``parent`` and ``i`` below them and ``_this_`` … above."""
        underscored = {f"_{name}_": value for name, value in self.special.items()}
        return {**self.special, **values, **underscored}

    def row(self, key: str, index: int, otherwise: Values) -> "Spot":
        """The spot of a row in a list, ``index`` from 0.

        :param otherwise: the values of the row if the page has none there.
        """
        rows = self.this.get(key)
        row = None
        if isinstance(rows, list) and index < len(rows):
            row = rows[index]
        values = row if isinstance(row, Mapping) else otherwise
        return Spot(self.page, values, self._with_special(self.this), (*self.i, index + 1))


def is_hidden(component: Component, names: Values) -> bool:
    """Whether the page hides a component."""
    conditional = component.get("conditional")
    return isinstance(conditional, Mapping) and holds(conditional.get("hide"), names)


def is_fixed(component: Component, names: Values) -> bool:
    """Whether nobody can change a field on the page."""
    setting = component.get("readonly")
    if locks(component):
        return holds(setting, names)
    return bool(setting)


def settled_page(schema: Component, answers: Values, given: Values, lists: Values) -> Spot:
    """What the expressions of a form see once nothing on the page changes any more."""
    sources = {**lists, **given}
    background = language_values(sources)
    fields = language_values(_field_values(schema, answers, sources))
    page = {**background, **fields}
    for _ in range(ROUNDS):
        next_page = {**background, **_after_conditions(schema, fields, Spot(page))}
        if next_page == page:
            break
        page = next_page
    return Spot(page)


def language_values(values: Values) -> dict[str, Any]:
    """Typed values as values of the language. A value that is nested too deeply is null."""
    converted = {}
    for key, value in values.items():
        try:
            converted[str(key)] = feel(plain(value))
        except FeelError:
            converted[str(key)] = None
    return converted


def _after_conditions(schema: Component, fields: Values, spot: Spot) -> dict[str, Any]:
    """The values of a form, group or row as they are once its conditions are applied.

    Hidden fields are empty, and computed fields are computed again.
    """
    values: dict[str, Any] = {}
    for component in children(schema):
        key = key_of(component)
        kind = component.get("type")
        if is_hidden(component, spot.names):
            values |= emptied(component)
        elif kind == "group":
            values |= _after_conditions(component, fields, spot)
        elif kind == "dynamiclist" and isinstance(fields.get(key), list):
            values[key] = _rows_after_conditions(component, fields[key], spot)
        elif kind == "expression":
            values[key] = evaluated(component.get("expression"), spot.names)
        elif key:
            values[key] = fields.get(key)
    return values


def _rows_after_conditions(component: Component, rows: list[Any], spot: Spot) -> list[Any]:
    """The rows of a list once conditions are applied. A row that is no context stays as it is."""
    key = key_of(component)
    return [
        _after_conditions(component, row, spot.row(key, index, row))
        if isinstance(row, Mapping)
        else row
        for index, row in enumerate(rows)
    ]


# -- the values of fields, from what was sent and given


def _field_values(schema: Component, answers: Values, given: Values) -> dict[str, Any]:
    """The values of the fields of a form, group or row, before any condition is applied."""
    values: dict[str, Any] = {}
    for component in children(schema):
        key = key_of(component)
        kind = component.get("type")
        if kind == "group":
            values |= _field_values(component, answers, given)
        elif kind == "dynamiclist":
            values[key] = _row_values(component, answers.get(key), given.get(key))
        elif key:
            values[key] = _field_value(component, answers, given)
    return values


def _row_values(component: Component, sent: Any, given: Any) -> list[Any]:
    """The values of the rows of a list."""
    rows = rows_of(sent)
    rows_given = rows_of(given)
    rows_given += [{}] * (len(rows) - len(rows_given))
    return [
        _field_values(component, row, row_given if isinstance(row_given, Mapping) else {})
        if isinstance(row, Mapping)
        else row
        for row, row_given in zip(rows, rows_given, strict=False)
    ]


def _field_value(component: Component, answers: Values, given: Values) -> Any:
    """The value of a field.

    This is what was sent. A field that always keeps its value, or a locked one for which nothing
    was sent, has the value it was opened with.
    """
    key = key_of(component)
    if is_kept(component) or (locks(component) and key not in answers):
        return as_opened(component, opened_with(component, given), given)
    return as_sent(component, answers.get(key))


def as_sent(component: Component, value: Any) -> Any:
    """A sent value as the page had it.

    A number field has numbers or texts, as its setting says.
    """
    kind = str(component.get("type"))
    if value is None or value == "":
        return UNTOUCHED.get(kind)
    if kind in CHOICES or kind not in KEYED or kind == "expression":
        return plain(value)
    try:
        typed = plain_value(component, value)
    except Misfit:
        return UNTOUCHED.get(kind)
    if kind != "number":
        return plain(value)
    return _number_as_sent(component, value, typed)


def _number_as_sent(component: Component, value: Any, typed: Any) -> Any:
    if component.get("serializeToString") is not True:
        return plain(typed)
    if isinstance(value, str):
        return value
    return script_text(feel(plain(typed)))


def as_opened(component: Component, value: Any, given: Values) -> Any:
    """A given value as the page takes it in. A value that does not fit the field is left out."""
    kind = str(component.get("type"))
    if value is None or kind not in KEYED:
        return UNTOUCHED.get(kind)
    if kind in CHOICES:
        return _among_options(component, plain(value), given)
    if kind in ("textfield", "textarea"):
        text = "" if isinstance(value, (list, Mapping)) else script_text(feel(plain(value)))
        if kind == "textfield":
            return BREAK.sub(" ", text)
        return text
    if kind == "checkbox":
        return value is True
    try:
        plain_value(component, value)
    except Misfit:
        return None
    return as_sent(component, plain(value))


def _among_options(component: Component, value: Any, given: Values) -> Any:
    """The part of a choice that the page offers. Computed options are not looked up."""
    if component.get("valuesExpression"):
        return value
    source = component.get("valuesKey")
    options = option_values(plain(given.get(str(source)) if source else component.get("values")))
    offered = [comparable(option) for option in options if not isinstance(option, (list, dict))]
    if isinstance(value, list):
        return [entry for entry in value if comparable(entry) in offered]
    if comparable(value) in offered:
        return value
    return UNTOUCHED.get(str(component.get("type")))
