"""The table of rules: one rule is one function with one paragraph, entered here by ``@rule``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from service.gate.deployment import Deployment, Diagram, FormFile, PaperFile, TableFile
from service.gate.finding import Severity

Spot = tuple[str, int, str]
"""Element id, line, sentence."""

Check = TypeVar("Check", bound=Callable[..., Iterable[Any]])


@dataclass(frozen=True)
class Rule:
    """A rule looks at one kind of subject and yields the spots where it is broken; one about the
    deployment as a whole yields (file, spot).
    """

    id: str
    subject: type[Deployment | Diagram | FormFile | PaperFile | TableFile]
    severity: Severity
    check: Callable[..., Iterable[Any]]


RULES: dict[str, Rule] = {}


def rule(
    name: str,
    subject: type[Deployment | Diagram | FormFile | PaperFile | TableFile],
    severity: Severity = "error",
) -> Callable[[Check], Check]:
    """Enter a function into the table under an English id in kebab case."""
    if name in RULES:
        raise ValueError(f"two rules are called {name}")

    def enter(check: Check) -> Check:
        RULES[name] = Rule(name, subject, severity, check)
        return check

    return enter
