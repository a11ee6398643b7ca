"""The e-mail address that somebody gives in a form: in a field that the form checks as one."""

from collections.abc import Mapping
from typing import Any

from service.domain.forms.schema import Component, keys_of


def email_given(form: Component, answers: Mapping[str, Any]) -> str | None:
    """The first address that was filled in, of the fields with ``validationType`` ``email``."""
    given = (
        str(answers.get(key) or "").strip()
        for key, field in keys_of(form).items()
        if (field.get("validate") or {}).get("validationType") == "email"
    )
    return next(filter(None, given), None)
