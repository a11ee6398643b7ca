"""Pages run under a strict content policy and without any outside host."""

import re

import pytest

from tests.house.source import ROOT

TEMPLATES = sorted((ROOT / "service/web").glob("*/*.html"))
FORBIDDEN = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "an inline style": re.compile(r"<style\b|<[^>]*\sstyle\s*=", re.I),
    "an outside host": re.compile(r"(?:src|href|action|hx-\w+)\s*=\s*[\"']?(?:https?:)?//", re.I),
    "a filter that trusts text": re.compile(r"(?<![\"'])\|\s*safe\b"),
}


def unsafe(text: str) -> list[str]:
    """What a page may not contain, with the line it stands in."""
    bare = re.sub(
        r"\{#.*?#\}", lambda comment: "\n" * comment.group().count("\n"), text, flags=re.S
    )
    found = [
        (bare.count("\n", 0, m.start()) + 1, what)
        for what, p in FORBIDDEN.items()
        for m in p.finditer(bare)
    ]
    return [f"line {line}: {what}" for line, what in sorted(found)]


def test_pages_keep_to_the_content_policy():
    findings = {page.name: found for page in TEMPLATES if (found := unsafe(page.read_text()))}
    assert findings == {}


def test_the_pages_were_read():
    assert TEMPLATES


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<a href="/" onclick="go()">',
        '<p style="color: red">',
        "<style>p { }</style>",
        '<img src="https://example.org/a.png">',
        '<link rel="stylesheet" href="//example.org/a.css">',
        "<p>{{ text|safe }}</p>",
    ],
)
def test_what_the_policy_forbids_is_noticed(text):
    assert unsafe(text)


def test_what_the_policy_allows_is_fine():
    assert not unsafe(
        '<script type="module" src="/assets/a.js">'
        '</script><p class="a">{# style="" #}{{ text }}</p>'
    )
    assert not unsafe('<script type="application/json" id="form">{{ form | tojson }}</script>')
