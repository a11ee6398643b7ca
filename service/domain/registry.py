"""The demand registry (项目库, ZY-3.2): its records, the rights to it, and possible duplicates.

Decided: the data of a jurisdiction say which unit keeps the registry and by which form. Because in
another city another unit keeps it and asks for other things. A jurisdiction without such data has
no registry.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
"""The keys of a demand, in the order of its form.

``demander``, the login of the demander's account, may stand beside them.
"""

COLUMNS = {
    "demand_name": ("name", 200),
    "demander_name": ("demander_name", 120),
    "county": ("county", 60),
    "field": ("field", 60),
    "kind": ("kind", 60),
}
"""By key: the column that also has the value, and the length of the column."""
FOLLOWS = {
    "selected": frozenset({"listed", "selected"}),
    "posted": frozenset({"listed", "selected", "posted"}),
    "listed": frozenset({"selected", "posted"}),
    "withdrawn": frozenset({"listed", "selected", "posted"}),
}
"""By new state: the states from which a process may bring a demand to it."""

OPEN_TO = {"change": ("listed", "selected"), "withdraw": ("listed",), "merge": ("listed",)}
"""By verb: the states in which people may do it. Once a demand is selected, its pilot decides."""

OUTSIDERS = "workplace"
"""The kind of units that are not offices, such as enterprises. They may not see the registry."""

MARKS = re.compile(r"[\W_]+")
ALIKE = 0.85
"""The ratio of equal signs from which on two names are alike."""
COMMON = 50
"""A pair of signs that more names have than this does not tell them apart."""
COMPARED = 8
"""How many names are compared in full."""
MOST_YUAN = 10**15


@dataclass(frozen=True, kw_only=True)
class Registry:
    """The unit that keeps the registry (``owner``, its code), and the form of the records."""

    owner: str
    form: str


def registry_of(rules: Mapping[str, Any]) -> Registry | None:
    """The registry in a jurisdiction's rules; None if it has none."""
    rule = rules.get("registry")
    if not rule:
        return None
    return Registry(owner=str(rule["owner"]), form=str(rule["form"]))


def fen(yuan: Any) -> int:
    """An amount in fen, which is a hundredth of a yuan. No amount counts as 0.

    :raises BadRequest: the amount is too large to be true, and to be stored.
    """
    amount = Decimal(str(yuan or 0))
    if abs(amount) >= MOST_YUAN:
        raise BadRequest("技术需求的金额过大，请以元为单位核对投入总额和揭榜额")
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def columns_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a record that also stand in columns, so that they can be searched."""
    columns: dict[str, Any] = {}
    for key, (column, length) in COLUMNS.items():
        columns[column] = str(facts.get(key) or "")[:length]
    columns["total_fen"] = fen(facts.get("total_amount"))
    columns["bounty_fen"] = fen(facts.get("bounty"))
    return columns


def record_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a demand in the data of a case or a unit.

    It has the keys of a record and the demander's account, and nothing else.
    """
    record = {key: given.get(key) for key in RECORD}
    if given.get("demander"):
        record["demander"] = given["demander"]
    return record


def same_name(text: Any) -> str:
    """A form of a name that is the same for all ways of writing it.

    It has letters and digits, but no punctuation, no difference of width and none of case.
    """
    return MARKS.sub("", unicodedata.normalize("NFKC", str(text or ""))).casefold()


# -- who may do what


def reads(actor: Actor, directory: Directory) -> bool:
    """Whether the actor may look at the registry.

    The staff of offices may, and people who may see everything in the jurisdiction.
    """
    if actor.may(Right.SEE_ALL):
        return True
    unit = directory.units.get(actor.unit_code or "")
    return actor.works_for_unit and unit is not None and unit.kind != OUTSIDERS


def keeps_registry(actor: Actor, registry: Registry) -> bool:
    """Whether the actor works for the unit that keeps the registry."""
    return actor.works_for(registry.owner)


def may_enter(
    actor: Actor, registry: Registry, directory: Directory, county: str | None = None
) -> bool:
    """Whether the actor may add demands of a county.

    The keeper of the registry may add all demands, a county those of its own.

    :param county: the code of the county; None asks whether they may add any demand at all.
    """
    if keeps_registry(actor, registry):
        return True
    unit = directory.units.get(actor.unit_code or "")
    if unit is None or unit.kind != "county" or not actor.works_for_unit:
        return False
    return county in (None, unit.code)


def demand_offers(
    actor: Actor, registry: Registry, *, state: str, county: str
) -> Mapping[str, Offer]:
    """What the actor may do with a demand: an offer for each verb.

    It is empty if the demand is neither their county's nor their registry's.
    """
    verbs: Iterable[str] = ()
    if keeps_registry(actor, registry):
        verbs = OPEN_TO
    elif actor.works_for(county):
        verbs = ("change",)
    return {verb: _offer(verb, state) for verb in verbs}


def _offer(verb: str, state: str) -> Offer:
    label = DEMAND_VERBS[verb]
    if state in OPEN_TO[verb]:
        return Offer(verb=verb, label=label, allowed=True)
    why = f"该需求{DEMAND_STATES[state]}，不能{label}"
    if state in ("selected", "posted"):
        why += "，由所在试点或项目办理"
    return Offer(
        verb=verb,
        label=label,
        allowed=False,
        why=why,
    )


@dataclass(frozen=True, kw_only=True)
class Book:
    """A registry with what is needed to use it.

    ``form`` is the form of its records and ``file_id`` the id of its file. ``lists`` are the
    options in force, by the name of their list.
    """

    registry: Registry
    directory: Directory
    file_id: int
    form: Mapping[str, Any]
    lists: Mapping[str, Sequence[Any]]

    def labels(self) -> dict[str, str]:
        """The labels of a record's keys, in the order of the form."""
        return {key: label_of(field) for key, field in keys_of(self.form).items()}

    def options(self, key: str) -> dict[str, str]:
        """The options of a field: label by value. It is empty if the field has no options."""
        field = keys_of(self.form).get(key, {})
        options = self.lists.get(str(field.get("valuesKey")), field.get("values")) or ()
        return {
            str(option["value"]): str(option.get("label") or option["value"])
            for option in options
            if isinstance(option, dict)
        }

    def checked(self, record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """The record with every key of the form, and its errors by key."""
        return check_answers(self.form, record, given={}, lists=self.lists)

    def refusal(self) -> NotAllowed:
        """The refusal for people who may not change the registry."""
        keeper = self.directory.units.get(self.registry.owner)
        name = keeper.name if keeper else self.registry.owner
        return NotAllowed(f"项目库由{name}管理，各县区登记和修改本县区的需求；您没有此项权限")


# -- possible duplicates


class Names:
    """The names of demands, among which those are found that may mean the same demand.

    Such names are equal, or nearly equal in their signs. The work is bounded whatever the names
    are: only the few names that share most pairs of signs are compared in full.
    """

    def __init__(self) -> None:
        self.names: list[tuple[Any, str, str]] = []
        self.places_by_name: dict[str, list[int]] = defaultdict(list)
        self.places_by_pair: dict[str, list[int]] = defaultdict(list)

    def add(self, mark: Any, name: Any, demander: Any) -> None:
        """Add a name. ``mark`` is what :meth:`like` returns for it."""
        text = same_name(name)
        place = len(self.names)
        self.names.append((mark, text, same_name(demander)))
        self.places_by_name[text].append(place)
        for pair in _pairs(text):
            self.places_by_pair[pair].append(place)

    def like(self, name: Any, demander: Any) -> list[Any]:
        """The marks of the names that may mean the same demand.

        Equal names come first, and among them those of the same demander. The other names follow,
        the most alike first.
        """
        text = same_name(name)
        same_demander = same_name(demander)
        equal = sorted(
            self.places_by_name.get(text, ())[:COMMON],
            key=lambda place: self.names[place][2] != same_demander,
        )
        near = [place for _, place in sorted(self._near(text), reverse=True)]
        return [self.names[place][0] for place in [*equal[:COMPARED], *near]]

    def _near(self, text: str) -> Iterator[tuple[float, int]]:
        """The names that are nearly equal, each as its likeness (below 1) and its place."""
        shared_pairs: Counter[int] = Counter()
        for pair in _pairs(text):
            places = self.places_by_pair.get(pair, ())
            if len(places) <= COMMON:
                shared_pairs.update(places)
        for place, _ in shared_pairs.most_common(COMPARED):
            other = self.names[place][1]
            if other != text and (likeness := _likeness(text, other)) >= ALIKE:
                yield likeness, place


def _likeness(text: str, other: str) -> float:
    """How alike two texts are, from 0 to 1; 0 if a quick look shows that they are not alike."""
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    if matcher.quick_ratio() >= ALIKE:
        return matcher.ratio()
    return 0.0


def _pairs(text: str) -> set[str]:
    """The pairs of neighbouring signs in a text."""
    return {text[start : start + 2] for start in range(len(text) - 1)}
