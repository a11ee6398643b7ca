"""The tables of the demand registry (项目库, ZY-3.2): a row for each demand and each change."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import (
    Base,
    CaseId,
    DemandId,
    Id,
    JurisdictionCode,
    PersonId,
    String12,
    String60,
    String80,
    String120,
    String200,
)


class DemandRow(Base):
    """A technical demand (技术需求) in the registry.

    - ``facts`` has the whole record under the keys of its form. The columns beside it serve to
      search. Amounts are in fen, a hundredth of a yuan.
    - ``state`` is listed (在库), merged (已合并), selected (拟立项), posted (已张榜) or withdrawn
      (已撤出).
    - ``case_id`` is the case that brought the demand. ``pilot_id`` is the pilot that selected it.
      Its project is the child of the pilot that has the demand's number as its business key.
    """

    __tablename__ = "demand"

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    number: Mapped[String80]
    name: Mapped[String200]
    demander_name: Mapped[String120]
    county: Mapped[String60]
    field: Mapped[String60]
    kind: Mapped[String60]
    total_fen: Mapped[int] = mapped_column(BigInteger)
    bounty_fen: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]]
    source: Mapped[String12]
    state: Mapped[String12] = mapped_column(default="listed")
    case_id: Mapped[CaseId | None]
    pilot_id: Mapped[CaseId | None]
    merged_into: Mapped[DemandId | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("jurisdiction", "number"),
        Index("ix_demand_state", "jurisdiction", "state", "id"),
    )


class DemandChangeRow(Base):
    """A change of a demand (动态管理) and its reason.

    The demand was added, changed, merged, selected, posted or withdrawn.
    """

    __tablename__ = "demand_change"

    id: Mapped[Id]
    demand_id: Mapped[DemandId] = mapped_column(index=True)
    at: Mapped[datetime]
    person_id: Mapped[PersonId | None]
    verb: Mapped[String12]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(default="")
