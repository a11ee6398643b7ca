"""Rehearsal (演练): on a copy of the data the time is moved by hand, and nothing is sent outside.

Decided: the whole program runs on a clock that is ahead of the machine's clock. It goes day by day,
and everything that falls due on the way is done. Instead of a simulation, which would only show
what its author thought of. The clock is passed to the program like any other. Only the page and
the interface know that it can be moved.
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
"""The times in Shanghai at which work falls due: midnight, the digests, the reminders."""
FURTHEST_DAYS = 400


@dataclass(frozen=True, kw_only=True)
class Moved:
    """The result of moving the time.

    ``days`` is the number of days. ``done`` is the number of due things that were done on the way.
    """

    now: datetime
    days: int
    done: int


class Rehearsal:
    """A clock that is moved by hand. Called, it gives the current time of the rehearsal.

    A file beside the copy has the number of seconds by which it is ahead.

    :param clock: gives the time of the machine.
    :param tick: does everything that is due now, and returns how many things these were.
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
        """The current time of the rehearsal, UTC."""
        return self.clock() + self._ahead

    def forward(self, runtime: Runtime, to: datetime) -> Moved:
        """Move the time to a later instant, through every day on the way.

        :raises BadRequest: ``to`` is not later, or is more than 400 days later.
        :raises Changed: somebody else is moving the time.
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
        """Set the time, and do everything that is due then."""
        self._ahead = stop - self.clock()
        self.file.write_text(str(self._ahead.total_seconds()))
        return self.tick(runtime)

    def _stops(self, start: datetime, to: datetime) -> list[datetime]:
        """The instants between two at which work falls due, and the last one."""
        first_day = local_day(start)
        number_of_days = (local_day(to) - first_day).days + 1
        days = [first_day + timedelta(days=number) for number in range(number_of_days)]
        stops = [_utc(day, at) for day in days for at in STOPS]
        return [*(stop for stop in stops if start < stop < to), to]


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def rehearsal() -> Rehearsal:
    """The rehearsal that runs here, for a system administrator.

    :raises NotOffered: the program was not started as a rehearsal.
    :raises NotAllowed: the person is no system administrator.
    """
    person = actor()
    clock = runtime().now
    if not isinstance(clock, Rehearsal):
        raise NotOffered(
            "rehearsal",
            "本系统不是以演练方式启动的，不能移动时间；请用 jiebang serve --rehearsal 启动数据副本",
        )
    require(person, Right.MOVE_TIME)
    return clock


def forward(workdays: int | None = None, to: str | None = None) -> Moved:
    """Move the time by working days, or to a day or an instant. A day means shortly after nine.

    :param to: a day or an instant as ISO text.
    :raises BadRequest: neither or both are given, the text is no time, or the time is not later or
        too far away.
    """
    clock = rehearsal()
    if (workdays is None) == (not to):
        raise BadRequest("请填写要前进的工作日数（workdays）或要到达的日期（to），二者填一项")
    if workdays is None:
        return clock.forward(runtime(), _instant(str(to)))
    if not 1 <= workdays <= FURTHEST_DAYS:
        raise BadRequest(f"工作日数应在 1 到 {FURTHEST_DAYS} 之间", field="workdays")
    day = workdays_after(clock(), workdays, calendar())
    return clock.forward(runtime(), _shortly_after_nine(day))


def _shortly_after_nine(day: date) -> datetime:
    return morning(day) + AFTER_OPENING


def _instant(text: str) -> datetime:
    """The instant in a text.

    :raises BadRequest: it is neither a day nor an instant.
    """
    try:
        if len(text) == len("2026-12-31"):
            return _shortly_after_nine(date.fromisoformat(text))
        return at_zone(datetime.fromisoformat(text))
    except ValueError as exc:
        raise BadRequest(
            f"日期“{text}”无法识别，请写成 2026-12-31 或 2026-12-31T09:00", field="to"
        ) from exc
