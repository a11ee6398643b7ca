"""One commit; no code out of data; no swallowed exceptions; no ambient clock."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import Source, broken, called, caught

UNIT_OF_WORK = "service/unit_of_work/"
THE_DOOR = "service/unit_of_work/door.py"
WHERE_ONE_READS = ("service/queries/", "service/papers/", "service/http/", "service/web/")
TRANSACTIONS = {"commit", "begin", "begin_nested", "begin_twophase", "transaction"}
SESSIONS_THAT_WRITE = "command_sessions"
CODE_OUT_OF_DATA = {"eval", "exec", "compile", "__import__"}
TOO_BROAD = {"Exception", "BaseException"}
WHERE_ONE_MUST_NOT_STOP_THE_OTHERS = (
    "service/commands/operations/failing.py",
    "service/commands/notices/delivery.py",
)
WHERE_ITEMS_CHANGE = "service/store/items/projection.py"
WHERE_ITEMS_ARE_COUNTED = "service/commands/supervision/counting.py"
COUNTED_BY = {"state", "due_at", "unit_id", "closed_at", "opened_at", "part", "element"}
OTHERS_THAN_ITEMS = {"self", "row", "timer", "case"}
WHERE_TIME_COMES_IN = (UNIT_OF_WORK, "service/app.py", "service/cli.py", "service/clock.py")
AMBIENT = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}


def transactions(source: Source) -> Iterator[str]:
    """Nobody but the unit of work begins or commits a transaction; changes of the tables have one
    of their own.
    """
    if source.under(
        UNIT_OF_WORK, "service/store/migrations/", "service/store/operations/migrate.py"
    ):
        return
    for call in source.calls():
        if called(call) in {*TRANSACTIONS, SESSIONS_THAT_WRITE}:
            yield source.at(call, f"{called(call)}() outside {UNIT_OF_WORK}")


def commits(source: Source) -> list[str]:
    return [source.at(call, "commits") for call in source.calls() if called(call) == "commit"]


def code_out_of_data(source: Source) -> Iterator[str]:
    for call in source.calls():
        if isinstance(call.func, ast.Name) and call.func.id in CODE_OUT_OF_DATA:
            yield source.at(call, f"{call.func.id}()")
        if ast.unparse(call.func) in {
            "yaml.load",
            "yaml.unsafe_load",
            "yaml.full_load",
            "os.system",
            "os.popen",
        }:
            yield source.at(call, f"{ast.unparse(call.func)}()")
        if any(
            word.arg == "shell" and getattr(word.value, "value", True) for word in call.keywords
        ):
            yield source.at(call, "a shell")


def swallowed(source: Source) -> Iterator[str]:
    if source.under(*WHERE_ONE_MUST_NOT_STOP_THE_OTHERS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and (node.type is None or _broad(node.type)):
            yield source.at(node, "catches everything")
        if (
            isinstance(node, ast.Call)
            and called(node) == "suppress"
            and any(map(_broad, node.args))
        ):
            yield source.at(node, "suppresses everything")


def _broad(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) and part.id in TOO_BROAD for part in ast.walk(node))


def ambient_clock(source: Source) -> Iterator[str]:
    if source.under(*WHERE_TIME_COMES_IN):
        return
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Attribute)
            and (getattr(node.value, "id", ""), node.attr) in AMBIENT
        ):
            yield source.at(node, f"{ast.unparse(node)} instead of a time that is given")
    for node, module in source.imports():
        if module == "time.time" or module.endswith(".utc_now"):
            yield source.at(node, f"{module} instead of a time that is given")


def uncounted(source: Source) -> Iterator[str]:
    """What supervision counts by is changed in one place, which marks that it has changed."""
    if source.under(WHERE_ITEMS_CHANGE, "service/store/migrations/"):
        return
    knows_items = any(module.endswith(".ItemRow") for _, module in source.imports())
    for node in ast.walk(source.tree):
        for target in _targets(node):
            if _is_an_items(target, knows_items):
                yield source.at(target, f"{ast.unparse(target)} outside {WHERE_ITEMS_CHANGE}")
    for call in source.calls():
        if _changes_items(call) and not source.under(WHERE_ITEMS_ARE_COUNTED):
            yield source.at(call, f"changes items outside {WHERE_ITEMS_CHANGE}")


def _targets(node: ast.AST) -> Iterator[ast.Attribute]:
    """The attributes that a statement assigns to."""
    assigned = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        assigned = [node.target]
    parts = (part for target in assigned for part in ast.walk(target))
    return (
        part
        for part in parts
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)
    )


def _is_an_items(target: ast.Attribute, knows_items: bool) -> bool:
    """Whether this is, as far as one can tell, a column of an item that is counted by."""
    whose = ast.unparse(target.value)
    suspect = "item" in whose or (knows_items and whose not in OTHERS_THAN_ITEMS)
    return target.attr in COUNTED_BY and suspect


def _changes_items(call: ast.Call) -> bool:
    """Whether a call changes items in bulk, or a column of one by its name."""
    text = ast.unparse(call)
    match called(call):
        case "update":
            return "ItemRow" in text or "ITEMS" in text
        case "bulk_update_mappings":
            return "ItemRow" in text
        case "setattr":
            return "item" in ast.unparse(call.args[0])
    return False


def test_only_the_unit_of_work_begins_and_commits():
    assert broken(transactions) == []


def test_items_are_changed_where_the_change_is_noted():
    assert broken(uncounted) == []


def built_elsewhere(source: Source) -> Iterator[str]:
    """A unit of work is built by the door alone; whoever only reads builds a ``Reading``."""
    if source.path == THE_DOOR:
        return
    for call in source.calls():
        if called(call) == "UnitOfWork":
            yield source.at(call, f"builds a UnitOfWork outside {THE_DOOR}")
    for node, module in source.imports() if source.under(*WHERE_ONE_READS) else ():
        if module.endswith(".UnitOfWork"):
            yield source.at(node, "whoever reads has no use for a UnitOfWork")


def test_reading_never_builds_a_unit_of_work():
    assert broken(built_elsewhere) == []


def test_there_is_one_commit_in_the_program():
    assert len(broken(commits)) == 1


def test_no_code_comes_out_of_data():
    assert broken(code_out_of_data) == []


def test_no_exception_is_swallowed():
    assert broken(swallowed) == []


def test_time_is_given_and_never_looked_up():
    assert broken(ambient_clock) == []


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (transactions, "def save(session):\n    session.commit()"),
        (transactions, "with Session.begin() as session: pass"),
        (commits, "session.commit()"),
        (uncounted, "item.state, item.closed_at = 'done', now"),
        (uncounted, "work.item.due_at = None"),
        (built_elsewhere, "look = UnitOfWork(process, session)"),
        (transactions, "with runtime().transaction() as work: work.session.add(row)"),
        (transactions, "with runtime.command_sessions() as session: pass"),
        (uncounted, "setattr(item, name, 1)"),
        (uncounted, "item.closed_at = now"),
        (uncounted, "from a import ItemRow\nfor one in rows: one.state = 'done'"),
        (uncounted, "session.execute(update(ItemRow), [{'id': 1, 'state': 'done'}])"),
        (uncounted, "session.execute(sa.update(ITEMS).values(**given))"),
        (uncounted, "session.query(ItemRow).update({'state': 'done'})"),
        (uncounted, "session.bulk_update_mappings(ItemRow, rows)"),
        (ambient_clock, "from service.unit_of_work import utc_now"),
        (ambient_clock, "from time import time"),
        (uncounted, "update(ItemRow).where(ItemRow.id == 1).values(due_at=None)"),
        (code_out_of_data, "eval('1')"),
        (code_out_of_data, "exec(text, {})"),
        (code_out_of_data, "import yaml\nyaml.load(text)"),
        (code_out_of_data, "subprocess.run(text, shell=True)"),
        (swallowed, "try:\n    f()\nexcept Exception:\n    pass"),
        (swallowed, "try:\n    f()\nexcept:\n    pass"),
        (swallowed, "try:\n    f()\nexcept (ValueError, BaseException) as exc:\n    pass"),
        (swallowed, "with contextlib.suppress(Exception):\n    f()"),
        (ambient_clock, "now = datetime.now(UTC)"),
        (ambient_clock, "field(default_factory=date.today)"),
        (ambient_clock, "import time\ntime.time()"),
    ],
)
def test_a_back_door_is_noticed(law, text):
    assert caught(law, text)


@pytest.mark.parametrize(
    ("law", "text", "path"),
    [
        (transactions, "session.commit()", "service/unit_of_work/door.py"),
        (
            swallowed,
            "try:\n    f()\nexcept Exception:\n    log.exception('case', id=id)",
            "service/commands/operations/failing.py",
        ),
        (
            swallowed,
            "try:\n    f()\nexcept ValueError as exc:\n    raise Refused('') from exc",
            "service/domain/a.py",
        ),
        (code_out_of_data, "re.compile('a')\nyaml.safe_load(text)", "service/domain/a.py"),
        (ambient_clock, "runtime.now()\ndatetime.fromisoformat(text)", "service/domain/a.py"),
    ],
)
def test_the_front_door_is_open(law, text, path):
    assert not caught(law, text, path)
