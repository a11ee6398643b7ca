"""The look-ups of items and answers that commands and queries share."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.store.cases.lookups import LOCKED, Locked
from service.store.cases.rows import CaseRow, SubscriptionRow
from service.store.items.rows import AnswerRow, ItemRow

CASE_OF_ITEM_LOCKED = LOCKED.where(
    CaseRow.id
    == select(ItemRow.case_id).where(ItemRow.id == bindparam("item_id")).scalar_subquery()
)
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
"""Every command asks these; made once, they cost half."""


def case_of_item_for_update(session: Session, item_id: int) -> Locked | None:
    """The case of an item, locked until the transaction ends, and the revision of its
    jurisdiction.
    """
    row = session.execute(CASE_OF_ITEM_LOCKED, {"item_id": item_id}).one_or_none()
    return None if row is None else (row[0], row[1])


def items_at_hand(session: Session, case_id: int, item_id: int | None = None) -> list[ItemRow]:
    """The open items of a case, and the one asked for whatever its state, oldest first."""
    return list(session.scalars(AT_HAND, {"case_id": case_id, "item_id": item_id}))


def extension_undecided(session: Session, item: ItemRow) -> bool:
    """Whether an application for more time (延期) of this item still waits; one that was terminated
    does not.
    """
    if item.extension_id is None:
        return False
    waiting = select(CaseRow.id).where(CaseRow.id == item.extension_id, CaseRow.ended_at.is_(None))
    return session.scalar(waiting) is not None


def still_gathering(
    session: Session, jurisdiction: str, process: str, message: str
) -> CaseRow | None:
    """The oldest running case of a process that stands at its beginning: a step is open, nobody has
    finished one, and it has taken no case that waits for the message.
    """
    first = aliased(ItemRow)
    finished = exists().where(ItemRow.case_id == CaseRow.id, ItemRow.state == "done")
    taken = exists().where(SubscriptionRow.name == message, SubscriptionRow.taken_by == CaseRow.id)
    wanted = (
        select(CaseRow)
        .join(first, first.case_id == CaseRow.id)
        .where(
            first.jurisdiction == jurisdiction,
            first.state == "open",
            CaseRow.process == process,
            CaseRow.status == "running",
            ~finished,
            ~taken,
        )
    )
    return session.scalars(wanted.order_by(CaseRow.id).limit(1)).first()


def last_rounds(
    session: Session, case_id: int, elements: Collection[str]
) -> dict[tuple[str, str], int]:
    """The last round of these elements in a case, by element and loop place."""
    found = session.execute(ROUNDS, {"case_id": case_id, "elements": list(elements)})
    return {(element, place): last for element, place, last in found}


def units_answered(session: Session, case_id: int, element: str, place: str) -> set[int]:
    """Ids of the co-operating units that have answered at a step in any round."""
    return set(
        session.scalars(
            select(ItemRow.unit_id).where(
                ItemRow.case_id == case_id,
                ItemRow.element == element,
                ItemRow.place == place,
                ItemRow.part == "cooperate",
                ItemRow.state == "done",
                ItemRow.unit_id.is_not(None),
            )
        )
    )


def answers_of(session: Session, case_id: int) -> Sequence[AnswerRow]:
    """All answers of a case, oldest first, undone ones too."""
    return session.scalars(
        select(AnswerRow).where(AnswerRow.case_id == case_id).order_by(AnswerRow.id)
    ).all()
