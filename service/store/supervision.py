"""The tables of supervision (督查): the counts that its board shows.

Decided: the board reads counts, never a million items. An item that has changed carries a mark
(:mod:`service.store.items.projection`). The clock takes marked items out of their old count and
adds them to the new one. Instead of counters for which every completion would have to wait.
"""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import Base, Count, Id, String4, String10, String20, String170


class OpenCountRow(Base):
    """The number of open items that are due on a day, along one axis.

    - ``axis`` ``unit`` counts for a unit, or for persons if ``unit_id`` is 0. ``name`` is empty.
    - ``axis`` ``step`` counts for a step. ``name`` is ``process/element``, and ``unit_id`` is 0.
    - ``due_on`` is the last day of the term; without a term it is 9999-12-31.
    """

    __tablename__ = "open_count"

    id: Mapped[Id]
    jurisdiction: Mapped[String20]
    axis: Mapped[String4]
    unit_id: Mapped[Count]
    name: Mapped[String170] = mapped_column(default="")
    part: Mapped[String10]
    due_on: Mapped[date]
    count: Mapped[Count]

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

    id: Mapped[Id]
    jurisdiction: Mapped[String20]
    unit_id: Mapped[Count]
    part: Mapped[String10]
    month: Mapped[date]
    done: Mapped[Count]
    late: Mapped[Count]
    unanswered: Mapped[Count]
    excused: Mapped[Count]
    handled_days: Mapped[float] = mapped_column(default=0.0)

    __table_args__ = (UniqueConstraint("jurisdiction", "unit_id", "part", "month"),)


class DayFigureRow(Base):
    """The open items at the end of a day, for the trend.

    ``unit_id`` 0 stands for the whole jurisdiction.
    """

    __tablename__ = "day_figure"

    jurisdiction: Mapped[String20] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, default=0)
    day: Mapped[date] = mapped_column(primary_key=True)
    open: Mapped[Count]
    yellow: Mapped[Count]
    red: Mapped[Count]
