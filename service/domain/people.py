"""People and what their roles let them do."""

from dataclasses import dataclass

SEES_ALL = frozenset({"supervisor", "owner", "admin"})
ROLES = frozenset({
    "staff", "head", "applicant", "demander", "bidder", "expert", "envoy", "supervisor", "owner", "admin",
})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks. ``roles`` are roles in the jurisdiction; ``credential_id`` is the session or token used."""

    person_id: int
    login: str
    name: str
    jurisdiction: str
    unit_id: int | None
    unit_name: str | None
    unit_code: str | None
    roles: frozenset[str]
    credential_id: int | None = None

    @property
    def holders(self) -> tuple[str, ...]:
        """The holders whose items are this person's work: the unit for its staff, and the person."""
        own = (f"person:{self.person_id}",)
        return (f"unit:{self.unit_id}", *own) if self.works_for_unit else own

    @property
    def works_for_unit(self) -> bool:
        """Whether the unit's inbox is this person's (经办 and 单位负责人)."""
        return self.unit_id is not None and bool(self.roles & {"staff", "head"})

    @property
    def sees_all(self) -> bool:
        """Whether every case of the jurisdiction is visible (督查, 流程管理员, 系统管理员)."""
        return bool(self.roles & SEES_ALL)
