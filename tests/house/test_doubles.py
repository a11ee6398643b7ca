"""A public name stands for one thing on its floor."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.house.plan import FLOORS
from tests.house.source import PROGRAM, Source
from tests.house.test_floors import module_of, room

COMMON = {
    "ACTIONS",  # what service tasks may call in this wing
    "blueprint",  # the routes of a module
    "install",  # puts something into the Flask program
    "log",
}
"""Names that mean the same wherever they stand."""


def doubles(sources: Iterable[Source]) -> list[str]:
    """Public names that more than one module of a floor defines. A view is called by its address,
    not by its name.
    """
    homes: dict[tuple[int, str], list[str]] = defaultdict(list)
    for source in sources:
        if source.under("service/store/migrations/"):
            continue
        for name in _public(source):
            homes[FLOORS[room(module_of(source))], name].append(source.path)
    return sorted(
        f"floor {floor}: {name} in {', '.join(paths)}"
        for (floor, name), paths in homes.items()
        if len(paths) > 1
    )


def _public(source: Source) -> Iterator[str]:
    names = [name for node in _top_level(source.tree.body) for name in _defined(node)]
    return (name for name in set(names) if not name.startswith("_") and name not in COMMON)


def _top_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those under an ``if`` or in a ``try`` included."""
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody") if isinstance(node, ast.If | ast.Try) else ():
            yield from _top_level(getattr(node, field, ()))


def _defined(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [] if any(map(_is_route, node.decorator_list)) else [node.name]
        case ast.Assign():
            return [one.id for part in node.targets for one in _names(part)]
        case ast.AnnAssign():
            return [one.id for one in _names(node.target)]
    return []


def _names(target: ast.expr) -> list[ast.Name]:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return [part for part in parts if isinstance(part, ast.Name)]


def _is_route(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).startswith("blueprint.")


def test_no_public_name_stands_twice_on_a_floor():
    assert doubles(source for source in PROGRAM if room(module_of(source))) == []


def test_a_name_that_stands_twice_is_noticed():
    here = Source("service/commands/items/verbs.py", "def check(): pass")
    there = Source("service/queries/items/inbox.py", "check = 1")
    below = Source("service/domain/items.py", "check = 1")
    private = Source("service/queries/items/inbox.py", "def _check(): pass\nlog = 1")
    view = Source("service/queries/items/inbox.py", "@blueprint.get('/')\ndef check(): pass")
    hidden = Source("service/queries/items/inbox.py", "if True:\n    async def check(): pass")
    assert doubles([here, there])
    assert doubles([here, hidden])
    assert not doubles([here, below, private, view])
