"""What a person is told at their first sign-in: what their roles do, and whom they can ask."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Text, or_, select, type_coerce
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.vocabulary import ROLE_NAMES
from service.store.people.rows import PersonRow, UnitRow

MOST_NAMES = 3
ADMINS, OWNERS = Right.KEEP_ALL_ACCOUNTS, Right.DEPLOY


@dataclass(frozen=True, kw_only=True)
class WelcomeLine:
    """The people around a reader.

    ``acts_as`` are the reader's roles in the order of the vocabulary. ``colleagues`` are the heads
    of their unit, or its staff if it has no head. ``admins`` and ``owners`` are those of the
    jurisdiction. All are names without the reader. ``sponsor`` is the unit that vouches for the
    reader.
    """

    acts_as: tuple[str, ...]
    unit: str | None
    sponsor: str | None
    colleagues: tuple[str, ...]
    admins: tuple[str, ...]
    owners: tuple[str, ...]


def welcome(session: Session, actor: Actor) -> WelcomeLine:
    """What this person is told at their first sign-in."""
    about_roles = type_coerce(PersonRow.roles, Text)
    posts = [about_roles.contains(f'"{role}"') for role in sorted(ADMINS.roles | OWNERS.roles)]
    unit_mates = [] if actor.unit_id is None else [PersonRow.unit_id == actor.unit_id]
    colleagues_and_posts = (
        select(PersonRow.name, PersonRow.roles, PersonRow.unit_id)
        .where(
            PersonRow.jurisdiction == actor.jurisdiction,
            PersonRow.active.is_(True),
            PersonRow.id != actor.person_id,
            or_(*unit_mates, *posts),
        )
        .order_by(PersonRow.id)
    )
    others = session.execute(colleagues_and_posts).all()
    everybody = [(other.name, other.roles) for other in others]
    unit = [
        (other.name, other.roles)
        for other in others
        if other.unit_id is not None and other.unit_id == actor.unit_id
    ]
    sponsor = (
        select(UnitRow.name)
        .join(PersonRow, PersonRow.sponsor_id == UnitRow.id)
        .where(PersonRow.id == actor.person_id)
    )
    return WelcomeLine(
        acts_as=tuple(sorted(actor.roles, key=[*ROLE_NAMES].index)),
        unit=actor.unit_name,
        sponsor=session.scalar(sponsor),
        colleagues=_having(Right.STAND_FOR_HEADS, unit) or _having(Right.WORK_FOR_UNIT, unit),
        admins=_having(ADMINS, everybody),
        owners=_having(OWNERS, everybody),
    )


def _having(right: Right, people: Collection[tuple[str, list[str]]]) -> tuple[str, ...]:
    """The names of the first few people who have a right."""
    return tuple(name for name, roles in people if right.is_given_to(roles))[:MOST_NAMES]
