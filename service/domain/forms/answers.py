"""Answers checked against a form-js schema on the server (表单校验).

Decided: the same meaning as in the browser, field by field, and no trust in the browser: what is
hidden is dropped, what is read-only or disabled keeps the value the step was opened with, what is
computed is computed again, choices are looked up, unknown keys are an error. ``hide`` is a unary
test as the page evaluates it: null hides, and ``not(…)`` negates the test itself. A row of a
repeating list is checked like a form of its own.

Rules of fields have exactly the meaning they have in the browser. Lengths count UTF-16 units of the
trimmed text; a pattern is searched, not matched, and is skipped for empty text; limits are skipped
for empty values; the step of a number counts from 0.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from service.domain.forms.schema import (
    CHOICES,
    KEYED,
    NUMBER,
    Component,
    Misfit,
    children,
    chosen,
    key_of,
    keys_of,
    label_of,
    lists_of,
    option_values,
    plain_value,
    rules_of,
    unsupported,
)
from service.feel import FeelError, parse
from service.feel.patterns import SPACES, BadPattern, compiled

__all__ = ["check_answers", "keys_of", "lists_of", "unsupported"]
Lists = Mapping[str, Sequence[Mapping[str, Any]]]
Errors = dict[str, list[str]]
MAX_ROWS = 500
UNTOUCHED: Mapping[str, Any] = {
    "checkbox": False,
    "textfield": "",
    "textarea": "",
    "checklist": [],
    "taglist": [],
    "dynamiclist": [],
}


def check_answers(
    schema: Component, answers: Mapping[str, Any], *, given: Mapping[str, Any], lists: Lists
) -> tuple[dict[str, Any], Errors]:
    """What the case keeps, with every key of the form, and what is wrong, by key
    (``members[0].name`` within lists).

    :param given: the values the step was opened with.
    :param lists: options by ``valuesKey``.
    """
    check = Check(lists)
    check.strangers(schema, answers, FormPlace({}))
    raw = {**given, **seen(schema, answers, given)}
    shown = {**given, **seen(schema, answers, given, raw)}
    return check.fields(schema, answers, given, FormPlace(shown)), check.errors


class FormPlace:
    """Where in the answers a check stands: what expressions see there, the path of keys, the
    row.
    """

    def __init__(self, data: Mapping[str, Any], path: str = "", row: int = 0) -> None:
        self.data = data
        self.path = path
        self.row = row

    def key(self, name: str) -> str:
        """The key of an error."""
        return f"{self.path}.{name}" if self.path else name

    def inside(self, key: str, index: int, values: Mapping[str, Any]) -> "FormPlace":
        """A row of a list, ``index`` from 0."""
        above = self.data.get("i")
        data = {
            **self.data,
            "this": values,
            "parent": self.data.get("this", self.data),
            "i": [*above, index + 1] if isinstance(above, list) else [index + 1],
        }
        return FormPlace(data, f"{self.key(key)}[{index}]", index + 1)

    def labelled(self, component: Component, sentence: str) -> str:
        """The sentence people read."""
        where = f"（第 {self.row} 行）" if self.row else ""
        return f"{label_of(component)}{where}：{sentence}"


def evaluated(setting: Any, data: Mapping[str, Any]) -> Any:
    """A setting that may be FEEL; an expression that fails is null."""
    if not isinstance(setting, str) or not setting.startswith("="):
        return setting
    try:
        return parse(setting[1:].strip()).evaluate(data)
    except FeelError:
        return None


def hidden(component: Component, data: Mapping[str, Any]) -> bool:
    """Whether the page hides a component."""
    conditional = component.get("conditional")
    text = conditional.get("hide") if isinstance(conditional, Mapping) else None
    if not isinstance(text, str) or not text.strip():
        return False
    try:
        return hides(text.removeprefix("=").strip(), data)
    except FeelError:
        return False


def hides(text: str, data: Mapping[str, Any]) -> bool:
    """A unary test of null: null and true hide, and ``not(…)`` around the whole is the contrary of
    the test within.
    """
    inner = negated(text)
    found = parse(text if inner is None else inner).evaluate(data)
    return (found is None or found is True) is (inner is None)


def negated(text: str) -> str | None:
    """What stands in a ``not(…)`` that is the whole expression."""
    if (
        not text.startswith("not")
        or not text[3:].lstrip().startswith("(")
        or not text.endswith(")")
    ):
        return None
    inner = text[3:].lstrip()[1:-1]
    try:
        parse(inner)
    except FeelError:
        return None
    return inner


def seen(
    schema: Component,
    answers: Mapping[str, Any],
    given: Mapping[str, Any],
    data: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What expressions see: values where they are sound, the page's own empty values where nothing
    was entered.

    With ``data``, what the page would hide by it is null.
    """
    found: dict[str, Any] = {}
    for component in children(schema):
        key = key_of(component)
        if data is not None and hidden(component, data):
            found |= emptied(component)
        elif component.get("type") == "group":
            found |= seen(component, answers, given, data)
        elif key:
            fixed = component.get("readonly") is True or component.get("disabled") is True
            found[key] = sound(component, (given if fixed else answers).get(key))
    return found


def emptied(component: Component) -> dict[str, Any]:
    """What remains of a hidden component: its keys, with nothing."""
    return dict.fromkeys(keys_of({"components": [component]}))


def sound(component: Component, value: Any) -> Any:
    """A value as expressions see it; a number that the page keeps as text is text."""
    of = str(component.get("type"))
    if value is None or of not in KEYED or of in CHOICES or of == "expression":
        return UNTOUCHED.get(of) if value is None else value
    try:
        found = plain_value(component, value)
    except Misfit:
        return value
    if isinstance(found, Decimal) and component.get("serializeToString") is True:
        return str(found)
    return UNTOUCHED.get(of) if found is None else found


class Check:
    """One check of answers; collects what is wrong."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.errors: Errors = {}

    def fields(
        self,
        schema: Component,
        answers: Mapping[str, Any],
        given: Mapping[str, Any],
        place: FormPlace,
    ) -> dict[str, Any]:
        """The clean values of the components of a form, group or row."""
        clean: dict[str, Any] = {}
        for component in children(schema):
            key = key_of(component)
            if hidden(component, place.data):
                clean |= emptied(component)
            elif component.get("type") == "group":
                clean |= self.fields(component, answers, given, place)
            elif key:
                read = self.rows if component.get("type") == "dynamiclist" else self.field
                clean[key] = read(component, key, answers.get(key), given.get(key), place)
        return clean

    def strangers(self, schema: Component, sent: Mapping[str, Any], place: FormPlace) -> None:
        """Keys that a form or row does not have."""
        for key in sent.keys() - keys_of(schema).keys():
            self.errors[place.key(str(key))] = [f"表单中没有名为“{key}”的栏目，请删除该项"]

    def rows(self, component: Component, key: str, sent: Any, before: Any, place: FormPlace) -> Any:
        """A repeating list: each row checked like a form."""
        if sent is None:
            return None
        if (
            not isinstance(sent, list)
            or not all(isinstance(row, Mapping) for row in sent)
            or len(sent) > MAX_ROWS
        ):
            self.fail(component, key, place, f"应为若干行内容，且不超过 {MAX_ROWS} 行，请重新填写")
            return None
        old = before if isinstance(before, list) else []
        clean = []
        for index, row in enumerate(sent):
            inside = place.inside(key, index, row)
            self.strangers(component, row, inside)
            known = old[index] if index < len(old) and isinstance(old[index], Mapping) else {}
            clean.append(self.fields(component, row, known, inside))
        return clean

    def field(
        self, component: Component, key: str, sent: Any, before: Any, place: FormPlace
    ) -> Any:
        """One field: its value, typed, and its rules."""
        if component.get("disabled") is True:
            return before
        if component.get("type") == "expression":
            return evaluated(component.get("expression"), place.data)
        fixed = evaluated(component.get("readonly"), place.data) is True
        try:
            value = self.typed(component, before if fixed else sent, place)
        except Misfit as problem:
            if fixed:
                return before
            self.fail(component, key, place, str(problem))
            return None
        for sentence in broken(component, value, lambda setting: evaluated(setting, place.data)):
            self.fail(component, key, place, sentence)
        return value

    def typed(self, component: Component, value: Any, place: FormPlace) -> Any:
        """The value as the case keeps it. :raises Misfit: it does not fit."""
        if component.get("type") not in CHOICES:
            return plain_value(component, value)
        return chosen(component, value, self.options(component, place))

    def options(self, component: Component, place: FormPlace) -> list[Any]:
        """What can be chosen: from a named list or the data, from an expression, or fixed."""
        if key := component.get("valuesKey"):
            return option_values(self.lists.get(str(key), place.data.get(str(key))))
        if component.get("valuesExpression"):
            return option_values(evaluated(component.get("valuesExpression"), place.data))
        return option_values(component.get("values"))

    def fail(self, component: Component, key: str, place: FormPlace, sentence: str) -> None:
        """Note what is wrong."""
        self.errors.setdefault(place.key(key), []).append(place.labelled(component, sentence))


EMAIL_PATTERN = (
    r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$"
)
PHONE = r"^(\+|00)[1-9]\d{6,22}$"
EXACT_ARITHMETIC = Context(prec=200)
Evaluate = Callable[[Any], Any]


def units(text: str) -> str:
    """The text as JavaScript counts it: one character for each UTF-16 unit."""
    if max(text, default="") <= "\uffff":
        return text
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[at] | raw[at + 1] << 8) for at in range(0, len(raw), 2))


def decimal_of(value: Any) -> Decimal | None:
    """A limit as a number; None when there is none."""
    text = str(value).strip()
    return Decimal(text) if not isinstance(value, bool) and NUMBER.fullmatch(text) else None


def broken(component: Component, value: Any, evaluate: Evaluate) -> Iterator[str]:
    """What a value of the right type breaks: Chinese sentences without the label."""
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
    """Digits behind the point, and multiples of a step."""
    digits, step = component.get("decimalDigits"), decimal_of(component.get("increment"))
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
    """The smallest and largest number."""
    low, high = decimal_of(evaluate(rules.get("min"))), decimal_of(evaluate(rules.get("max")))
    if low is not None and value < low:
        yield f"不得小于 {low}，请修改"
    if high is not None and value > high:
        yield f"不得大于 {high}，请修改"


def broken_lengths(rules: Component, length: int, evaluate: Evaluate) -> Iterator[str]:
    """The shortest and longest text."""
    low, high = (
        decimal_of(evaluate(rules.get("minLength"))),
        decimal_of(evaluate(rules.get("maxLength"))),
    )
    if low is not None and length < low:
        yield f"至少 {low} 个字，现有 {length} 个，请补充"
    if high is not None and length > high:
        yield f"最多 {high} 个字，现有 {length} 个，请删减"


def broken_pattern(rules: Component, value: str) -> Iterator[str]:
    """A shape the text must contain, and the two ready-made ones."""
    if (pattern := rules.get("pattern")) and not found_in(str(pattern), value):
        yield str(rules.get("patternErrorMessage") or f"不符合规定格式（{pattern}），请修改")
    kind = rules.get("validationType")
    if kind == "email" and not found_in(EMAIL_PATTERN, value):
        yield "不是有效的电子邮箱地址，请修改"
    if kind == "phone" and not found_in(PHONE, value):
        yield "应为带国家代码的电话号码，如 +8613800138000，请修改"


def found_in(pattern: str, text: str) -> bool:
    """Whether the pattern is found anywhere; one that cannot be read or bounded is never found."""
    try:
        return compiled(units(pattern)).search(units(text)) is not None
    except (BadPattern, FeelError):
        return False
