"""Sentences for people stand in few places; identifiers are ASCII.

Chinese stands in diagrams, forms and templates; in the program only where words are kept, and
wherever the facts of a refusal are named.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from service import errors
from tests.house.source import Source, broken, called, caught

CHINESE = re.compile(r"[\u3400-\u9fff]")
WHERE_WORDS_ARE_KEPT = (
    "service/errors.py",
    "service/settings.py",
    "service/http/problems.py",  # refusals
    "service/domain/vocabulary/",
    "service/domain/forms/",  # what is wrong with answers
    "service/feel/",
    "service/gate/",  # what is wrong with expressions, diagrams
    "service/domain/items.py",
    "service/domain/registry.py",  # why a verb is not offered
    "service/domain/terms/calendar_years.py",  # what is wrong with a calendar file
    "service/commands/processes/loading.py",  # what is wrong with a jurisdiction's data
    "service/commands/takeover/examination.py",
    "service/commands/registry/sheets.py",  # what is wrong with a workbook
    "service/papers/",  # words on papers
    "service/post.py",  # why a letter did not arrive
    "service/web/",
    "service/api/",  # pages, and the description of the interface
    "service/cli.py",
    "service/server.py",  # what the operator reads
)
REFUSALS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, Exception)
}


def sentences(source: Source) -> Iterator[str]:
    if source.under(*WHERE_WORDS_ARE_KEPT):
        return
    facts = {
        id(part) for node in ast.walk(source.tree) if _refuses(node) for part in ast.walk(node)
    }
    for node in (node for node in ast.walk(source.tree) if isinstance(node, ast.Constant)):
        if CHINESE.search(str(node.value)) and id(node) not in facts | source.docstrings:
            yield source.at(node, f"“{str(node.value)[:20]}” belongs in errors.py or vocabulary.py")


def _refuses(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and called(node) in REFUSALS)


def identifiers(source: Source) -> Iterator[str]:
    for node, name in source.names():
        if not name.isascii():
            yield source.at(node, f"{name} is not ASCII")


def test_sentences_stand_where_words_are_kept():
    assert broken(sentences) == []


def test_identifiers_are_ascii():
    assert broken(identifiers) == []


@pytest.mark.parametrize(
    "text",
    [
        "label = '签收'",
        "label = f'共 {n} 项：'",
        "def verb():\n    return '办结'",
        "log.info('已办结')",
    ],
)
def test_a_word_in_the_wrong_place_is_noticed(text):
    assert caught(sentences, text, "service/commands/items.py")


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    'Finish the share (办结).'",
        "raise NotFound('案件')",
        "refusal = NotFound(what='案件' if one else '事项')",
        "raise FeelError(f'{name} 不存在')",
    ],
)
def test_a_refusal_and_a_docstring_may_speak(text):
    assert not caught(sentences, text, "service/commands/items.py")


def test_an_identifier_that_is_not_ascii_is_noticed():
    assert caught(identifiers, "案件 = 1")
    assert caught(identifiers, "def f(单位=None): pass")
