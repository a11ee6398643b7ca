"""What the process owner may do with a case as a whole: suspend, resume, terminate
(挂起、恢复、终止).
"""

from collections.abc import Mapping

from service.domain.people.actor import Actor
from service.domain.people.offers import Offer
from service.domain.people.rights import Right
from service.domain.vocabulary import CASE_STATES, RESTS_WITH_PARENT, VERBS

FROM = {"suspend": ("running",), "resume": ("suspended",), "terminate": ("running", "suspended")}


def case_offers(
    actor: Actor, status: str, *, rests_with_parent: bool = False
) -> Mapping[str, Offer]:
    """The owner's verbs for a case in this status; nobody else is offered any.

    :param rests_with_parent: the case is suspended because its parent is, and goes on with it only.
    """
    if not actor.may(Right.STEER_CASES):
        return {}
    return {verb: _offer(verb, status, rests_with_parent) for verb in FROM}


def _offer(verb: str, status: str, rests_with_parent: bool) -> Offer:
    why = "" if status in FROM[verb] else CASE_STATES[status]
    if verb == "resume" and rests_with_parent:
        why = RESTS_WITH_PARENT
    return Offer(verb=verb, label=VERBS[verb], allowed=not why, why=why)
