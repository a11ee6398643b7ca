"""Who has an item, a notice or a channel: a unit, its heads, a person, or everybody of a role.

Decided: a holder is a text of a type of its own, instead of a record with fields. The database, the
journal and JSON keep the text as it is, so nothing is converted and no digest changes. Only this
module builds the text and takes it apart.
"""

from collections.abc import Iterable

UNIT, HEADS, PERSON, ROLE = "unit:", "head:", "person:", "role:"


class Holder(str):
    """A holder. ``Holder(text)`` reads what was written down; the class methods make a new one.

    :raises ValueError: the text names no kind of holder.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> "Holder":
        if not text.startswith((UNIT, HEADS, PERSON, ROLE)):
            raise ValueError(f"no holder: {text!r}")
        return super().__new__(cls, text)

    @classmethod
    def unit(cls, unit_id: int) -> "Holder":
        """A unit: any of its staff may act."""
        return cls(f"{UNIT}{unit_id}")

    @classmethod
    def heads(cls, unit_id: int) -> "Holder":
        """The heads (单位负责人) of a unit."""
        return cls(f"{HEADS}{unit_id}")

    @classmethod
    def person(cls, person_id: int) -> "Holder":
        """One person."""
        return cls(f"{PERSON}{person_id}")

    @classmethod
    def role(cls, jurisdiction: str, role: str) -> "Holder":
        """Everybody who has this role in a jurisdiction."""
        return cls(f"{ROLE}{jurisdiction}:{role}")

    @property
    def unit_id(self) -> int | None:
        """The unit, where it or its heads are meant."""
        kind, _, of = self.partition(":")
        return int(of) if f"{kind}:" in (UNIT, HEADS) else None

    @property
    def is_role(self) -> bool:
        """Whether everybody of a role is meant."""
        return self.startswith(ROLE)


def units_among(holders: Iterable[Holder]) -> list[int]:
    """The units that these holders are, or whose heads they are."""
    return [unit for holder in holders if (unit := holder.unit_id) is not None]
