"""Which items and files are a person's own, and how far an item can move back.

An item can be sent back (退回) by the person who has it, and taken back (撤回) by the person who
finished it. Neither crosses a barrier.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    """Refuse if the item is not the actor's work.

    :raises NotFound: the actor cannot see the item's case.
    :raises NotAllowed: the actor sees the case, but the item is somebody else's.
    """
    in_jurisdiction = case.jurisdiction == actor.jurisdiction
    if in_jurisdiction and item.holder in actor.holders:
        return
    if not in_jurisdiction or not sees(session, actor, case.id):
        raise NotFound("该事项")
    raise NotAllowed("该事项不属于您或您所在的单位，您可以查看但不能办理")


def is_own(
    actor: Actor | None, row: AttachmentRow, holder: Holder | None, sent: SubmissionRow | None
) -> bool:
    """Whether a file is the actor's own.

    They may have attached it, it may belong to their work, or they may have sent it before they
    had an account.

    :param holder: the holder of the file's item, if it has one.
    :param sent: the submission that the file came with, if any.
    """
    if actor is None:
        return False
    sender_id = sent.person_id if sent is not None else None
    return actor.person_id in (row.person_id, sender_id) or holder in actor.holders


def reads_item(
    session: Session, process: Process, actor: Actor, case: CaseRow, item: ItemRow
) -> bool:
    """Whether the actor may open an item's page and read its content."""
    if item.holder in actor.holders:
        return True
    if own_only(actor) or not sees(session, actor, case.id):
        return False
    deployed = process.catalogue.deployed(session, case.definition_id)
    return item.element not in closed_to(session, process, actor, deployed, case)


BARRIER_ACTIONS = frozenset({"number", "publish", "publish_list", "enter_demands", "open_account"})
THROWS = frozenset({"sendTask", "intermediateThrowEvent"})


def is_barrier(element: Element) -> bool:
    """Whether an element's effect cannot be undone.

    This holds for elements that the diagram declares a barrier, for actions such as giving a number
    or publishing, and for messages to other cases. A milestone (a throw event with an outcome) is
    not a barrier by itself.
    """
    sends_message = element.kind in THROWS and "outcome" not in element.properties
    acts = element.properties.get("action") in BARRIER_ACTIONS
    return element.barrier or acts or sends_message


def targets(
    session: Session, definition: Definition, case: CaseRow, item: ItemRow, run: Run
) -> dict[str, str]:
    """The steps that this item can be sent back to, nearest first: name by element id."""
    reachable = run.targets(item.task)
    if not reachable:
        return {}
    passages = _passages(session, case)
    return {
        target: definition.elements[target].name
        for target in reachable
        if not _crosses_barrier(definition, passages, target, item.element)
    }


def withdrawal(
    session: Session, definition: Definition, case: CaseRow, item: ItemRow, run: Run
) -> ItemRow | None:
    """The open item that is given up if this finished item is taken back.

    Returns None if the item cannot be taken back. This is so once anybody has begun to work on the
    next step, when several steps have begun, or when a barrier was passed.
    """
    open_leads = select(ItemRow).where(
        ItemRow.case_id == case.id, ItemRow.state == "open", ItemRow.part == "lead"
    )
    following = [
        lead
        for lead in session.scalars(open_leads)
        if item.element in targets(session, definition, case, lead, run)
        and not _finished_since(session, item, definition.between(item.element, lead.element))
    ]
    if len(following) != 1 or _is_begun(session, following[0]):
        return None
    return following[0]


def _finished_since(session: Session, item: ItemRow, elements: frozenset[str]) -> bool:
    """Whether a step among these elements has been finished after the item was opened."""
    finished_later = exists().where(
        ItemRow.case_id == item.case_id,
        ItemRow.part == "lead",
        ItemRow.state == "done",
        ItemRow.id > item.id,
        ItemRow.element.in_(elements),
    )
    return bool(session.scalar(select(finished_later)))


def _is_begun(session: Session, item: ItemRow) -> bool:
    """Whether somebody has begun to work on an item.

    They may have claimed it, saved a draft, added a remark or a file, or claimed or answered a
    co-operating unit's item beside it.
    """
    claimed = item.assignee_id is not None and item.person_id is None
    if claimed or item.draft is not None:
        return True
    remarked = exists().where(CommentRow.item_id == item.id, CommentRow.kind == "comment")
    attached = exists().where(AttachmentRow.item_id == item.id)
    shared = exists().where(
        ItemRow.case_id == item.case_id,
        ItemRow.task == item.task,
        ItemRow.part == "cooperate",
        ItemRow.assignee_id.is_not(None),  # Whoever answers an item has it, too.
    )
    return bool(session.scalar(select(or_(remarked, attached, shared))))


@dataclass(frozen=True)
class Passage:
    """A journal line about a step that was completed or about elements that were passed."""

    verb: str
    element: str | None
    passed: frozenset[str]


def _passages(session: Session, case: CaseRow) -> list[Passage]:
    """What has been completed and passed in a case, oldest first."""
    lines = (
        select(JournalRow.verb, JournalRow.element, JournalRow.facts)
        .where(JournalRow.case_id == case.id, JournalRow.verb.in_(("complete", "pass")))
        .order_by(JournalRow.id)
    )
    return [
        Passage(verb, element, frozenset(facts.get("elements", ())))
        for verb, element, facts in session.execute(lines)
    ]


def _crosses_barrier(
    definition: Definition, passages: list[Passage], target: str, current: str
) -> bool:
    """Whether a barrier between two steps was passed since the target was last completed."""
    completed_at = [
        index
        for index, passage in enumerate(passages)
        if passage.verb == "complete" and passage.element == target
    ]
    since = passages[completed_at[-1] :] if completed_at else passages
    between = definition.between(target, current)
    barriers = {element for element in between if is_barrier(definition.elements[element])}
    return any(passage.passed & barriers for passage in since)
