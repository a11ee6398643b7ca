"""The outcome of a case (结果): its last milestone while it runs, its end event once it is over.

A diagram declares an outcome on an event. ``outcome`` is a code, ``tone`` is good, bad or neutral,
and ``outcomeName`` is the name if the name of the event does not say it. ``outcomeText`` is told in
addition to the people whom the case concerns (当事人). A case concerns its starter, and the logins
that the property ``concerned`` of its process gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from service.domain.people.actor import Holder
from service.domain.vocabulary import TERMINATED
from service.domain.vocabulary.notices import NEWS
from service.engine import Run
from service.engine.document import Element
from service.errors import ExpressionFailed
from service.store.cases.rows import CaseRow, ConcernRow, JournalRow
from service.store.people.rows import PersonRow
from service.unit_of_work.telling import Notice, tell
from service.unit_of_work.work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """An outcome as a case keeps it."""

    code: str
    name: str
    tone: str

    @classmethod
    def of(cls, element: Element) -> Outcome | None:
        """The outcome that an event declares; None if it declares none."""
        if not element.outcome:
            return None
        return cls(
            code=element.outcome,
            name=element.properties.get("outcomeName") or element.name,
            tone=element.properties.get("tone", "neutral"),
        )


ENDED_EARLY = Outcome(code="terminated", name=TERMINATED, tone="bad")
"""The outcome of a case that somebody ended, or that ended with its parent."""


def note_outcome(work: UnitOfWork, case: CaseRow, run: Run, element: Element) -> None:
    """Keep the outcome that an element declares, and tell the people whom the case concerns.

    A milestone that is passed again is no news.
    """
    outcome = Outcome.of(element)
    if outcome is None or (outcome.code == case.outcome and not run.finished):
        return
    keep_outcome(work, case, outcome, element=element.id)
    text = read_text(run, element.properties.get("outcomeText"), element.id)
    _tell_outcome(work, case, text, _concerned_now(work, case, run))


def keep_outcome(
    work: UnitOfWork,
    case: CaseRow,
    outcome: Outcome,
    *,
    element: str | None = None,
) -> None:
    """Write an outcome to the case and to its journal."""
    case.outcome = outcome.code
    case.outcome_name = outcome.name
    case.outcome_tone = outcome.tone
    work.record(
        case,
        "outcome",
        element=element,
        code=outcome.code,
        outcome=outcome.name,
        tone=outcome.tone,
    )


def end_early(work: UnitOfWork, case: CaseRow, reason: str) -> None:
    """Keep the outcome of a case that is ended early, and tell those it is known to concern."""
    keep_outcome(work, case, ENDED_EARLY)
    _tell_outcome(work, case, reason, _concerned_so_far(work, case))


def undo_outcomes(work: UnitOfWork, case: CaseRow, undone: frozenset[str]) -> None:
    """Go back to the last outcome that was not reached at one of these elements."""
    outcomes = (
        select(JournalRow.element, JournalRow.facts)
        .where(JournalRow.case_id == case.id, JournalRow.verb == "outcome")
        .order_by(JournalRow.id.desc())
    )
    newest_first = list(work.session.execute(outcomes))
    if not newest_first or newest_first[0].element not in undone:
        return
    remaining = [line.facts for line in newest_first if line.element not in undone]
    if not remaining:
        case.outcome = None
        case.outcome_name = None
        case.outcome_tone = None
        return
    facts = remaining[0]
    outcome = Outcome(code=facts["code"], name=facts["outcome"], tone=facts["tone"])
    keep_outcome(work, case, outcome)


def read_text(run: Run, text: str | None, element: str) -> str:
    """The value of a text if it begins with ``=``; otherwise the text itself.

    :raises ExpressionFailed: it cannot be evaluated.
    """
    if not text or not text.lstrip().startswith("="):
        return text or ""
    return str(_evaluated(run, text, element) or "")


def _evaluated(run: Run, text: str, element: str) -> Any:
    """The value of an expression over the data of the case.

    :raises ExpressionFailed: it cannot be evaluated.
    """
    expression = text.strip().removeprefix("=")
    try:
        return run.desk.language(expression, run.desk.data)
    except ValueError as exc:
        raise ExpressionFailed(element, text, str(exc)) from exc


def _tell_outcome(work: UnitOfWork, case: CaseRow, reason: str, people: set[int]) -> None:
    """Tell these people the outcome of a case, except the one who acts."""
    text = NEWS["outcome"].format(
        case=case.title,
        outcome=case.outcome_name,
        more=NEWS["more"].format(reason) if reason else "",
    )
    matter = f"case/{case.id}"
    # an action of the diagram may have told it better
    already_told = {notice.holder for _, _, notice in work.told if notice.matter == matter}
    for person_id in sorted(people - {work.acting}):
        holder = Holder.person(person_id)
        if holder not in already_told:
            tell(work, case, holder, Notice(text=text, kind="outcome", matter=matter))


def _concerned_so_far(work: UnitOfWork, case: CaseRow) -> set[int]:
    """The ids of the people whom a case is known to concern: its starter, and those told before."""
    concerns = select(ConcernRow.person_id).where(ConcernRow.case_id == case.id)
    people = set(work.session.scalars(concerns))
    if case.starter_id is not None:
        people.add(case.starter_id)
    return people


def _concerned_now(work: UnitOfWork, case: CaseRow, run: Run) -> set[int]:
    """The ids of the people whom a case concerns now. From now on they may see it.

    :raises ExpressionFailed: the property ``concerned`` of the process cannot be evaluated.
    """
    people = _concerned_so_far(work, case)
    text = run.definition.document.properties(run.definition.process).get("concerned")
    if not text:
        return people
    logins = _logins(run, text)
    if not logins:
        return people
    people_of_logins = select(PersonRow.id).where(
        PersonRow.jurisdiction == case.jurisdiction,
        PersonRow.login.in_(logins),
    )
    added = set(work.session.scalars(people_of_logins)) - people
    for person_id in sorted(added):
        work.session.add(ConcernRow(case_id=case.id, person_id=person_id))
    return people | added


def _logins(run: Run, text: str) -> list[str]:
    """The logins that an expression gives: a list, or one login."""
    value = _evaluated(run, text, run.definition.process)
    logins = value if isinstance(value, list) else [value]
    return [str(login) for login in logins if login is not None]
