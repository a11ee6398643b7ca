"""Expressions that were written to hurt: each ends soon, with an error of the language or a
null.
"""

import time
from contextlib import suppress

import pytest

from service.feel import FeelError, parse, parse_unary
from service.feel.tables.decisions import read_decisions

BIG = 4_000
HOSTILE = [
    "(" * BIG + "1" + ")" * BIG,
    "[" * BIG + "1" + "]" * BIG,
    "-" * BIG + "1",
    "not(" * BIG + "true" + ")" * BIG,
    "if true then " * 1_000 + "1" + " else 1" * 1_000,
    "a" + ".a" * BIG,
    "a" + "[1]" * BIG,
    "a" + "()" * BIG,
    "{a: " * 2_000 + "1" + "}" * 2_000,
    "function(x) " * 1_000 + "x",
    "9" * 19_000,
    "1" * 30_000,
    "9 ** 9 ** 9 ** 9 ** 9",
    "10 ** 6000 ** 6000",
    "1e6000 * 1e6000",
    "decimal(1, 999999999)",
    "floor(1e6000, -6000)",
    "string(1e6000)",
    "for i in 1..1000000000 return i",
    "for i in 1..99999 return for j in 1..99999 return j",
    "count(for i in 1..3000, j in 1..3000 return 1)",
    "some i in 1..100000000 satisfies i < 0",
    "some i in 1..1e30 satisfies false",
    'for i in 1..60 return if i = 1 then "aaaaaaaaaa" else partial[-1] + partial[-1]',
    "for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
    "string(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])",
    "flatten(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])",
    "{x: for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]], y: x = x}.y",
    "string(for i in 1..5000 return if i = 1 then [1] else [partial[-1]])",
    "{x: for i in 1..5000 return if i = 1 then [1] else [partial[-1]], y: x = x}.y",
    "{f: function(g, n) g(g, n + 1), r: f(f, 1)}.r",
    "{f: function(g) [g(g), g(g)], r: f(f)}.r",
    "sort(for i in 1..90000 return modulo(i * 7919, 10007))",
    "distinct values(for i in 1..9000 return i)",
    'matches("' + "a" * 5_000 + '!", "^(a+)+$")',
    'matches("' + "a" * 5_000 + '!", "(a|a)*(a|aa)*b")',
    'matches("a", "' + "(" * 500 + "a" + ")" * 500 + '")',
    'matches("a", "((a{1000}){1000}){1000}")',
    'matches("a", "(((a*)*)*)*b")',
    'matches("' + "a" * 9_000 + '", "(?=a*b)c")',
    'replace("' + "a" * 9_000 + '", "a*b|a", "")',
    'split("' + "a" * 9_000 + '", "a*b|a")',
    'replace("' + "a" * 9_000 + '", "a", "' + "b" * 9_000 + '")',
    'split("' + "ab" * 4_000 + '", "(a|b)*c")',
    'substring("abc", 1e6000, 1e6000)',
    'string join(for i in 1..20000 return "' + "x" * 1000 + '")',
    'duration("P999999999D") * 1e300',
    '@"9999-12-31" + @"P9999Y"',
    "a[item[item[item > 1] > 1] > 1]" + " and true" * 1_000,
    "\x00",
    "“",
    "\ud800",
    '"\\ud800"',
    "?" * 1_000,
    "'" * 100,
    "1..2",
    "..",
    "[..]",
    "/*" * 1_000,
    "a b" * 1_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_it_ends_soon(text):
    begin = time.process_time()
    with suppress(FeelError):
        parse(text).evaluate({"a": [1, 2, 3]})
    with suppress(FeelError):
        parse_unary(text).matches(1, {"a": [1, 2, 3]})
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE[1],
        HOSTILE[8],
        "for i in 1..1000000000 return i",
        "{f: function(g) g(g), r: f(f)}.r",
        "count(for i in 1..3000, j in 1..3000 return 1)",
    ],
)
def test_what_has_no_end_is_an_error_and_not_a_null(text):
    with pytest.raises(FeelError):
        parse(text).evaluate({})


def test_deep_data_from_outside_is_an_error():
    data = []
    for _ in range(5_000):
        data = [data]
    with pytest.raises(FeelError):
        parse("count(a)").evaluate({"a": data})


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a",
        b"<a/>",
        b"x" * 6_000_000,
        b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><definitions '
        b'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">&b;</definitions>',
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions '
        b'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
        b'<decision id="a" name="a">'
        b'<informationRequirement><requiredDecision href="#a"/>'
        b"</informationRequirement></decision></definitions>",
    ],
)
def test_a_hostile_decision_file_is_refused(xml):
    with pytest.raises(FeelError):
        read_decisions(xml)
