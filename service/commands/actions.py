"""The named actions of service tasks: a small registry. Their effects happen inside the command's
transaction.

Each module says what its actions are and which arguments a diagram may give them.
"""

from collections.abc import Mapping

from service.commands.cases import actions as gathering
from service.commands.notices import actions as notifying
from service.commands.outside import actions as publishing
from service.commands.people import actions as people
from service.commands.processes import actions as lists
from service.commands.registry import actions as demands
from service.commands.terms import actions as extending
from service.unit_of_work import Action

MODULES = (publishing, notifying, gathering, lists, people, demands, extending)
ACTIONS: Mapping[str, Action] = {
    name: act for module in MODULES for name, act in module.ACTIONS.items()
}
ARGUMENTS: Mapping[str, frozenset[str]] = {
    name: given for module in MODULES for name, given in module.ARGUMENTS.items()
}
