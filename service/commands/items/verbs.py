"""What staff do with an item: claim, draft, complete, contribute.

An answer is checked field by field, and as a whole by the rule across its fields (跨字段校验). That
rule is the property ``check`` of a step or a message.
"""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import insert, select

from service.access.items import require_own
from service.domain.forms.answers import check_answers, is_untouched
from service.domain.items import ItemFacts, offers, owed
from service.domain.people.actor import Actor
from service.engine import Run
from service.engine.document import Element
from service.errors import (
    BadAnswers,
    Changed,
    ExpressionFailed,
    NotOffered,
    NotOpen,
    StillWaiting,
)
from service.store.cases.rows import CaseRow
from service.store.items.lookups import extension_undecided
from service.store.items.projection import close
from service.store.items.rows import AnswerRow, ItemRow
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work import UnitOfWork
from service.unit_of_work.news import tell_answered, tell_closed
from service.unit_of_work.settle import settle

WHOLE = ""
"""The key of an error that belongs to no single field."""
Answers = dict[str, Any]


Checked = tuple[dict[str, Any], dict[str, list[str]]]
"""Answers, and their faults by field."""


def faultless(checked: Checked) -> Answers:
    """The answers.

    :raises BadAnswers: all faults, by field.
    """
    clean, errors = checked
    if errors:
        raise BadAnswers(errors)
    return clean


def agreed(run: Run, task: str, element: Element, checked: Checked, early: str = "") -> Answers:
    """The answers, if no field has a fault, no rule is broken and nothing else hinders.

    :param early: why the item cannot be finished yet. It is told together with all faults.
    :raises BadAnswers: all faults at once, so that nobody is sent back twice. :raises
        ExpressionFailed: the rule across the fields fails.
    """
    clean, errors = checked
    try:
        sentences = contradictions(run, task, element, clean)
    except ExpressionFailed:
        if not errors:
            raise
        sentences = []
    if errors or sentences:
        whole = [*sentences, *([early] if early else [])]
        wrong = {**errors, **({WHOLE: whole} if whole else {})}
        raise BadAnswers(wrong, **({"still_waiting": True} if early else {}))
    return clean


def contradictions(run: Run, task: str, element: Element, answers: Mapping[str, Any]) -> list[str]:
    """The sentences of the element's rule about typed answers, which it compares with each other
    and with the case's data.

    Null, "" and an empty list mean that nothing is wrong.

    :raises ExpressionFailed: the expression fails, or its value is no text.
    """
    text = element.properties.get("check")
    if not text:
        return []
    try:
        verdict = run.desk.language(
            text.strip().removeprefix("="), ChainMap(dict(answers), dict(run.values(task)))
        )
    except ValueError as exc:
        raise ExpressionFailed(element.id, text, str(exc)) from exc
    sentences = [
        sentence
        for sentence in (verdict if isinstance(verdict, list) else [verdict])
        if sentence not in (None, "")
    ]
    if not all(isinstance(sentence, str) for sentence in sentences):
        raise ExpressionFailed(element.id, text, f"校验的结果应为空或提示文字，实际是 {verdict!r}")
    return sentences


ANSWER = insert(AnswerRow.metadata.tables[AnswerRow.__tablename__])


@dataclass(frozen=True, kw_only=True)
class ItemState:
    """An item after a command."""

    id: int
    case_id: int
    element: str
    part: str
    round: int
    state: str
    version: int
    assignee: str | None = None
    merged: bool = False

    @classmethod
    def after(
        cls, work: UnitOfWork, item: ItemRow, actor: Actor, *, merged: bool = False
    ) -> "ItemState":
        """The state of the item as it will be committed, after this person has acted.

        :param merged: what was sent was merged with an earlier draft.
        """
        if work.session.is_modified(item):
            item.changed_by = actor.person_id
        work.write_journal()
        mine = None
        if item.assignee_id == actor.person_id:
            mine = actor.login
        return cls(
            id=item.id,
            case_id=item.case_id,
            element=item.element,
            part=item.part,
            round=item.round,
            state=item.state,
            version=item.version,
            assignee=mine,
            merged=merged,
        )


@dataclass(frozen=True, kw_only=True)
class ItemCommand:
    """A command on one item.

    ``version`` is the version that the person looked at. If a person has changed the item since,
    the command is refused. Changes by the clock do not count.
    """

    verb: ClassVar[str]
    actor: Actor
    item_id: int
    version: int | None = None

    def allowed(self, work: UnitOfWork) -> tuple[CaseRow, ItemRow]:
        """The case and the item, locked, if this verb is open to this person now.

        :raises NotFound: they cannot see it. :raises NotAllowed: it is somebody else's. :raises
            NotOpen: it is over. :raises NotOffered: the verb is not open now. :raises Changed: it
            has another version.
        """
        case, item = work.locked_item(self.item_id)
        allow(work, self.actor, case, item, self.verb)
        if self.behind(item):
            self.refuse_late(item)
        return case, item

    def behind(self, item: ItemRow) -> bool:
        """Whether a person has changed the item since this one looked at it."""
        if self.version is None or self.version == item.version:
            return False
        return item.changed_by is not None or self.version > item.version

    def refuse_late(self, item: ItemRow) -> None:
        """Refuse, and tell who was faster.

        :raises Changed: always, unless nothing is lost by going on.
        """
        raise Changed.by_oneself() if item.changed_by == self.actor.person_id else Changed()


def allow(work: UnitOfWork, actor: Actor, case: CaseRow, item: ItemRow, verb: str) -> None:
    """Refuse if the verb is not offered to this person now."""
    require_own(work.session, actor, case, item)
    if item.state != "open" and verb != "withdraw":
        raise NotOpen(f"“{item.name}”")
    assignee = None
    if item.assignee_id not in (None, actor.person_id):
        assignee = work.session.scalar(
            select(PersonRow.name).where(PersonRow.id == item.assignee_id)
        )
    offer = offers(
        actor,
        ItemFacts(
            part=item.part,
            state=item.state,
            holder=item.holder,
            assignee_id=item.assignee_id,
            assignee_name=assignee,
            case_status=case.status,
            closed_by=item.closed_by,
            has_due=item.due_at is not None,
            extending=extension_undecided(work.session, item),
        ),
    ).get(verb)
    if offer is None or not offer.allowed:
        raise NotOffered(verb, offer.why if offer else "该事项不支持此操作")


@dataclass(frozen=True, kw_only=True)
class ClaimItem(ItemCommand):
    """Claim an item of the unit (签收)."""

    verb = "claim"

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = self.allowed(work)
        item.assignee_id = self.actor.person_id
        work.record(case, "claim", actor=self.actor, element=item.element, item_id=item.id)
        return ItemState.after(work, item, self.actor)


@dataclass(frozen=True, kw_only=True)
class ReleaseItem(ItemCommand):
    """Give a claimed item back to the unit (取消签收)."""

    verb = "release"

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = self.allowed(work)
        item.assignee_id = None
        work.record(case, "release", actor=self.actor, element=item.element, item_id=item.id)
        return ItemState.after(work, item, self.actor)


@dataclass(frozen=True, kw_only=True)
class DraftItem(ItemCommand):
    """Store a draft (暂存). Nothing is checked yet.

    Drafts of one person from two windows are merged: an empty field in one does not remove the
    value from the other.
    """

    verb = "draft"
    answers: Mapping[str, Any] = field(default_factory=dict)

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = self.allowed(work)
        draft = dict(self.answers)
        if self.behind(item):
            draft |= {
                key: value
                for key, value in (item.draft or {}).items()
                if is_untouched(self.answers.get(key))
            }
        item.draft = draft
        item.assignee_id = self.actor.person_id
        return ItemState.after(work, item, self.actor, merged=draft != self.answers)

    def refuse_late(self, item: ItemRow) -> None:
        """An earlier draft by the same person is no reason to refuse."""
        if item.changed_by != self.actor.person_id:
            super().refuse_late(item)


@dataclass(frozen=True, kw_only=True)
class CompleteItem(ItemCommand):
    """Finish the lead's item (办结), and let the process move on."""

    verb = "complete"
    answers: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = self.allowed(work)
        finish(work, case, item, self.actor, self.answers, self.reason)
        return ItemState.after(work, item, self.actor)


@dataclass(frozen=True, kw_only=True)
class ContributeItem(ItemCommand):
    """Answer for a co-operating unit (反馈). The lead decides when to go on."""

    verb = "contribute"
    answers: Mapping[str, Any] = field(default_factory=dict)

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = self.allowed(work)
        answers = faultless(checked_answers(work, case, item, self.answers))
        _answer(work, case, item, self.actor, answers, "")
        close(item, "done", work.now, self.actor.person_id)
        item.assignee_id = self.actor.person_id
        item.draft = None
        work.record(case, "contribute", actor=self.actor, element=item.element, item_id=item.id)
        tell_closed(work, case, [item])
        tell_answered(work, case, item)
        return ItemState.after(work, item, self.actor)


def finish(
    work: UnitOfWork,
    case: CaseRow,
    item: ItemRow,
    actor: Actor,
    answers: Mapping[str, Any],
    reason: str,
) -> None:
    """Finish a lead's item. Its answers are checked and recorded and the engine moves on, all in
    this transaction.
    """
    early = still_owed(work, case, item)
    run = work.restore(case)
    waiting = None
    if early and not reason.strip():
        waiting = StillWaiting(early)
    clean = agreed(
        run,
        item.task,
        run.definition.elements[item.element],
        checked_answers(work, case, item, answers),
        waiting.sentence if waiting else "",
    )
    if waiting:
        raise waiting
    _answer(work, case, item, actor, clean, reason)
    close(item, "done", work.now, actor.person_id)
    item.assignee_id = actor.person_id
    item.draft = None
    tell_closed(work, case, [item])
    facts: dict[str, Any] = {"reason": reason, "without": list(early)} if early else {}
    work.record(case, "complete", actor=actor, element=item.element, item_id=item.id, **facts)
    settle(work, case, run.complete(item.task, clean), completed=item.task)


def still_owed(work: UnitOfWork, case: CaseRow, item: ItemRow) -> list[str]:
    """The names of the co-operating units for which the lead still has to wait."""
    element = work.deployed(case).definition.elements[item.element]
    if not element.co_units:
        return []
    co_operating = (
        select(ItemRow.state, UnitRow.name)
        .join(UnitRow, UnitRow.id == ItemRow.unit_id)
        .where(ItemRow.case_id == case.id, ItemRow.task == item.task, ItemRow.part == "cooperate")
        .order_by(ItemRow.id)
    )
    states_and_units = work.session.execute(co_operating).all()
    answered = [name for state, name in states_and_units if state == "done"]
    return list(
        owed(
            element.co_rule, answered, [name for state, name in states_and_units if state == "open"]
        )
    )


def checked_answers(
    work: UnitOfWork, case: CaseRow, item: ItemRow, answers: Mapping[str, Any]
) -> Checked:
    """The answers as the item's form wants them, with every key, and all faults by field."""
    form = work.deployed(case).form(item.form)
    return check_answers(form, answers, given=item.given, lists=work.lists(case, form))


def _answer(
    work: UnitOfWork,
    case: CaseRow,
    item: ItemRow,
    actor: Actor,
    answers: dict[str, Any],
    reason: str,
) -> None:
    work.session.execute(
        ANSWER,
        {
            "case_id": case.id,
            "item_id": item.id,
            "element": item.element,
            "place": item.place,
            "round": item.round,
            "part": item.part,
            "person_id": actor.person_id,
            "unit_id": item.unit_id or actor.unit_id,
            "at": work.now,
            "form": item.form,
            "answers": answers,
            "reason": reason,
        },
    )
