"""Every rule has a diagram that keeps it and one that breaks it."""

import pytest

from service.gate import RULES, check
from tests.diagrams import pairs_elements, pairs_flow, pairs_papers, pairs_work
from tests.diagrams.draw import AROUND, Pair

PAIRS: dict[str, Pair] = {
    **pairs_elements.PAIRS,
    **pairs_flow.PAIRS,
    **pairs_work.PAIRS,
    **pairs_papers.PAIRS,
}
MORE = [*pairs_elements.MORE, *pairs_flow.MORE, *pairs_work.MORE, *pairs_papers.MORE]


def test_every_rule_has_a_pair_and_a_paragraph():
    assert set(PAIRS) == set(RULES)
    assert all((rule.check.__doc__ or "").strip() for rule in RULES.values())


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_the_valid_diagram_passes(name):
    assert [f.line_of_text() for f in check(PAIRS[name].valid, AROUND)] == []


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_the_invalid_diagram_is_found_at_its_place(name):
    pair = PAIRS[name]
    found = check(pair.invalid, AROUND)
    assert (pair.file, pair.element, pair.line()) in {
        (f.file, f.element, f.line) for f in found if f.rule == name
    }
    assert {f.rule for f in found} <= {name} | pair.also
    assert {f.severity for f in found if f.rule == name} == {RULES[name].severity}


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_a_sentence_is_chinese_and_says_what_to_do(name):
    for finding in check(PAIRS[name].invalid, AROUND):
        chinese = sum("一" <= c <= "鿿" for c in finding.message)
        assert chinese > 8, finding.message
        assert any(word in finding.message for word in ("请", "建议")), finding.message


@pytest.mark.parametrize("name", sorted(pairs_elements.UNSUPPORTED))
def test_what_the_engine_does_not_run_is_refused_by_name_with_what_to_draw_instead(name):
    pair = pairs_elements.UNSUPPORTED[name]
    assert check(pair.valid, AROUND) == []
    (found,) = [f for f in check(pair.invalid, AROUND) if f.rule == "element-supported"]
    assert (found.element, found.line) == (pair.element, pair.line())
    assert "请改用" in found.message


@pytest.mark.parametrize(("rule", "pair"), MORE)
def test_other_ways_to_break_a_rule_are_found_too(rule, pair):
    assert check(pair.valid, AROUND) == []
    found = check(pair.invalid, AROUND)
    assert (pair.file, pair.element, pair.line()) in {
        (f.file, f.element, f.line) for f in found if f.rule == rule
    }
