"""Campaigns (集中报送): what every project owes at a certain time of the year, and how far it has
come.

The manifest of the jurisdiction declares the process, the steps that submit, audit and assess, the
timer that opens it, and the unit that leads it. Source: CF-3.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.terms.deadlines import last_day, local, local_day, start_of, workdays_between
from service.domain.vocabulary import STAGES
from service.errors import BadRequest, NotAllowed, NotFound
from service.queries.paging import page_of
from service.store.cases.rows import CaseRow, TimerRow
from service.store.items.rows import ItemRow
from service.store.people.lookups import units_of
from service.store.people.rows import PersonRow, UnitRow
from service.store.processes.lookups import rules_of
from service.unit_of_work import Process

NONE = "none"


@dataclass(frozen=True, kw_only=True)
class CampaignLine:
    """A campaign. ``leading``: this person's unit leads it."""

    code: str
    title: str
    process: str
    opens: str
    submit: str
    audit: str
    assess: str
    leading: bool


@dataclass(frozen=True, kw_only=True)
class DepartmentLine:
    """How far the projects of a managing department have come: the number in each stage, and the
    number that came late.

    ``code`` is ``none`` for projects without a known department, and "" for all together.
    """

    code: str
    name: str
    stages: Mapping[str, int]
    came_late: int

    @property
    def total(self) -> int:
        """The number of all projects."""
        return sum(self.stages.values())


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """The report of one project. ``days_late`` are working days after its due date, if it came late
    or is still owed.
    """

    item_id: int
    case_id: int
    title: str
    number: str | None
    person: str | None
    unit: str | None
    department: str
    stage: str
    due_at: datetime | None
    term_basis: str
    submitted_at: datetime | None
    days_late: int


@dataclass(frozen=True, kw_only=True)
class CampaignPage:
    """A campaign in one year.

    ``tracked`` are the running cases that owe a report every year. ``opening`` are timers that are
    due and have not opened their report yet, ``ahead`` those later in the year.
    """

    campaign: CampaignLine
    year: int
    tracked: int
    total: DepartmentLine
    departments: tuple[DepartmentLine, ...]
    opening: int
    ahead: int


@dataclass(frozen=True, kw_only=True)
class ReportsPage:
    """Some of the reports, and where the next begin."""

    reports: tuple[ReportLine, ...]
    next: str | None


def campaigns(session: Session, actor: Actor) -> tuple[CampaignLine, ...]:
    """The campaigns that this person may see. 督查, owners and administrators see all, others those
    that their unit leads.
    """
    entries = rules_of(session, actor.jurisdiction).get("campaigns") or ()
    lines = (_campaign(actor, entry) for entry in entries)
    return tuple(line for line in lines if line.leading or actor.may(Right.SEE_ALL))


def _campaign(actor: Actor, entry: Mapping[str, str]) -> CampaignLine:
    steps = {
        name: entry[name]
        for name in ("code", "title", "process", "opens", "submit", "audit", "assess")
    }
    return CampaignLine(**steps, leading=actor.works_for(entry["owner"]))


def campaign(session: Session, actor: Actor, code: str) -> CampaignLine:
    """One campaign.

    :raises NotFound: there is none with this code. :raises NotAllowed: this person may not see it.
    """
    codes = {
        entry["code"] for entry in rules_of(session, actor.jurisdiction).get("campaigns") or ()
    }
    if code not in codes:
        raise NotFound("该集中报送")
    line = next(
        (candidate for candidate in campaigns(session, actor) if candidate.code == code), None
    )
    if line is None:
        raise NotAllowed("集中报送由牵头单位、督查人员、流程管理员和系统管理员查看")
    return line


class Reports:
    """The reports of a campaign in a year, as conditions for the database."""

    def __init__(self, actor: Actor, line: CampaignLine, year: int, now: datetime) -> None:
        self.line = line
        self.now = now
        self.year_at = start_of(date(year, 1, 1))
        self.next_at = start_of(date(year + 1, 1, 1))
        later = aliased(ItemRow)
        again = exists().where(
            later.case_id == ItemRow.case_id,
            later.element == ItemRow.element,
            later.place == ItemRow.place,
            later.round > ItemRow.round,
        )
        meant = (
            or_(  # one that a clock opened after the new year belongs to the year it was meant for
                and_(
                    ItemRow.opened_at < self.next_at,
                    or_(ItemRow.due_at.is_(None), ItemRow.due_at > self.year_at),
                ),
                and_(ItemRow.opened_at >= self.next_at, ItemRow.due_at <= self.next_at),
            )
        )
        self.these = and_(
            ItemRow.jurisdiction == actor.jurisdiction,
            ItemRow.element == line.submit,
            ItemRow.part == "lead",
            ItemRow.opened_at >= self.year_at,
            ItemRow.opened_at < start_of(date(year + 2, 1, 1)),
            meant,
            ~again,
            CaseRow.process == line.process,
            CaseRow.status != "terminated",
        )

    @property
    def stage(self) -> ColumnElement[str]:
        """How far a report has come, as one of ``STAGES``."""
        return case(
            (ItemRow.state == "cancelled", "replaced"),
            (and_(ItemRow.state == "open", ItemRow.due_at <= self.now), "late"),
            (ItemRow.state == "open", "waiting"),
            (self._done(self.line.assess), "assessed"),
            (self._done(self.line.audit), "reviewed"),
            else_="submitted",
        )

    @property
    def came_late(self) -> ColumnElement[bool]:
        """Whether a report was submitted after its due date."""
        return and_(ItemRow.state == "done", ItemRow.closed_at > ItemRow.due_at)

    def _done(self, element: str) -> ColumnElement[bool]:
        other = aliased(ItemRow)
        return exists().where(
            other.case_id == ItemRow.case_id,
            other.element == element,
            other.place == ItemRow.place,
            other.state == "done",
        )

    def joined(self, query: Any) -> Any:
        """A statement joined with case, person and the person's unit."""
        return (
            query.join(CaseRow, CaseRow.id == ItemRow.case_id)
            .outerjoin(PersonRow, PersonRow.id == ItemRow.person_id)
            .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
            .where(self.these)
        )


def campaign_page(
    session: Session, runtime: Process, actor: Actor, code: str, year: int
) -> CampaignPage:
    """The figures of a campaign in a year.

    :raises NotFound: there is no such campaign. :raises NotAllowed: this person may not see it.
    """
    line = campaign(session, actor, code)
    now = runtime.now()
    reports = Reports(actor, line, year, now)
    names = {unit.code: unit.name for unit in units_of(session, actor.jurisdiction)}
    each = reports.joined(
        select(UnitRow.managed_by, reports.stage.label("stage"), reports.came_late.label("late"))
    )
    column = each.subquery().c
    counted = select(column.managed_by, column.stage, column.late, func.count()).group_by(
        column.managed_by, column.stage, column.late
    )
    lines = [
        (home or NONE, stage, bool(late), count)
        for home, stage, late, count in session.execute(counted)
    ]
    timers = (
        select(func.count(TimerRow.case_id.distinct()))
        .join(CaseRow, CaseRow.id == TimerRow.case_id)
        .where(
            CaseRow.jurisdiction == actor.jurisdiction,
            CaseRow.process == line.process,
            CaseRow.status == "running",
            TimerRow.element == line.opens,
        )
    )
    return CampaignPage(
        campaign=line,
        year=year,
        total=_department("", "", lines),
        tracked=session.scalar(timers) or 0,
        departments=tuple(
            _department(
                home, names.get(home, ""), [figure for figure in lines if figure[0] == home]
            )
            for home in sorted(
                {figure[0] for figure in lines}, key=lambda home: names.get(home, "")
            )
        ),
        opening=session.scalar(timers.where(TimerRow.due_at <= now)) or 0,
        ahead=session.scalar(timers.where(TimerRow.due_at > now, TimerRow.due_at < reports.next_at))
        or 0,
    )


def _department(code: str, name: str, lines: list[tuple[str, str, bool, int]]) -> DepartmentLine:
    stages = {stage: sum(count for _, of, _, count in lines if of == stage) for stage in STAGES}
    came_late = sum(count for _, _, late, count in lines if late)
    return DepartmentLine(
        code=code,
        name=name,
        stages=stages,
        came_late=came_late,
    )


@dataclass(frozen=True, kw_only=True)
class ReportsAsked:
    """Which reports are listed: those in a stage, of a managing department, with ``q`` in the title
    or number, or only those that came late.
    """

    stage: str | None = None
    late: bool = False
    department: str | None = None
    q: str | None = None
    limit: int = 50
    cursor: str | None = None


def reports(
    session: Session,
    runtime: Process,
    actor: Actor,
    code: str,
    year: int,
    asked: ReportsAsked,
) -> ReportsPage:
    """The reports of a campaign in a year.

    :raises BadRequest: there is no such stage. :raises NotFound: there is no such campaign. :raises
        NotAllowed: this person may not see it.
    """
    stage = asked.stage
    department = asked.department
    q = asked.q
    if stage and stage not in STAGES:
        raise BadRequest(f"没有名为“{stage}”的状态。可用：{'、'.join(STAGES)}", stage=stage)
    line = campaign(session, actor, code)
    now = runtime.now()
    calendar = runtime.calendar_for(session, actor)
    reports_of_year = Reports(actor, line, year, now)
    chosen = reports_of_year.joined(
        select(
            ItemRow, CaseRow.title, CaseRow.number, PersonRow.name, UnitRow, reports_of_year.stage
        )
    )
    chosen = chosen.where(reports_of_year.stage == stage) if stage else chosen
    chosen = chosen.where(reports_of_year.came_late) if asked.late else chosen
    if department:
        chosen = chosen.where(UnitRow.managed_by == (department if department != NONE else None))
    if q:
        chosen = chosen.where(
            or_(
                *(
                    column.icontains(q, autoescape=True)
                    for column in (CaseRow.title, CaseRow.number)
                )
            )
        )
    newest_first, following = page_of(
        session, chosen, ItemRow.id, limit=asked.limit, cursor=asked.cursor
    )
    names = {unit.code: unit.name for unit in units_of(session, actor.jurisdiction)}
    return ReportsPage(
        next=following,
        reports=tuple(_report(report, names, now, calendar) for report in newest_first),
    )


def _report(row: Any, names: Mapping[str, str], now: datetime, calendar: Any) -> ReportLine:
    """The line of one report. ``names`` are the managing departments by code."""
    item, title, number, person, unit, stage = row
    until = item.closed_at if item.state == "done" else now if item.state == "open" else None
    late = until is not None and item.due_at is not None and until > item.due_at
    days = 0
    if late and item.due_at and until:
        days = workdays_between(last_day(item.due_at), local_day(until), calendar)
    return ReportLine(
        item_id=item.id,
        case_id=item.case_id,
        title=title,
        number=number,
        person=person,
        unit=unit.name if unit else None,
        department=names.get(unit.managed_by or "", "") if unit else "",
        stage=stage,
        due_at=item.due_at,
        term_basis=item.term_basis,
        submitted_at=item.closed_at if item.state == "done" else None,
        days_late=days,
    )


def late_ids(session: Session, runtime: Process, actor: Actor, code: str, year: int) -> list[int]:
    """The ids of reports that are overdue and not submitted."""
    of = Reports(actor, campaign(session, actor, code), year, runtime.now())
    return list(
        session.scalars(
            of.joined(select(ItemRow.id)).where(of.stage == "late").order_by(ItemRow.id)
        )
    )


def this_year(runtime: Process) -> int:
    """The year whose reports are collected now. Until the end of June it is last year."""
    here = local(runtime.now())
    return here.year - (here.month <= 6)
