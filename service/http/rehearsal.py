"""Moving time in a rehearsal (演练): what the page and the interface share."""

from datetime import date, datetime, timedelta

from service.access.rights import require
from service.domain.people.rights import Right
from service.domain.terms.deadlines import at_zone, workdays_after
from service.domain.terms.reminders import morning
from service.errors import BadRequest, NotOffered
from service.http.session import actor, calendar, runtime
from service.unit_of_work.rehearsal import FURTHEST_DAYS, Moved, Rehearsal

AFTER_OPENING = timedelta(minutes=5)


def rehearsal() -> Rehearsal:
    """The rehearsal that runs here, for a system administrator.

    :raises NotOffered: the program was not started as a rehearsal. :raises NotAllowed: no
        administrator.
    """
    who, found = actor(), runtime().rehearsal
    if found is None:
        raise NotOffered(
            "rehearsal",
            "本系统不是以演练方式启动的，不能移动时间；请用 jiebang serve --rehearsal 启动数据副本",
        )
    require(who, Right.MOVE_TIME)
    return found


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
        return running.forward(
            runtime(), _morning(workdays_after(running.now(), workdays, calendar()))
        )
    return running.forward(runtime(), _read(str(to)))


def _morning(day: date) -> datetime:
    return morning(day) + AFTER_OPENING


def _read(text: str) -> datetime:
    try:
        return (
            _morning(date.fromisoformat(text))
            if len(text) == len("2026-12-31")
            else at_zone(datetime.fromisoformat(text))
        )
    except ValueError as exc:
        raise BadRequest(
            f"日期“{text}”无法识别，请写成 2026-12-31 或 2026-12-31T09:00", field="to"
        ) from exc
