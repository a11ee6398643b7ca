"""The tables of supervision (督查): what the board counts.

Decided: the board reads counts, never a million items. What has changed carries a mark on its item
(:mod:`service.store.items.projection`);
the clock takes what is marked out of its old count and into the new one. Instead of counters that
every completion would have to wait for.
"""

from datetime import date

from sqlalchemy import (
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import Base


class OpenCountRow(Base):
    """How many items are open that are due on a day, along one axis.

    ``axis`` ``unit``: of a unit (0: persons), ``name`` empty. ``axis`` ``step``: ``name`` is
    ``process/element``, ``unit_id`` 0. ``due_on`` is the last day of the term; 9999-12-31 without
    one.
    """

    __tablename__ = "open_count"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    axis: Mapped[str] = mapped_column(String(4))
    unit_id: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(170), default="")
    part: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date]
    count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("jurisdiction", "axis", "unit_id", "name", "part", "due_on"),
    )


class ClosedCountRow(Base):
    """How a unit's work of a month ended. ``handled_days`` is the sum of working days from opening
    to closing.

    ``late`` are those finished after their due, ``unanswered`` co-operation that never came,
    ``excused`` that was no longer needed.
    """

    __tablename__ = "closed_count"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(default=0)
    part: Mapped[str] = mapped_column(String(10))
    month: Mapped[date]
    done: Mapped[int] = mapped_column(default=0)
    late: Mapped[int] = mapped_column(default=0)
    unanswered: Mapped[int] = mapped_column(default=0)
    excused: Mapped[int] = mapped_column(default=0)
    handled_days: Mapped[float] = mapped_column(default=0.0)

    __table_args__ = (UniqueConstraint("jurisdiction", "unit_id", "part", "month"),)


class DayFigureRow(Base):
    """What stood open at the end of a day, kept for the trend. ``unit_id`` 0: of the whole
    jurisdiction.
    """

    __tablename__ = "day_figure"

    jurisdiction: Mapped[str] = mapped_column(String(20), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, default=0)
    day: Mapped[date] = mapped_column(primary_key=True)
    open: Mapped[int] = mapped_column(default=0)
    yellow: Mapped[int] = mapped_column(default=0)
    red: Mapped[int] = mapped_column(default=0)
