"""The tables of supervision (督查): the counts that its board shows.

Decided: the board reads counts, never a million items. An item that has changed carries a mark
(:mod:`service.store.items.projection`). The clock takes marked items out of their old count and
adds them to the new one. Instead of counters for which every completion would have to wait.
"""

from datetime import date

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import Base


class OpenCountRow(Base):
    """The number of open items that are due on a day, along one axis.

    - ``axis`` ``unit`` counts for a unit, or for persons if ``unit_id`` is 0. ``name`` is empty.
    - ``axis`` ``step`` counts for a step. ``name`` is ``process/element``, and ``unit_id`` is 0.
    - ``due_on`` is the last day of the term; without a term it is 9999-12-31.
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
    """The results of a unit's work in a month.

    - ``handled_days`` is the sum of working days from opening to closing.
    - ``late`` counts items that were finished after they were due.
    - ``unanswered`` counts co-operation that never came, ``excused`` co-operation that was no
      longer needed.
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
    """The open items at the end of a day, for the trend.

    ``unit_id`` 0 stands for the whole jurisdiction.
    """

    __tablename__ = "day_figure"

    jurisdiction: Mapped[str] = mapped_column(String(20), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, default=0)
    day: Mapped[date] = mapped_column(primary_key=True)
    open: Mapped[int] = mapped_column(default=0)
    yellow: Mapped[int] = mapped_column(default=0)
    red: Mapped[int] = mapped_column(default=0)
