"""Dates as people write them into a table. A text that has several readings is not read."""

import re
from calendar import monthrange
from datetime import date, datetime
from typing import Any

HOW_TO_WRITE = "请写成 2026-03-01 或 2026年3月1日（只到月份的写 2026年3月）"
DAY_AS_WRITTEN = re.compile(r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*日?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*月?")
MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00)?$")
BETWEEN = re.compile(r"\s*(?:至|到|—+|–|~|～|--|\s-\s)\s*")


def read_date(value: Any, *, end: bool) -> tuple[date | None, str]:
    """Read the date in a cell.

    A month stands for its first day, or for its last day if it is the end of a term.

    :param value: a date, a text or a number.
    :param end: whether it is the end of a term.
    :returns: the date and "", or None and the problem.
    """
    if isinstance(value, datetime):
        return value.date(), ""
    if isinstance(value, date):
        return value, ""
    if not isinstance(value, str):
        return None, f"单元格中是数字 {value}，不能确定是哪一天；{HOW_TO_WRITE}"
    text = _without_time(value)
    match = DAY_AS_WRITTEN.fullmatch(text) or COMPACT.fullmatch(text) or MONTH.fullmatch(text)
    if not match:
        return None, f"“{text[:30]}”不能确定是哪一天；{HOW_TO_WRITE}"
    numbers = [int(part) for part in match.groups()]
    try:
        return _date(numbers, end), ""
    except ValueError:
        return None, f"“{text}”不是存在的日期；{HOW_TO_WRITE}"


def _without_time(text: str) -> str:
    return MIDNIGHT.sub("", text.strip())


def _date(numbers: list[int], end: bool) -> date:
    """The date of a year, a month and perhaps a day."""
    year, month = numbers[:2]
    if len(numbers) == 3:
        return date(year, month, numbers[2])
    is_last_day = end and 1 <= month <= 12
    return date(year, month, monthrange(year, month)[1] if is_last_day else 1)


def is_month(value: Any) -> bool:
    """Whether a text names a month and no day."""
    if not isinstance(value, str):
        return False
    return MONTH.fullmatch(_without_time(value)) is not None


def read_term(text: str) -> tuple[str, str] | None:
    """The two ends of a term such as ``2026年3月至2028年3月``, as texts; None if it has no two."""
    ends = BETWEEN.split(text.strip())
    if len(ends) != 2 or not all(ends):
        return None
    first, last = ends
    return first, last
