"""The public DMN cases: where they are, what they ask, whether our answer is theirs."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from service.feel import FeelError
from service.feel.tables.decisions import Decision, read_decisions
from service.feel.temporal import read_date, read_duration, read_moment, read_time
from service.feel.values import Budget, equal

ROOT = Path(__file__).parents[2]
PASSING = Path(__file__).with_name("passing.txt")
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
CLOSE = Decimal("1e-8")
READERS = {
    "string": str,
    "boolean": lambda text: text.strip() in ("true", "1"),
    "date": read_date,
    "dateTime": read_moment,
    "time": read_time,
    "duration": read_duration,
    "dayTimeDuration": read_duration,
    "yearMonthDuration": read_duration,
}


def folder() -> Path | None:
    """Where the cases are: JIEBANG_CONFORMANCE_DIR (or DMN_TCK), else a folder beside the project;
    None if nowhere.
    """
    named = os.environ.get("JIEBANG_CONFORMANCE_DIR") or os.environ.get("DMN_TCK")
    found = [Path(named)] if named else sorted(ROOT.parent.glob("*/conformance/dmn-tck"))
    return next((one for one in found if one.is_dir()), None)


@dataclass(frozen=True)
class Case:
    """One question to one decision."""

    file: str
    id: str
    inputs: Mapping[str, Any]
    decision: str
    expected: Any
    invoked: bool


def tag(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def value(element: etree._Element) -> Any:
    """A typed value of a test file."""
    for one in element:
        if tag(one) == "value":
            return plain(one)
        if tag(one) == "list":
            return (
                []
                if one.get(NIL) == "true"
                else [value(item) for item in one if tag(item) == "item"]
            )
    parts = {one.get("name"): value(one) for one in element if tag(one) == "component"}
    return parts or None


def plain(element: etree._Element) -> Any:
    """A single value."""
    if element.get(NIL) == "true":
        return None
    text = element.text or ""
    kind = element.get(TYPE, "string").partition(":")[2]
    if kind in READERS:
        return READERS[kind](text)
    return Decimal(text.strip())


def cases(path: Path, root: Path) -> Iterator[Case]:
    """All questions of a test file."""
    for test in etree.parse(path).getroot():
        if tag(test) != "testCase":
            continue
        inputs = {one.get("name"): value(one) for one in test if tag(one) == "inputNode"}
        for result in test:
            if tag(result) == "resultNode":
                expected = next((value(one) for one in result if tag(one) == "expected"), None)
                yield Case(
                    str(path.relative_to(root)),
                    test.get("id", ""),
                    inputs,
                    result.get("name", ""),
                    expected,
                    test.get("invocableName") is not None,
                )


def model(path: Path) -> dict[str, Decision]:
    """The decisions a test file speaks of, by name; {} when we cannot read the model."""
    name = next(one.text for one in etree.parse(path).getroot() if tag(one) == "modelName")
    try:
        return {
            decision.name: decision
            for decision in read_decisions((path.parent / name).read_bytes()).values()
        }
    except FeelError:
        return {}


def passes(case: Case, decisions: Mapping[str, Decision]) -> bool:
    """Whether our answer is the expected one; an error counts as null, as the cases have it."""
    decision = decisions.get(" ".join(case.decision.split()))
    if decision is None or case.invoked:
        return False
    try:
        found = decision.evaluate(case.inputs)
    except FeelError:
        found = None
    return same(found, case.expected)


def same(found: Any, expected: Any) -> bool:
    """Equal; numbers to eight places."""
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= CLOSE * max(1, abs(expected))
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            same(found[key], expected[key]) for key in found
        )
    return equal(found, expected, Budget()) is True


def outcomes(path: Path, root: Path) -> dict[str, bool]:
    """Whether each test case of a file passes, all its questions together."""
    decisions, found = model(path), {}
    for case in cases(path, root):
        found[case.id] = found.get(case.id, True) and passes(case, decisions)
    return found


def listed() -> dict[str, frozenset[str]]:
    """The cases that must pass, by test file."""
    lines = [
        line.split(": ", 1)
        for line in PASSING.read_text(encoding="utf-8").splitlines()
        if ": " in line
    ]
    return {file: frozenset(ids.split("; ")) for file, ids in lines}
