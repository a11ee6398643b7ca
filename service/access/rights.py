"""Refusing whoever has not the right."""

from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.vocabulary import WITHOUT_RIGHT
from service.errors import NotAllowed


def require(actor: Actor, right: Right, jurisdiction: str | None = None) -> None:
    """Go on only if this person has the right.

    :param jurisdiction: where the right is wanted; without it, in the person's own.
    :raises NotAllowed: no role of theirs has it, or theirs is another jurisdiction.
    """
    if not actor.may(right) or jurisdiction not in (None, actor.jurisdiction):
        raise NotAllowed(WITHOUT_RIGHT[right.name])
