"""Documents keep the types of their values."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.store.types import Instant, dumps, loads

values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.integers(-(2**53), 2**53)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.text() | st.sampled_from(["$decimal", "$date", "$instant", "$plain"]), inner
        )
    ),
)


@given(values)
def test_what_goes_in_comes_out(value: Any) -> None:
    assert loads(dumps(value)) == value


def test_types_survive() -> None:
    found = loads(dumps({"amount": Decimal("0.10"), "day": date(2026, 3, 2)}))
    assert found == {"amount": Decimal("0.10"), "day": date(2026, 3, 2)}
    assert str(found["amount"]) == "0.10"


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        Instant().process_bind_param(datetime(2026, 3, 2), None)  # type: ignore[arg-type]
