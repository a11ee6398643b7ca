"""What a process owner may do with a case: suspend, resume, terminate it (挂起、恢复、终止)."""

from collections.abc import Mapping

from service.domain.people.actor import Actor
from service.domain.people.offers import Offer
from service.domain.people.rights import Right
from service.domain.vocabulary import CASE_STATES, RESTS_WITH_PARENT, VERBS

STATUSES_BY_VERB = {
    "suspend": ("running",),
    "resume": ("suspended",),
    "terminate": ("running", "suspended"),
}


def case_offers(
    actor: Actor, status: str, *, rests_with_parent: bool = False
) -> Mapping[str, Offer]:
    """The offers for a case in this status, by verb. Only a process owner has any.

    :param rests_with_parent: the case is suspended because its parent is. It can only be resumed
        together with the parent.
    """
    if not actor.may(Right.STEER_CASES):
        return {}
    return {verb: _offer(verb, status, rests_with_parent) for verb in STATUSES_BY_VERB}


def _offer(verb: str, status: str, rests_with_parent: bool) -> Offer:
    why = "" if status in STATUSES_BY_VERB[verb] else CASE_STATES[status]
    if verb == "resume" and rests_with_parent:
        why = RESTS_WITH_PARENT
    return Offer(
        verb=verb,
        label=VERBS[verb],
        allowed=not why,
        why=why,
    )
