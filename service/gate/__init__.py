"""The gate checks the files of a process owner before the engine gets them.

Decided: a deployment is checked as a whole, by small rules that know nothing of each other, and
every finding is returned at once with its file, element, line and a sentence that says what to do.
Because an owner who repairs one error only to meet the next loses trust; and because the engine
does not complain about an element that it does not understand. Instead of checks spread over
parser, engine and commands.

The rules are in modules by subject (``files``, ``flow``, ``language``, ``work``). Each rule enters
itself into ``table.RULES``. A rule yields (element, line, sentence); a rule about the deployment as
a whole yields the file too.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from service.gate.deployment import Deployment, Diagram, FormFile, PaperFile, TableFile
from service.gate.files import drawing, schema, xml
from service.gate.finding import Finding, Surroundings
from service.gate.flow import elements, events, references, soundness, structure
from service.gate.language import decisions, expressions
from service.gate.table import RULES, Rule, Spot
from service.gate.work import encoding, forms, outcomes, papers, reading, routing

MODULES_WITH_RULES = (
    xml,
    schema,
    drawing,
    elements,
    events,
    references,
    structure,
    soundness,
    expressions,
    decisions,
    routing,
    forms,
    encoding,
    outcomes,
    reading,
    papers,
)
"""These are imported for their rules. Each module enters its own rules into the table."""
MOST_FINDINGS = 500
"""Of one rule in one file."""
LONGEST_MESSAGE = 500
"""Characters. A hostile name of a megabyte must not come back a thousand times."""

__all__ = ["RULES", "Finding", "Surroundings", "check"]


def check(files: Mapping[str, bytes], around: Surroundings) -> list[Finding]:
    """All findings about these files, by file and line. Nothing in a file makes it raise an error.

    One rule reports at most ``MOST_FINDINGS`` in one file.

    :param files: contents by file name; ``*.bpmn``, ``*.dmn``, ``*.form`` and ``*.docx``.
    :param around: what the files may refer to besides each other.
    """
    deployment = Deployment(files, around)
    findings: set[Finding] = set()
    for rule in RULES.values():
        findings.update(_apply(rule, deployment))
    return sorted(findings, key=_order)


def _order(finding: Finding) -> tuple[str, int, str, str, str]:
    return finding.file, finding.line, finding.element, finding.rule, finding.message


def _apply(rule: Rule, deployment: Deployment) -> Iterator[Finding]:
    """The findings of one rule."""
    if rule.subject is Deployment:
        for file, spot in islice(rule.check(deployment), MOST_FINDINGS):
            yield _finding(rule, file, spot)
        return
    subjects: dict[type, list[Any]] = {
        Diagram: list(deployment.diagrams),
        FormFile: list(deployment.forms.values()),
        TableFile: deployment.tables,
        PaperFile: deployment.papers,
    }
    for subject in subjects[rule.subject]:
        for spot in islice(rule.check(subject), MOST_FINDINGS):
            yield _finding(rule, subject.file, spot)


def _finding(rule: Rule, file: str, spot: Spot) -> Finding:
    element, line, message = spot
    return Finding(
        file=file,
        element=element[:LONGEST_MESSAGE],
        line=line,
        rule=rule.id,
        severity=rule.severity,
        message=message[:LONGEST_MESSAGE],
    )
