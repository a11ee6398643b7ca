"""The named actions of service tasks, in a small registry.

Their effects happen inside the command's transaction. Each wing registers its actions with the
arguments that a diagram may give them.
"""

from collections.abc import Mapping

from service.commands.cases import actions as cases
from service.commands.notices import actions as notices
from service.commands.outside import actions as outside
from service.commands.people import actions as people
from service.commands.processes import actions as processes
from service.commands.registry import actions as registry
from service.commands.terms import actions as terms
from service.unit_of_work import NamedAction

WINGS = (cases, processes, people, terms, notices, outside, registry)
ALL_ACTIONS: Mapping[str, NamedAction] = {
    name: action for wing in WINGS for name, action in wing.ACTIONS.items()
}
