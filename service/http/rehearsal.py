"""Rehearsal (演练): on a copy of the data, time is moved by hand, and nothing goes outside.

Decided: the whole program runs on a clock that is ahead of the machine's, day by day, with
everything done that falls due on the way. Instead of a simulation, which would only show what its
author thought of. The clock is handed to the program like any other; only page and interface know
that it can be moved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Lock

from service.access.rights import require
from service.domain.people.rights import Right
from service.domain.terms.deadlines import SHANGHAI, at_zone, local_day, workdays_after
from service.domain.terms.reminders import morning
from service.errors import BadRequest, Changed, NotOffered
from service.http.session import actor, calendar, runtime
from service.unit_of_work import Runtime

AFTER_OPENING = timedelta(minutes=5)
STOPS = (time(0, 5), time(8, 35), time(9, 5))
"""When a day's work falls due: at midnight, with the digests, with the reminders. Shanghai."""
FURTHEST_DAYS = 400


@dataclass(frozen=True, kw_only=True)
class Moved:
    """How far time went, in days, and how many due things were done on the way."""

    now: datetime
    days: int
    done: int


class Rehearsal:
    """A clock that is moved by hand: called, it gives the moment. How far it is ahead stands in a
    file beside the copy.

    :param tick: does everything that is due at the present moment; gives how much that was.
    """

    def __init__(
        self, file: Path, clock: Callable[[], datetime], tick: Callable[[Runtime], int]
    ) -> None:
        self.file = file
        self.clock = clock
        self.tick = tick
        self._moving = Lock()
        self._ahead = timedelta(seconds=float(file.read_text())) if file.exists() else timedelta()

    def __call__(self) -> datetime:
        """The present moment of the rehearsal, UTC."""
        return self.clock() + self._ahead

    def forward(self, runtime: Runtime, to: datetime) -> Moved:
        """Go to a later moment, through every day on the way.

        :raises BadRequest: not later, or further than 400 days. :raises Changed: somebody else
            moves time just now.
        """
        start = self()
        if not start < to <= start + timedelta(days=FURTHEST_DAYS):
            raise BadRequest(
                f"只能移到现在（{start.astimezone(SHANGHAI):%Y-%m-%d %H:%M}）"
                f"之后 {FURTHEST_DAYS} 天以内",
                field="to",
            )
        if not self._moving.acquire(blocking=False):
            raise Changed("另一位管理员正在移动时间，请稍后再试")
        try:
            done = sum(self._arrive(runtime, stop) for stop in self._stops(start, to))
        finally:
            self._moving.release()
        return Moved(now=self(), days=(local_day(to) - local_day(start)).days, done=done)

    def _arrive(self, runtime: Runtime, stop: datetime) -> int:
        self._ahead = stop - self.clock()
        self.file.write_text(str(self._ahead.total_seconds()))
        return self.tick(runtime)

    def _stops(self, start: datetime, to: datetime) -> list[datetime]:
        days = (local_day(to) - local_day(start)).days + 1
        stops = [
            datetime.combine(local_day(start) + timedelta(days=day), at, SHANGHAI).astimezone(UTC)
            for day in range(days)
            for at in STOPS
        ]
        return [*(stop for stop in stops if start < stop < to), to]


def rehearsal() -> Rehearsal:
    """The rehearsal that runs here, for a system administrator.

    :raises NotOffered: the program was not started as a rehearsal. :raises NotAllowed: no
        administrator.
    """
    who = actor()
    clock = runtime().now
    if not isinstance(clock, Rehearsal):
        raise NotOffered(
            "rehearsal",
            "本系统不是以演练方式启动的，不能移动时间；请用 jiebang serve --rehearsal 启动数据副本",
        )
    require(who, Right.MOVE_TIME)
    return clock


def forward(workdays: int | None = None, to: str | None = None) -> Moved:
    """Move time by working days, or to a day or moment; a day is reached shortly after nine.

    :raises BadRequest: neither or both, unreadable, not later, or too far.
    """
    running = rehearsal()
    if (workdays is None) == (not to):
        raise BadRequest("请填写要前进的工作日数（workdays）或要到达的日期（to），二者填一项")
    if workdays is not None:
        if not 1 <= workdays <= FURTHEST_DAYS:
            raise BadRequest(f"工作日数应在 1 到 {FURTHEST_DAYS} 之间", field="workdays")
        return running.forward(runtime(), _morning(workdays_after(running(), workdays, calendar())))
    return running.forward(runtime(), _read(str(to)))


def _morning(day: date) -> datetime:
    return morning(day) + AFTER_OPENING


def _read(text: str) -> datetime:
    try:
        if len(text) == len("2026-12-31"):
            return _morning(date.fromisoformat(text))
        return at_zone(datetime.fromisoformat(text))
    except ValueError as exc:
        raise BadRequest(
            f"日期“{text}”无法识别，请写成 2026-12-31 或 2026-12-31T09:00", field="to"
        ) from exc
