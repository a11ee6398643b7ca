"""Rehearsal (演练): on a copy of the data, time is moved by hand, and nothing goes outside.

Decided: the whole program runs on a clock that is ahead of the machine's, day by day, with
everything done that falls due on the way. Instead of a simulation, which would only show what its
author thought of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from service.domain.terms.deadlines import SHANGHAI, local_day
from service.errors import BadRequest, Changed

if TYPE_CHECKING:
    from service.unit_of_work.runtime import Runtime

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
    """A clock that is moved by hand. How far it is ahead stands in a file beside the copy.

    :param tick: does everything that is due at the present moment; gives how much that was.
    """

    def __init__(
        self, file: Path, clock: Callable[[], datetime], tick: Callable[[Runtime], int]
    ) -> None:
        self.file, self.clock, self.tick = file, clock, tick
        self._moving = Lock()
        self._ahead = timedelta(seconds=float(file.read_text())) if file.exists() else timedelta()

    def now(self) -> datetime:
        """The present moment of the rehearsal, UTC."""
        return self.clock() + self._ahead

    def forward(self, runtime: Runtime, to: datetime) -> Moved:
        """Go to a later moment, through every day on the way.

        :raises BadRequest: not later, or further than 400 days. :raises Changed: somebody else
            moves time just now.
        """
        start = self.now()
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
        return Moved(now=self.now(), days=(local_day(to) - local_day(start)).days, done=done)

    def _arrive(self, runtime: Runtime, stop: datetime) -> int:
        self._ahead = stop - self.clock()
        self.file.write_text(str(self._ahead.total_seconds()))
        return self.tick(runtime)

    def _stops(self, start: datetime, to: datetime) -> list[datetime]:
        days = (local_day(to) - local_day(start)).days + 1
        found = [
            datetime.combine(local_day(start) + timedelta(days=day), at, SHANGHAI).astimezone(UTC)
            for day in range(days)
            for at in STOPS
        ]
        return [*(stop for stop in found if start < stop < to), to]
