"""核对立项数: the shipped decision table, at its limits (试点期间根据实际情况支持 3-5 个项目)."""

from decimal import Decimal

import pytest

from service.feel.tables.decisions import read_decisions

from .conftest import ROOT

TABLE = read_decisions((ROOT / "bpmn" / "zy" / "zy_established_count.dmn").read_bytes())[
    "zy_established_count"
]


@pytest.mark.parametrize(
    ("count", "verdict"),
    [(0, "below"), (2, "below"), (3, "within"), (5, "within"), (6, "above"), (50, "above")],
)
def test_three_to_five_projects_are_within(count, verdict):
    found = TABLE.evaluate({"established_count": Decimal(count)})
    assert found["verdict"] == verdict
    assert f" {count} " in found["note"]
