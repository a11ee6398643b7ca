"""A test in a browser waits for what it expects, and for nothing else."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT, Source

BROWSER_TESTS = [
    Source(str(path.relative_to(ROOT)), path.read_text())
    for path in sorted((ROOT / "tests/web").glob("*.py"))
]
ACTS = frozenset({"click", "dblclick", "press", "check", "uncheck", "drag_to"})
AT_ONCE = frozenset(
    {"all", "all_inner_texts", "all_text_contents", "content", "count", "evaluate_all", "title"}
    | {"is_checked", "is_disabled", "is_editable", "is_enabled", "is_hidden", "is_visible"}
)
"""Readings of a page that do not wait: right after an act they see whatever stands there."""


def _called(statement: ast.stmt) -> set[str]:
    calls = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
    return {function.attr for function in calls if isinstance(function, ast.Attribute)}


def impatient(source: Source) -> Iterator[str]:
    """Acts whose outcome is read at once, and waits for a fixed time."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"wait_for_timeout", "sleep"}:
            yield source.at(node, "wait for what is expected, not for a time")
        body = getattr(node, "body", None)
        for act, reading in zip(body, body[1:], strict=False) if isinstance(body, list) else ():
            acted = isinstance(act, ast.Expr | ast.Assign) and _called(act) & ACTS
            if acted and isinstance(reading, ast.Assert) and _called(reading) & AT_ONCE:
                yield source.at(reading, "after an act read with expect(…), which waits")


def test_browser_tests_wait_for_what_they_expect():
    findings = [finding for source in BROWSER_TESTS for finding in impatient(source)]
    assert findings == []
    assert len(BROWSER_TESTS) > 20


@pytest.mark.parametrize(
    "text",
    [
        "def test(page):\n    page.click('a')\n    assert page.locator('li').count() == 2",
        "def test(page):\n    page.wait_for_timeout(500)",
        "def test(page):\n    page.press('a')\n    assert not box.is_visible()",
    ],
)
def test_a_test_that_does_not_wait_is_found(text: str):
    assert list(impatient(Source("tests/web/test_x.py", text)))


def test_a_test_that_waits_is_not():
    text = "def test(page):\n    page.click('a')\n    expect(page.locator('li')).to_have_count(2)"
    assert list(impatient(Source("tests/web/test_x.py", text))) == []
