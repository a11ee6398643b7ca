"""The table of rules. One rule is one function with one paragraph; ``@rule`` enters it here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from service.gate.deployment import Deployment, Diagram, FormFile, PaperFile, TableFile
from service.gate.finding import Severity

Spot = tuple[str, int, str]
"""Element id, line, sentence."""

Subject = Deployment | Diagram | FormFile | PaperFile | TableFile
Check = TypeVar("Check", bound=Callable[..., Iterable[Any]])


@dataclass(frozen=True)
class Rule:
    """A rule looks at one kind of subject and yields the spots where the rule is broken.

    A rule about the deployment as a whole yields (file, spot).
    """

    id: str
    subject: type[Subject]
    severity: Severity
    check: Callable[..., Iterable[Any]]


RULES: dict[str, Rule] = {}


def rule(
    name: str, subject: type[Subject], severity: Severity = "error"
) -> Callable[[Check], Check]:
    """Enter a function into the table of rules.

    :param name: the id of the rule, English in kebab case.
    :raises ValueError: another rule has this id.
    """
    if name in RULES:
        raise ValueError(f"two rules are called {name}")

    def enter(check: Check) -> Check:
        RULES[name] = Rule(name, subject, severity, check)
        return check

    return enter
