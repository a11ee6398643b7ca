"""An offer says whether a person may do something now. Buttons and guards use the same offers."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Whether a person may use a verb now. ``why`` is the reason if they may not."""

    verb: str
    label: str
    allowed: bool
    why: str = ""
