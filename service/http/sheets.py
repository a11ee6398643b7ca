"""Workbooks that are sent to be imported, through the API or on a page.

The first request gets a report, the second takes over the rows.

Decided: the file stays in the browser between report and acceptance, and is sent twice. Because
nothing of a refused file is then stored anywhere. The digest shows that it is still the same file.
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
        """The report of the check."""


C = TypeVar("C", bound=Checked)


@dataclass(frozen=True, kw_only=True)
class SheetReport:
    """The findings in a workbook, and how many of its rows were taken over.

    - ``findings`` are the first thousand, errors first.
    - ``digest`` is that of the file.
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
    """Check the workbook of this request, and take over all its rows if that is asked for.

    :param check: reads and checks a workbook.
    :param command: makes the command that takes over the rows, from ``actor`` and ``checked``.
    :param accept: whether the rows are taken over.
    :param digest: the digest of the file that the caller accepts; None accepts any file.
    :raises BadRequest: there is no file.
    :raises Changed: it is not the file of the report.
    :raises BadSheet: the rows are to be taken over, and have errors.
    """
    content, _ = sent_file(WORKBOOK_WANTED)
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
    """Load the official calendar that was sent.

    Returns the years of the file, and what has changed. A file is only read for a person who may
    load it, because reading may cost much.

    :param read: reads a file from its content and its name.
    :raises NotAllowed: this person may not load calendars. :raises BadRequest: there is no file.
    """
    person = actor()
    require(person, Right.LOAD_CALENDARS)
    content, filename = sent_file(CALENDAR_WANTED)
    years = read(content, filename)
    command = LoadCalendar(jurisdiction=person.jurisdiction, years=years, actor=person)
    return years, runtime().perform(command)
