"""The accounts of people (账号): who may open, invite, stop and reactivate them.

Decided: only the administrator gives a new code to an account that has been activated, and only
the administrator invites or stops people who can see a whole jurisdiction. Because whoever makes
the code could use it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.people.actor import Actor
from service.domain.people.offers import Offer
from service.domain.people.rights import APPLICANT, BIDDER, DEMANDER, ENVOY, EXPERT, Right
from service.domain.vocabulary import ACCOUNT_VERBS, ACCOUNT_WHY

LETTERS = {APPLICANT: "a", BIDDER: "b", DEMANDER: "d", EXPERT: "e", ENVOY: "v"}
"""The roles of people from outside, each with its letter in a login such as ``zy.b0001``."""

Sponsors = Mapping[str, Sequence[str]]
"""By role: the codes of the units that may open accounts, from the jurisdiction's rules."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """The facts about an account that the rules need."""

    person_id: int
    roles: frozenset[str]
    unit_id: int | None
    sponsor_id: int | None
    active: bool
    activated: bool


def account_of(person: Any) -> Account:
    """The account in a row of the person table."""
    return Account(
        person_id=person.id,
        roles=frozenset(person.roles),
        unit_id=person.unit_id,
        sponsor_id=person.sponsor_id,
        active=person.active,
        activated=person.password != "",
    )


def roles_to_open(actor: Actor, sponsors: Sponsors) -> list[str]:
    """The roles for which the actor may open accounts by hand.

    The administrator may for all roles from outside; others for the roles that their unit sponsors.
    """
    if actor.may(Right.KEEP_ALL_ACCOUNTS):
        return list(LETTERS)
    return [role for role in LETTERS if any(map(actor.works_for, sponsors.get(role, ())))]


def account_offers(actor: Actor, account: Account) -> Mapping[str, Offer]:
    """What the actor may do with an account: an offer for each verb.

    It is empty if they do not look after the account.
    """
    if not _looks_after(actor, account):
        return {}
    reasons = {
        "invite": _why_not_invite(actor, account),
        "deactivate": _why_not_deactivate(actor, account),
        "reactivate": "active" if account.active else "",
    }
    return {
        verb: Offer(
            verb=verb,
            label=ACCOUNT_VERBS[verb],
            allowed=not reason,
            why=ACCOUNT_WHY.get(reason, ""),
        )
        for verb, reason in reasons.items()
    }


def _why_not_invite(actor: Actor, account: Account) -> str:
    """The key in ``ACCOUNT_WHY`` of the reason, or ""."""
    if not account.active:
        return "inactive"
    if account.activated and not actor.may(Right.KEEP_ALL_ACCOUNTS):
        return "activated"
    return ""


def _why_not_deactivate(actor: Actor, account: Account) -> str:
    """The key in ``ACCOUNT_WHY`` of the reason, or ""."""
    if not account.active:
        return "inactive"
    if actor.person_id == account.person_id:
        return "mine"
    return ""


def _looks_after(actor: Actor, account: Account) -> bool:
    """Whether the actor looks after an account.

    The administrator looks after all accounts. The staff of a unit look after those that the unit
    vouches for, and its head also after those of the unit's own people.
    """
    if actor.may(Right.KEEP_ALL_ACCOUNTS):
        return True
    if Right.SEE_ALL.is_given_to(account.roles) or not actor.works_for_unit:
        return False
    if actor.unit_id == account.sponsor_id:
        return True
    return actor.may(Right.KEEP_UNIT_ACCOUNTS) and actor.unit_id == account.unit_id
