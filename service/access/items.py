"""Which items and files are somebody's own; where an item can be sent back to (退回), and what can
be taken back (撤回). Never across a barrier.
"""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from service.access.cases import closed_to, own_only, sees
from service.domain.people.actor import Actor, Holder
from service.engine import Definition, Run
from service.engine.document import Element
from service.errors import NotAllowed, NotFound
from service.store.cases.rows import CaseRow, JournalRow
from service.store.items.rows import AttachmentRow, CommentRow, ItemRow
from service.store.outside import SubmissionRow
from service.unit_of_work import Process


def require_own(session: Session, actor: Actor, case: CaseRow, item: ItemRow) -> None:
    """Go on only with an item that is this person's work.

    :raises NotFound: they cannot see its case. :raises NotAllowed: they see it, but the item is
        another's.
    """
    here = case.jurisdiction == actor.jurisdiction
    if here and item.holder in actor.holders:
        return
    if not here or not sees(session, actor, case.id):
        raise NotFound("该事项")
    raise NotAllowed("该事项不属于您或您所在的单位，您可以查看但不能办理")


def is_own(
    actor: Actor | None, row: AttachmentRow, holder: Holder | None, sent: SubmissionRow | None
) -> bool:
    """Whether somebody attached a file, or it belongs to their work, or to what they sent when they
    had no account.
    """
    if actor is None:
        return False
    mine = {row.person_id, sent.person_id if sent is not None else None}
    return actor.person_id in mine or holder in actor.holders


def reads_item(
    session: Session, process: Process, actor: Actor, case: CaseRow, item: ItemRow
) -> bool:
    """Whether somebody may open an item's page and read what is said there."""
    if item.holder in actor.holders:
        return True
    if own_only(actor) or not sees(session, actor, case.id):
        return False
    deployed = process.catalogue.deployed(session, case.definition_id)
    return item.element not in closed_to(session, process, actor, deployed, case)


BARRIER_ACTIONS = frozenset({"number", "publish", "publish_list", "enter_demands", "open_account"})
THROWS = frozenset({"sendTask", "intermediateThrowEvent"})


def is_barrier(element: Element) -> bool:
    """Whether an element's effect cannot be undone: declared so, a number, a publication, a message
    to another case. A milestone is none by itself.
    """
    return (
        element.barrier
        or element.properties.get("action") in BARRIER_ACTIONS
        or (element.kind in THROWS and "outcome" not in element.properties)
    )


def targets(
    session: Session, definition: Definition, case: CaseRow, item: ItemRow, run: Run
) -> dict[str, str]:
    """Element id -> name of the steps this item can be sent back to, nearest first."""
    found = run.targets(item.task)
    if not found:
        return {}
    passed = _journal(session, case)
    return {
        element: definition.elements[element].name
        for element in found
        if not _crosses(definition, passed, element, item.element)
    }


def withdrawal(
    session: Session, definition: Definition, case: CaseRow, item: ItemRow, run: Run
) -> ItemRow | None:
    """The one open item that would be given up if this finished one were taken back; None when it
    cannot be.

    It cannot once anybody has touched the next step, when several steps have begun, or across a
    barrier.
    """
    wanted = select(ItemRow).where(
        ItemRow.case_id == case.id, ItemRow.state == "open", ItemRow.part == "lead"
    )
    following = [
        other
        for other in session.scalars(wanted)
        if item.element in targets(session, definition, case, other, run)
        and not _others_between(session, item, definition.between(item.element, other.element))
    ]
    if len(following) != 1 or _touched(session, following[0]):
        return None
    return following[0]


def _others_between(session: Session, item: ItemRow, elements: frozenset[str]) -> bool:
    """Whether anything has been finished between the two since."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    ItemRow.case_id == item.case_id,
                    ItemRow.part == "lead",
                    ItemRow.state == "done",
                    ItemRow.id > item.id,
                    ItemRow.element.in_(elements),
                )
            )
        )
    )


def _touched(session: Session, item: ItemRow) -> bool:
    """Whether somebody has begun to work on an item: claimed, drafted, remarked, attached, or
    answered beside it.
    """
    claimed = item.assignee_id is not None and item.person_id is None
    if claimed or item.draft is not None:
        return True
    said = exists().where(CommentRow.item_id == item.id, CommentRow.kind == "comment")
    attached = exists().where(AttachmentRow.item_id == item.id)
    answered = exists().where(
        ItemRow.case_id == item.case_id,
        ItemRow.task == item.task,
        ItemRow.part == "cooperate",
        or_(ItemRow.state == "done", ItemRow.assignee_id.is_not(None)),
    )
    return bool(session.scalar(select(or_(said, attached, answered))))


def _journal(session: Session, case: CaseRow) -> list[tuple[str, str | None, frozenset[str]]]:
    wanted = (
        select(JournalRow.verb, JournalRow.element, JournalRow.facts)
        .where(JournalRow.case_id == case.id, JournalRow.verb.in_(("complete", "pass")))
        .order_by(JournalRow.id)
    )
    return [
        (verb, element, frozenset(facts.get("elements", ())))
        for verb, element, facts in session.execute(wanted)
    ]


def _crosses(
    definition: Definition,
    passed: list[tuple[str, str | None, frozenset[str]]],
    target: str,
    current: str,
) -> bool:
    """Whether a barrier between the two has been passed since the target was last completed."""
    done = [
        i for i, (verb, element, _) in enumerate(passed) if verb == "complete" and element == target
    ]
    between = definition.between(target, current)
    barriers = {element for element in between if is_barrier(definition.elements[element])}
    return any(elements & barriers for _, _, elements in passed[done[-1] if done else 0 :])
