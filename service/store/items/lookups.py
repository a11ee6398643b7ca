"""The look-ups of items and answers that commands and queries share."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.store.cases.lookups import LOCKED, Locked
from service.store.cases.rows import CaseRow, SubscriptionRow
from service.store.items.rows import AnswerRow, ItemRow

CASE_OF_ITEM = select(ItemRow.case_id).where(ItemRow.id == bindparam("item_id"))
CASE_OF_ITEM_LOCKED = LOCKED.where(CaseRow.id == CASE_OF_ITEM.scalar_subquery())
AT_HAND = (
    select(ItemRow)
    .where(
        ItemRow.case_id == bindparam("case_id"),
        or_(ItemRow.state == "open", ItemRow.id == bindparam("item_id")),
    )
    .order_by(ItemRow.id)
    .execution_options(populate_existing=True)
)
ROUNDS = (
    select(ItemRow.element, ItemRow.place, func.max(ItemRow.round))
    .where(
        ItemRow.case_id == bindparam("case_id"),
        ItemRow.element.in_(bindparam("elements", expanding=True)),
    )
    .group_by(ItemRow.element, ItemRow.place)
    .execution_options(autoflush=False)
)
"""Every command sends these statements. Building them only once halves their cost."""


def case_of_item_for_update(session: Session, item_id: int) -> Locked | None:
    """Lock the case of an item until the transaction ends.

    Returns the case with the revision of its jurisdiction, or None if there is no such item.
    """
    row = session.execute(CASE_OF_ITEM_LOCKED, {"item_id": item_id}).one_or_none()
    if row is None:
        return None
    return (row[0], row[1])


def items_at_hand(session: Session, case_id: int, item_id: int | None = None) -> list[ItemRow]:
    """The open items of a case, oldest first.

    :param item_id: the id of an item that is included whatever its state is.
    """
    return list(session.scalars(AT_HAND, {"case_id": case_id, "item_id": item_id}))


def extension_undecided(session: Session, item: ItemRow) -> bool:
    """Whether an application for more time (延期) for this item is undecided.

    An application that was terminated is not undecided.
    """
    if item.extension_id is None:
        return False
    running = select(CaseRow.id).where(CaseRow.id == item.extension_id, CaseRow.ended_at.is_(None))
    return session.scalar(running) is not None


def still_gathering(
    session: Session, jurisdiction: str, process: str, message: str
) -> CaseRow | None:
    """The oldest running case of a process that still stands at its beginning.

    A step of the case is open, none has been finished, and the case has taken no other case that
    waits for the message.
    """
    open_item = aliased(ItemRow)
    finished = exists().where(ItemRow.case_id == CaseRow.id, ItemRow.state == "done")
    taken = exists().where(SubscriptionRow.name == message, SubscriptionRow.taken_by == CaseRow.id)
    gathering = (
        select(CaseRow)
        .join(open_item, open_item.case_id == CaseRow.id)
        .where(
            open_item.jurisdiction == jurisdiction,
            open_item.state == "open",
            CaseRow.process == process,
            CaseRow.status == "running",
            ~finished,
            ~taken,
        )
    )
    return session.scalars(gathering.order_by(CaseRow.id).limit(1)).first()


def last_rounds(
    session: Session, case_id: int, elements: Collection[str]
) -> dict[tuple[str, str], int]:
    """The last round of these elements in a case, by element and place in loops."""
    rounds = session.execute(ROUNDS, {"case_id": case_id, "elements": list(elements)})
    return {(element, place): last_round for element, place, last_round in rounds}


def units_answered(session: Session, case_id: int, element: str, place: str) -> set[int]:
    """The ids of the co-operating units that have answered at a step in any round."""
    units = select(ItemRow.unit_id).where(
        ItemRow.case_id == case_id,
        ItemRow.element == element,
        ItemRow.place == place,
        ItemRow.part == "cooperate",
        ItemRow.state == "done",
        ItemRow.unit_id.is_not(None),
    )
    return set(session.scalars(units))


def answers_of(session: Session, case_id: int) -> Sequence[AnswerRow]:
    """All answers of a case, oldest first. Undone answers are included."""
    return session.scalars(
        select(AnswerRow).where(AnswerRow.case_id == case_id).order_by(AnswerRow.id)
    ).all()
