"""Modules up to 300 lines, functions up to 40, the middle function about 5; the whole program stays
small.
"""

import ast
from collections.abc import Iterable, Iterator
from statistics import median

from tests.house.source import PROGRAM, Source, broken, caught

MODULE_LINES, FUNCTION_LINES, MIDDLE_FUNCTION, PROGRAM_LINES = 300, 40, 8, 19_700


def measured(source: Source) -> bool:
    return not source.under("service/store/migrations/")


def long_modules(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if measured(source) and lines > MODULE_LINES:
        yield f"{source.path}: {lines} lines"


def long_functions(source: Source) -> Iterator[str]:
    for function in source.functions() if measured(source) else ():
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > FUNCTION_LINES:
            yield source.at(function, f"{function.name} has {lines} lines")


def waived_complexity(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if "noqa" in line and ("C901" in line or "noqa:" not in line):
            yield f"{source.path}:{number}: the linter is told to look away"


def code(source: Source) -> int:
    """Lines that are code: not empty, not a comment, not a docstring."""
    spans = [node for node in ast.walk(source.tree) if id(node) in source.docstrings]
    docs = {
        line for node in spans for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    return sum(
        1
        for number, line in enumerate(source.text.splitlines(), 1)
        if number not in docs and line.strip() and not line.lstrip().startswith("#")
    )


def middle(sources: Iterable[Source]) -> float:
    """The median length of a function, its signature and docstring included."""
    lengths = [
        (f.end_lineno or 0) - f.lineno + 1 for s in sources if measured(s) for f in s.functions()
    ]
    return median(lengths) if lengths else 0


def test_modules_are_short():
    assert broken(long_modules) == []


def test_functions_are_short():
    assert broken(long_functions) == []


def test_the_middle_function_is_a_few_lines():
    assert middle(PROGRAM) <= MIDDLE_FUNCTION


def test_the_whole_program_is_small():
    assert sum(code(source) for source in PROGRAM if measured(source)) <= PROGRAM_LINES


def test_nobody_waives_complexity():
    assert broken(waived_complexity) == []


def test_what_is_too_long_is_noticed():
    long_function = "def f():\n" + "    pass\n" * 40
    nested = "class A:\n    class B:\n" + "".join(
        f"        {line}\n" for line in long_function.splitlines()
    )
    assert caught(long_modules, "x = 1\n" * 301)
    assert caught(long_functions, long_function)
    assert caught(long_functions, nested)
    assert middle([Source("service/a.py", long_function)]) > MIDDLE_FUNCTION
    assert (
        code(Source("service/a.py", '"""What it is.\n\nAnd why.\n"""\n\n# so\nx = 1  # two\n')) == 1
    )
    assert caught(waived_complexity, "def f():  # noqa: C901\n    pass")


def test_what_is_just_long_enough_is_fine():
    assert not caught(long_modules, "x = 1\n" * 300)
    assert not caught(long_functions, "def f():\n" + "    pass\n" * 39)
    assert not caught(
        long_modules, "x = 1\n" * 301, "service/store/migrations/versions/0001_first.py"
    )
