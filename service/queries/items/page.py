"""The page of one item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service.access.cases import closed_to, own_only, visible_case, visible_to
from service.access.items import targets, withdrawal
from service.domain.forms.answers import lists_of
from service.domain.forms.schema import kept_fields
from service.domain.forms.shown import plain_values
from service.domain.items import ItemFacts, offers
from service.domain.people.actor import Actor
from service.engine import Desk, Run
from service.errors import NotFound
from service.queries.items.answers import answer_lines, attachment_lines, typed_in
from service.queries.items.handed_in import handed_in
from service.queries.items.inbox import item_lines, line
from service.queries.items.lines import (
    AboutLine,
    AnswerLine,
    AttachmentLine,
    CommentLine,
    HandedLine,
    ItemPage,
)
from service.queries.items.remarks import comment_lines, last_urged, returned_line, taken_back_line
from service.queries.items.step import Look, Shares, shares_of
from service.queries.items.table import together_with
from service.queries.processes.lines import ClauseLine, NextLine
from service.queries.processes.next_steps import Outlook
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow
from service.store.items.lookups import extension_undecided
from service.store.items.rows import ItemRow
from service.store.processes.rows import ClauseRow
from service.unit_of_work import Process

ITEM = item_lines(filled=True).where(ItemRow.id == bindparam("item_id"))
CLAUSES = (
    select(ClauseRow)
    .where(
        ClauseRow.jurisdiction == bindparam("jurisdiction"),
        ClauseRow.code.in_(bindparam("codes", expanding=True)),
    )
    .order_by(ClauseRow.position)
)
"""The statements are built once, because building one costs more than running it."""


def item_page(session: Session, runtime: Process, actor: Actor, item_id: int) -> ItemPage:
    """The page of an item: its form, what was handed in, and what this person may do now.

    :raises NotFound: there is no such item, or this person may not see it.
    """
    row: Any = session.execute(ITEM, {"item_id": item_id}).one_or_none()
    if row is None:
        raise NotFound("该事项")
    look = _look(session, runtime, actor, row[0], visible_case(session, actor, row[1].id))
    if own_only(actor) and not look.mine:
        raise NotFound("该事项")
    item = look.item
    shares = shares_of(look)
    back, untouched = _going_back(look)
    answers = answer_lines(session, look.deployed, look.case.id, look.others, actor)
    judged = _judged(runtime, look)
    comments = comment_lines(look.session, actor, look.case.id, look.others)
    urged = last_urged(comments)
    facts = _facts(look, row[4], shares, tuple(back), untouched, urged.get(item.id))
    offered = offers(actor, facts)
    returned = returned_line(session, look.deployed, item)
    form = look.deployed.form(item.form) if item.form and not look.closed else None
    return ItemPage(
        item=line(row, look.now, look.calendar, returned, nameless=look.nameless),
        form=form,
        values={} if look.closed else _shown(look, form, _values(look, shares)),
        closed=look.closed,
        mine=look.mine,
        personal=item.person_id == actor.person_id,
        editable=offered["complete" if item.part == "lead" else "contribute"].allowed,
        holders=shares.holders(urged),
        contributions=shares.contributions(),
        comments=(*judged.comments, *_remarks(comments, item)),
        offers=offered,
        targets=tuple(back.items()),
        attachments=(
            *judged.attachments,
            *attachment_lines(
                session, look.deployed, look.case.id, actor=actor, closed=look.others
            ),
        ),
        earlier=tuple(answer for answer in answers if answer.part != "cooperate"),
        handed=judged.handed if judged.about else _handed(look, answers),
        around=_handed(look, answers, apart=True) if judged.about else (),
        about=judged.about,
        matter=shares.matter(),
        clauses=_clauses(session, look.case.jurisdiction, item),
        returned=returned,
        taken_back=taken_back_line(session, look.deployed, item, look.others, actor),
        still_owed=shares.still_owed(),
        next=_next(runtime, look),
        together=together_with(session, actor, item) if look.mine else 0,
    )


def _shown(
    look: Look, form: Mapping[str, Any] | None, values: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The values of the form. A person who has stepped back (回避) gets only what they have
    typed.
    """
    given_up = look.mine and look.item.state == "done" and look.item.element in look.others.recused
    if given_up:
        return typed_in(form, values)
    return values


def _next(runtime: Process, look: Look) -> tuple[NextLine, ...]:
    """The steps that come after an open item. Empty for an item that is over, because the page of
    its case tells more.
    """
    if look.item.state != "open":
        return ()
    outlook = Outlook(
        session=look.session,
        runtime=runtime,
        actor=look.actor,
        deployed=look.deployed,
        values=look.case.data,
    )
    return outlook.after(look.item.element, look.item.part)


def _look(session: Session, runtime: Process, actor: Actor, item: ItemRow, case: CaseRow) -> Look:
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    return Look(
        session=session,
        actor=actor,
        case=case,
        item=item,
        deployed=deployed,
        now=runtime.now(),
        calendar=runtime.calendar_for(session, actor),
        others=closed_to(session, runtime, actor, deployed, case),
    )


def _facts(
    look: Look,
    assignee: str | None,
    shares: Shares,
    back: Sequence[str],
    untouched: bool,
    urged: CommentLine | None,
) -> ItemFacts:
    """The facts that the rules about verbs need."""
    item = look.item
    return ItemFacts(
        part=item.part,
        state=item.state,
        holder=item.holder,
        assignee_id=item.assignee_id,
        assignee_name=assignee,
        case_status=look.case.status,
        targets=back,
        closed_by=item.closed_by,
        untouched=untouched,
        has_due=item.due_at is not None,
        extending=extension_undecided(look.session, item),
        urges=not look.mine and shares.urged_by(item),
        cooling=shares.cooling(urged),
    )


def _going_back(look: Look) -> tuple[dict[str, str], bool]:
    """The steps that an open item can be sent back to, and whether a finished item can be taken
    back. Both are for its holders only.
    """
    item = look.item
    case = look.case
    if item.part != "lead" or not look.mine or case.state is None:
        return {}, False
    if item.state == "done" and item.closed_by != look.actor.person_id:
        return {}, False
    desk = Desk(
        data=case.data,
        now=look.now,
        functions={},
        actions={},
        decisions={},
    )
    definition = look.deployed.definition
    run = Run.restore(definition, case.state, desk)
    if item.state == "open":
        return targets(look.session, definition, case, item, run), False
    return {}, withdrawal(look.session, definition, case, item, run) is not None


def _values(look: Look, shares: Shares) -> Mapping[str, Any]:
    """The values that the form starts with.

    These are the given values and the options of named lists. Over them comes the answer, or for
    the item's holders the draft.
    """
    item = look.item
    answered = None
    if item.state == "done":
        own = (share.answer for share in shares.rows if share.item.id == item.id)
        answered = next(own, None)
    form = look.deployed.form(item.form)
    lists = pinned_lists(look.session, look.case, lists_of(form))
    fields_kept_by_system = kept_fields(form)
    values = dict(item.given)
    if look.mine:
        for key, value in (item.draft or {}).items():
            if key not in fields_kept_by_system:
                values[key] = value
    if answered:
        values.update(answered.answers)
    filled = {key: value for key, value in values.items() if value is not None}
    return plain_values({**lists, **filled})


def _remarks(comments: Sequence[CommentLine], item: ItemRow) -> tuple[CommentLine, ...]:
    """The remarks of the whole case. Lines about a term are shown at their own item only."""
    return tuple(
        comment for comment in comments if comment.kind == "comment" or comment.item_id == item.id
    )


def _handed(
    look: Look, answers: Sequence[AnswerLine], *, apart: bool = False
) -> tuple[HandedLine, ...]:
    """What was handed in besides this item's own answer. For a finished item it is what was there
    when it was finished.

    :param apart: leave out answers at the same step, which are about other matters.
    """
    item = look.item
    until = item.closed_at if item.state == "done" else None
    handed_in_before = [
        answer
        for answer in answers
        if answer.item_id != item.id
        and not (until and answer.at > until)
        and not (answer.element == item.element and (apart or answer.part == "cooperate"))
    ]
    return handed_in(look.deployed, handed_in_before)


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """What this person may read of the other case that is judged at an item."""

    about: AboutLine | None = None
    handed: tuple[HandedLine, ...] = ()
    comments: tuple[CommentLine, ...] = ()
    attachments: tuple[AttachmentLine, ...] = ()


def _judged(runtime: Process, look: Look) -> _Judged:
    session = look.session
    actor = look.actor
    about = look.item.about_id
    if about is None or look.closed:
        return _Judged()
    case = session.scalar(select(CaseRow).where(CaseRow.id == about, visible_to(actor)))
    if case is None:
        return _Judged()
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    closed = closed_to(session, runtime, actor, deployed, case)
    remarks = comment_lines(session, actor, case.id, closed)
    return _Judged(
        about=AboutLine(
            id=case.id,
            title=case.title,
            number=case.number,
            process_name=deployed.name,
        ),
        handed=handed_in(deployed, answer_lines(session, deployed, case.id, closed, actor)),
        comments=tuple(remark for remark in remarks if remark.kind == "comment"),
        attachments=attachment_lines(session, deployed, case.id, actor=actor, closed=closed),
    )


def _clauses(session: Session, jurisdiction: str, item: ItemRow) -> tuple[ClauseLine, ...]:
    if not item.clause:
        return ()
    asked_for = {"jurisdiction": jurisdiction, "codes": list(item.clause)}
    return tuple(
        ClauseLine(
            id=row.code,
            title=row.title,
            text=row.text,
            basis=item.basis,
        )
        for row in session.scalars(CLAUSES, asked_for)
    )
