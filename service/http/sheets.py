"""A workbook that is sent to be imported: it is reported on first and taken over then. API and
pages do it alike.

Decided: the file stays in the browser between report and acceptance and is sent twice, so that
nothing of a refused file is stored anywhere; the digest says that it is still the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, TypeVar

from service.access.rights import require
from service.commands.terms.calendars import LoadCalendar, Loaded
from service.domain.people.rights import Right
from service.domain.takeover import Remark, Report
from service.domain.terms.calendar_years import Year
from service.domain.vocabulary import CALENDAR_WANTED, WORKBOOK_WANTED
from service.errors import Changed
from service.http.files import sent_file
from service.http.session import actor, runtime
from service.unit_of_work.door import Command


class Checked(Protocol):
    """A sheet that has been checked."""

    @property
    def report(self) -> Report:
        """What the check found."""


C = TypeVar("C", bound=Checked)


@dataclass(frozen=True, kw_only=True)
class SheetReport:
    """What was found in a workbook, and how many of its rows were taken over.

    ``findings``: the first thousand, errors first. ``digest``: of the file that was checked.
    """

    rows: int
    errors: int
    warnings: int
    acceptable: bool
    accepted: int
    findings: Sequence[Remark]
    digest: str


def take_sheet(
    check: Callable[[bytes], C],
    command: Callable[..., Command[int]],
    *,
    accept: bool,
    digest: str | None = None,
) -> SheetReport:
    """Check the workbook of this request, and take over all its rows where that is wanted.

    :param check: reads and checks a workbook.
    :param command: takes over what was checked; made with ``actor`` and ``checked``.
    :param digest: of the file that the caller accepts; None: whichever is sent.
    :raises BadRequest: no file. :raises Changed: another file than the one that was reported on.
    :raises BadSheet: it is to be taken over and has errors.
    """
    content = sent_file(WORKBOOK_WANTED)[0]
    sent_digest = sha256(content).hexdigest()
    if accept and digest not in (None, sent_digest):
        raise Changed("所选文件与刚才核对的不是同一份，请重新核对后再提交")
    checked = check(content)
    accepted = 0
    if accept:
        accepted = runtime().perform(command(actor=actor(), checked=checked))
    report = checked.report
    return SheetReport(
        rows=report.rows,
        errors=report.errors,
        warnings=report.warnings,
        acceptable=report.acceptable,
        accepted=accepted,
        findings=report.shown,
        digest=sent_digest,
    )


def load_sent_calendar(
    read: Callable[[bytes, str], Sequence[Year]],
) -> tuple[Sequence[Year], Loaded]:
    """Load the official calendar that was sent. Returns the years of the file and what changed.

    A file is only read for a person who may load it, because reading may cost much.

    :param read: reads a file, by its content and name.
    :raises NotAllowed: this person may not load calendars. :raises BadRequest: there is no file.
    """
    person = actor()
    require(person, Right.LOAD_CALENDARS)
    content, filename = sent_file(CALENDAR_WANTED)
    years = read(content, filename)
    command = LoadCalendar(jurisdiction=person.jurisdiction, years=years, actor=person)
    return years, runtime().perform(command)
