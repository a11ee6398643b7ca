"""What 督查 starts: supervision orders (督办单) and circulars (通报), each a process of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from service.access.rights import require
from service.commands.cases.starting import StartCase
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.terms.deadlines import local_day
from service.errors import BadRequest, NotFound
from service.store.items.rows import ItemRow
from service.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class StartOrder:
    """Open a supervision order (督办单) for a unit. Returns its case.

    ``level`` is blue, orange or red. ``wanted`` is the last day for the reply; if it is None, the
    level decides.

    :raises NotAllowed: this person is not 督查. :raises BadAnswers: something is missing or wrong.
        :raises NotFound: there is no such item in this jurisdiction. :raises BadRequest: the wanted
        day has passed.
    """

    actor: Actor
    title: str
    unit: str
    text: str
    level: str = "blue"
    wanted: date | None = None
    problem: str = ""
    item_id: int | None = None

    def carry_out(self, work: UnitOfWork) -> int:
        require(self.actor, Right.OPEN_ORDERS)
        if self.item_id is not None and not self._known(work, self.item_id):
            raise NotFound("该事项")
        if self.wanted is not None and self.wanted < local_day(work.now):
            raise BadRequest(
                f"要求办结时间 {self.wanted} 已经过去，请改为今天或以后的日期", field="wanted"
            )
        return StartCase(
            actor=self.actor,
            process="supervision_order",
            title=self.title,
            answers={
                "order_title": self.title,
                "order_units": self.unit,
                "order_level": self.level,
                "order_demand": self.text,
                "order_wanted": self.wanted.isoformat() if self.wanted else None,
                "order_problem": self.problem or None,
                "order_basis": None,
                "order_item": self.item_id,
            },
        ).carry_out(work)

    def _known(self, work: UnitOfWork, item_id: int) -> bool:
        """Whether the item belongs to this jurisdiction."""
        return (
            work.session.scalar(
                select(ItemRow.id).where(
                    ItemRow.id == item_id, ItemRow.jurisdiction == self.actor.jurisdiction
                )
            )
            is not None
        )


@dataclass(frozen=True, kw_only=True)
class StartCircular:
    """Start a circular (通报). It is edited, approved, numbered and sent to the named units.
    Returns its case.

    :raises NotAllowed: this person is not 督查. :raises BadAnswers: something is missing or wrong.
    """

    actor: Actor
    title: str
    text: str
    units: Sequence[str]

    def carry_out(self, work: UnitOfWork) -> int:
        require(self.actor, Right.OPEN_ORDERS)
        return StartCase(
            actor=self.actor,
            process="circular",
            title=self.title,
            answers={
                "circular_title": self.title,
                "circular_text": self.text,
                "circular_units": list(self.units),
            },
        ).carry_out(work)
