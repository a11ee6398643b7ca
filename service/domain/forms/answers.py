"""The check of answers against a form-js schema on the server (表单校验).

Decided: answers mean the same as in the browser, field by field, and the browser is not trusted. An
answer in a field that is not shown is refused by name. A read-only or disabled field keeps the
value that the step was opened with. Computed values are computed again, choices are looked up, and
unknown keys are errors. Expressions see what the page holds (``page.py``) and mean what they mean
there (``browser``). A row of a repeating list is checked like a form of its own.

The rules of fields have exactly the meaning that they have in the browser. Lengths count the UTF-16
units of the trimmed text. A pattern may be found anywhere in the text and is skipped for empty
text. Limits are skipped for empty values. The step of a number counts from 0.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from service.domain.forms.browser.settings import evaluated, kept_number
from service.domain.forms.browser.values import number_in, primitive
from service.domain.forms.faults import unsupported
from service.domain.forms.page import Spot, as_opened, as_sent, is_fixed, is_hidden, settled_page
from service.domain.forms.schema import (
    CHOICES,
    MAX_ROWS,
    NUMBER,
    Component,
    Misfit,
    children,
    chosen,
    emptied,
    has_expressions,
    is_kept,
    key_of,
    keys_of,
    label_of,
    lists_of,
    locks,
    opened_with,
    option_values,
    plain_value,
    rows_of,
    rules_of,
)
from service.feel import FeelError
from service.feel.patterns import SPACES, BadPattern, compiled
from service.feel.values import feel

__all__ = ["check_answers", "keys_of", "lists_of", "unsupported"]
Lists = Mapping[str, Sequence[Mapping[str, Any]]]
Errors = dict[str, list[str]]
NOT_SHOWN = "按现有填写内容，此栏目不显示，不能填写；请清空后重新提交"
LOCKED = "按现有填写内容，此栏目不能修改；请改回原来的内容后重新提交"


def check_answers(
    schema: Component, answers: Mapping[str, Any], *, given: Mapping[str, Any], lists: Lists
) -> tuple[dict[str, Any], Errors]:
    """The values that the case keeps, and what is wrong with the answers.

    The values have every key of the form. The errors stand under their key, which is
    ``members[0].name`` within lists.

    :param given: the values the step was opened with.
    :param lists: the options of each named list, by ``valuesKey``.
    """
    check = Check(lists, given)
    spot = None
    if has_expressions(schema):
        spot = settled_page(schema, answers, given, lists)
    place = FormPlace(spot)
    check.unknown_keys(schema, answers, place)
    return check.fields(schema, answers, given, place), check.errors


class FormPlace:
    """The place in the answers that is being checked.

    ``spot`` is what expressions see there; it is None on a form without expressions. ``path`` is
    the path of keys, ``row`` the number of the row from 1, or 0 outside of lists.
    """

    def __init__(self, spot: Spot | None, path: str = "", row: int = 0) -> None:
        self.spot = spot
        self.path = path
        self.row = row

    def key(self, name: str) -> str:
        """The key under which an error of this field is noted."""
        if self.path:
            return f"{self.path}.{name}"
        return name

    def inside(self, key: str, index: int) -> "FormPlace":
        """The place of a row in a list, ``index`` from 0."""
        spot = self.spot.row(key, index, {}) if self.spot is not None else None
        return FormPlace(spot, f"{self.key(key)}[{index}]", index + 1)

    def hides(self, component: Component) -> bool:
        """Whether the page hides a component here."""
        return self.spot is not None and is_hidden(component, self.spot.names)

    def locks(self, component: Component) -> bool:
        """Whether the answers lock a field here."""
        return self.spot is not None and locks(component) and is_fixed(component, self.spot.names)

    def value_of(self, setting: Any) -> Any:
        """The value of a setting, which may be an expression."""
        if self.spot is None:
            return setting
        return evaluated(setting, self.spot.names)

    def labelled(self, component: Component, sentence: str) -> str:
        """The sentence with the label of the field, and with the row in a list."""
        where = f"（第 {self.row} 行）" if self.row else ""
        return f"{label_of(component)}{where}：{sentence}"


def is_untouched(value: Any) -> bool:
    """Whether nothing was filled in: empty, unticked, or nothing but empty rows."""
    if isinstance(value, Mapping):
        return all(map(is_untouched, value.values()))
    if isinstance(value, list):
        return all(map(is_untouched, value))
    return value is None or value is False or value == ""


def is_list_of_rows(value: Any) -> bool:
    """Whether a value is a list of rows that is not too long. A row may be null."""
    if not isinstance(value, list) or len(value) > MAX_ROWS:
        return False
    return all(row is None or isinstance(row, Mapping) for row in value)


class Check:
    """One check of answers. It collects the errors."""

    def __init__(self, lists: Lists, given: Mapping[str, Any]) -> None:
        self.sources: Mapping[str, Any] = {**given, **lists}
        self.errors: Errors = {}

    def fields(
        self,
        schema: Component,
        answers: Mapping[str, Any],
        given: Mapping[str, Any],
        place: FormPlace,
    ) -> dict[str, Any]:
        """The checked values of all fields of a form, group or row."""
        checked: dict[str, Any] = {}
        for component in children(schema):
            key = key_of(component)
            kind = component.get("type")
            if place.hides(component):
                checked |= self.hidden(component, answers, place)
            elif kind == "group":
                checked |= self.fields(component, answers, given, place)
            elif key and kind == "dynamiclist":
                checked[key] = self.rows(component, answers, given, place)
            elif key:
                checked[key] = self.field(component, answers, given, place)
        return checked

    def hidden(
        self, component: Component, answers: Mapping[str, Any], place: FormPlace
    ) -> dict[str, Any]:
        """The empty values of a hidden component.

        The page sends nothing for a component that it hides. So an answer here is an error.
        """
        for key, field in keys_of({"components": [component]}).items():
            if not is_untouched(answers.get(key)) and field.get("type") != "expression":
                self.fail(field, key, place, NOT_SHOWN)
        return emptied(component)

    def unknown_keys(self, schema: Component, sent: Mapping[str, Any], place: FormPlace) -> None:
        """Note the keys that a form or row does not have."""
        for key in sent.keys() - keys_of(schema).keys():
            self.errors[place.key(str(key))] = [f"表单中没有名为“{key}”的栏目，请删除该项"]

    def rows(
        self,
        component: Component,
        answers: Mapping[str, Any],
        given: Mapping[str, Any],
        place: FormPlace,
    ) -> Any:
        """The checked rows of a repeating list. Each row is checked like a form."""
        key = key_of(component)
        sent = answers.get(key)
        if sent is None:
            return None
        if not is_list_of_rows(sent):
            self.fail(component, key, place, f"应为若干行内容，且不超过 {MAX_ROWS} 行，请重新填写")
            return None
        rows_given = rows_of(given.get(key))
        checked = []
        for index, row in enumerate(rows_of(sent)):
            inside = place.inside(key, index)
            self.unknown_keys(component, row, inside)
            row_given = rows_given[index] if index < len(rows_given) else {}
            values_given = row_given if isinstance(row_given, Mapping) else {}
            checked.append(self.fields(component, row, values_given, inside))
        return checked

    def field(
        self,
        component: Component,
        answers: Mapping[str, Any],
        given: Mapping[str, Any],
        place: FormPlace,
    ) -> Any:
        """The checked value of one field, which has the type of the field."""
        key = key_of(component)
        initial = opened_with(component, given)
        if component.get("disabled") is True:
            return initial
        if component.get("type") == "expression":
            return kept_number(place.value_of(component.get("expression")))
        if is_kept(component) or place.locks(component):
            return self.fixed(component, answers.get(key), initial, place)
        try:
            value = self.typed(component, answers.get(key), place)
        except Misfit as problem:
            self.fail(component, key, place, str(problem))
            return None
        self.check_rules(component, value, place)
        return value

    def fixed(self, component: Component, sent: Any, initial: Any, place: FormPlace) -> Any:
        """The value of a field that nobody can change: the value it was opened with.

        Its rules are checked all the same. If an answer locks the field after somebody typed into
        it, they are told, so that nothing is lost silently.
        """
        if locks(component) and self.rewritten(component, sent, initial):
            self.fail(component, key_of(component), place, LOCKED)
        try:
            value = self.typed(component, initial, place)
        except Misfit:
            return initial
        self.check_rules(component, value, place)
        return value

    def check_rules(self, component: Component, value: Any, place: FormPlace) -> None:
        """Note the rules that a value breaks."""
        for sentence in broken(component, value, place.value_of):
            self.fail(component, key_of(component), place, sentence)

    def rewritten(self, component: Component, sent: Any, initial: Any) -> bool:
        """Whether a locked field was sent with another value than it was opened with."""
        shown = as_opened(component, initial, self.sources)
        return not is_untouched(sent) and as_sent(component, sent) != shown

    def typed(self, component: Component, value: Any, place: FormPlace) -> Any:
        """The value as the case keeps it.

        :raises Misfit: the value does not fit the field.
        """
        if component.get("type") not in CHOICES:
            return plain_value(component, value)
        return chosen(component, value, self.options(component, place))

    def options(self, component: Component, place: FormPlace) -> list[Any]:
        """The options of a field: from a named list, from data, from an expression, or fixed."""
        if key := component.get("valuesKey"):
            return option_values(self.sources.get(str(key)))
        if component.get("valuesExpression"):
            return option_values(place.value_of(component.get("valuesExpression")))
        return option_values(component.get("values"))

    def fail(self, component: Component, key: str, place: FormPlace, sentence: str) -> None:
        """Note an error of a field."""
        self.errors.setdefault(place.key(key), []).append(place.labelled(component, sentence))


EMAIL_PATTERN = (
    r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$"
)
PHONE = r"^(\+|00)[1-9]\d{6,22}$"
WRITTEN_LIMIT = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?", re.ASCII)
EXACT_ARITHMETIC = Context(prec=200)
Evaluate = Callable[[Any], Any]


def units(text: str) -> str:
    """The text with one character for each UTF-16 unit, as JavaScript counts them."""
    if max(text, default="") <= "\uffff":
        return text
    encoded = text.encode("utf-16-le", "surrogatepass")
    pairs = (encoded[start : start + 2] for start in range(0, len(encoded), 2))
    return "".join(chr(int.from_bytes(pair, "little")) for pair in pairs)


LIMITS: tuple[tuple[str, str, Callable[[Decimal, Decimal], bool]], ...] = (
    ("min", "下限", lambda value, limit: value < limit),
    ("max", "上限", lambda value, limit: value > limit),
)


def decimal_of(value: Any) -> Decimal | None:
    """The step of a number field as a number; None if it is no number."""
    text = str(value).strip()
    if not isinstance(value, bool) and NUMBER.fullmatch(text):
        return Decimal(text)
    return None


def limit_of(value: Any) -> Decimal | None:
    """A limit as a number; None if the page cannot read it as one."""
    if isinstance(value, (bool, list, Mapping)) or not WRITTEN_LIMIT.fullmatch(str(value)):
        return None
    return Decimal(str(value))


def length_of(value: Any) -> float:
    """A limit of length as the page compares it. NaN, which limits nothing, if it is no number."""
    if isinstance(value, int):
        return float(value)
    if value is None:
        return math.nan
    return number_in(primitive(feel(value)))


def broken(component: Component, value: Any, evaluate: Evaluate) -> Iterator[str]:
    """A sentence for each rule that a value of the right type breaks, without the field's label."""
    rules = rules_of(component)
    if rules.get("required") is True and (value is None or value == [] or value is False):
        yield "必选，请勾选" if component.get("type") == "checkbox" else "必填，请填写"
    if isinstance(value, Decimal):
        yield from broken_steps(component, value)
        yield from broken_limits(rules, value, evaluate)
    if isinstance(value, str) and component.get("type") in ("textfield", "textarea"):
        yield from broken_pattern(rules, value)
        yield from broken_lengths(rules, len(units(value.strip(SPACES))), evaluate)


def broken_steps(component: Component, value: Decimal) -> Iterator[str]:
    """Check the number of digits behind the point, and that a number is a multiple of its step."""
    digits = component.get("decimalDigits")
    step = decimal_of(component.get("increment"))
    exponent = value.normalize(EXACT_ARITHMETIC).as_tuple().exponent
    if isinstance(digits, int) and isinstance(exponent, int) and -exponent > digits:
        yield "应为整数，请去掉小数" if digits == 0 else f"小数最多 {digits} 位，请修改"
    try:
        if step and (rest := EXACT_ARITHMETIC.remainder(value, step)):
            below = EXACT_ARITHMETIC.subtract(value, rest)
            yield f"应为 {step} 的倍数，最接近的是 {below} 和 {below + step}，请修改"
    except InvalidOperation:
        yield f"应为 {step} 的倍数，请修改"


def broken_limits(rules: Component, value: Decimal, evaluate: Evaluate) -> Iterator[str]:
    """Check the smallest and the largest number.

    If a limit is no number, no value passes, as on the page.
    """
    for name, word, beyond in LIMITS:
        limit = evaluate(rules.get(name))
        if limit is None:
            continue
        number = limit_of(limit)
        if number is None:
            yield f"{word}“{str(limit)[:20]}”不是数字，无法核对；请更正它所依据的栏目"
        elif beyond(value, number):
            yield f"不得{'小于' if name == 'min' else '大于'} {number}，请修改"


def broken_lengths(rules: Component, length: int, evaluate: Evaluate) -> Iterator[str]:
    """Check the shortest and the longest text."""
    shortest = length_of(evaluate(rules.get("minLength")))
    longest = length_of(evaluate(rules.get("maxLength")))
    if length < shortest:
        yield f"至少 {shortest:g} 个字，现有 {length} 个，请补充"
    if length > longest:
        yield f"最多 {longest:g} 个字，现有 {length} 个，请删减"


def broken_pattern(rules: Component, value: str) -> Iterator[str]:
    """Check the pattern of a text, and the built-in patterns for e-mail and telephone."""
    if (pattern := rules.get("pattern")) and not found_in(str(pattern), value):
        yield str(rules.get("patternErrorMessage") or f"不符合规定格式（{pattern}），请修改")
    kind = rules.get("validationType")
    if kind == "email" and not found_in(EMAIL_PATTERN, value):
        yield "不是有效的电子邮箱地址，请修改"
    if kind == "phone" and not found_in(PHONE, value):
        yield "应为带国家代码的电话号码，如 +8613800138000，请修改"


def found_in(pattern: str, text: str) -> bool:
    """Whether the pattern is found anywhere in the text.

    A pattern that cannot be read, or takes too long to search, is never found.
    """
    try:
        return compiled(units(pattern)).search(units(text)) is not None
    except (BadPattern, FeelError):
        return False
