"""Notices: that somebody has seen them."""

from dataclasses import dataclass

from service.domain.people.actor import Actor
from service.store.people.rows import PersonRow
from service.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SeeNotices:
    """Mark all notices up to this one as seen by this person."""

    actor: Actor
    last: int

    def carry_out(self, work: UnitOfWork) -> None:
        person = work.session.get_one(
            PersonRow, self.actor.person_id, with_for_update={"key_share": True}
        )
        person.notices_seen = max(person.notices_seen, self.last)
