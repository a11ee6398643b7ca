"""Asking for more time (申请延期). A small process of its own decides, so that everything is on
record.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from service.commands.items.verbs import ItemCommand, ItemState
from service.domain.forms.answers import check_answers
from service.domain.forms.schema import keys_of
from service.domain.people.rights import HEAD, OWNER, Right
from service.domain.terms.deadlines import last_day, local_day, workdays_after
from service.domain.vocabulary import EXTENSION, NAMELESS, WRITTEN_DAY
from service.engine import Run
from service.errors import BadAnswers, BadRequest, NotFound
from service.store.cases.rows import CaseRow
from service.store.items.rows import CommentRow, ItemRow
from service.store.people.rows import PersonRow, UnitRow
from service.store.processes.lookups import latest_definition
from service.unit_of_work import UnitOfWork
from service.unit_of_work.news import is_nameless
from service.unit_of_work.opening import TITLE_LIMIT, new_case
from service.unit_of_work.settle import settle

EXTENSION_PROCESS = "extension"
LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class ExtendItem(ItemCommand):
    """Ask for an item's term to end later: on a day, or a number of working days after its present
    end.

    For a co-operating unit the heads of the leading unit decide, for a lead 流程管理员. Source:
    ours.

    :raises NotOffered: the item has no term, or an application is undecided. :raises BadRequest:
        the reason is missing, or the day is not later.
    """

    verb = "extend"
    reason: str
    until: date | None = None
    workdays: int | None = None

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = self.allowed(work)
        before = last_day(item.due_at or work.now)
        self._check()
        asked_day = self._wanted(work, case, before)
        item.extension_id = self._apply(work, case, item, before, asked_day)
        request = EXTENSION["asked"].format(
            day=WRITTEN_DAY.format(asked_day), reason=self.reason.strip()
        )
        work.session.add(
            CommentRow(
                case_id=case.id,
                item_id=item.id,
                person_id=self.actor.person_id,
                at=work.now,
                text=request,
                kind="extension",
            )
        )
        work.record(
            case,
            "extend",
            actor=self.actor,
            element=item.element,
            item_id=item.id,
            text=request,
        )
        return ItemState.after(work, item, self.actor)

    def _check(self) -> None:
        """Check what the application says by itself.

        :raises BadRequest: the reason is missing, or there is not exactly one of a day and a number
            of days.
        """
        if not 0 < len(self.reason.strip()) <= LONGEST_REASON:
            raise BadRequest(f"请填写延期理由，不超过 {LONGEST_REASON} 字", field="reason")
        if (self.until is None) == (self.workdays is None):
            raise BadRequest(
                "请填写延到的日期（until）或延长的工作日数（workdays），二者填一项", field="until"
            )
        if self.workdays is not None and not 1 <= self.workdays <= 999:
            raise BadRequest("延长的工作日数应在 1 到 999 之间", field="workdays")

    def _wanted(self, work: UnitOfWork, case: CaseRow, before: date) -> date:
        """The day that is asked for.

        :raises BadRequest: it is not after the present term.
        """
        asked_day = self.until or workdays_after(
            before, self.workdays or 1, work.calendar(case.jurisdiction)
        )
        if asked_day <= before or asked_day < local_day(work.now):
            raise BadRequest(
                f"申请延到的日期应晚于现在的期限（{WRITTEN_DAY.format(before)}），且不早于今天",
                field="until",
            )
        return asked_day

    def _apply(
        self, work: UnitOfWork, case: CaseRow, item: ItemRow, before: date, asked_day: date
    ) -> int:
        """Start the process that decides. Returns the id of its case."""
        newest = latest_definition(work.session, case.jurisdiction, EXTENSION_PROCESS)
        deployed = (
            work.process.catalogue.deployed(work.session, newest.id) if newest is not None else None
        )
        if newest is None or deployed is None or deployed.definition.command_start is None:
            raise NotFound(f"流程 {EXTENSION_PROCESS} ")
        start = deployed.definition.elements[deployed.definition.command_start]
        unit = None
        if item.unit_id is not None:
            unit = work.session.get(UnitRow, item.unit_id)
        nameless = is_nameless(work, case, item)
        own_name = NAMELESS if nameless else self.actor.name
        facts: dict[str, Any] = {
            "item_id": item.id,
            "item_name": item.name,
            "item_case_id": case.id,
            "item_case_title": case.title,
            "item_nameless": "yes" if nameless else "no",
            "item_unit": unit.name if unit is not None else own_name,
            "due_before": before.isoformat(),
            "due_wanted": asked_day.isoformat(),
            "extension_reason": self.reason.strip(),
            **self._decider(work, case, item),
        }
        form = deployed.form(start.form)
        answers = {key: value for key, value in facts.items() if key in keys_of(form)}
        clean, errors = check_answers(form, answers, given={}, lists={})
        if errors:
            raise BadAnswers(errors)
        title = EXTENSION["title"].format(item=item.name, case=case.title)[:TITLE_LIMIT]
        application = new_case(work, newest, title, starter=self.actor)
        application.data = {**application.data, **clean}
        work.record(
            application,
            "start",
            actor=self.actor,
            element=start.id,
            title=title,
            version=newest.version,
        )
        settle(work, application, Run.start(deployed.definition, work.desk(application), start.id))
        return application.id

    def _decider(self, work: UnitOfWork, case: CaseRow, item: ItemRow) -> dict[str, str | None]:
        """The people who decide: for a co-operating unit the heads of the leading unit, if it has
        any, otherwise 流程管理员.
        """
        lead = (
            select(UnitRow)
            .join(ItemRow, ItemRow.unit_id == UnitRow.id)
            .where(ItemRow.case_id == case.id, ItemRow.task == item.task, ItemRow.part == "lead")
            .limit(1)
        )
        unit = None
        if item.part == "cooperate":
            unit = work.session.scalar(lead)
        if unit is None:
            return {"decided_by": OWNER, "lead_unit_code": None}
        people = work.session.scalars(
            select(PersonRow.roles).where(PersonRow.unit_id == unit.id, PersonRow.active.is_(True))
        )
        return {
            "decided_by": HEAD if any(map(Right.GRANT_TIME.is_given_to, people)) else OWNER,
            "lead_unit_code": unit.code,
        }
