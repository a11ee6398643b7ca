"""The named actions of service tasks: a small registry. Their effects happen inside the command's
transaction.

Each module says what its actions are and which arguments a diagram may give them.
"""

from collections.abc import Mapping

from service.commands.actions import (
    demands,
    extending,
    gathering,
    lists,
    numbering,
    outside,
    people,
    publishing,
)
from service.unit_of_work import Action

MODULES = (numbering, publishing, gathering, lists, people, demands, outside, extending)
ACTIONS: Mapping[str, Action] = {
    name: act for module in MODULES for name, act in module.ACTIONS.items()
}
ARGUMENTS: Mapping[str, frozenset[str]] = {
    name: given for module in MODULES for name, given in module.ARGUMENTS.items()
}
