"""Counting for supervision while people work: what changes during a count is counted again."""

import threading
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from service.commands.supervision.counting import count_items
from service.store.items.projection import close
from service.store.items.rows import ItemRow
from service.store.supervision import OpenCountRow
from service.unit_of_work import UnitOfWork
from tests.town import Town


@dataclass(frozen=True)
class CountedMeanwhile:
    """Finish an item by hand; between reading and writing it a clock counts it, in another
    thread.
    """

    town: Town
    item_id: int

    def carry_out(self, work: UnitOfWork) -> None:
        _, item = work.locked_item(self.item_id)
        clock = threading.Thread(target=count_items, args=(self.town.runtime,))
        clock.start()
        clock.join()
        close(item, "done", work.now)


@pytest.mark.only_on("postgresql")  # SQLite lets one command in at a time: nobody counts meanwhile
def test_what_a_clock_counts_while_somebody_finishes_it_is_counted_again(town: Town) -> None:
    item = town.item(town.applied(), "unit_review")
    town.runtime.perform(CountedMeanwhile(town, item.id))
    with town.runtime.query() as session:
        assert session.scalar(select(ItemRow.counted).where(ItemRow.id == item.id)) is False
    count_items(town.runtime)
    with town.runtime.query() as session:
        left = session.scalars(
            select(OpenCountRow.count).where(
                OpenCountRow.jurisdiction == "cf",
                OpenCountRow.unit_id == item.unit_id,
                OpenCountRow.count != 0,
            )
        ).all()
    assert left == []
