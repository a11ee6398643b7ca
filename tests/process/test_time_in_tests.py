"""Time that is moved by a test: a jump to what is due leaves what a tick of every day leaves."""

from typing import Any

from sqlalchemy import select

from service.store.cases.rows import JournalRow
from service.store.items.rows import ItemRow
from service.store.notices import NoticeRow
from tests.town import Town


def walked(town: Town, *, each: bool) -> list[Any]:
    """Everything that a late application leaves behind in half a year."""
    case = town.applied()
    town.forward(days=40, each=each)
    town.complete("cf.danwei", case, "unit_review")
    town.forward(days=140, each=each)
    with town.runtime.query() as session:
        return [
            *session.execute(
                select(JournalRow.case_id, JournalRow.at, JournalRow.verb, JournalRow.element)
                .where(JournalRow.case_id.is_not(None))
                .order_by(JournalRow.id)
            ),
            *session.execute(
                select(NoticeRow.at, NoticeRow.holder, NoticeRow.kind, NoticeRow.text).order_by(
                    NoticeRow.id
                )
            ),
            *session.execute(select(ItemRow.id, ItemRow.state, ItemRow.remind_at)),
        ]


def test_a_jump_to_what_is_due_leaves_what_every_day_leaves(town: Town, other_town: Town) -> None:
    jumped = walked(town, each=False)
    assert len(jumped) > 20
    assert jumped == walked(other_town, each=True)
