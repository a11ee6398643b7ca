"""The decision tables of 张掖 at their limits: subsidy, funding, scoring."""

from decimal import Decimal

import pytest

from service.feel.tables.decisions import read_decisions

from .conftest import ROOT

TABLES = {
    name: decision
    for file in ("zy_subsidy", "zy_scoring")
    for name, decision in read_decisions(
        (ROOT / "bpmn" / "zy" / f"{file}.dmn").read_bytes()
    ).items()
}
KIND = {"kind": "技术研发"}


def decided(name, **given):
    return TABLES[name].evaluate(KIND | given)


@pytest.mark.parametrize(
    ("approved", "subsidy"),
    [
        ("0.02", "0.00"),
        ("0.03", "0.01"),
        ("100.12", "20.02"),
        ("100.13", "20.03"),
        ("4999999.97", "999999.99"),
        ("4999999.98", "1000000.00"),
        ("5000000", "1000000.00"),
        ("99999999.99", "1000000.00"),
    ],
)
def test_the_subsidy_is_a_fifth_up_to_a_million_rounded_half_up(approved, subsidy):
    assert decided("zy_subsidy", approved_amount=Decimal(approved)) == Decimal(subsidy)


@pytest.mark.parametrize("cents", [*range(1, 12), 1999999, 99999999, 100000000])
def test_two_halves_are_the_whole_and_differ_by_a_cent_at_most(cents):
    subsidy = Decimal(cents) / 100
    first = decided("zy_first_payment", subsidy=subsidy)
    remaining = decided("zy_remaining_payment", subsidy=subsidy, first_payment=first)
    assert first + remaining == subsidy
    assert 0 <= first - remaining <= Decimal("0.01")


@pytest.mark.parametrize(
    ("paid", "ratio", "sufficient"),
    [
        ("300000", "0.3", True),
        ("299999.99", "0.2999", False),
        ("300000.01", "0.3", True),
        ("0", "0", False),
        ("1000000", "1", True),
    ],
)
def test_funding_is_sufficient_from_thirty_percent_on_and_never_rounded_up_to_it(
    paid, ratio, sufficient
):
    found = decided("zy_funding", paid_by_demander=Decimal(paid), total_amount=Decimal(1000000))
    assert found == {"ratio": Decimal(ratio), "sufficient": sufficient}


def test_without_a_total_funding_is_not_sufficient():
    assert decided("zy_funding", paid_by_demander=Decimal(1), total_amount=Decimal(0)) == {
        "ratio": None,
        "sufficient": False,
    }


def test_the_weights_of_the_five_criteria_add_up_to_one():
    rules = decided("zy_scoring")
    assert sum(value for name, value in rules.items() if name != "minimum") == 1
    assert len(rules) == 6


def test_what_the_document_does_not_say_is_marked_ours():
    text = (ROOT / "bpmn" / "zy" / "zy_scoring.dmn").read_text("utf-8")
    assert text.count("<rule ") == text.count("<description>本系统默认")
