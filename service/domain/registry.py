"""The demand registry (项目库, ZY-3.2): what a record is, who may do what with it, which may be the
same.

Decided: who keeps the registry and by which form stands in the jurisdiction's data, because another
city's registry is another unit's and asks for other things; a jurisdiction without such data has
none.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from difflib import SequenceMatcher
from typing import Any

from service.domain.forms.answers import check_answers
from service.domain.forms.schema import keys_of, label_of
from service.domain.people.actor import Actor
from service.domain.people.offers import Offer
from service.domain.people.rights import Right
from service.domain.people.units import Directory
from service.domain.vocabulary import DEMAND_STATES, DEMAND_VERBS
from service.errors import BadRequest, NotAllowed

RECORD = (
    "demand_name",
    "demander_name",
    "demander_kind",
    "county",
    "field",
    "kind",
    "shortage",
    "problem",
    "indicators",
    "total_amount",
    "bounty",
    "months",
    "ownership",
    "bidder_requirements",
    "contact_name",
    "contact_phone",
)
"""The keys of a demand, in the order of its form; ``demander`` (the login of its account) may stand
beside them.
"""

COLUMNS = {
    "demand_name": ("name", 200),
    "demander_name": ("demander_name", 120),
    "county": ("county", 60),
    "field": ("field", 60),
    "kind": ("kind", 60),
}
FOLLOWS = {
    "selected": frozenset({"listed", "selected"}),
    "posted": frozenset({"listed", "selected", "posted"}),
    "listed": frozenset({"selected", "posted"}),
    "withdrawn": frozenset({"listed", "selected", "posted"}),
}
"""From which states a process may bring a demand to a state."""

OPEN_TO = {"change": ("listed", "selected"), "withdraw": ("listed",), "merge": ("listed",)}
"""In which states people may do what; from selection on, what becomes of a demand is its pilot's to
decide.
"""

OUTSIDERS = "workplace"
"""The kind of units that are not offices: enterprises, institutes. The registry is none of their
business.
"""

MARKS = re.compile(r"[\W_]+")
ALIKE = 0.85
COMMON = 50  # a pair of signs that more names have says nothing
COMPARED = 8
MOST_YUAN = 10**15


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Whose registry it is (``owner``: a unit's code), and the form of its records."""

    owner: str
    form: str


def registry_of(rules: Mapping[str, Any]) -> Registry | None:
    """The registry that a jurisdiction's rules name, if any."""
    found = rules.get("registry")
    return Registry(owner=str(found["owner"]), form=str(found["form"])) if found else None


def fen(yuan: Any) -> int:
    """An amount in hundredths of a yuan; nothing is 0.

    :raises BadRequest: more than there is, and more than a database counts.
    """
    if abs(Decimal(str(yuan or 0))) >= MOST_YUAN:
        raise BadRequest("技术需求的金额过大，请以元为单位核对投入总额和揭榜额")
    return int((Decimal(str(yuan or 0)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def columns_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record stands in columns, for finding."""
    texts = {column: str(facts.get(key) or "")[:most] for key, (column, most) in COLUMNS.items()}
    return {
        **texts,
        "total_fen": fen(facts.get("total_amount")),
        "bounty_fen": fen(facts.get("bounty")),
    }


def record_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The record in what a case or a unit says: its own keys and the demander's account, nothing
    else.
    """
    beside = {"demander": given["demander"]} if given.get("demander") else {}
    return {**{key: given.get(key) for key in RECORD}, **beside}


def same_name(text: Any) -> str:
    """What two ways of writing a name have in common: letters and figures, without marks, width or
    case.
    """
    return MARKS.sub("", unicodedata.normalize("NFKC", str(text or ""))).casefold()


# -- who may do what


def reads(actor: Actor, directory: Directory) -> bool:
    """Whether somebody may look at the registry: staff of the offices, and whoever sees all of the
    jurisdiction.
    """
    unit = directory.units.get(actor.unit_code or "")
    return actor.may(Right.SEE_ALL) or (
        actor.works_for_unit and unit is not None and unit.kind != OUTSIDERS
    )


def keeps_registry(actor: Actor, registry: Registry) -> bool:
    """Whether somebody works for the unit that keeps the registry."""
    return actor.works_for(registry.owner)


def may_enter(
    actor: Actor, registry: Registry, directory: Directory, county: str | None = None
) -> bool:
    """Whether somebody may add demands of a county (None: of any at all): the keeper all, a county
    its own.
    """
    unit = directory.units.get(actor.unit_code or "")
    own = (
        actor.works_for_unit
        and unit is not None
        and unit.kind == "county"
        and county in (None, unit.code)
    )
    return own or keeps_registry(actor, registry)


def demand_offers(
    actor: Actor, registry: Registry, *, state: str, county: str
) -> Mapping[str, Offer]:
    """What somebody may do with a demand, with the reason where it is not allowed; {} when it is
    not theirs at all.
    """
    own = actor.works_for(county)
    verbs = OPEN_TO if keeps_registry(actor, registry) else ("change",) if own else ()
    return {verb: _offer(verb, state) for verb in verbs}


def _offer(verb: str, state: str) -> Offer:
    why = (
        "" if state in OPEN_TO[verb] else f"该需求{DEMAND_STATES[state]}，不能{DEMAND_VERBS[verb]}"
    )
    if why and state in ("selected", "posted"):
        why += "，由所在试点或项目办理"
    return Offer(verb=verb, label=DEMAND_VERBS[verb], allowed=not why, why=why)


@dataclass(frozen=True, kw_only=True)
class Book:
    """What a registry goes by: its keeper, and the form of its records (a file) with the options in
    force.
    """

    registry: Registry
    directory: Directory
    file_id: int
    form: Mapping[str, Any]
    lists: Mapping[str, Sequence[Any]]

    def labels(self) -> dict[str, str]:
        """What people call the keys of a record, in the form's order."""
        return {key: label_of(field) for key, field in keys_of(self.form).items()}

    def options(self, key: str) -> dict[str, str]:
        """What can be chosen under a key: label by value; {} where nothing is chosen."""
        field = keys_of(self.form).get(key, {})
        found = self.lists.get(str(field.get("valuesKey")), field.get("values")) or ()
        return {
            str(one["value"]): str(one.get("label") or one["value"])
            for one in found
            if isinstance(one, dict)
        }

    def checked(self, record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """A record with every key of the form, and what is wrong with it, by key."""
        return check_answers(self.form, record, given={}, lists=self.lists)

    def refusal(self) -> NotAllowed:
        """What somebody is told who may not do that."""
        keeper = self.directory.units.get(self.registry.owner)
        name = keeper.name if keeper else self.registry.owner
        return NotAllowed(f"项目库由{name}管理，各县区登记和修改本县区的需求；您没有此项权限")


# -- which may be the same


class Names:
    """Names of demands, to find those that may be the same one: equal, or near equal by their
    signs.

    Bounded whatever the names: those compared closely are the few that share most pairs of signs.
    """

    def __init__(self) -> None:
        self.names: list[tuple[Any, str, str]] = []
        self.equal: dict[str, list[int]] = defaultdict(list)
        self.pairs: dict[str, list[int]] = defaultdict(list)

    def add(self, mark: Any, name: Any, demander: Any) -> None:
        """Note a name; ``mark`` is what :meth:`like` gives for it."""
        text = same_name(name)
        self.names.append((mark, text, same_name(demander)))
        self.equal[text].append(len(self.names) - 1)
        for pair in _pairs(text):
            self.pairs[pair].append(len(self.names) - 1)

    def like(self, name: Any, demander: Any) -> list[Any]:
        """The marks of names that may mean the same, the most alike first; of equal names the same
        demander's first.
        """
        text, whose = same_name(name), same_name(demander)
        same = sorted(
            self.equal.get(text, ())[:COMMON], key=lambda index: self.names[index][2] != whose
        )
        near = sorted(self._near(text), reverse=True)
        return [self.names[index][0] for index in [*same[:COMPARED], *(index for _, index in near)]]

    def _near(self, text: str) -> Iterator[tuple[float, int]]:
        shared = Counter(
            index
            for pair in _pairs(text)
            if len(found := self.pairs.get(pair, ())) <= COMMON
            for index in found
        )
        for index, _ in shared.most_common(COMPARED):
            other = self.names[index][1]
            matcher = SequenceMatcher(None, text, other, autojunk=False)
            if (
                other != text
                and matcher.quick_ratio() >= ALIKE
                and (ratio := matcher.ratio()) >= ALIKE
            ):
                yield ratio, index


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
