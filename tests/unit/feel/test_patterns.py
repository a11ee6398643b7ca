"""Patterns as JavaScript reads them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.feel.patterns import BadPattern, compiled


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^1[3-9]\d{9}$", "13800138000", True),
        (r"^1[3-9]\d{9}$", "13800138000\n", False),
        (r"\d", "１", False),
        (r"^\w+$", "汉字", False),
        (r"^[\u4e00-\u9fa5]{2,4}$", "揭榜", True),
        ("b", "abc", True),
        ("^(?=.*[A-Z])(?!.*x).+$", "aBc", True),
        ("^(?=.*[A-Z])(?!.*x).+$", "aBx", False),
        (r"\bcat\b", "a cat.", True),
        (r"\bcat\b", "cats", False),
        ("^a.c$", "a\nc", False),
        ("^$", "", True),
        ("a{2,3}?b", "aaab", True),
        ("^a{2}$", "aaa", False),
        ("^(ab|a)(bc)?$", "abc", True),
        ("[^a-c]", "abc", False),
        ("[]", "a", False),
        ("[^]", "\n", True),
        (r"[\d-]+", "a-1", True),
        ("{", "{", True),
        ("^a{,2}$", "a{,2}", True),
        (r"^\x41\u0042", "AB", True),
        (r"^[\b]$", "\b", True),
        ("^(?<year>[0-9]{4})$", "2026", True),
        (r"^\S+\s$", "a\u3000", True),
        (r"^[\S]$", "\ufeff", False),
        (r"^[^\D]\D$", "1１", True),
        (r"[\W]", "a_9", False),
        ("(?<=a)b", "ab", True),
        ("[[:alpha:]]", "a]", True),
        ("^a{e<=1}$", "a", False),
    ],
)
def test_a_pattern_finds_what_a_browser_finds(pattern, text, found):
    assert (compiled(pattern).search(text) is not None) is found


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "[a",
        "*a",
        "a**",
        r"(a)\1",
        "a++",
        "(?>a)b",
        "a{2,1}",
        "[z-a]",
        "\\",
        "a{5000}",
        "(?P<x>a)",
        r"\p{Lu}",
        r"\u{42}",
    ],
)
def test_what_cannot_be_read_or_bounded_is_refused(pattern):
    with pytest.raises(BadPattern):
        compiled(pattern)


SMALL = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "^", "$"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("({0[0]}|{0[1]})".format),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "*?", "+?", "??"])).map(
            lambda parts: f"(?:{parts[0]}){parts[1]}"
        ),
        inner.map("(?={})".format),
    ),
    max_leaves=8,
)


@given(pattern=SMALL, text=st.text("abc", max_size=7))
def test_it_agrees_with_pythons_own_matcher_where_both_read_the_pattern_alike(pattern, text):
    try:
        ours = compiled(pattern).search(text)
    except BadPattern:
        return
    theirs = re.compile(pattern.replace("$", r"\Z")).search(text)
    assert (ours and ours.span()) == (theirs and theirs.span())
