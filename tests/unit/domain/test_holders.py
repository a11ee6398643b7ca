"""Holders: what their text is, and what they tell of themselves."""

import pytest

from service.domain.people.actor import Holder, units_among
from service.store.types import dumps


@pytest.mark.parametrize(
    ("holder", "text"),
    [
        (Holder.unit(7), "unit:7"),
        (Holder.heads(7), "head:7"),
        (Holder.person(9), "person:9"),
        (Holder.role("cf", "supervisor"), "role:cf:supervisor"),
    ],
)
def test_a_holder_is_its_text_wherever_it_is_written(holder: Holder, text: str) -> None:
    assert holder == text == str(holder)
    assert Holder(text) == holder
    assert dumps({"holder": holder}) == dumps({"holder": text})


def test_a_unit_is_meant_by_itself_and_by_its_heads() -> None:
    everybody = [Holder.unit(7), Holder.heads(8), Holder.person(9), Holder.role("cf", "owner")]
    assert units_among(everybody) == [7, 8]
    assert [holder.is_role for holder in everybody] == [False, False, False, True]


@pytest.mark.parametrize("text", ["", "unit", "7", "heads:7"])
def test_what_names_no_holder_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no holder"):
        Holder(text)
