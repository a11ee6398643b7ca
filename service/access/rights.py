"""The refusal of people who do not have a right."""

from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.vocabulary import WITHOUT_RIGHT
from service.errors import NotAllowed


def require(actor: Actor, right: Right, jurisdiction: str | None = None) -> None:
    """Refuse if the actor does not have the right.

    :param jurisdiction: where the actor wants to use the right; None for their own jurisdiction.
    :raises NotAllowed: none of their roles has the right, or it is another jurisdiction than
        theirs.
    """
    if not actor.may(right) or jurisdiction not in (None, actor.jurisdiction):
        raise NotAllowed(WITHOUT_RIGHT[right.name])
