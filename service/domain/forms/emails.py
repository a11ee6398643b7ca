"""The e-mail address that a person gives in a form, in a field that is checked as an address."""

from collections.abc import Mapping
from typing import Any

from service.domain.forms.schema import Component, keys_of


def email_given(form: Component, answers: Mapping[str, Any]) -> str | None:
    """The first address in a field with ``validationType`` ``email``; None if there is none."""
    addresses = (
        str(answers.get(key) or "").strip()
        for key, field in keys_of(form).items()
        if (field.get("validate") or {}).get("validationType") == "email"
    )
    return next(filter(None, addresses), None)
