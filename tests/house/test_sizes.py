"""Functions do one thing, modules are read in one sitting; no bound on the program as a whole.

There was one once. It made the code dense: what counts is how much one has to hold in mind at a
time, so the bounds are per function and per module, on formatted code.
"""

import ast
from collections.abc import Iterable, Iterator
from statistics import median

from tests.house.figures import code_lines, density
from tests.house.source import PROGRAM, Source, broken, caught

MODULE_LINES = 400
STATEMENTS = 30
MIDDLE_STATEMENTS = 5
COMPLEXITY = 8
ARGUMENTS = 6

Function = ast.FunctionDef | ast.AsyncFunctionDef
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)


def measured(source: Source) -> bool:
    return not source.under("service/store/migrations/")


def long_modules(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if measured(source) and lines > MODULE_LINES:
        yield f"{source.path}: {lines} lines"


def large_functions(source: Source) -> Iterator[str]:
    """Functions with too many statements, branches or arguments."""
    for function in source.functions() if measured(source) else ():
        for what, size, bound in (
            ("statements", statements(function), STATEMENTS),
            ("ways through", complexity(function), COMPLEXITY),
            ("arguments", arguments(function), ARGUMENTS),
        ):
            if size > bound:
                yield source.at(function, f"{function.name} has {size} {what}, not {bound}")


def statements(function: Function) -> int:
    """The statements of a function, those of functions inside it included; not its docstring."""
    inside = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return inside - (ast.get_docstring(function) is not None)


def complexity(function: Function) -> int:
    """One, and one for each branch, each loop, each handler, each ``and`` or ``or``."""
    nodes = list(ast.walk(function))
    words = sum(len(node.values) - 1 for node in nodes if isinstance(node, ast.BoolOp))
    return 1 + sum(isinstance(node, BRANCHES) for node in nodes) + words


def arguments(function: Function) -> int:
    """The named arguments of a function, without ``self`` or ``cls``."""
    every = function.args
    names = [one.arg for one in (*every.posonlyargs, *every.args, *every.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def waived_complexity(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if "noqa" in line and ("C901" in line or "noqa:" not in line):
            yield f"{source.path}:{number}: the linter is told to look away"


def middle(sources: Iterable[Source]) -> float:
    """The statements of the function in the middle."""
    sizes = [statements(f) for s in sources if measured(s) for f in s.functions()]
    return median(sizes) if sizes else 0


def test_modules_are_read_in_one_sitting():
    assert broken(long_modules) == []


def test_functions_do_one_thing():
    assert broken(large_functions) == []


def test_the_middle_function_is_a_few_statements():
    assert middle(PROGRAM) <= MIDDLE_STATEMENTS


def test_nobody_waives_complexity():
    assert broken(waived_complexity) == []


def test_what_is_too_large_is_noticed():
    long_function = "def f():\n" + "    pass\n" * 31
    nested = "class A:\n    class B:\n" + "".join(
        f"        {line}\n" for line in long_function.splitlines()
    )
    assert caught(long_modules, "x = 1\n" * 401)
    assert caught(large_functions, long_function)
    assert caught(large_functions, nested)
    assert caught(
        large_functions, "def f():\n    if a: pass\n    return " + " and ".join("abcdefgh")
    )
    assert caught(large_functions, "def f():\n" + "    for a in b: pass\n" * 8)
    assert caught(large_functions, "def f(a, b, c, *, d, e, f, g): pass")
    assert middle([Source("service/a.py", long_function)]) > MIDDLE_STATEMENTS
    assert caught(waived_complexity, "def f():  # noqa: C901\n    pass")


def test_what_is_just_small_enough_is_fine():
    assert not caught(long_modules, "x = 1\n" * 400)
    assert not caught(large_functions, "def f():\n    'What.'\n" + "    pass\n" * 30)
    assert not caught(large_functions, "def f():\n    return " + " and ".join("abcdefgh"))
    assert not caught(large_functions, "class A:\n    def f(self, a, b, c, *, d, e, f): pass")
    assert not caught(
        long_modules, "x = 1\n" * 401, "service/store/migrations/versions/0001_first.py"
    )


def test_what_is_code_is_counted():
    written = Source("service/a.py", '"""What.\n\nWhy.\n"""\n\n# so\nx = 1  # two\n')
    assert code_lines(written) == 1
    assert density([written]) == len(list(ast.walk(written.tree)))
