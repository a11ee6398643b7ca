"""What came of a case (结果): the last milestone while it runs, the end it reached when it is over.

A diagram declares it on an event: ``outcome`` (a code), ``tone`` (good, bad or neutral), and where
the event's own name does not say it, ``outcomeName``; ``outcomeText`` is what those concerned are
told besides. Whom a case concerns (当事人) its process says as ``concerned``; its starter always.
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
        """What an event declares; None when it declares nothing."""
        if not element.outcome:
            return None
        name = element.properties.get("outcomeName") or element.name
        return cls(code=element.outcome, name=name, tone=element.properties.get("tone", "neutral"))


ENDED_EARLY = Outcome(code="terminated", name=TERMINATED, tone="bad")
"""The outcome of a case that somebody ended, or that ended with its parent."""


def note_outcome(work: UnitOfWork, case: CaseRow, run: Run, element: Element) -> None:
    """Keep the outcome that this element declares, and tell those whom the case concerns. A
    milestone that is passed again is no news.
    """
    found = Outcome.of(element)
    if found is None or (found.code == case.outcome and not run.finished):
        return
    keep_outcome(work, case, found, element=element.id)
    text = read_text(run, element.properties.get("outcomeText"), element.id)
    _tell_outcome(work, case, text, _concerned(work, case, run))


def keep_outcome(
    work: UnitOfWork, case: CaseRow, found: Outcome, *, element: str | None = None
) -> None:
    """Write an outcome to the case and into its record."""
    case.outcome, case.outcome_name, case.outcome_tone = found.code, found.name, found.tone
    work.record(
        case, "outcome", element=element, code=found.code, outcome=found.name, tone=found.tone
    )


def end_early(work: UnitOfWork, case: CaseRow, reason: str) -> None:
    """The outcome of a case that is ended at once, told to those whom it is known to concern."""
    keep_outcome(work, case, ENDED_EARLY)
    _tell_outcome(work, case, reason, _known(work, case))


def undo_outcomes(work: UnitOfWork, case: CaseRow, undone: frozenset[str]) -> None:
    """Go back to the last outcome that was not reached at one of these elements."""
    reached = select(JournalRow.element, JournalRow.facts).where(
        JournalRow.case_id == case.id, JournalRow.verb == "outcome"
    )
    rows = list(work.session.execute(reached.order_by(JournalRow.id.desc())))
    if not rows or rows[0].element not in undone:
        return
    facts = next((row.facts for row in rows if row.element not in undone), None)
    if facts is None:
        case.outcome = case.outcome_name = case.outcome_tone = None
    else:
        found = Outcome(code=facts["code"], name=facts["outcome"], tone=facts["tone"])
        keep_outcome(work, case, found)


def read_text(run: Run, text: str | None, element: str) -> str:
    """The value of a text that is an expression if it begins with ``=``.

    :raises ExpressionFailed: it cannot be evaluated.
    """
    if not text or not text.lstrip().startswith("="):
        return text or ""
    try:
        return str(run.desk.language(text.strip().removeprefix("="), run.desk.data) or "")
    except ValueError as exc:
        raise ExpressionFailed(element, text, str(exc)) from exc


def _tell_outcome(work: UnitOfWork, case: CaseRow, text: str, people: set[int]) -> None:
    said = NEWS["outcome"].format(
        case=case.title, outcome=case.outcome_name, more=NEWS["more"].format(text) if text else ""
    )
    matter = f"case/{case.id}"
    told = {notice.holder for _, _, notice in work.told if notice.matter == matter}
    for person in sorted(people - {work.acting}):
        if Holder.person(person) not in told:  # an action of the diagram has said it better
            tell(
                work, case, Holder.person(person), Notice(text=said, kind="outcome", matter=matter)
            )


def _known(work: UnitOfWork, case: CaseRow) -> set[int]:
    """Whom the case is known to concern: its starter, and those who were told before."""
    known = set(
        work.session.scalars(select(ConcernRow.person_id).where(ConcernRow.case_id == case.id))
    )
    return known | ({case.starter_id} if case.starter_id is not None else set())


def _concerned(work: UnitOfWork, case: CaseRow, run: Run) -> set[int]:
    """Whom the case concerns now; from now on they see it.

    :raises ExpressionFailed: the process's ``concerned`` gives something else than logins.
    """
    known = _known(work, case)
    text = run.definition.document.properties(run.definition.process).get("concerned")
    if not text:
        return known
    logins = _logins(run, text)
    wanted = select(PersonRow.id).where(
        PersonRow.jurisdiction == case.jurisdiction, PersonRow.login.in_(logins)
    )
    fresh = set(work.session.scalars(wanted)) - known if logins else set()
    work.session.add_all(ConcernRow(case_id=case.id, person_id=person) for person in sorted(fresh))
    return known | fresh


def _logins(run: Run, text: str) -> list[str]:
    try:
        found: Any = run.desk.language(text.strip().removeprefix("="), run.desk.data)
    except ValueError as exc:
        raise ExpressionFailed(run.definition.process, text, str(exc)) from exc
    listed = found if isinstance(found, list) else [found]
    return [str(login) for login in listed if login is not None]
