"""Numbers that a service task takes."""

from collections.abc import Mapping
from typing import Any

from service.domain.deadlines import SHANGHAI
from service.errors import BadRequest
from service.store import lookups
from service.store.counters import next_number
from service.store.tables import CaseRow
from service.unit_of_work import Action, UnitOfWork


def number(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> str:
    """The next number in the jurisdiction's format of this name; without gaps, because it commits with its case."""
    name = str(arguments["format"])
    formats = lookups.rules_of(work.session, case.jurisdiction).get("numbers", {})
    if name not in formats:
        raise BadRequest(f"没有名为“{name}”的编号格式，请在地区数据中补充", format=name)
    year = work.now.astimezone(SHANGHAI).year
    value = next_number(work.session, case.jurisdiction, name, year)
    text = str(formats[name]["pattern"]).format(year=year, n=value)
    work.record(case, "number", number=text, format=name)
    return text


ACTIONS: Mapping[str, Action] = {"number": number}
ARGUMENTS = {
    "number": frozenset({"format"}),
}
