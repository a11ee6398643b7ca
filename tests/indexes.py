"""Two lists made from the code (``make indexes``): what was decided and why, and which refusals the
program knows.

Decided: the lists are made from docstrings and checked by a test, because a list that somebody
keeps by hand is soon about another program.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from service import errors
from tests.house.source import ROOT

DECISIONS, ERRORS = ROOT / "service/DECISIONS.md", ROOT / "service/ERRORS.md"
MARK = "Decided:"
ROLE = re.compile(r":\w+:`~?([^`]+)`")
BY_HAND = "Made by `make indexes` from the docstrings; not to be edited by hand."


def decisions_of(file: Path) -> Iterator[str]:
    """The paragraphs of a module's docstring that tell a decision, each as one line."""
    text = inspect.cleandoc(ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "")
    for paragraph in text.split("\n\n"):
        if paragraph.startswith(MARK):
            said = ROLE.sub(r"`\1`", " ".join(paragraph.removeprefix(MARK).split()))
            yield said[0].upper() + said[1:]


def decisions() -> str:
    """All decisions, by the module that keeps them."""
    lines = ["# What was decided, and why", "", BY_HAND, ""]
    room = ""
    for file in sorted((ROOT / "service").rglob("*.py")):
        place = file.relative_to(ROOT / "service")
        told = list(decisions_of(file)) if "frontend" not in place.parts else []
        if told and place.parts[0] != room:
            room = place.parts[0]
            lines += [f"## {room.removesuffix('.py')}", ""]
        lines += [f"- [{place.as_posix()}]({place.as_posix()}): {said}" for said in told]
        lines += [""] if told else []
    return "\n".join(lines).rstrip() + "\n"


def refusals() -> list[type[errors.Refused]]:
    """Every refusal, in the order of their status and code."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, errors.Refused)
        and kind is not errors.Refused
    ]
    return sorted(kinds, key=lambda kind: (kind.status, kind.code))


def catalogue() -> str:
    """All refusals: code, status, what they mean, class."""
    lines = [
        "# Refusals",
        "",
        BY_HAND,
        "",
        "Each answer that refuses something is `application/problem+json` (RFC 9457): `code` tells",
        "which, `title` is what stands here, `detail` the sentence in Chinese, `facts` its parts.",
        "",
        "| status | code | meaning | class |",
        "|---|---|---|---|",
    ]
    for kind in refusals():
        title = " ".join(textwrap.dedent(kind.__doc__ or "").strip().split("\n\n")[0].split())
        lines.append(f"| {kind.status} | `{kind.code}` | {title} | `{kind.__name__}` |")
    return "\n".join(lines) + "\n"


INDEXES = {DECISIONS: decisions, ERRORS: catalogue}

if __name__ == "__main__":
    for file, make in INDEXES.items():
        file.write_text(make(), "utf-8")
        print(file.relative_to(ROOT))
