"""The lines at the first sign-in: noting that somebody has read them."""

from dataclasses import dataclass

from service.domain.people.actor import Actor
from service.store.people.rows import PersonRow
from service.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class CloseWelcome:
    """Do not show this person the lines of the first sign-in again. It may be done twice."""

    actor: Actor

    def carry_out(self, work: UnitOfWork) -> None:
        person = work.session.get_one(
            PersonRow, self.actor.person_id, with_for_update={"key_share": True}
        )
        person.welcomed_at = person.welcomed_at or work.now
