"""People and what their roles let them do."""

from dataclasses import dataclass
from functools import cached_property

from service.domain.people.holder import Holder

SEES_ALL = frozenset({"supervisor", "owner", "admin"})
POSTS = frozenset({"supervisor", "owner", "admin"})
"""Roles that hold items and notices together: any of them may act."""
ROLES = frozenset(
    {
        "staff",
        "head",
        "applicant",
        "demander",
        "bidder",
        "expert",
        "envoy",
        "supervisor",
        "owner",
        "admin",
    }
)


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
        if self.unit_id is not None and "head" in self.roles:
            own.append(Holder.heads(self.unit_id))
        return tuple(own)

    @property
    def works_for_unit(self) -> bool:
        """Whether the unit's inbox is this person's (经办 and 单位负责人)."""
        return self.unit_id is not None and bool(self.roles & {"staff", "head"})

    @property
    def sees_all(self) -> bool:
        """Whether every case of the jurisdiction is visible (督查, 流程管理员, 系统管理员)."""
        return bool(self.roles & SEES_ALL)
