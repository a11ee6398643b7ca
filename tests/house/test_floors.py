"""The plan is kept: floors, wings, who knows whom, no circles, nothing crowded."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.house.plan import (
    BESIDE_THE_WINGS,
    FLOORS,
    KNOWS,
    MOST_ENTRIES,
    PUT_TOGETHER,
    STOREYS,
    THE_FRONT_END,
    TOGETHER,
    WINGS,
)
from tests.house.source import PROGRAM, ROOT, Source, broken, caught


def module_of(source: Source) -> str:
    return source.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def room(module: str) -> str:
    """The room that a dotted name under ``service`` belongs to; empty for ``service`` itself."""
    parts = module.split(".")
    return TOGETHER.get(parts[1], parts[1]) if len(parts) > 1 else ""


def entry(module: str) -> str:
    """What stands in the room and holds the module: a wing, or something beside the wings."""
    parts = module.split(".")
    return parts[2] if len(parts) > 2 else ""


def floors(source: Source) -> Iterator[str]:
    """A room imports only from lower floors; imports for type checking count."""
    here = room(module_of(source))
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


def wings(source: Source) -> Iterator[str]:
    """A room that is cut into wings has wings of the plan, and one knows another as declared."""
    module = module_of(source)
    here, wing = room(module), entry(module)
    if here not in BESIDE_THE_WINGS:
        return
    if not wing:
        yield from _front_halls(source, here)
        return
    if wing not in WINGS and wing not in BESIDE_THE_WINGS[here]:
        yield f"{source.path}: {wing} is no wing"
    for node, imported in source.imports():
        if imported in (f"service.{here}", "service") or _is_bare(imported, here):
            yield source.at(node, f"imports {imported}: name the wing")
        there = entry(imported) if room(imported) == here else ""
        if there in _entries(here) - {wing} - KNOWS.get(here, {}).get(wing, set()):
            yield source.at(node, f"in {here}, {wing} may not know {there}")


def _front_halls(source: Source, here: str) -> Iterator[str]:
    """A room's own ``__init__`` imports its wings only where it puts them together."""
    for node, imported in source.imports():
        if here not in PUT_TOGETHER and room(imported) == here:
            yield source.at(node, f"the room {here} imports its own {entry(imported)}")


def _is_bare(imported: str, here: str) -> bool:
    """Whether something comes from the room itself instead of one of its wings."""
    parts = imported.split(".")
    return parts[:2] == ["service", here] and len(parts) == 3 and parts[2] not in _entries(here)


def storeys(source: Source) -> Iterator[str]:
    """In the unit of work a module knows only those that come before it on the plan."""
    module = module_of(source)
    if room(module) != "unit_of_work" or not entry(module):
        return
    if entry(module) not in STOREYS:
        yield f"{source.path}: {entry(module)} has no storey"
        return
    below = STOREYS[: STOREYS.index(entry(module))]
    for node, imported in source.imports():
        if room(imported) == "unit_of_work" and entry(imported) not in below:
            yield source.at(node, f"{entry(module)} may not know {imported}")


def _entries(there: str) -> set[str]:
    return set(WINGS) | BESIDE_THE_WINGS[there]


def circles(sources: Iterable[Source]) -> list[str]:
    """Modules that lead back to themselves; imports for type checking count."""
    read = {module_of(source): source for source in sources}
    offers = {module: _offers(source, set(read)) for module, source in read.items()}
    arrows = {
        module: {
            target
            for _, name in source.imports()
            if (target := _home(name, set(read), offers)) not in ("", module)
        }
        for module, source in read.items()
    }
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as exc:
        return [" -> ".join(exc.args[1])]
    return []


def _offers(source: Source, known: set[str]) -> dict[str, str]:
    """What a package passes on: name by name the module that it comes from."""
    if not source.path.endswith("/__init__.py"):
        return {}
    return {
        name.rpartition(".")[2]: home
        for _, name in source.imports()
        if (home := _nearest(name, known)) and home != module_of(source)
    }


def _home(name: str, known: set[str], offers: Mapping[str, Mapping[str, str]]) -> str:
    """The module that an import leads to; of what a package passes on, the one it comes from."""
    nearest = _nearest(name, known)
    passed_on = offers.get(nearest, {})
    return passed_on.get(name.removeprefix(f"{nearest}."), nearest)


def _nearest(name: str, known: set[str]) -> str:
    """The module that a dotted name leads to."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def crowded(folder: Path) -> list[str]:
    """Folders of the program that show more than one takes in at a glance."""
    return [
        f"{place.relative_to(folder)}: {len(shown)} entries"
        for place in (folder, *folder.rglob("*"))
        if place.is_dir()
        if not {*THE_FRONT_END, "migrations"} & set(place.relative_to(folder.parent).parts)
        if len(shown := _shown(place)) > MOST_ENTRIES
    ]


def _shown(place: Path) -> set[str]:
    """Modules and folders; pages stand beside the views that show them and are not counted."""
    hidden = {"__init__.py", "__pycache__", "__main__.py", *THE_FRONT_END}
    return {
        one.name
        for one in place.iterdir()
        if one.name not in hidden and (one.is_dir() or one.suffix == ".py")
    }


def test_every_room_imports_only_from_lower_floors():
    assert broken(floors) == []


def test_the_unit_of_work_is_built_from_the_ground():
    assert broken(storeys) == []


def test_every_room_that_is_cut_has_the_wings_of_the_plan():
    assert broken(wings) == []


@pytest.mark.parametrize("there", sorted(KNOWS))
def test_what_wings_may_know_of_each_other_has_no_circle(there):
    TopologicalSorter(KNOWS[there]).prepare()
    assert set(KNOWS[there]) | set().union(*KNOWS[there].values()) <= _entries(there)


@pytest.mark.parametrize("there", sorted(KNOWS))
def test_nothing_is_declared_that_nobody_needs(there):
    needed = {
        (entry(module_of(source)), entry(name))
        for source in PROGRAM
        if room(module_of(source)) == there
        for _, name in source.imports()
        if room(name) == there
    }
    declared = {(wing, other) for wing, others in KNOWS[there].items() for other in others}
    assert declared - needed == set()


def test_no_module_leads_back_to_itself():
    assert circles(PROGRAM) == []


def test_no_folder_is_crowded():
    rooms = [path for path in (ROOT / "service").iterdir() if path.is_dir()]
    assert [finding for path in rooms for finding in crowded(path)] == []


def test_the_program_was_read():
    assert {"service/errors.py", "service/__init__.py"} <= {source.path for source in PROGRAM}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("service/domain/people/units.py", "from service.store import types"),
        ("service/engine/run.py", "import service.store.types"),
        ("service/store/items/lookups.py", "from ...gate import check"),
        ("service/api/items/items.py", "from service.web import site"),
        ("service/queries/items/inbox.py", "from service.commands.items import verbs"),
        ("service/feel/parser.py", "from service.errors import Refused"),
        ("service/unit_of_work/work.py", "def late():\n    from service.commands import items"),
        ("service/unit_of_work/work.py", "if TYPE_CHECKING:\n    from service.access import cases"),
        ("service/clock.py", "from service import app"),
        ("service/__init__.py", "from service.errors import Refused"),
        ("service/shared/words.py", ""),
        ("service/commands/items/verbs.py", "from service.shared import words"),
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
            "service/gate/flow/routes.py",
            "from ..words import called\nfrom service.engine.document import Document",
        ),
        ("service/commands/items/verbs.py", "from service.unit_of_work import work\nimport flask"),
    ],
)
def test_an_import_from_below_is_fine(path, text):
    assert not caught(floors, text, path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("service/commands/counting.py", ""),
        ("service/queries/drafts/orders.py", ""),
        ("service/domain/people/units.py", "from service.domain.registry import Book"),
        ("service/domain/people/units.py", "from service.domain import registry"),
        ("service/commands/notices/seen.py", "from service.commands import EnterDemand"),
        ("service/commands/notices/seen.py", "from service import commands"),
        ("service/commands/notices/seen.py", "import service.commands"),
        ("service/commands/__init__.py", "from service.commands.registry import demands"),
    ],
)
def test_a_stray_is_noticed(path, text):
    assert caught(wings, text, path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("service/unit_of_work/settle.py", "from service.unit_of_work.door import Runtime"),
        ("service/unit_of_work/work.py", "from service.unit_of_work import Runtime"),
        ("service/unit_of_work/stray.py", ""),
    ],
)
def test_a_step_upstairs_is_noticed(path, text):
    assert caught(storeys, text, path)


def test_a_circle_through_a_package_is_noticed():
    package = Source("service/room/__init__.py", "from service.room.door import Door")
    door = Source("service/room/door.py", "from service.room.work import Work")
    work = Source("service/room/work.py", "from service.room import Door")
    assert circles([package, door, work])
    assert not circles([package, door, Source("service/room/work.py", "import json")])


def test_a_circle_is_noticed():
    there = Source("service/a.py", "from service.b import c")
    assert circles([there, Source("service/b.py", "if TYPE_CHECKING:\n    import service.a")])
    assert not circles([there, Source("service/b.py", "import json")])


def test_a_crowd_is_noticed(tmp_path):
    for number in range(MOST_ENTRIES + 1):
        (tmp_path / f"module_{number}.py").touch()
    assert crowded(tmp_path)
    (tmp_path / "module_0.py").unlink()
    assert not crowded(tmp_path)
