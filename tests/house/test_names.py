"""Rows, lines, refusals, the glossary; no pinyin, no `utils`."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.source import PROGRAM, ROOT, Source, bases, broken, caught

EMPTY_WORDS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "common",
    "stuff",
}
SECOND_WORDS = {
    "workitem": "item",
    "todoitem": "item",
    "tenant": "jurisdiction",
    "delegate": "deputize",
    "reassign": "hand_over",
    "rollback_step": "send_back",
    "auditlog": "journal",
    "audit_log": "journal",
    "countersign": "cooperate",
    "assist": "cooperate",
    "collaborator": "cooperate",
    "remind_unit": "urge",
    "recall_item": "withdraw",
}
PINYIN = frozenset(
    re.findall(
        r"\w+",
        """
    qiantou peihe qianshou banjie fankui zhuanban weituo tuihui chehui cuiban duban ducha tongbao
    chaosong guaqi zhongzhi bangdan xuqiufang genbang pingbang chebang
    gongshi beian yanshou buzhu zhuihui taizhang liuhen guikou lianxi
    tepaiyuan shudi tiaokuan gongzuori liucheng biaodan danwei keji kejiju zuzhibu
    gongxinju caizhengju
    rensheju xianqu shenhe shenpi shenbao tuijian renwu anjian shixiang fujian yijian pishi huizong
""",
    )
)
# Whoever calls these makes a refusal of what they raise.
WITH_ERRORS_OF_THEIR_OWN = (
    "service/feel/",
    "service/domain/forms/schema.py",
    "service/gate/deployment.py",
)
INSTANT = re.compile(r"(?:^|_)(?:at|since|from|to|until)$")


def words(name: str) -> list[str]:
    """The words of an identifier: ``openItem_at`` has ``open``, ``item`` and ``at``."""
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def empty_words(source: Source) -> Iterator[str]:
    for part in source.path.removesuffix(".py").split("/"):
        if set(words(part)) & EMPTY_WORDS:
            yield f"{source.path}: {part} says nothing"
    for node in source.classes():
        if set(words(node.name)) & EMPTY_WORDS:
            yield source.at(node, f"{node.name} says nothing")


def second_words(source: Source) -> Iterator[str]:
    for node, name in source.names():
        for word, ours in SECOND_WORDS.items():
            if re.search(rf"(?<![a-z]){word}(?![a-z])", name.lower()):
                yield source.at(node, f"{name}: the house says {ours}")


def pinyin(source: Source) -> Iterator[str]:
    for node, name in source.names():
        if found := PINYIN & set(words(name)):
            yield source.at(node, f"{name}: {', '.join(sorted(found))} is pinyin")


def pinyin_ids(text: str) -> list[str]:
    """Ids of a diagram or keys of a form that are pinyin."""
    names = re.findall(r'"?\b(?:id|key|name|process)"?\s*[=:]\s*"([A-Za-z_][A-Za-z0-9_.-]*)"', text)
    return [name for name in names if PINYIN & set(words(name))]


def suffixes(source: Source) -> Iterator[str]:
    for node in source.classes():
        if node.name.endswith("Row") and not source.under("service/store/"):
            yield source.at(node, f"{node.name}: rows stand in the store")
        if node.name.endswith("Line") and not source.under("service/queries/"):
            yield source.at(node, f"{node.name}: lines come from queries")
        if (
            any(getattr(target, "id", "") == "__tablename__" for target in _assigned(node))
            and node.name[-3:] != "Row"
        ):
            yield source.at(node, f"{node.name} is a table and not called …Row")


def schemas(source: Source) -> Iterator[str]:
    for node in source.classes():
        if {"Schema", "LineOut"} & set(bases(node)):
            if not source.under("service/api/", "service/http/"):
                yield source.at(node, f"{node.name}: schemas stand beside their view")
            if not node.name.endswith(("In", "Out", "Query")):
                yield source.at(node, f"{node.name}: a schema is …In or …Out")


def refusals(source: Source) -> Iterator[str]:
    """What a caller can see stands in ``errors.py``, with a title, a code and a status."""
    for node in source.classes():
        parents = set(bases(node))
        if source.path != "service/errors.py":
            own = source.under(*WITH_ERRORS_OF_THEIR_OWN)
            if "Refused" in parents or (
                not own and any(p.endswith(("Exception", "Error")) for p in parents)
            ):
                yield source.at(node, f"{node.name} belongs in service/errors.py")
        elif "Exception" not in parents:
            yield from _incomplete(source, node)


def _incomplete(source: Source, node: ast.ClassDef) -> Iterator[str]:
    named = {
        part.id
        for target in _assigned(node)
        for part in ast.walk(target)
        if isinstance(part, ast.Name)
    }
    if not ast.get_docstring(node):
        yield source.at(node, f"{node.name} has no title")
    if not {"code", "status"} <= named:
        yield source.at(node, f"{node.name} needs code and status")


def _assigned(node: ast.ClassDef) -> list[ast.expr]:
    return [target for part in node.body if isinstance(part, ast.Assign) for target in part.targets]


def instants(source: Source) -> Iterator[str]:
    """An instant that is stored is called ``…_at``, or says what it bounds: since, from, to,
    until.
    """
    for node in ast.walk(source.tree) if source.under("service/store/") else ():
        if isinstance(node, ast.AnnAssign) and "Mapped[datetime" in ast.unparse(node.annotation):
            name = ast.unparse(node.target)
            yield from (
                ()
                if INSTANT.search(name)
                else [source.at(node, f"{name} is an instant and not called …_at")]
            )


def test_names_say_something():
    assert broken(empty_words) == []


def test_the_glossary_has_one_word_for_a_thing():
    assert broken(second_words) == []


def test_no_name_is_pinyin():
    assert broken(pinyin) == []


def test_no_id_of_a_diagram_or_form_is_pinyin():
    files = [
        file
        for folder in ("bpmn", "forms")
        for file in (ROOT / folder).rglob("*.*")
        if file.suffix not in {".yaml", ".docx"}
    ]
    assert {file.name: found for file in files if (found := pinyin_ids(file.read_text()))} == {}


def test_rows_lines_and_tables_are_called_so():
    assert broken(suffixes) == []


def test_schemas_are_called_so():
    assert broken(schemas) == []


def test_refusals_stand_together_and_are_complete():
    assert broken(refusals) == []


def test_every_refusal_has_a_code_of_its_own():
    from service import errors

    codes = [
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    assert sorted(codes) == sorted(set(codes))


def test_stored_instants_are_called_so():
    assert broken(instants) == []


def test_the_program_has_rows():
    rows = {
        node.name
        for source in PROGRAM
        if source.under("service/store/")
        for node in source.classes()
    }
    assert "CaseRow" in rows


@pytest.mark.parametrize(
    ("law", "text", "path"),
    [
        (empty_words, "", "service/domain/utils.py"),
        (empty_words, "", "service/helpers/text.py"),
        (empty_words, "class CaseManager: pass", "service/domain/cases.py"),
        (second_words, "def open_workitem(): pass", "service/commands/items.py"),
        (second_words, "tenant_id = 1", "service/domain/people.py"),
        (pinyin, "def banjie(item): pass", "service/commands/items.py"),
        (pinyin, "class ShenheStep: pass", "service/domain/steps.py"),
        (pinyin, "f(danwei=1)", "service/domain/steps.py"),
        (suffixes, "class CaseRow: pass", "service/queries/cases.py"),
        (suffixes, "class ItemLine: pass", "service/domain/items.py"),
        (suffixes, "class Case(Base):\n    __tablename__ = 'case'", "service/store/tables.py"),
        (schemas, "class CaseOut(Schema): pass", "service/web/cases.py"),
        (schemas, "class Case(ma.Schema): pass", "service/api/cases.py"),
        (refusals, "class TooLate(Refused): 'Late.'", "service/commands/items.py"),
        (refusals, "class GateError(ValueError): 'Closed.'", "service/gate/rules.py"),
        (refusals, "class TooLate(Refused):\n    code, status = 'late', 409", "service/errors.py"),
        (
            refusals,
            "class TooLate(Refused):\n    'Too late.'\n    code = 'late'",
            "service/errors.py",
        ),
        (instants, "class A:\n    opened: Mapped[datetime | None]", "service/store/tables.py"),
    ],
)
def test_a_wrong_name_is_noticed(law, text, path):
    assert caught(law, text, path)


def test_a_pinyin_id_is_noticed():
    assert pinyin_ids('<userTask id="shenhe_step" name="审核"/> {"key": "danwei"}') == [
        "shenhe_step",
        "danwei",
    ]
    assert pinyin_ids('<userTask id="review" name="审核"/> {"key": "unit"}') == []
