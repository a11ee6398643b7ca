"""One item with all that its page shows."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.cases import closed_to, own_only, sealed_in, visible_case
from service.access.items import targets, withdrawal
from service.access.supervision import may_urge
from service.domain.forms.answers import lists_of
from service.domain.forms.schema import kept_fields
from service.domain.forms.shown import plain_values
from service.domain.items import ItemFacts, cooling, offers, owed
from service.domain.people.actor import Actor
from service.domain.terms.deadlines import Calendar, light
from service.engine import Desk, Run
from service.errors import NotFound
from service.queries.items.answers import answer_lines, attachment_lines, worded
from service.queries.items.inbox import item_lines, line
from service.queries.items.lines import CommentLine, ContributionLine, ItemPage
from service.queries.processes.lines import ClauseLine
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow, JournalRow
from service.store.items.lookups import extension_undecided
from service.store.items.rows import AnswerRow, CommentRow, ItemRow
from service.store.people.rows import PersonRow, UnitRow
from service.store.processes.rows import ClauseRow
from service.unit_of_work import Deployed, Process

Lit = Callable[[datetime | None], str | None]
"""The light of a due instant, now."""


def item_page(session: Session, runtime: Process, actor: Actor, item_id: int) -> ItemPage:
    """An item with its form, what was answered, and what this person may do now.

    :raises NotFound: there is no such item, or it is not theirs to see.
    """
    row: Any = session.execute(item_lines(filled=True).where(ItemRow.id == item_id)).one_or_none()
    if row is None:
        raise NotFound("该事项")
    item, case = row[0], visible_case(session, actor, row[1].id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    back, untouched = _going_back(session, runtime, deployed, actor, case, item)
    others = closed_to(session, runtime, actor, deployed, case)
    mine = item.holder in actor.holders
    closed = item.element in others and not mine
    if own_only(actor) and not mine:
        raise NotFound("该事项")
    shut = closed or item.element in sealed_in(session, runtime, deployed, case)
    now, calendar = runtime.now(), runtime.calendar_for(session, actor)
    lit = partial(light, now=now, calendar=calendar)
    contributions = _contributions(session, deployed, item, actor if shut else None, lit)
    comments = () if closed else _comments(session, item.id)
    about = ItemFacts(
        part=item.part,
        state=item.state,
        holder=item.holder,
        assignee_id=item.assignee_id,
        assignee_name=row[4],
        case_status=case.status,
        targets=tuple(back),
        closed_by=item.closed_by,
        untouched=untouched,
        has_due=item.due_at is not None,
        extending=extension_undecided(session, item),
        urges=not mine and may_urge(session, actor, case, item),
        cooling=_cooling(comments, now, calendar),
    )
    offered = offers(actor, about)
    verb = "complete" if item.part == "lead" else "contribute"
    return ItemPage(
        item=line(row, now, calendar),
        form=deployed.form(item.form) if item.form and not closed else None,
        values={} if closed else _values(session, deployed, case, item, mine=mine),
        closed=closed,
        editable=offered[verb].allowed,
        contributions=contributions,
        comments=comments,
        offers=offered,
        targets=tuple(back.items()),
        attachments=attachment_lines(
            session, case_id=case.id, item_id=item.id, actor=actor, closed=others
        ),
        earlier=tuple(
            found
            for found in answer_lines(session, deployed, case.id, others, actor)
            if found.part != "cooperate"
        ),
        clauses=_clauses(session, case.jurisdiction, item),
        returned_why=_returned_why(session, item),
        still_owed=_still_owed(deployed, item, contributions),
    )


def _going_back(
    session: Session,
    runtime: Process,
    deployed: Deployed,
    actor: Actor,
    case: CaseRow,
    item: ItemRow,
) -> tuple[dict[str, str], bool]:
    """Where an open item can be sent back to, and whether a finished one can be taken back; for its
    holders only.
    """
    if item.part != "lead" or item.holder not in actor.holders or case.state is None:
        return {}, False
    if item.state == "done" and item.closed_by != actor.person_id:
        return {}, False
    desk = Desk(data=case.data, now=runtime.now(), functions={}, actions={}, decisions={})
    run = Run.restore(deployed.definition, case.state, desk)
    if item.state == "open":
        return targets(session, deployed.definition, case, item, run), False
    return {}, withdrawal(session, deployed.definition, case, item, run) is not None


def _cooling(comments: tuple[CommentLine, ...], now: datetime, calendar: Calendar) -> str:
    """Why the item cannot be urged again yet."""
    urged = [one for one in comments if one.kind == "urge"]
    return cooling(urged[-1].person, urged[-1].at, now, calendar) if urged else ""


def _values(
    session: Session, deployed: Deployed, case: CaseRow, item: ItemRow, *, mine: bool
) -> Mapping[str, Any]:
    """What the form starts with: given values, then the draft, for its holders alone, or what was
    answered; and the options of named lists.
    """
    answered = None
    if item.state == "done":
        wanted = (
            select(AnswerRow.answers)
            .where(AnswerRow.item_id == item.id)
            .order_by(AnswerRow.id.desc())
            .limit(1)
        )
        answered = session.scalar(wanted)
    form = deployed.form(item.form)
    lists, kept = pinned_lists(session, case, lists_of(form)), kept_fields(form)
    draft = {key: value for key, value in (item.draft or {}).items() if key not in kept}
    typed = {**item.given, **(draft if mine else {}), **(answered or {})}
    return plain_values(
        {**lists, **{key: value for key, value in typed.items() if value is not None}}
    )


def _contributions(
    session: Session, deployed: Deployed, item: ItemRow, only: Actor | None, lit: Lit
) -> tuple[ContributionLine, ...]:
    """The co-operating units of this item's step: this round's, and carried over where they owe
    nothing again.

    :param only: what was said is shown to its author alone, because the step is closed.
    """
    wanted = (
        select(ItemRow, UnitRow.name, PersonRow.name, AnswerRow)
        .join(UnitRow, UnitRow.id == ItemRow.unit_id)
        .outerjoin(PersonRow, PersonRow.id == ItemRow.closed_by)
        .outerjoin(AnswerRow, AnswerRow.item_id == ItemRow.id)
        .where(
            ItemRow.case_id == item.case_id,
            ItemRow.element == item.element,
            ItemRow.place == item.place,
            ItemRow.part == "cooperate",
            ItemRow.round <= item.round,
            ItemRow.state != "cancelled",
        )
        .order_by(ItemRow.id)
    )
    latest: dict[int | None, Any] = {}
    for found in session.execute(wanted):
        latest[found[0].unit_id] = found
    case = session.get_one(CaseRow, item.case_id)
    forms = cache(lambda form: worded(session, deployed, case, form))
    return tuple(
        _contribution(
            lit,
            forms(row.form),
            row,
            unit,
            person,
            answer if only is None or row.holder in only.holders else None,
        )
        for row, unit, person, answer in latest.values()
    )


def _contribution(
    lit: Lit,
    form: Mapping[str, Any] | None,
    item: ItemRow,
    unit: str,
    person: str | None,
    answer: AnswerRow | None,
) -> ContributionLine:
    shown = lit(item.due_at) if item.state == "open" else None
    return ContributionLine(
        unit=unit,
        state=item.state,
        due_at=item.due_at,
        light=shown,
        person=person,
        answered_at=_answered_at(answer),
        form=form,
        values=plain_values(answer.answers) if answer is not None else {},
    )


def _answered_at(answer: AnswerRow | None) -> datetime | None:
    return answer.at if answer is not None else None


def _still_owed(
    deployed: Deployed, item: ItemRow, contributions: tuple[ContributionLine, ...]
) -> tuple[str, ...]:
    if item.part != "lead" or item.state != "open":
        return ()
    rule = deployed.definition.elements[item.element].co_rule
    answered = [found.unit for found in contributions if found.state == "done"]
    return tuple(
        owed(rule, answered, [found.unit for found in contributions if found.state == "open"])
    )


def _comments(session: Session, item_id: int) -> tuple[CommentLine, ...]:
    wanted = (
        select(CommentRow, PersonRow.name, UnitRow.name)
        .join(PersonRow, PersonRow.id == CommentRow.person_id)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .where(CommentRow.item_id == item_id)
        .order_by(CommentRow.id)
    )
    return tuple(
        CommentLine(kind=row.kind, person=person, unit=unit, at=row.at, text=row.text)
        for row, person, unit in session.execute(wanted)
    )


def _clauses(session: Session, jurisdiction: str, item: ItemRow) -> tuple[ClauseLine, ...]:
    wanted = select(ClauseRow).where(
        ClauseRow.jurisdiction == jurisdiction, ClauseRow.code.in_(item.clause)
    )
    return tuple(
        ClauseLine(id=row.code, title=row.title, text=row.text, basis=item.basis)
        for row in session.scalars(wanted.order_by(ClauseRow.position))
    )


def _returned_why(session: Session, item: ItemRow) -> str | None:
    """Why the step came back, when this round was opened by a send-back."""
    if item.round == 1:
        return None
    wanted = select(JournalRow.facts).where(
        JournalRow.case_id == item.case_id,
        JournalRow.verb == "send_back",
        JournalRow.at == item.opened_at,
    )
    facts = session.scalar(wanted.order_by(JournalRow.id.desc()).limit(1))
    return str(facts["reason"]) if facts and facts.get("to") == item.element else None
