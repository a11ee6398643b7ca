"""The demand registry (项目库, ZY-3.2): what a record is, who may do what with it, which may be the same.

Decided: who keeps the registry and by which form stands in the jurisdiction's data, because another city's registry is
another unit's and asks for other things; a jurisdiction without such data has none.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

RECORD = (
    "demand_name", "demander_name", "demander_kind", "county", "field", "kind", "shortage", "problem", "indicators",
    "total_amount", "bounty", "months", "ownership", "bidder_requirements", "contact_name", "contact_phone",
)
"""The keys of a demand, in the order of its form; ``demander`` (the login of its account) may stand beside them."""

COLUMNS = {"demand_name": ("name", 200), "demander_name": ("demander_name", 120), "county": ("county", 60),
           "field": ("field", 60), "kind": ("kind", 60)}
FOLLOWS = {
    "selected": frozenset({"listed", "selected"}),
    "posted": frozenset({"listed", "selected", "posted"}),
    "listed": frozenset({"selected", "posted"}),
    "withdrawn": frozenset({"listed", "selected", "posted"}),
}
"""From which states a process may bring a demand to a state."""

MARKS = re.compile(r"[\W_]+")


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
    """An amount in hundredths of a yuan; nothing is 0."""
    return int((Decimal(str(yuan or 0)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def columns_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record stands in columns, for finding."""
    texts = {column: str(facts.get(key) or "")[:most] for key, (column, most) in COLUMNS.items()}
    return {**texts, "total_fen": fen(facts.get("total_amount")), "bounty_fen": fen(facts.get("bounty"))}


def record_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The record in what a case or a unit says: its own keys and the demander's account, nothing else."""
    beside = {"demander": given["demander"]} if given.get("demander") else {}
    return {**{key: given.get(key) for key in RECORD}, **beside}


def same_name(text: Any) -> str:
    """What two ways of writing a name have in common: letters and figures, without marks, width or case."""
    return MARKS.sub("", unicodedata.normalize("NFKC", str(text or ""))).casefold()
