"""The tables of notices: the notices themselves, channels, and deliveries.

Decided: a delivery is a row that is written together with its cause. The clock sends it at least
once under a stable id, and parks it after a day of failures. Because a mail server that is down
must lose nothing and stop nobody.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.people.actor import Holder
from service.store.types import (
    Base,
    CaseId,
    Count,
    Id,
    ItemId,
    PersonId,
    String8,
    String10,
    String12,
    String20,
    String36,
    String80,
    String120,
    String170,
    String200,
    String500,
)


class NoticeRow(Base):
    """A sentence for a unit, its heads, a role or a person, shown on the page.

    - ``kind`` is one of :data:`~service.domain.vocabulary.NOTICE_KINDS`.
    - ``key`` is unique. It is set for a notice that must come only once.
    - ``matter`` is what the notice is about. A newer notice of the same matter for the same holder
      replaces it, and it is over when the matter is. Then it is not ``current`` any more.
    - ``fold`` is the same for notices that are shown as one line if there are many.
    """

    __tablename__ = "notice"

    id: Mapped[Id]
    case_id: Mapped[CaseId]
    item_id: Mapped[ItemId | None]
    kind: Mapped[String12] = mapped_column(default="notice", server_default="notice")
    key: Mapped[String120 | None] = mapped_column(unique=True)
    holder: Mapped[Holder]
    at: Mapped[datetime]
    text: Mapped[str]
    matter: Mapped[String80 | None]
    fold: Mapped[String170 | None]
    current: Mapped[bool] = mapped_column(default=True, server_default=true())

    __table_args__ = (
        Index(
            "ix_notice_current",
            "holder",
            "id",
            sqlite_where=current.is_(True),
            postgresql_where=current.is_(True),
        ),
        Index(
            "ix_notice_matter",
            "matter",
            sqlite_where=current.is_(True),
            postgresql_where=current.is_(True),
        ),
    )


class ChannelRow(Base):
    """A way to tell a person or a unit besides the page.

    - ``holder`` is a unit or a person. For a person, ``person_id`` is their id.
    - ``kind`` is email, webhook (signed JSON), or the robot of wecom (企业微信) or dingtalk (钉钉).
    - ``mode`` is each (at once), daily (one digest a day) or off.
    - ``secret`` is the signing key; it is never shown again. ``digest_at`` is when the last digest
      was made.
    """

    __tablename__ = "channel"

    id: Mapped[Id]
    jurisdiction: Mapped[String20]
    holder: Mapped[Holder]
    person_id: Mapped[PersonId | None] = mapped_column(index=True)
    kind: Mapped[String10]
    address: Mapped[String500]
    secret: Mapped[String200] = mapped_column(default="")
    mode: Mapped[String8] = mapped_column(default="each")
    digest_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("holder", "kind", "address"),)


class DeliveryRow(Base):
    """One message to one channel.

    - ``id`` is the same in all attempts. ``attempts`` counts the attempts that were begun.
    - ``attempt_at`` is the earliest time of the next attempt. During an attempt it is the time when
      that attempt counts as lost. It is empty while the message waits for the daily digest.
    - ``told_with`` is the id of the message that was sent instead: a digest, or the summary of too
      many messages.
    """

    __tablename__ = "delivery"

    id: Mapped[String36] = mapped_column(primary_key=True)
    jurisdiction: Mapped[String20]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    subject: Mapped[String200]
    text: Mapped[str]
    path: Mapped[String200] = mapped_column(default="")
    created_at: Mapped[datetime]
    attempt_at: Mapped[datetime | None]
    attempts: Mapped[Count]
    delivered_at: Mapped[datetime | None] = mapped_column()
    told_with: Mapped[String36 | None] = mapped_column(index=True)

    __table_args__ = (
        Index("ix_delivery_channel", "channel_id", "created_at"),
        Index(
            "ix_delivery_undelivered",
            "attempt_at",
            sqlite_where=delivered_at.is_(None),
            postgresql_where=delivered_at.is_(None),
        ),
        UniqueConstraint("channel_id", "notice_id"),
    )
