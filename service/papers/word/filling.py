"""Papers (文书) as Word files: a template filled with a case's data.

What is missing is an empty line to write on, so that a paper can always be printed and completed by
hand. Values are printed as an office writes them; what people typed in several lines becomes
paragraphs.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import TemplateError, Undefined

from service.domain.archives import UNREADABLE
from service.domain.terms.deadlines import SHANGHAI
from service.errors import BadData
from service.papers.word.answers import answer_parts
from service.papers.word.sandbox import Sandbox
from service.queries.items.lines import AnswerLine
from service.queries.papers.papers import PaperSource

BLANK = "________"
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]"
)  # no Word file can hold these
DIGITS, PLACES, GROUPS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟"), ("", "万", "亿")
LARGEST = Decimal(10) ** 12
PARTS = {"lead": "牵头", "cooperate": "配合", "message": "来件"}


def fill(source: PaperSource) -> bytes:
    """The paper.

    :raises BadData: the template cannot be filled with this case's data.
    """
    template = DocxTemplate(BytesIO(source.template))
    out = BytesIO()
    given = dict(source.values)
    if source.answers is not None:
        given["answers"] = [answer_entry(answer) for answer in source.answers]
    try:
        template.render(
            given, Sandbox(filters(source.options, source.units), printed), autoescape=True
        )
        template.save(out)
    except (TemplateError, *UNREADABLE) as exc:
        raise BadData(
            source.file, [f"文书“{source.title}”无法生成（{exc}），请流程管理员检查该模板"]
        ) from exc
    return out.getvalue()


def answer_entry(answer: AnswerLine) -> dict[str, Any]:
    """What was answered at a step, for a paper that lists a case's answers."""
    lines = [part for part in answer_parts(answer.form, answer.values) if not answer.restricted]
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
        "rows": [
            {"label": part.label, "text": part.text or _table(part.columns, part.rows)}
            for part in lines
            if part.kind != "group"
        ],
    }


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(
        "；".join(f"{name}：{text}" for name, text in zip(columns, row, strict=True) if text)
        for row in rows
    )


# -- values as an office writes them


def filters(options: Mapping[str, Mapping[Any, str]], units: Mapping[str, str]) -> dict[str, Any]:
    """The formats of a template. ``options``: the words of choices by field; ``units``: names by
    code.
    """

    def label(value: Any, key: str = "") -> Any:
        words = options.get(key, {})
        if isinstance(value, list | tuple):
            return [words.get(code, code) for code in value]
        if isinstance(value, str | Decimal | bool):
            return words.get(value, value)
        return value

    def named(code: Any) -> Any:
        if isinstance(code, str):
            return units.get(code, code)
        return code

    return {
        "money": money,
        "capital": capital,
        "day": day,
        "month": month,
        "moment": moment,
        "label": label,
        "unit": lambda code: (
            [named(code) for code in code] if isinstance(code, list | tuple) else named(code)
        ),
        "bare": lambda value: "" if value is None or isinstance(value, Undefined) else value,
    }


WRITTEN: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (bool, lambda value: "是" if value else "否"),
    (datetime, lambda value: str(moment(value))),
    (date, lambda value: str(day(value))),
    (Decimal, lambda value: f"{value:f}"),
    (Mapping, lambda value: "，".join(map(printed, value.values()))),
    (list | tuple, lambda value: "、".join(map(printed, value)) or BLANK),
)
"""How values of a type are written; the first type that fits counts."""


def printed(value: Any) -> str:
    """A value as text; what is missing as a line to write on."""
    if value is None or isinstance(value, Undefined):
        return BLANK
    for kind, write in WRITTEN:
        if isinstance(value, kind):
            return write(value)
    return UNSEEN.sub("", str(value).replace("\r\n", "\n")).strip().replace("\n", "\a")


def money(value: Any) -> Any:
    """1,234.50."""
    amount = _number(value)
    if amount is None:
        return value
    return f"{_cents(amount):,.2f}"


def capital(value: Any) -> Any:
    """An amount in the characters of a bill (人民币大写): 壹仟贰佰叁拾肆元伍角整."""
    amount = _number(value)
    if amount is None or abs(amount) >= LARGEST:
        return value
    yuan, cents = divmod(int(abs(_cents(amount)) * 100), 100)
    jiao, fen = divmod(cents, 10)
    sign = "负" if amount < 0 else ""
    if not yuan and not cents:
        return f"{sign}零元整"
    whole = f"{_capital_whole(yuan)}元" if yuan else ""
    tenths = ""
    if jiao:
        tenths = f"{DIGITS[jiao]}角"
    elif whole and cents:
        tenths = "零"
    rest = f"{DIGITS[fen]}分" if fen else "整"
    return sign + whole + tenths + rest


def _capital_whole(yuan: int) -> str:
    text = ""
    gap = False
    figures = str(yuan)
    for position, figure in zip(reversed(range(len(figures))), figures, strict=True):
        if figure == "0":
            gap = bool(text)
        else:
            text += ("零" if gap else "") + DIGITS[int(figure)] + PLACES[position % 4]
            gap = False
        if position % 4 == 0 and yuan // 10**position % 10000:
            text += GROUPS[position // 4]
    return text


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def day(value: Any) -> Any:
    """2026年3月2日."""
    parsed = _day(value)
    if parsed is None:
        return value
    return f"{parsed.year}年{parsed.month}月{parsed.day}日"


def month(value: Any) -> Any:
    """2026年3月."""
    parsed = _day(value)
    if parsed is None:
        return value
    return f"{parsed.year}年{parsed.month}月"


def moment(value: Any) -> Any:
    """2026年3月2日 18:00, in Shanghai."""
    if isinstance(value, datetime):
        return f"{day(value)} {value.astimezone(SHANGHAI):%H:%M}"
    return day(value)


def _day(value: Any) -> date | None:
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
