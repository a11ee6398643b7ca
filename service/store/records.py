"""The tables by which the program can prove what happened: anchors of the journal, and requests
already answered.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base


class AnchorRow(Base):
    """All lines of the journal up to one, sealed: ``lines`` are those since the anchor before."""

    __tablename__ = "anchor"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    upto: Mapped[int]
    lines: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class IdempotencyRow(Base):
    """The response to a request that carried an Idempotency-Key; ``digest`` is of the request."""

    __tablename__ = "idempotency"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
