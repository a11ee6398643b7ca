"""People and what their roles let them do."""

from dataclasses import dataclass
from functools import cached_property

from service.domain.people.holder import Holder
from service.domain.people.rights import POSTS, Right


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks. ``roles`` are roles in the jurisdiction; ``credential_id`` is the session or token
    used; ``revision`` what the jurisdiction's units and calendar stood at, where that was read.
    """

    person_id: int
    login: str
    name: str
    jurisdiction: str
    unit_id: int | None
    unit_name: str | None
    unit_code: str | None
    roles: frozenset[str]
    credential_id: int | None = None
    revision: int | None = None

    @cached_property
    def holders(self) -> tuple[Holder, ...]:
        """The holders whose items are this person's work: the unit for its staff, the person, and
        the posts held.
        """
        posts = sorted(POSTS & self.roles)
        own = [
            Holder.person(self.person_id),
            *(Holder.role(self.jurisdiction, post) for post in posts),
        ]
        if self.unit_id is not None and self.works_for_unit:
            own.insert(0, Holder.unit(self.unit_id))
        if self.unit_id is not None and self.may(Right.STAND_FOR_HEADS):
            own.append(Holder.heads(self.unit_id))
        return tuple(own)

    @property
    def works_for_unit(self) -> bool:
        """Whether the unit's inbox is this person's (经办 and 单位负责人)."""
        return self.unit_id is not None and self.may(Right.WORK_FOR_UNIT)

    def works_for(self, unit_code: str) -> bool:
        """Whether this person works for the unit of this code."""
        return self.works_for_unit and self.unit_code == unit_code

    def may(self, right: Right) -> bool:
        """Whether a role of this person has the right."""
        return right.is_given_to(self.roles)
