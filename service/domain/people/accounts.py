"""Accounts of people (账号): who may open, invite, stop and admit again.

Decided: an account that has been activated gets another code from the administrator only, and
whoever sees a whole jurisdiction is nobody's to invite or stop but the administrator's; because
whoever makes the code could use it.
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
"""By role, the codes of the units that may open accounts (the jurisdiction's rules)."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """What the rules need to know of an account."""

    person_id: int
    roles: frozenset[str]
    unit_id: int | None
    sponsor_id: int | None
    active: bool
    activated: bool


def account_of(person: Any) -> Account:
    """An account's row as the rules see it."""
    return Account(
        person_id=person.id,
        roles=frozenset(person.roles),
        unit_id=person.unit_id,
        sponsor_id=person.sponsor_id,
        active=person.active,
        activated=person.password != "",
    )


def roles_to_open(actor: Actor, sponsors: Sponsors) -> list[str]:
    """The roles for which somebody may open accounts by hand: as their unit may, the administrator
    all.
    """
    return [
        role
        for role in LETTERS
        if actor.may(Right.KEEP_ALL_ACCOUNTS) or any(map(actor.works_for, sponsors.get(role, ())))
    ]


def account_offers(actor: Actor, account: Account) -> Mapping[str, Offer]:
    """What somebody may do with an account, with the reason where it is not allowed; {} when it is
    not theirs.
    """
    if not _in_charge(actor, account):
        return {}
    admin, mine = actor.may(Right.KEEP_ALL_ACCOUNTS), actor.person_id == account.person_id
    whys = {
        "invite": "inactive"
        if not account.active
        else "activated"
        if account.activated and not admin
        else "",
        "deactivate": "inactive" if not account.active else "mine" if mine else "",
        "reactivate": "active" if account.active else "",
    }
    return {
        verb: Offer(
            verb=verb, label=ACCOUNT_VERBS[verb], allowed=not why, why=ACCOUNT_WHY.get(why, "")
        )
        for verb, why in whys.items()
    }


def _in_charge(actor: Actor, account: Account) -> bool:
    """The administrator of all; a unit's staff of those it vouches for; its head of its own
    people.
    """
    if actor.may(Right.KEEP_ALL_ACCOUNTS):
        return True
    if Right.SEE_ALL.is_given_to(account.roles) or not actor.works_for_unit:
        return False
    return actor.unit_id == account.sponsor_id or (
        actor.may(Right.KEEP_UNIT_ACCOUNTS) and actor.unit_id == account.unit_id
    )
