"""Figures about the program that are watched and bound nothing (``make check`` prints them)."""

import ast
from collections.abc import Iterable

from tests.house.source import PROGRAM, Source


def code_lines(source: Source) -> int:
    """Lines that are code: not empty, not a comment, not a docstring."""
    documented = {
        line
        for node in ast.walk(source.tree)
        if id(node) in source.docstrings and isinstance(node, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(source.text.splitlines(), 1)
    return sum(
        1
        for number, line in lines
        if number not in documented and line.strip() and not line.lstrip().startswith("#")
    )


def density(sources: Iterable[Source]) -> float:
    """Syntax nodes per line of code: how much a reader has to take in at a time."""
    read = [source for source in sources if not source.under("service/store/migrations/")]
    nodes = sum(1 for source in read for _ in ast.walk(source.tree))
    return nodes / sum(map(code_lines, read))


def main() -> None:
    """Print them."""
    lines = sum(map(code_lines, PROGRAM))
    print(f"{len(PROGRAM)} modules, {lines:,} lines of code, {density(PROGRAM):.1f} nodes per line")


if __name__ == "__main__":
    main()
