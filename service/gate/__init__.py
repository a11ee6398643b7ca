"""The gate: what stands between a process owner's files and the engine.

Decided: a deployment is checked as a whole, by small rules that know nothing of each other, and
every finding is returned at once with its file, element, line and a sentence that says what to do.
Because an owner who repairs one error only to meet the next loses trust; and because the engine
runs without complaint what it does not understand. Instead of checks spread over parser, engine and
commands.

The rules stand in modules by subject (``files``, ``flow``, ``language``, ``work``); each enters
itself into ``table.RULES``. A rule yields (element, line, sentence); those about the deployment as
a whole yield the file too.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from service.gate.deployment import Deployment, Diagram, FormFile, PaperFile, TableFile
from service.gate.files import drawing, schema, xml
from service.gate.finding import Finding, Surroundings
from service.gate.flow import elements, events, references, soundness, structure
from service.gate.language import decisions, expressions
from service.gate.table import RULES, Rule
from service.gate.work import encoding, forms, outcomes, papers, reading, routing

RULES_STAND_IN = (
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
"""Imported for their rules; each module enters its own into the table."""
MOST_FINDINGS = 500
LONGEST_MESSAGE = 500
"""Characters of a message: a hostile name of a megabyte must not come back a thousand times."""

__all__ = ["RULES", "Finding", "Surroundings", "check"]


def check(files: Mapping[str, bytes], around: Surroundings) -> list[Finding]:
    """Every finding about these files, by file and line; of one rule in one file the first
    ``MOST``. Never raises for what is in a file.

    :param files: contents by file name; ``*.bpmn``, ``*.dmn``, ``*.form`` and ``*.docx``.
    :param around: what the files may refer to besides each other.
    """
    whole = Deployment(files, around)
    findings = {finding for rule in RULES.values() for finding in _apply(rule, whole)}
    return sorted(
        findings,
        key=lambda finding: (
            finding.file,
            finding.line,
            finding.element,
            finding.rule,
            finding.message,
        ),
    )


def _apply(rule: Rule, whole: Deployment) -> Iterator[Finding]:
    if rule.subject is Deployment:
        for file, spot in islice(rule.check(whole), MOST_FINDINGS):
            yield _finding(rule, file, *spot)
        return
    subjects: dict[type, list[Any]] = {
        Diagram: list(whole.diagrams),
        FormFile: list(whole.forms.values()),
        TableFile: whole.tables,
        PaperFile: whole.papers,
    }
    for subject in subjects[rule.subject]:
        for spot in islice(rule.check(subject), MOST_FINDINGS):
            yield _finding(rule, subject.file, *spot)


def _finding(rule: Rule, file: str, element: str, line: int, message: str) -> Finding:
    element = element[:LONGEST_MESSAGE]
    message = message[:LONGEST_MESSAGE]
    return Finding(
        file=file,
        element=element,
        line=line,
        rule=rule.id,
        severity=rule.severity,
        message=message,
    )
