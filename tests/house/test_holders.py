"""Who holds something is a value; its text is built and taken apart in one module."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import PROGRAM, Source, broken, called, caught

THEIR_MODULE = "service/domain/people/actor.py"
KINDS = ("unit:", "head:", "person:", "role:")
TAKING_APART = {"split", "rsplit", "partition", "rpartition", "startswith", "removeprefix", "find"}


def holder_texts(source: Source) -> Iterator[str]:
    """No text of a holder stands outside their module, and none is taken apart there."""
    if source.under(THEIR_MODULE):
        return
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.startswith(KINDS)
            and id(node) not in source.docstrings
        ):
            yield source.at(node, f"{node.value!r} is for {THEIR_MODULE} to write")
    for call in source.calls():
        if called(call) in TAKING_APART and _is_a_holder(call.func):
            yield source.at(call, f"{ast.unparse(call)}: ask the holder")


def _is_a_holder(method: ast.expr) -> bool:
    taken = method.value if isinstance(method, ast.Attribute) else method
    name = taken.attr if isinstance(taken, ast.Attribute) else getattr(taken, "id", "")
    return name == "holder" or name.endswith("_holder")


def test_holders_are_written_in_their_module():
    assert broken(holder_texts) == []
    assert THEIR_MODULE in {source.path for source in PROGRAM}


@pytest.mark.parametrize(
    "text",
    [
        'holder = f"unit:{unit.id}"',
        'holder = "person:" + str(person_id)',
        'if row.text.startswith(("role:", "unit:")): pass',
        'kind, _, of = item.holder.partition(":")',
        'unit = int(holder.split(":")[1])',
    ],
)
def test_a_holder_made_by_hand_is_noticed(text):
    assert caught(holder_texts, text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('def told() -> None:\n    """unit:ID is told."""', "service/domain/example.py"),
        ("holder = Holder.unit(unit.id)\nunit = holder.unit_id", "service/domain/example.py"),
        ('UNIT = "unit:"', THEIR_MODULE),
    ],
)
def test_a_holder_that_is_asked_for_is_fine(text, path):
    assert not caught(holder_texts, text, path)
