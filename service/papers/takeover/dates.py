"""Dates as people write them into a table: read where only one reading is possible."""

import re
from calendar import monthrange
from datetime import date, datetime
from typing import Any

WANTED = "请写成 2026-03-01 或 2026年3月1日（只到月份的写 2026年3月）"
DAY_AS_WRITTEN = re.compile(r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*日?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*月?")
MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00)?$")
BETWEEN = re.compile(r"\s*(?:至|到|—+|–|~|～|--|\s-\s)\s*")


def read_date(value: Any, *, end: bool) -> tuple[date | None, str]:
    """A date and "", or None and what is wrong. A month stands for its first day, as the end of a
    term for its last.

    :param value: what the cell holds: a date, text, or a number.
    """
    if isinstance(value, datetime):
        return value.date(), ""
    if isinstance(value, date):
        return value, ""
    if not isinstance(value, str):
        return None, f"单元格中是数字 {value}，不能确定是哪一天；{WANTED}"
    text = MIDNIGHT.sub("", value.strip())
    match = DAY_AS_WRITTEN.fullmatch(text) or COMPACT.fullmatch(text) or MONTH.fullmatch(text)
    try:
        if match:
            return (_date([int(part) for part in match.groups()], end), "")
        return (None, _unread(text))
    except ValueError:
        return None, f"“{text}”不是存在的日期；{WANTED}"


def _date(parts: list[int], end: bool) -> date:
    year, month = parts[:2]
    if len(parts) == 3:
        return date(year, month, parts[2])
    return date(year, month, monthrange(year, month)[1] if end and 1 <= month <= 12 else 1)


def _unread(text: str) -> str:
    return f"“{text[:30]}”不能确定是哪一天；{WANTED}"


def is_month(value: Any) -> bool:
    """Whether a text names a month only."""
    return isinstance(value, str) and MONTH.fullmatch(MIDNIGHT.sub("", value.strip())) is not None


def read_term(text: str) -> tuple[str, str] | None:
    """The two ends of a written term such as ``2026年3月至2028年3月``, as text."""
    ends = BETWEEN.split(text.strip())
    if len(ends) == 2 and all(ends):
        return (ends[0], ends[1])
    return None
