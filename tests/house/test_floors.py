"""A room imports only from lower floors; rooms on one floor do not know each other."""

from collections.abc import Iterator

import pytest

from tests.house.source import PROGRAM, Source, broken, caught

FLOORS: dict[str, int] = {
    "main": 7,
    "api": 6,
    "web": 6,
    "clock": 6,
    "http": 5,
    "papers": 5,
    "commands": 4,
    "queries": 4,
    "unit_of_work": 3,
    "engine": 2,
    "store": 2,
    "domain": 1,
    "feel": 0,
    "base": 0,
}
TOGETHER = {
    "app": "main",
    "cli": "main",
    "server": "main",
    "__main__": "main",
    "errors": "base",
    "settings": "base",
    "logs": "base",
}


def room(module: str) -> str:
    """The room that a dotted module name under ``service`` belongs to; empty for ``service``
    itself.
    """
    parts = module.split(".")
    return TOGETHER.get(parts[1], parts[1]) if len(parts) > 1 else ""


def floors(source: Source) -> Iterator[str]:
    here = room(source.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__"))
    if here and here not in FLOORS:
        yield f"{source.path}: no such room on the plan: {here}"
        return
    for node, module in source.imports():
        if module.partition(".")[0] != "service" or (there := room(module)) == here:
            continue
        if there not in FLOORS:
            yield source.at(node, f"imports {module}, which is no room on the plan")
        elif not here or FLOORS[there] >= FLOORS[here]:
            yield source.at(node, f"{here or 'service'} may not know {there}")


def test_every_room_imports_only_from_lower_floors():
    assert broken(floors) == []


def test_the_program_was_read():
    assert {"service/errors.py", "service/__init__.py"} <= {source.path for source in PROGRAM}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("service/domain/units.py", "from service.store import tables"),
        ("service/engine/run.py", "import service.store.tables"),
        ("service/store/lookups.py", "from ..engine import Run"),
        ("service/api/items.py", "from service.web import pages"),
        ("service/queries/inbox.py", "from service.commands.items import ClaimItem"),
        ("service/feel/parser.py", "from service.errors import Refused"),
        ("service/unit_of_work/work.py", "def late():\n    from service.commands import items"),
        ("service/clock.py", "from service import app"),
        ("service/__init__.py", "from service.errors import Refused"),
        ("service/shared/words.py", ""),
        ("service/commands/items.py", "from service.shared import words"),
    ],
)
def test_an_import_from_the_same_or_a_higher_floor_is_noticed(path, text):
    assert caught(floors, text, path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("service/cli.py", "from service.app import create_app\nfrom service.api import items"),
        ("service/settings.py", "from service.errors import BadSetting"),
        (
            "service/engine/gate/routes.py",
            "from ..document import Document\nfrom service.feel import parse",
        ),
        ("service/commands/items.py", "from service.unit_of_work import UnitOfWork\nimport flask"),
    ],
)
def test_an_import_from_below_is_fine(path, text):
    assert not caught(floors, text, path)
