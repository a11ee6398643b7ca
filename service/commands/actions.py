"""The named actions of service tasks: a small registry. Their effects happen inside the command's
transaction.

Each wing says what its actions are and which arguments a diagram may give them.
"""

from collections.abc import Mapping

from service.commands.cases import actions as cases
from service.commands.notices import actions as notices
from service.commands.outside import actions as outside
from service.commands.people import actions as people
from service.commands.processes import actions as processes
from service.commands.registry import actions as registry
from service.commands.terms import actions as terms
from service.unit_of_work import Action

WINGS = (cases, processes, people, terms, notices, outside, registry)
ACTIONS: Mapping[str, Action] = {name: act for wing in WINGS for name, act in wing.ACTIONS.items()}
ARGUMENTS: Mapping[str, frozenset[str]] = {
    name: given for wing in WINGS for name, given in wing.ARGUMENTS.items()
}
