"""评定成效等次: the shipped decision table, at its limits."""

from decimal import Decimal

import pytest

from service.feel.tables.decisions import read_decisions

from .conftest import ROOT

SCORES = (
    "political_quality",
    "research_score",
    "transfer_score",
    "benefit_score",
    "talent_score",
    "exchange_score",
)
TABLES = read_decisions((ROOT / "bpmn" / "cf" / "cf_grading.dmn").read_bytes())


def graded(points, kind="annual", **other):
    scores = dict.fromkeys(SCORES, Decimal(points)) | {
        key: Decimal(value) for key, value in other.items()
    }
    return TABLES["cf_grade"].evaluate({"evaluation": {"kind": kind}, **scores})


@pytest.mark.parametrize("kind", ["annual", "final"])
@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ("100", "一类"),
        ("85", "一类"),
        ("84.9", "二类"),
        ("70", "二类"),
        ("69.9", "三类"),
        ("0", "三类"),
    ],
)
def test_the_limits_of_the_grades(points, grade, kind):
    assert graded(points, kind) == {"grade": grade, "total_score": Decimal(points)}


def test_the_weights_add_up_to_one():
    assert graded(1)["total_score"] == 1


@pytest.mark.parametrize(
    ("score", "weight"),
    [
        ("political_quality", "20"),
        ("research_score", "25"),
        ("transfer_score", "20"),
        ("benefit_score", "15"),
        ("talent_score", "10"),
        ("exchange_score", "10"),
    ],
)
def test_each_score_has_its_weight(score, weight):
    assert graded(0, **{score: 100})["total_score"] == Decimal(weight)


def test_without_political_quality_no_good_grade():
    assert graded(100, political_quality="59.5")["grade"] == "三类"
    assert graded(100, political_quality="60")["grade"] == "一类"


def test_every_row_says_that_it_is_ours():
    text = (ROOT / "bpmn" / "cf" / "cf_grading.dmn").read_text("utf-8")
    assert (
        text.count("<rule ") == text.count("本系统默认") - 3
    )  # the file and both tables say so too
