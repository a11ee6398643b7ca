"""Typed values as forms show them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """A typed value as JSON for a form: decimals as numbers in text, dates in ISO 8601."""
    match value:
        case Decimal():
            return (
                int(value)
                if value == value.to_integral_value() and abs(value) < 10**15
                else float(value)
            )
        case date():
            return value.isoformat()
        case Mapping():
            return {key: plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
    return value


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """:func:`plain`, for a form's data."""
    return {key: plain(value) for key, value in values.items()}
