"""The rules of form fields, with exactly the meaning they have in the browser.

Lengths count UTF-16 units of the trimmed text; a pattern is searched, not matched, and is skipped
for empty text; limits are skipped for empty values; the step of a number counts from 0.
"""

from collections.abc import Callable, Iterator
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from service.domain.forms.schema import Component, rules_of
from service.domain.forms.values import NUMBER
from service.feel import FeelError
from service.feel.patterns import SPACES, BadPattern, compiled

EMAIL = (
    r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$"
)
PHONE = r"^(\+|00)[1-9]\d{6,22}$"
EXACT = Context(prec=200)
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
    exponent = value.normalize(EXACT).as_tuple().exponent
    if isinstance(digits, int) and isinstance(exponent, int) and -exponent > digits:
        yield "应为整数，请去掉小数" if digits == 0 else f"小数最多 {digits} 位，请修改"
    try:
        if step and (rest := EXACT.remainder(value, step)):
            below = EXACT.subtract(value, rest)
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
    if kind == "email" and not found_in(EMAIL, value):
        yield "不是有效的电子邮箱地址，请修改"
    if kind == "phone" and not found_in(PHONE, value):
        yield "应为带国家代码的电话号码，如 +8613800138000，请修改"


def found_in(pattern: str, text: str) -> bool:
    """Whether the pattern is found anywhere; one that cannot be read or bounded is never found."""
    try:
        return compiled(units(pattern)).search(units(text)) is not None
    except (BadPattern, FeelError):
        return False
