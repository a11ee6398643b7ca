"""What the process owner may do with a case as a whole: suspend, resume, terminate (挂起、恢复、终止)."""

from collections.abc import Mapping

from service.domain.items import Offer
from service.domain.people import Actor
from service.domain.vocabulary import CASE_STATES, VERBS

FROM = {"suspend": ("running",), "resume": ("suspended",), "terminate": ("running", "suspended")}


def case_offers(actor: Actor, status: str) -> Mapping[str, Offer]:
    """The owner's verbs for a case in this status; nobody else is offered any."""
    if "owner" not in actor.roles:
        return {}
    return {
        verb: Offer(
            verb=verb, label=VERBS[verb], allowed=status in allowed,
            why="" if status in allowed else CASE_STATES[status],
        )
        for verb, allowed in FROM.items()
    }
