"""Starting a case and telling a case something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.commands.checking import refuse_contradictions
from service.commands.items import finish
from service.domain.deadlines import SHANGHAI
from service.domain.forms import check_answers, lists_of
from service.domain.people import Actor
from service.domain.vocabulary import CASE_STATES
from service.engine import Definition, Run
from service.engine.document import Element, split_names
from service.errors import BadAnswers, BadRequest, CaseRests, NobodyWaits, NotAllowed, NotFound
from service.store import lookups
from service.store.registry import DefinitionRow
from service.store.tables import AnswerRow, CaseRow
from service.store.visibility import sees
from service.unit_of_work import UnitOfWork

TITLE_LIMIT = 200


def manual_start(definition: Definition) -> Element:
    """The start event by which people start: the one without a timer or message.

    :raises NotFound: the process starts by itself only.
    """
    found = definition.manual_start
    if found is None:
        raise NotFound("可以人工发起的开始环节")
    return definition.elements[found]


@dataclass(frozen=True, kw_only=True)
class StartCase:
    """Start a process (发起). With ``answers`` the first step, when it is the starter's own, is completed at once."""

    actor: Actor
    process: str
    title: str
    answers: Mapping[str, Any] | None = None
    business_key: str | None = None

    def carry_out(self, work: UnitOfWork) -> int:
        row = lookups.latest_definition(work.session, self.actor.jurisdiction, self.process)
        if row is None:
            raise NotFound(f"流程 {self.process} ")
        definition = work.runtime.catalogue.deployed(work.session, row.id).definition
        start = manual_start(definition)
        directory = work.directory(self.actor.jurisdiction)
        if not directory.may_start(self.actor, start.lane or ""):
            raise NotAllowed(f"“{row.name}”由“{start.lane}”发起，您没有发起权限")
        case = self._case(work, row)
        work.record(case, "start", actor=self.actor, element=start.id, title=case.title, version=row.version)
        work.settle(case, Run.start(definition, work.desk(case), start.id))
        if self.answers is not None:
            self._complete_first(work, case)
        return case.id

    def _case(self, work: UnitOfWork, row: DefinitionRow) -> CaseRow:
        title = self.title.strip()
        if not title or len(title) > TITLE_LIMIT:
            raise BadRequest(f"请填写案件标题，不超过 {TITLE_LIMIT} 字", field="title")
        return new_case(work, row, title, self.actor.jurisdiction, self.actor, self.business_key)

    def _complete_first(self, work: UnitOfWork, case: CaseRow) -> None:
        mine = [item for item in work.open_items(case)
                if item.part == "lead" and item.holder in self.actor.holders]
        if not mine:
            raise BadRequest("该流程的第一个环节不由发起人办理，发起时不能填写表单", field="answers")
        finish(work, case, mine[0], self.actor, self.answers or {}, "")


def new_case(
    work: UnitOfWork, row: DefinitionRow, title: str, jurisdiction: str, starter: Actor | None = None,
    business_key: str | None = None,
) -> CaseRow:
    """A case that has not begun to run; it pins the named lists in force. Without a starter the clock starts it."""
    lists = lookups.lists_in_force(work.session, jurisdiction)
    case = CaseRow(
        jurisdiction=jurisdiction, definition_id=row.id, process=row.key, title=title, business_key=business_key,
        starter_id=starter.person_id if starter else None, started_at=work.now, returned={},
        lists={name: entry.version for name, entry in lists.items()},
        data={"case_title": title, "starter": starter.login if starter else None,
              "starter_unit": starter.unit_code if starter else None,
              "started_on": work.now.astimezone(SHANGHAI).date()},
    )
    work.session.add(case)
    work.session.flush()
    case.data["case_id"] = work.case_id = case.id
    return case


@dataclass(frozen=True, kw_only=True)
class SendMessage:
        refuse_contradictions(run, wait.task, element, payload)
    """Tell a case something it waits for (例如随时反馈): accepted or refused at once, never queued."""

    actor: Actor
    case_id: int
    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)

    def carry_out(self, work: UnitOfWork) -> int:
        case = work.locked_case(self.case_id)
        if not sees(work.session, self.actor, case.id):
            raise NotFound("该案件")
        if case.status == "suspended":
            raise CaseRests(CASE_STATES[case.status])
        if case.state is None:
            raise NobodyWaits(self.name)
        run = work.restore(case)
        wait = next((wait for wait in run.waiting() if wait.kind == "message" and wait.name == self.name), None)
        if wait is None:
            raise NobodyWaits(self.name)
        element = work.deployed(case).definition.elements[wait.element]
        self._may_send(work, case, element)
        payload = self._checked(work, case, element)
        work.session.add(AnswerRow(
            case_id=case.id, element=element.id, round=1, part="message", person_id=self.actor.person_id,
            unit_id=self.actor.unit_id, at=work.now, form=element.form, answers=payload))
        work.record(case, "message_in", actor=self.actor, element=element.id, name=self.name)
        work.settle(case, run.fire(wait.task, wait.element, payload))
        return case.id

    def _may_send(self, work: UnitOfWork, case: CaseRow, element: Element) -> None:
        directory = work.directory(case.jurisdiction)
        names = split_names(element.properties.get("senders"))
        if not any(directory.stands_for(self.actor, name, case.data) for name in names):
            raise NotAllowed(f"“{element.name}”只能由{'、'.join(names) or '其他案件'}提交")

    def _checked(self, work: UnitOfWork, case: CaseRow, element: Element) -> dict[str, Any]:
        form = work.deployed(case).form(element.form)
        lists = lookups.pinned_lists(work.session, case, lists_of(form))
        clean, errors = check_answers(form, self.payload, given=case.data, lists=lists)
        if errors:
            raise BadAnswers(errors)
        return clean
