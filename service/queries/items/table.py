"""One table over the items of a step at which other cases are judged (联席会议), and the content of
such a case.

Decided: the diagram says what a row shows of its case (property ``columns``). A value from a step
that is closed to the reader stays empty. Sixty rows take as many statements as one, because a
meeting looks at all of them at once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased, defer

from service.access.cases import (
    Closed,
    Reader,
    closed_in_each,
    closed_to,
    names_closed,
    visible_case,
)
from service.access.items import is_own
from service.domain.forms.answers import check_answers, lists_of
from service.domain.forms.schema import Component, children, key_of, keys_of
from service.domain.forms.shown import plain, plain_values
from service.domain.people.actor import Actor
from service.engine.document import split_columns
from service.errors import NotFound
from service.queries.items.answers import (
    ATTACHMENTS,
    answer_lines,
    attachment_lines,
    with_options,
)
from service.queries.items.inbox import OPEN
from service.queries.items.lines import AnswerLine, AttachmentLine
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow
from service.store.items.rows import AnswerRow, AttachmentRow, ItemRow
from service.store.people.rows import PersonRow
from service.store.processes.rows import NamedListRow
from service.unit_of_work import Deployed, Process

MOST_ROWS = 100
SIMPLE = frozenset({"radio", "select", "textfield", "textarea", "number", "checkbox"})
"""The types of fields for which a row has room. Days are the other one."""
Cell = tuple[Component, Any]
"""A field with its options, and its value."""


@dataclass(frozen=True, kw_only=True)
class TableLine:
    """An item and the case that is judged in it.

    ``taken`` is the person who has claimed it, if that is somebody else. ``values`` is the answer,
    or the draft.
    """

    item_id: int
    version: int
    case_id: int
    title: str
    number: str | None
    cells: tuple[Cell | None, ...]
    files: int
    done: bool
    taken: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class StepTable:
    """The items of one step in one case.

    ``fields`` are filled in for each row. They are None if the form does not fit into a row.
    ``more`` is the number of open items beyond those shown.
    """

    case_id: int
    case_title: str
    element: str
    name: str
    due_at: datetime | None
    columns: tuple[str, ...]
    fields: tuple[Component, ...] | None
    lines: tuple[TableLine, ...]
    more: int


@dataclass(frozen=True, kw_only=True)
class CaseContent:
    """The answers and files of a case."""

    case_id: int
    title: str
    number: str | None
    process_name: str
    answers: tuple[AnswerLine, ...]
    attachments: tuple[AttachmentLine, ...]


def step_table(
    session: Session, runtime: Process, actor: Actor, case_id: int, element: str
) -> StepTable:
    """The table of a step with this person's items, open ones first.

    :raises NotFound: they have no item there in which another case is judged.
    """
    items_with_assignee = _items(session, actor, case_id, element)
    if not items_with_assignee:
        raise NotFound("该审议表")
    case = visible_case(session, actor, case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    step = deployed.definition.elements[element]
    form = deployed.form(step.form)
    columns = split_columns(step.properties.get("columns"))
    lists = pinned_lists(session, case, lists_of(form))
    fields = table_fields(form)
    judged = _judged(session, runtime, actor, [item for item, _ in items_with_assignee])
    answered = _answered(
        session, [item.id for item, _ in items_with_assignee if item.state == "done"]
    )
    opened = [item for item, _ in items_with_assignee if item.state == "open"]
    return StepTable(
        case_id=case.id,
        case_title=case.title,
        element=element,
        name=step.name,
        due_at=min((item.due_at for item in opened if item.due_at is not None), default=None),
        columns=tuple(heading for heading, _ in columns),
        fields=None if fields is None else tuple(with_options(field, lists) for field in fields),
        lines=tuple(
            _line(
                actor,
                item,
                assignee,
                judged[item.about_id],
                tuple(judged[item.about_id].cell(key) for _, key in columns),
                answered.get(item.id) or item.draft or {},
            )
            for item, assignee in items_with_assignee
            if item.about_id in judged
        ),
        more=max(0, _open_items(session, actor, case_id, element) - len(opened)),
    )


def _line(
    actor: Actor,
    item: ItemRow,
    assignee: str | None,
    judged: "Judged",
    cells: tuple[Cell | None, ...],
    values: Mapping[str, Any],
) -> TableLine:
    taken = item.state == "open" and item.assignee_id not in (None, actor.person_id)
    return TableLine(
        item_id=item.id,
        version=item.version,
        case_id=judged.case.id,
        title=judged.case.title,
        number=judged.case.number,
        cells=cells,
        files=judged.files,
        done=item.state == "done",
        taken=assignee if taken else None,
        values=plain_values(values),
    )


def _items(
    session: Session, actor: Actor, case_id: int, element: str
) -> Sequence[tuple[ItemRow, str | None]]:
    assignee = aliased(PersonRow)
    items_of_step = (
        select(ItemRow, assignee.name)
        .outerjoin(assignee, assignee.id == ItemRow.assignee_id)
        .where(*_of_step(actor, case_id, element), ItemRow.state.in_(("open", "done")))
        .order_by(ItemRow.state.desc(), ItemRow.id)
        .limit(MOST_ROWS)
    )
    return [(item, name) for item, name in session.execute(items_of_step)]


def _of_step(actor: Actor, case_id: int, element: str) -> tuple[Any, ...]:
    return (
        ItemRow.case_id == case_id,
        ItemRow.element == element,
        ItemRow.part == "lead",
        ItemRow.about_id.is_not(None),
        ItemRow.holder.in_(actor.holders),
    )


def _open_items(session: Session, actor: Actor, case_id: int, element: str) -> int:
    number_of_items = select(func.count()).select_from(ItemRow)
    return session.scalar(number_of_items.where(*_of_step(actor, case_id, element), OPEN)) or 0


def together_with(session: Session, actor: Actor, item: ItemRow) -> int:
    """The number of open items in the table of this item's step. 0 if no other case is judged
    there.
    """
    if item.about_id is None:
        return 0
    return _open_items(session, actor, item.case_id, item.element)


def _answered(session: Session, items: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    if not items:
        return {}
    answers_to_items = (
        select(AnswerRow.item_id, AnswerRow.answers)
        .where(AnswerRow.item_id.in_(items), AnswerRow.undone.is_(False))
        .order_by(AnswerRow.id)
    )
    return {
        item: answers for item, answers in session.execute(answers_to_items) if item is not None
    }


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A case that is judged in a row, as one person may read it.

    ``hidden`` are the names of its data that are closed to them. ``lists`` are the options of its
    choices, ``fields`` the fields of its forms by key.
    """

    case: CaseRow
    hidden: frozenset[str]
    fields: Mapping[str, Component]
    lists: Mapping[str, Any]
    files: int

    def cell(self, key: str) -> Cell | None:
        """The value that the case has under a key. None if it has none or it may not be read."""
        value = self.case.data.get(key)
        if value is None or key in self.hidden:
            return None
        field = self.fields.get(key, {"key": key, "type": "textfield"})
        return with_options(field, {**self.case.data, **self.lists}), plain(value)


def _judged(
    session: Session, runtime: Process, actor: Actor, items: Sequence[ItemRow]
) -> dict[int, Judged]:
    """The cases that are judged in these items, by id. They are looked up together."""
    judged_cases = (
        select(CaseRow)
        .where(
            CaseRow.id.in_({item.about_id for item in items}),
            CaseRow.jurisdiction == actor.jurisdiction,
        )
        .options(defer(CaseRow.state))
    )
    pairs = [
        (runtime.catalogue.deployed(session, case.definition_id), case)
        for case in session.scalars(judged_cases)
    ]
    closed = closed_in_each(Reader(session, runtime, actor), pairs)
    files = _files(session, actor, closed)
    lists = _lists(session, actor, pairs)
    fields = {case.definition_id: _fields(deployed) for deployed, case in pairs}
    return {
        case.id: Judged(
            case=case,
            hidden=names_closed(deployed, closed[case.id]),
            fields=fields[case.definition_id],
            lists={name: lists.get((name, version), []) for name, version in case.lists.items()},
            files=files[case.id],
        )
        for deployed, case in pairs
    }


def _fields(deployed: Deployed) -> dict[str, Component]:
    """The fields of a process's forms by key. A field that is filled in goes before one that only
    shows.
    """
    fields_by_key: dict[str, Component] = {}
    for step in deployed.definition.elements.values():
        form = keys_of(deployed.form(step.form or step.properties.get("form")))
        for key, field in form.items():
            if key not in fields_by_key or fields_by_key[key].get("readonly") is True:
                fields_by_key[key] = field
    return fields_by_key


def _files(session: Session, actor: Actor, closed: Mapping[int, Closed]) -> Counter[int]:
    """The number of files in each case that this person may see."""
    files_of_cases = ATTACHMENTS.where(AttachmentRow.case_id.in_(closed))
    return Counter(
        file.case_id
        for file, _, element, holder, sent, *_ in session.execute(files_of_cases)
        if not closed[file.case_id].hides(element, sent.id if sent is not None else None)
        or is_own(actor, file, holder, sent)
    )


def _lists(
    session: Session, actor: Actor, pairs: Sequence[tuple[Deployed, CaseRow]]
) -> dict[tuple[str, int], list[Any]]:
    """The named lists in the versions that any of these cases has pinned."""
    pinned = {version for _, case in pairs for version in case.lists.items()}
    if not pinned:
        return {}
    pinned_versions = select(NamedListRow).where(
        NamedListRow.jurisdiction == actor.jurisdiction,
        or_(
            *(
                and_(NamedListRow.name == name, NamedListRow.version == version)
                for name, version in sorted(pinned)
            )
        ),
    )
    return {
        (named_list.name, named_list.version): named_list.entries
        for named_list in session.scalars(pinned_versions)
    }


def table_fields(form: Component) -> tuple[Component, ...] | None:
    """The fields that are filled in at a step, if they all fit into a row.

    None if the form asks for more: lists, files, several choices, times, or something that depends
    on an expression.
    """
    fields: list[Component] = []
    for component in children(form):
        inner = None
        if component.get("type") == "group":
            inner = table_fields(component)
        if component.get("type") == "group":
            if inner is None:
                return None
            fields += inner
        elif key_of(component) and component.get("readonly") is not True:
            if not _is_simple(component):
                return None
            fields.append(component)
    return tuple(fields)


def _is_simple(component: Component) -> bool:
    of = component.get("type")
    day = of == "datetime" and component.get("subtype") == "date"
    return (of in SIMPLE or day) and not component.get("valuesExpression")


def faults_in(
    session: Session,
    runtime: Process,
    actor: Actor,
    table: StepTable,
    typed: Mapping[int, Mapping[str, Any]],
) -> dict[int, list[str]]:
    """The faults of answers that somebody is about to send, by item. Nothing is sent.

    Faults that depend on the rest of the case are found when the answers are sent.
    """
    case = visible_case(session, actor, table.case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    form = deployed.form(deployed.definition.elements[table.element].form)
    lists = pinned_lists(session, case, lists_of(form))
    data_given = select(ItemRow.id, ItemRow.given).where(
        ItemRow.id.in_(line.item_id for line in table.lines if line.item_id in typed)
    )
    faults = {}
    for item, given in session.execute(data_given):
        _, errors = check_answers(form, typed[item], given=given, lists=lists)
        if errors:
            faults[item] = [sentence for sentences in errors.values() for sentence in sentences]
    return faults


def case_content(session: Session, runtime: Process, actor: Actor, case_id: int) -> CaseContent:
    """The answers and files of a case, to be read beside something else.

    :raises NotFound: there is no such case, or this person may not see it.
    """
    case = visible_case(session, actor, case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    closed = closed_to(session, runtime, actor, deployed, case)
    return CaseContent(
        case_id=case.id,
        title=case.title,
        number=case.number,
        process_name=deployed.name,
        answers=answer_lines(session, deployed, case.id, closed, actor),
        attachments=attachment_lines(session, deployed, case.id, actor=actor, closed=closed),
    )
