"""Which cases a person can see, which parts they may read, and whose names they are told."""

from service.access.cases.closed import (
    Closed,
    Reader,
    closed_in_each,
    closed_to,
    names_closed,
    silent,
)
from service.access.cases.names import cases_with_nameless_starter, keeps_name, names_person
from service.access.cases.visible import own_only, sees, visible_case, visible_to

__all__ = [
    "Closed",
    "Reader",
    "cases_with_nameless_starter",
    "closed_in_each",
    "closed_to",
    "keeps_name",
    "names_closed",
    "names_person",
    "own_only",
    "sees",
    "silent",
    "visible_case",
    "visible_to",
]
