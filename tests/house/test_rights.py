"""Which role may do what stands in one table; everybody else asks for a right."""

import ast
import re
from collections.abc import Iterator

import pytest

from service.domain.people.rights import ROLES, Right
from service.domain.vocabulary import ROLE_NAMES as WORDS_FOR_ROLES
from service.domain.vocabulary import WITHOUT_RIGHT
from tests.house.source import PROGRAM, ROOT, Source, broken, called, caught

THEIR_MODULE = "service/domain/people/rights.py"
WHOEVER_ASKS = {"actor", "who", "me", "asker", "visitor", "found"}
MAKING_SETS = {"frozenset", "set", "isdisjoint", "issubset", "issuperset", "intersection", "role"}
IN_A_PAGE = re.compile(r"\{%-?\s*(?!-?\s*for\b)[^%]*\bin\s+[\w.()]*\broles\b")


WHERE_ROLES_ARE_READ = (
    "service/domain/people/",
    "service/access/",
    "service/commands/people/",
    "service/queries/people/",
    "service/unit_of_work/telling.py",  # an actor for a person's row
    "service/commands/takeover/examination.py",  # what an account of a row is
    "service/commands/terms/extending.py",  # whether a unit has heads
    "service/gate/",  # lanes of a diagram
    "service/api/people/",
    "service/cli.py",  # shown to the person, to the operator
)


def roles_read(source: Source) -> Iterator[str]:
    """Who has which roles is looked at in few places; everybody else asks for a right."""
    if source.under(*WHERE_ROLES_ARE_READ):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "roles":
            yield source.at(node, f"{ast.unparse(node)}: ask actor.may")


def test_roles_are_read_in_few_places():
    assert broken(roles_read) == []
    assert caught(roles_read, "roles = user.roles", "service/web/items/items.py")


def roles_compared(source: Source) -> Iterator[str]:
    """No name of a role is compared with anything outside the table."""
    if source.under(THEIR_MODULE):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Compare | ast.BinOp | ast.Set | ast.MatchValue) or (
            isinstance(node, ast.Call) and called(node) in MAKING_SETS
        ):
            for name in _role_names(node):
                yield source.at(node, f"{name!r} is for {THEIR_MODULE} to say")


def _role_names(node: ast.AST) -> set[str]:
    """The names of roles that are operands of a node, or stand in a list that is one."""
    lists = [part for part in _operands(node) if isinstance(part, ast.Set | ast.Tuple | ast.List)]
    parts = [*_operands(node), *(part for one in lists for part in one.elts)]
    texts = {part.value for part in parts if isinstance(part, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and text in ROLES}


def _operands(node: ast.AST) -> list[ast.expr]:
    return [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]


def rights_by_hand(source: Source) -> Iterator[str]:
    """Nobody above the domain looks into the roles of whoever asks."""
    if source.under("service/domain/people/"):
        return
    for node in ast.walk(source.tree):
        looks = isinstance(node, ast.Compare | ast.BinOp) and not _is_own_share_only(node)
        if looks and any(_are_the_askers(part) for part in _operands(node)):
            yield source.at(node, f"{ast.unparse(node)}: ask actor.may")


def _are_the_askers(part: ast.expr) -> bool:
    return isinstance(part, ast.Attribute) and part.attr == "roles" and _asks(part.value)


def _asks(whose: ast.expr) -> bool:
    name = whose.func if isinstance(whose, ast.Call) else whose
    called_so = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
    return called_so in WHOEVER_ASKS


def _is_own_share_only(node: ast.AST) -> bool:
    return any(getattr(part, "id", "") == "OWN_SHARE_ONLY" for part in _operands(node))


def roles_in_a_page(text: str) -> list[str]:
    """Where a page looks into roles instead of asking for a right."""
    return [found.group() for found in IN_A_PAGE.finditer(text)]


def test_only_the_table_names_roles():
    assert broken(roles_compared) == []
    assert THEIR_MODULE in {source.path for source in PROGRAM}


def test_rights_are_asked_for():
    assert broken(rights_by_hand) == []


def test_pages_ask_for_rights():
    pages = sorted((ROOT / "service/web").glob("*/*.html"))
    assert pages
    assert {
        page.name: found for page in pages if (found := roles_in_a_page(page.read_text()))
    } == {}


def test_every_role_has_a_word():
    assert set(WORDS_FOR_ROLES) == ROLES


def test_whoever_lacks_a_right_that_is_required_is_told_so():
    required = {
        call.args[1].attr
        for source in PROGRAM
        for call in source.calls()
        if called(call) == "require" and isinstance(call.args[1], ast.Attribute)
    }
    assert required == set(WITHOUT_RIGHT)


def test_every_right_is_used():
    used = {
        node.attr
        for source in PROGRAM
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Right"
    }
    assert {right.name for right in Right} == used


@pytest.mark.parametrize(
    "text",
    [
        'if "owner" in actor.roles: pass',
        'if "supervisor" not in who.roles: pass',
        'allowed = actor.roles & {"owner", "admin"}',
        'WATCHERS = frozenset({"supervisor", "admin"})',
        'only = person.roles == ["expert"]',
        'if lane.post != "head": pass',
        'tell(work, case, Holder.role(case.jurisdiction, "supervisor"), text)',
    ],
)
def test_a_role_by_name_is_noticed(text):
    assert caught(roles_compared, text, "service/commands/example.py")


@pytest.mark.parametrize(
    "text",
    [
        "from service.domain.people.rights import OWNER\nif OWNER in self.actor.roles: pass",
        "shown = actor.roles & POSTS",
        "if visitor().roles == {ADMIN}: pass",
    ],
)
def test_a_right_by_hand_is_noticed(text):
    assert caught(rights_by_hand, text, "service/queries/example.py")


@pytest.mark.parametrize("text", ["{% if 'admin' in visitor().roles %}", "{% if x in me.roles %}"])
def test_a_role_in_a_page_is_noticed(text):
    assert roles_in_a_page(text)


@pytest.mark.parametrize(
    "text",
    [
        "require(self.actor, Right.DEPLOY)",
        'WORDS = {"owner": "流程管理员"}\nunit = entry.get("head")',
        "shown = sorted(actor.roles)",
        "if role not in person.roles: pass",
    ],
)
def test_a_right_that_is_asked_for_is_fine(text):
    path = "service/commands/example.py"
    assert not caught(roles_compared, text, path)
    assert not caught(rights_by_hand, text, path)
    assert not roles_in_a_page("{% if visitor().may(Right.DEPLOY) %}{% for role in one.roles %}")
