"""Numbers that a service task takes."""

from collections.abc import Mapping
from typing import Any

from service.commands.numbers import take
from service.store.cases.rows import CaseRow
from service.unit_of_work import Action, UnitOfWork


def number(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> str:
    """The next number in the jurisdiction's format of this name; without gaps, because it commits
    with its case.
    """
    name = str(arguments["format"])
    (text,) = take(work, case.jurisdiction, name)
    work.record(case, "number", number=text, format=name)
    return text


ACTIONS: Mapping[str, Action] = {"number": number}
ARGUMENTS = {
    "number": frozenset({"format"}),
}
