"""What somebody may do now, for buttons and guards alike."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Whether a verb is open to somebody now, and if not why."""

    verb: str
    label: str
    allowed: bool
    why: str = ""
