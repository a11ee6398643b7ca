"""Who acts; and who has an item, a notice or a channel: a unit, its heads, a person, or a role.

Decided: a holder is a text of a type of its own, instead of a record with fields. The database, the
journal and JSON keep the text as it is, so nothing is converted and no digest changes. Only this
module builds the text and takes it apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from service.domain.people.rights import POSTS, Right

_UNIT, _HEADS, _PERSON, _ROLE, _SENDER = "unit:", "head:", "person:", "role:", "sender:"


class Holder(str):
    """A holder. ``Holder(text)`` reads what was written down; the class methods make a new one.

    :raises ValueError: the text names no kind of holder.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> "Holder":
        if not text.startswith((_UNIT, _HEADS, _PERSON, _ROLE, _SENDER)):
            raise ValueError(f"no holder: {text!r}")
        return super().__new__(cls, text)

    @classmethod
    def unit(cls, unit_id: int) -> "Holder":
        """A unit: any of its staff may act."""
        return cls(f"{_UNIT}{unit_id}")

    @classmethod
    def heads(cls, unit_id: int) -> "Holder":
        """The heads (单位负责人) of a unit."""
        return cls(f"{_HEADS}{unit_id}")

    @classmethod
    def person(cls, person_id: int) -> "Holder":
        """One person."""
        return cls(f"{_PERSON}{person_id}")

    @classmethod
    def role(cls, jurisdiction: str, role: str) -> "Holder":
        """Everybody who has this role in a jurisdiction."""
        return cls(f"{_ROLE}{jurisdiction}:{role}")

    @classmethod
    def sender(cls, submission_id: int) -> "Holder":
        """Whoever sent a submission from outside: they have letters and nothing else."""
        return cls(f"{_SENDER}{submission_id}")

    @property
    def is_sender(self) -> bool:
        """Whether somebody outside is meant."""
        return self.startswith(_SENDER)

    @property
    def unit_id(self) -> int | None:
        """The unit, where it or its heads are meant."""
        kind, _, of = self.partition(":")
        return int(of) if f"{kind}:" in (_UNIT, _HEADS) else None

    @property
    def is_role(self) -> bool:
        """Whether everybody of a role is meant."""
        return self.startswith(_ROLE)


def units_among(holders: Iterable[Holder]) -> list[int]:
    """The units that these holders are, or whose heads they are."""
    return [unit for holder in holders if (unit := holder.unit_id) is not None]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks. ``roles`` are roles in the jurisdiction; ``credential_id`` is the session or token
    used; ``revision`` what the jurisdiction's units and calendar stood at, where that was read;
    ``welcomed_at`` when they closed the lines of their first sign-in.
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
    welcomed_at: datetime | None = None

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
        return not right.roles.isdisjoint(self.roles)
