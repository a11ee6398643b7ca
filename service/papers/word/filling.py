"""Papers (文书) as Word files: a template filled with the data of a case.

A missing value becomes an empty line to write on, so that every paper can be printed and completed
by hand. Values are printed as an office writes them. Text of several lines becomes paragraphs.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import TemplateError, Undefined

from service.domain.archives import UNREADABLE
from service.domain.terms.deadlines import SHANGHAI
from service.errors import BadData
from service.papers.word.answers import AnswerPart, answer_parts
from service.papers.word.sandbox import Sandbox
from service.queries.items.lines import AnswerLine
from service.queries.papers.papers import PaperSource

BLANK = "________"
# Characters that no Word file can hold.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")
LARGEST = Decimal(10) ** 12
PARTS = {"lead": "牵头", "cooperate": "配合", "message": "来件"}


def fill(source: PaperSource) -> bytes:
    """The paper as a Word file.

    :raises BadData: the template cannot be filled with the data of this case.
    """
    values = dict(source.values)
    if source.answers is not None:
        values["answers"] = [answer_entry(answer) for answer in source.answers]
    sandbox = Sandbox(filters(source.options, source.units), printed)
    template = DocxTemplate(BytesIO(source.template))
    out = BytesIO()
    try:
        template.render(values, sandbox, autoescape=True)
        template.save(out)
    except (TemplateError, *UNREADABLE) as exc:
        problem = f"文书“{source.title}”无法生成（{exc}），请流程管理员检查该模板"
        raise BadData(source.file, [problem]) from exc
    return out.getvalue()


def answer_entry(answer: AnswerLine) -> dict[str, Any]:
    """The answers at a step, for a paper that lists the answers of a case."""
    parts = () if answer.restricted else answer_parts(answer.form, answer.values)
    return {
        "name": answer.name,
        "person": answer.person,
        "unit": answer.unit,
        "at": answer.at,
        "round": answer.round,
        "part": PARTS.get(answer.part, ""),
        "undone": answer.undone,
        "restricted": answer.restricted,
        "reason": answer.reason or None,
        "rows": [_label_and_text(part) for part in parts if part.kind != "group"],
    }


def _label_and_text(part: AnswerPart) -> dict[str, str]:
    return {"label": part.label, "text": part.text or _table_text(part)}


def _table_text(table: AnswerPart) -> str:
    """The rows of a table as lines of text. Empty cells are left out."""
    lines = []
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        filled = [f"{column}：{text}" for column, text in cells if text]
        lines.append("；".join(filled))
    return "\n".join(lines)


# -- values as an office writes them


def filters(options: Mapping[str, Mapping[Any, str]], units: Mapping[str, str]) -> dict[str, Any]:
    """The filters that a template may use.

    :param options: the words of each choice, by field.
    :param units: the names of units, by code.
    """

    def label(value: Any, key: str = "") -> Any:
        words = options.get(key, {})
        if isinstance(value, list | tuple):
            return [words.get(choice, choice) for choice in value]
        if isinstance(value, str | Decimal | bool):
            return words.get(value, value)
        return value

    def name_of_unit(code: Any) -> Any:
        if isinstance(code, str):
            return units.get(code, code)
        return code

    def unit(code: Any) -> Any:
        if isinstance(code, list | tuple):
            return [name_of_unit(single_code) for single_code in code]
        return name_of_unit(code)

    return {
        "money": money,
        "capital": capital,
        "day": day,
        "month": month,
        "moment": moment,
        "label": label,
        "unit": unit,
        "bare": _bare,
    }


def _is_missing(value: Any) -> bool:
    return value is None or isinstance(value, Undefined)


def _bare(value: Any) -> Any:
    """The value. A missing one becomes no text at all, instead of a line to write on."""
    if _is_missing(value):
        return ""
    return value


WRITTEN: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (bool, lambda value: "是" if value else "否"),
    (datetime, lambda value: str(moment(value))),
    (date, lambda value: str(day(value))),
    (Decimal, lambda value: f"{value:f}"),
    (Mapping, lambda value: "，".join(map(printed, value.values()))),
    (list | tuple, lambda value: "、".join(map(printed, value)) or BLANK),
)
"""How values of a type are written. The first type that fits counts."""


def printed(value: Any) -> str:
    """A value as text. A missing one becomes a line to write on."""
    if _is_missing(value):
        return BLANK
    for kind, write in WRITTEN:
        if isinstance(value, kind):
            return write(value)
    text = str(value).replace("\r\n", "\n")
    return UNPRINTABLE.sub("", text).strip().replace("\n", "\a")


def money(value: Any) -> Any:
    """An amount such as 1,234.50. What is no number is returned unchanged."""
    number = _number(value)
    if number is None:
        return value
    return f"{_to_cents(number):,.2f}"


def capital(value: Any) -> Any:
    """An amount in the characters of a bill (人民币大写): 壹仟贰佰叁拾肆元伍角整.

    What is no number, or 10^12 and more, is returned unchanged.
    """
    number = _number(value)
    if number is None or abs(number) >= LARGEST:
        return value
    sign = "负" if number < 0 else ""
    yuan, cents = divmod(int(abs(_to_cents(number)) * 100), 100)
    if not yuan and not cents:
        return f"{sign}零元整"
    whole = f"{_capital_yuan(yuan)}元" if yuan else ""
    return sign + whole + _capital_cents(cents, after_yuan=bool(yuan))


def _capital_yuan(yuan: int) -> str:
    """A whole amount in capital characters. Zeros between two digits are written once."""
    text = ""
    after_zero = False
    figures = str(yuan)
    for position, digit in zip(reversed(range(len(figures))), figures, strict=True):
        if digit == "0":
            after_zero = bool(text)
        else:
            zero = "零" if after_zero else ""
            text += zero + DIGITS[int(digit)] + PLACES[position % 4]
            after_zero = False
        if position % 4 == 0 and yuan // 10**position % 10000:
            text += GROUPS[position // 4]
    return text


def _capital_cents(cents: int, *, after_yuan: bool) -> str:
    """What follows the whole amount: 角 and 分, or 整."""
    tens, ones = divmod(cents, 10)
    tenths = f"{DIGITS[tens]}角" if tens else ""
    if not ones:
        return f"{tenths}整"
    if not tens and after_yuan:
        tenths = "零"
    return f"{tenths}{DIGITS[ones]}分"


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value))


def _to_cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def day(value: Any) -> Any:
    """A date such as 2026年3月2日. What is no date is returned unchanged."""
    local_day = _day(value)
    if local_day is None:
        return value
    return f"{local_day.year}年{local_day.month}月{local_day.day}日"


def month(value: Any) -> Any:
    """The month of a date such as 2026年3月. What is no date is returned unchanged."""
    local_day = _day(value)
    if local_day is None:
        return value
    return f"{local_day.year}年{local_day.month}月"


def moment(value: Any) -> Any:
    """An instant such as 2026年3月2日 18:00, in Shanghai. A date has no time."""
    if not isinstance(value, datetime):
        return day(value)
    return f"{day(value)} {value.astimezone(SHANGHAI):%H:%M}"


def _day(value: Any) -> date | None:
    """The date of a date, an instant or an ISO text; None if it has none."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).date()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, date):
        return None
    return value
