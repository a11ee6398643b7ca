"""What begins: a case before it runs, the items of a step, what a case waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from service.domain.forms.schema import keys_of
from service.domain.items import Plan, Step, plan
from service.domain.people.actor import Actor
from service.domain.terms.deadlines import SHANGHAI, Calendar, Pauses, due, term_basis
from service.engine import Run, Waiting
from service.engine.document import Element
from service.errors import ExpressionFailed
from service.store.cases.rows import CaseRow
from service.store.items.lookups import answers_of, units_answered
from service.store.items.projection import MessageWait, TimerWait
from service.store.items.rows import ItemRow
from service.store.processes.lookups import lists_in_force
from service.store.processes.rows import DefinitionRow
from service.unit_of_work.terms import days_rested, set_term
from service.unit_of_work.work import Reading, UnitOfWork

TITLE_LIMIT = 200


class Call(NamedTuple):
    """The place in a case that starts another one and waits for it."""

    parent: CaseRow
    task: str


def new_case(
    work: UnitOfWork,
    row: DefinitionRow,
    title: str,
    *,
    starter: Actor | None = None,
    business_key: str | None = None,
    call: Call | None = None,
) -> CaseRow:
    """A case that has not begun to run; it pins the named lists in force.

    Without a starter the clock starts it, or a call, whose case's starter then stands in its data.
    """
    lists = lists_in_force(work.session, row.jurisdiction)
    above = call.parent.data if call is not None else {}
    case = CaseRow(
        jurisdiction=row.jurisdiction,
        definition_id=row.id,
        process=row.key,
        title=title,
        business_key=business_key,
        starter_id=starter.person_id if starter else None,
        started_at=work.now,
        returned={},
        lists={name: entry.version for name, entry in lists.items()},
        parent_id=call.parent.id if call is not None else None,
        parent_task=call.task if call is not None else None,
        data={
            "case_title": title,
            "starter": starter.login if starter else above.get("starter"),
            "starter_unit": starter.unit_code if starter else above.get("starter_unit"),
            "started_on": work.now.astimezone(SHANGHAI).date(),
        },
    )
    work.session.add(case)
    work.session.flush()
    case.data["case_id"] = case.id
    work.case_id = work.case_id or case.id
    return case


def timer_waits(look: Reading, case: CaseRow, waits: Iterable[Waiting]) -> list[TimerWait]:
    """The instants among what a case waits for; a rule without a value never comes."""
    elements = look.deployed(case).definition.elements
    calendar, pauses = look.calendar(case.jurisdiction), days_rested(case.pauses)
    return [
        _timer(look, wait, elements, calendar, pauses)
        for wait in waits
        if wait.kind == "timer" and wait.name is not None
    ]


def _timer(
    look: Reading,
    wait: Waiting,
    elements: Mapping[str, Element],
    calendar: Calendar,
    pauses: Pauses,
) -> TimerWait:
    since = wait.since or look.now
    return TimerWait(
        task=wait.task,
        element=wait.element,
        rule=str(wait.name),
        since=since,
        due_at=due(wait.name, since, calendar, pauses),
        interrupting=elements[wait.element].interrupting,
    )


def message_waits(waits: Iterable[Waiting]) -> list[MessageWait]:
    """The messages among what a case waits for."""
    return [
        MessageWait(
            task=wait.task, element=wait.element, name=str(wait.name), key=key_text(wait.key)
        )
        for wait in waits
        if wait.kind == "message"
    ]


def key_text(key: Any) -> str:
    """A correlation key as it is stored and compared."""
    return "" if key is None else str(key)


def place_text(wait: Waiting) -> str:
    """The loop entries a task stands in, as text: ``decisions/2``."""
    return ".".join(f"{name}/{index}" for name, index in wait.place)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A step that has just become open: in which case, where in its loops, in which round;
    ``about`` is the other case that is judged there, if one is; ``returned`` what is remembered of
    a step that was sent back; ``sender`` the person whose act opened it, where others may be told.
    """

    case: CaseRow
    run: Run
    wait: Waiting
    element: Element
    round: int
    name: str
    about: int | None
    returned: Mapping[str, Any] | None
    sender: int | None

    @property
    def place(self) -> str:
        """The loop entries it stands in, as text."""
        return place_text(self.wait)


def opened_items(
    work: UnitOfWork,
    case: CaseRow,
    run: Run,
    wait: Waiting,
    number: int,
    sender: int | None,
) -> list[ItemRow]:
    """The items of a step that has just become open, in this round.

    :param sender: the person whose act opened it, where others may be told.
    :raises Unresolved: its lane or a co-operating unit leads to nobody.
    """
    element = work.deployed(case).definition.elements[wait.element]
    subject = run.read(wait.task, element.properties.get("subject"))
    name = f"{element.name}（{subject}）" if subject else element.name
    returned = case.returned.get(element.id)
    if returned is not None:
        case.returned = {key: value for key, value in case.returned.items() if key != element.id}
    opened = Opened(
        case=case,
        run=run,
        wait=wait,
        element=element,
        round=number,
        name=name,
        about=_judged(work, case, run, wait, element),
        returned=returned,
        sender=sender,
    )
    plans = _plans(work, opened)
    given = _given(work, opened)
    draft = _draft(work, opened)
    return [_item(work, opened, entry, given, draft) for entry in plans]


def _judged(
    work: UnitOfWork, case: CaseRow, run: Run, wait: Waiting, element: Element
) -> int | None:
    """The id of the other case that is judged at a step, as its property ``about`` says.

    :raises ExpressionFailed: it gives something else than the number of a case of this
        jurisdiction.
    """
    text = element.properties.get("about")
    number = run.read(wait.task, text)
    if number is None:
        return None
    known = select(CaseRow.id).where(
        CaseRow.id == number, CaseRow.jurisdiction == case.jurisdiction
    )
    if not isinstance(number, Decimal | int) or work.session.scalar(known) is None:
        raise ExpressionFailed(
            element.id, str(text), f"应为本辖区一个案件的编号，实际是 {number!r}"
        )
    return int(number)


def _told(opened: Opened) -> dict[str, Any] | None:
    """What whoever gets a step back is told of that: by somebody's send-back, or as the diagram's
    ``returnText`` says where it leads back by itself.
    """
    if opened.returned is not None and opened.returned.get("told"):
        return dict(opened.returned["told"])
    text = opened.run.read(opened.wait.task, opened.element.properties.get("returnText"))
    return {"by": None, "who": None, "why": str(text), "from": None} if text else None


def _plans(work: UnitOfWork, opened: Opened) -> list[Plan]:
    """Who gets an item. Of a returned step those units that have answered owe again only where
    the returning person asked for it.
    """
    case, step, returned = opened.case, _step(opened), opened.returned
    excused = returned is not None and step.co_units and not returned.get("co")
    return plan(
        step,
        work.directory(case.jurisdiction),
        opened.run.values(opened.wait.task),
        answered=(
            units_answered(work.session, case.id, step.element, opened.place) if excused else ()
        ),
        person=lambda login: work.person_id(case.jurisdiction, login),
    )


def _step(opened: Opened) -> Step:
    element, properties = opened.element, opened.element.properties
    rules = {
        name: opened.run.read(opened.wait.task, properties.get(name)) for name in ("due", "coDue")
    }
    return Step(
        element=element.id,
        name=opened.name,
        leads=element.leads,
        co_units=element.co_units,
        co_rule=element.co_rule,
        due=rules["due"],
        co_due=rules["coDue"],
        form=element.form,
        co_form=properties.get("coForm", "contribution"),
    )


def _given(work: UnitOfWork, opened: Opened) -> dict[str, Any]:
    """What the form shows when the item opens: input parameters, and what the case knows under the
    form's keys.

    In a later round only read-only fields are shown again: yesterday's conclusion must not be taken
    for today's.
    """
    values = opened.run.values(opened.wait.task)
    fields = keys_of(work.deployed(opened.case).form(opened.element.form))
    shown_again = {
        key: values[key]
        for key, field in fields.items()
        if values.get(key) is not None
        and (opened.round == 1 or field.get("readonly") or field.get("disabled"))
    }
    return {**shown_again, **opened.run.inputs(opened.wait.task)}


def _draft(work: UnitOfWork, opened: Opened) -> dict[str, Any] | None:
    """A returned step comes back filled in; so does one that is drawn to come again with its
    property ``prefill``.
    """
    if opened.returned is not None:
        return opened.returned.get("draft") or _earlier(work, opened)
    return _earlier(work, opened) if opened.element.properties.get("prefill") == "yes" else None


def _earlier(work: UnitOfWork, opened: Opened) -> dict[str, Any] | None:
    """The lead's last answers at this step."""
    earlier = [
        row
        for row in answers_of(work.session, opened.case.id)
        if row.element == opened.element.id and row.place == opened.place and row.part == "lead"
    ]
    return dict(earlier[-1].answers) if earlier else None


def _item(
    work: UnitOfWork,
    opened: Opened,
    entry: Plan,
    given: dict[str, Any],
    draft: dict[str, Any] | None,
) -> ItemRow:
    leads, case, element = entry.part == "lead", opened.case, opened.element
    row = ItemRow(
        case_id=case.id,
        jurisdiction=case.jurisdiction,
        task=opened.wait.task,
        element=element.id,
        place=opened.place,
        round=opened.round,
        part=entry.part,
        name=opened.name[:120],
        holder=entry.holder,
        unit_id=entry.unit_id,
        person_id=entry.person_id,
        assignee_id=entry.person_id,
        opened_at=work.now,
        due_rule=entry.due_rule,
        due_since=work.now,
        form=entry.form,
        clause=list(element.clauses),
        basis=element.properties.get("basis", ""),
        term_basis=term_basis(element.term_basis if leads else "", entry.due_rule),
        about_id=opened.about,
        sent_by=opened.sender,
        returned=_told(opened) if leads else None,
        given=given if leads else {},
        draft=draft if leads else None,
    )
    set_term(row, work.calendar(case.jurisdiction), case.pauses, work.now)
    return row
