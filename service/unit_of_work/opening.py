"""What begins: a case before it runs, the items of a step, and the waits of a case as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
    """The task of a case that starts another case and waits for it."""

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
    """A case that has not begun to run. It pins the named lists in force.

    :param starter: the person who starts it. It is None if the clock or a call starts it. The data
        of a called case names the starter of its parent.
    :param call: the call that starts it.
    """
    lists = lists_in_force(work.session, row.jurisdiction)
    parent_data = call.parent.data if call is not None else {}
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
            "starter": starter.login if starter else parent_data.get("starter"),
            "starter_unit": starter.unit_code if starter else parent_data.get("starter_unit"),
            "started_on": work.now.astimezone(SHANGHAI).date(),
        },
    )
    work.session.add(case)
    work.session.flush()
    case.data["case_id"] = case.id
    work.case_id = work.case_id or case.id
    return case


def timer_waits(look: Reading, case: CaseRow, waits: Iterable[Waiting]) -> list[TimerWait]:
    """The timers among what a case waits for. A timer whose rule has no value is left out."""
    elements = look.deployed(case).definition.elements
    calendar = look.calendar(case.jurisdiction)
    pauses = days_rested(case.pauses)
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
            task=wait.task,
            element=wait.element,
            name=str(wait.name),
            key=key_text(wait.key),
        )
        for wait in waits
        if wait.kind == "message"
    ]


def key_text(key: Any) -> str:
    """A correlation key as it is stored and compared."""
    if key is None:
        return ""
    return str(key)


def place_text(wait: Waiting) -> str:
    """The loop entries in which a task stands, as text: ``decisions/2``."""
    return ".".join(f"{name}/{index}" for name, index in wait.place)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A step that has just become open.

    - ``about`` is the id of another case that is judged there.
    - ``returned`` is what the case remembers of a step that was sent back.
    - ``sender`` is the id of the person whose act opened it, if others may learn that.
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
        """The loop entries in which it stands, as text."""
        return place_text(self.wait)


def opened_items(
    work: UnitOfWork,
    case: CaseRow,
    run: Run,
    wait: Waiting,
    number: int,
    sender: int | None,
) -> list[ItemRow]:
    """The items of a step that has just become open.

    :param number: the number of the round.
    :param sender: the id of the person whose act opened it, if others may learn that.
    :raises Unresolved: its lane or a co-operating unit stands for nobody.
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
        about=_judged_case(work, case, run, wait, element),
        returned=returned,
        sender=sender,
    )
    plans = _plans(work, opened)
    given = _shown_values(work, opened)
    draft = _draft(work, opened)
    return [_item(work, opened, plan_of_item, given, draft) for plan_of_item in plans]


def _judged_case(
    work: UnitOfWork,
    case: CaseRow,
    run: Run,
    wait: Waiting,
    element: Element,
) -> int | None:
    """The id of the other case that is judged at a step, by its property ``about``.

    :raises ExpressionFailed: the value is not the id of a case of this jurisdiction.
    """
    text = element.properties.get("about")
    number = run.read(wait.task, text)
    if number is None:
        return None
    case_with_number = select(CaseRow.id).where(
        CaseRow.id == number, CaseRow.jurisdiction == case.jurisdiction
    )
    if not isinstance(number, Decimal | int) or work.session.scalar(case_with_number) is None:
        raise ExpressionFailed(
            element.id, str(text), f"应为本辖区一个案件的编号，实际是 {number!r}"
        )
    return int(number)


def _why_returned(opened: Opened) -> dict[str, Any] | None:
    """What an item tells of the return of its step; None if the step does not come back.

    A person has sent it back, or the diagram itself leads back and says why (``returnText``).
    """
    if opened.returned is not None and opened.returned.get("told"):
        return dict(opened.returned["told"])
    text = opened.run.read(opened.wait.task, opened.element.properties.get("returnText"))
    if not text:
        return None
    return {"by": None, "who": None, "why": str(text), "from": None}


def _plans(work: UnitOfWork, opened: Opened) -> list[Plan]:
    """The plans of the items: who gets one.

    If a step was sent back, the co-operating units that have answered must answer again only if the
    person who sent it back asked for it.
    """
    case = opened.case
    step = _step(opened)
    returned = opened.returned
    answered: Collection[int] = ()
    if returned is not None and step.co_units and not returned.get("co"):
        answered = units_answered(work.session, case.id, step.element, opened.place)
    return plan(
        step,
        work.directory(case.jurisdiction),
        opened.run.values(opened.wait.task),
        answered=answered,
        person=lambda login: work.person_id(case.jurisdiction, login),
    )


def _step(opened: Opened) -> Step:
    element = opened.element
    properties = element.properties
    task = opened.wait.task
    return Step(
        element=element.id,
        name=opened.name,
        leads=element.leads,
        co_units=element.co_units,
        co_rule=element.co_rule,
        due=opened.run.read(task, properties.get("due")),
        co_due=opened.run.read(task, properties.get("coDue")),
        form=element.form,
        co_form=properties.get("coForm", "contribution"),
    )


def _shown_values(work: UnitOfWork, opened: Opened) -> dict[str, Any]:
    """The values that the form shows when the item opens.

    These are the input parameters, and what the case has under the keys of the form. In a later
    round only read-only fields are shown again: an earlier conclusion must not be taken for a new
    one.
    """
    values = opened.run.values(opened.wait.task)
    form = work.deployed(opened.case).form(opened.element.form)
    shown: dict[str, Any] = {}
    for key, field in keys_of(form).items():
        value = values.get(key)
        read_only = field.get("readonly") or field.get("disabled")
        if value is not None and (opened.round == 1 or read_only):
            shown[key] = value
    return {**shown, **opened.run.inputs(opened.wait.task)}


def _draft(work: UnitOfWork, opened: Opened) -> dict[str, Any] | None:
    """The draft of a step that comes again; None for any other step.

    A step that was sent back comes back filled in. So does a step with the property ``prefill``.
    """
    if opened.returned is not None:
        return opened.returned.get("draft") or _last_answers(work, opened)
    if opened.element.properties.get("prefill") == "yes":
        return _last_answers(work, opened)
    return None


def _last_answers(work: UnitOfWork, opened: Opened) -> dict[str, Any] | None:
    """The last answers of the lead at a step; None if there are none."""
    answers_of_lead = [
        row.answers
        for row in answers_of(work.session, opened.case.id)
        if row.element == opened.element.id and row.place == opened.place and row.part == "lead"
    ]
    if not answers_of_lead:
        return None
    return dict(answers_of_lead[-1])


def _item(
    work: UnitOfWork,
    opened: Opened,
    plan_of_item: Plan,
    given: dict[str, Any],
    draft: dict[str, Any] | None,
) -> ItemRow:
    """The item of one unit or person."""
    leads = plan_of_item.part == "lead"
    case = opened.case
    element = opened.element
    row = ItemRow(
        case_id=case.id,
        jurisdiction=case.jurisdiction,
        task=opened.wait.task,
        element=element.id,
        place=opened.place,
        round=opened.round,
        part=plan_of_item.part,
        name=opened.name[:120],
        holder=plan_of_item.holder,
        unit_id=plan_of_item.unit_id,
        person_id=plan_of_item.person_id,
        assignee_id=plan_of_item.person_id,
        opened_at=work.now,
        due_rule=plan_of_item.due_rule,
        due_since=work.now,
        form=plan_of_item.form,
        clause=list(element.clauses),
        basis=element.properties.get("basis", ""),
        term_basis=term_basis(element.term_basis if leads else "", plan_of_item.due_rule),
        about_id=opened.about,
        sent_by=opened.sender,
        returned=_why_returned(opened) if leads else None,
        given=given if leads else {},
        draft=draft if leads else None,
    )
    set_term(row, work.calendar(case.jurisdiction), case.pauses, work.now)
    return row
