"""The person who acts, and the holders of items, notices and channels.

A holder is a unit, the heads of a unit, a person, a role, or the sender of a submission.

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
    """A holder. ``Holder(text)`` reads a stored text; the class methods make a new holder.

    :raises ValueError: the text does not begin with a kind of holder.
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
        """The person who sent a submission from outside. They only get letters."""
        return cls(f"{_SENDER}{submission_id}")

    @property
    def is_sender(self) -> bool:
        """Whether the holder is the sender of a submission."""
        return self.startswith(_SENDER)

    @property
    def unit_id(self) -> int | None:
        """The id of the unit, if the holder is a unit or its heads; None otherwise."""
        kind, _, number = self.partition(":")
        if f"{kind}:" in (_UNIT, _HEADS):
            return int(number)
        return None

    @property
    def is_role(self) -> bool:
        """Whether the holder is everybody with a role."""
        return self.startswith(_ROLE)

    @property
    def role_code(self) -> str | None:
        """The role, if the holder is everybody with it; None otherwise."""
        if not self.is_role:
            return None
        return self.rpartition(":")[2]


def units_among(holders: Iterable[Holder]) -> list[int]:
    """The ids of the units among these holders; heads count as their unit."""
    return [unit for holder in holders if (unit := holder.unit_id) is not None]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person who acts.

    - ``roles`` are their roles in the jurisdiction.
    - ``credential_id`` is the id of the session or token that they use.
    - ``revision`` is the revision of the jurisdiction's units and calendar, if it was read.
    - ``welcomed_at`` is when they closed the message shown at their first sign-in.
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
        """The holders whose items are this person's work.

        These are their unit if they are of its staff, the person, their posts, and the heads of
        their unit if they are one of them.
        """
        holders = []
        if self.unit_id is not None and self.works_for_unit:
            holders.append(Holder.unit(self.unit_id))
        holders.append(Holder.person(self.person_id))
        for post in sorted(POSTS & self.roles):
            holders.append(Holder.role(self.jurisdiction, post))
        if self.unit_id is not None and self.may(Right.STAND_FOR_HEADS):
            holders.append(Holder.heads(self.unit_id))
        return tuple(holders)

    @property
    def works_for_unit(self) -> bool:
        """Whether the items of their unit are this person's work (经办 and 单位负责人)."""
        return self.unit_id is not None and self.may(Right.WORK_FOR_UNIT)

    def works_for(self, unit_code: str) -> bool:
        """Whether this person works for the unit with this code."""
        return self.works_for_unit and self.unit_code == unit_code

    def may(self, right: Right) -> bool:
        """Whether a role of this person has the right."""
        return not right.roles.isdisjoint(self.roles)
