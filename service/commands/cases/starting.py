"""Starting a case, and sending a message to a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.access.cases import sees
from service.commands.cases.messages import (
    Sending,
    Sent,
    awake,
    hand_over,
    kind_of,
    publication_for,
    refuse_closed,
    waiting_for,
)
from service.commands.items.verbs import finish
from service.domain.outside import Upload
from service.domain.people.actor import Actor
from service.domain.vocabulary import PROVISIONAL_TITLE, WRONG_TITLE
from service.engine import Definition, Run
from service.engine.document import Element, split_names
from service.errors import BadAnswers, BadRequest, NotAllowed, NotFound
from service.store.cases.rows import CaseRow
from service.store.processes.lookups import latest_definition
from service.store.processes.rows import DefinitionRow
from service.unit_of_work import UnitOfWork
from service.unit_of_work.opening import TITLE_LIMIT, new_case
from service.unit_of_work.settle import settle


def manual_start(definition: Definition) -> Element:
    """The start event by which people start. It has no timer and no message.

    :raises NotFound: people cannot start the process.
    """
    start = definition.manual_start
    if start is None:
        raise NotFound("可以人工发起的开始环节")
    return definition.elements[start]


@dataclass(frozen=True, kw_only=True)
class StartCase:
    """Start a process (发起).

    With ``answers`` the first step is completed at once, if it is the starter's own. A process that
    says what its cases are called needs no title.
    """

    actor: Actor
    process: str
    title: str = ""
    answers: Mapping[str, Any] | None = None
    business_key: str | None = None

    def carry_out(self, work: UnitOfWork) -> int:
        row = latest_definition(work.session, self.actor.jurisdiction, self.process)
        if row is None:
            raise NotFound(f"流程 {self.process} ")
        definition = work.process.catalogue.deployed(work.session, row.id).definition
        start = manual_start(definition)
        directory = work.directory(self.actor.jurisdiction)
        if not directory.may_start(self.actor, start.lane or ""):
            raise NotAllowed(f"“{row.name}”由“{start.lane}”发起，您没有发起权限")
        wrong = self._wrong_title(definition)
        case = self._case(work, row)
        work.record(
            case,
            "start",
            actor=self.actor,
            element=start.id,
            title=case.title,
            version=row.version,
        )
        settle(work, case, Run.start(definition, work.desk(case), start.id))
        if self.answers is not None:
            self._complete_first(work, case, wrong)
        if wrong:
            raise BadRequest(wrong, field="title")
        return case.id

    def _case(self, work: UnitOfWork, row: DefinitionRow) -> CaseRow:
        provisional = PROVISIONAL_TITLE.format(process=row.name, starter=self.actor.name)
        title = (self.title.strip() or provisional)[:TITLE_LIMIT]
        return new_case(work, row, title, starter=self.actor, business_key=self.business_key)

    def _wrong_title(self, definition: Definition) -> str:
        """What is wrong with the title; "" if nothing is. It is told together with all faults of
        the form.
        """
        title = self.title.strip()
        needed = not title and not definition.titling
        if needed or len(title) > TITLE_LIMIT:
            return WRONG_TITLE.format(TITLE_LIMIT)
        return ""

    def _complete_first(self, work: UnitOfWork, case: CaseRow, wrong: str) -> None:
        mine = [
            item
            for item in work.open_items(case)
            if item.part == "lead" and item.holder in self.actor.holders
        ]
        if not mine:
            raise BadRequest(
                "该流程的第一个环节不由发起人办理，发起时不能填写表单", field="answers"
            )
        try:
            finish(work, case, mine[0], self.actor, self.answers or {}, "")
        except BadAnswers as exc:
            errors = exc.facts["errors"]
            titled = {"title": [wrong, *errors.get("title", [])]} if wrong else {}
            raise BadAnswers({**titled, **errors, **titled}) from exc


@dataclass(frozen=True, kw_only=True)
class SendMessage:
    """Send a message that a case waits for (例如随时反馈). It is accepted or refused at once and
    never queued.
    """

    actor: Actor
    case_id: int
    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Upload] = ()

    def carry_out(self, work: UnitOfWork) -> Sent:
        case = work.locked_case(self.case_id)
        if not sees(work.session, self.actor, case.id):
            raise NotFound("该案件")
        run = awake(work, case, self.name)
        wait = waiting_for(run, self.name)
        self._may_send(work, case, run.definition.elements[wait.element])
        publication = publication_for(work, case, self.name)
        if publication is not None:  # a paper that comes too late is as late as what is sent
            refuse_closed(work, publication)
        return hand_over(
            work,
            case,
            run,
            wait,
            Sending(
                payload=self.payload,
                actor=self.actor,
                files=self.files,
                kind=kind_of(publication),
                publication=publication.id if publication else None,
            ),
        )

    def _may_send(self, work: UnitOfWork, case: CaseRow, element: Element) -> None:
        directory = work.directory(case.jurisdiction)
        names = split_names(element.properties.get("senders"))
        if not any(directory.stands_for(self.actor, name, case.data) for name in names):
            raise NotAllowed(f"“{element.name}”只能由{'、'.join(names) or '其他案件'}提交")
