"""The tables of the demand registry (项目库, ZY-3.2): one row per demand, one per change. Rows are
facts.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.domain.forms.answers import lists_of
from service.domain.people.actor import Actor
from service.domain.people.units import Directory
from service.domain.registry import Book, reads, registry_of
from service.errors import NotFound
from service.store.people.lookups import directory_of
from service.store.processes.lookups import lists_in_force, newest_form, rules_of
from service.store.types import Base


class DemandRow(Base):
    """A technical demand (技术需求) in the registry. ``facts`` holds the whole record under its
    form's keys; the columns beside it are for finding (amounts in fen, a hundredth of a yuan).

    ``state``: listed (在库), merged (已合并), selected (拟立项), posted (已张榜), withdrawn
    (已撤出). ``case_id`` is the case it came by, ``pilot_id`` the pilot that selected it; its
    project is the pilot's child that has its number as business key.
    """

    __tablename__ = "demand"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    number: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    demander_name: Mapped[str] = mapped_column(String(120))
    county: Mapped[str] = mapped_column(String(60))
    field: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(60))
    total_fen: Mapped[int] = mapped_column(BigInteger)
    bounty_fen: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="listed")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))
    pilot_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("demand.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("jurisdiction", "number"),
        Index("ix_demand_state", "jurisdiction", "state", "id"),
    )


class DemandChangeRow(Base):
    """What has been done to a demand (动态管理): added, changed, merged, selected, posted,
    withdrawn, and why.
    """

    __tablename__ = "demand_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), index=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verb: Mapped[str] = mapped_column(String(12))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(default="")


def book(session: Session, actor: Actor, directory: Directory | None = None) -> Book:
    """The demand registry of somebody's jurisdiction, for those who may look at it.

    :raises NotFound: it has none, or this is none of theirs.
    """
    found = directory or directory_of(session, actor.jurisdiction)
    registry = registry_of(rules_of(session, actor.jurisdiction))
    deployed = newest_form(session, actor.jurisdiction, registry.form) if registry else None
    if registry is None or deployed is None or not reads(actor, found):
        raise NotFound("项目库")
    file_id, form = deployed
    in_force = lists_in_force(session, actor.jurisdiction)
    return Book(
        registry=registry,
        directory=found,
        file_id=file_id,
        form=form,
        lists={name: in_force[name].entries for name in lists_of(form) if name in in_force},
    )
