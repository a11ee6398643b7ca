"""Which parts of a case a person may read.

Decided: the reasons why a step is closed stand in one table, :data:`READING`. A step may be opened
again for people who need it to judge something; the diagram says so at the step where they judge
(property ``shows``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from service.access.cases.visible import own_only
from service.domain.forms.schema import keys_of
from service.domain.functions import functions
from service.domain.people.actor import Actor
from service.domain.people.units import Directory
from service.engine import Definition
from service.engine.desk import Language, feel
from service.engine.document import NS, Element, split_names, split_shown
from service.feel import parse
from service.store.cases.rows import CaseRow, JournalRow
from service.store.items.rows import AnswerRow, ItemRow
from service.unit_of_work import Deployed, Process


@dataclass(frozen=True, kw_only=True)
class Closed:
    """The parts of a case that a reader may not read. That a step exists is no secret.

    - ``steps`` are closed to the reader. Single submissions at a closed step may still be open;
      ``open_submissions`` has their ids by step.
    - ``judged`` are the steps whose content the reader is shown because they judge by it, in the
      order of the diagram property.
    - ``lent`` are those of the judged steps that would otherwise be closed.
    - ``sealed`` steps are closed to everybody, even to the people who have them.
    - The reader is not told who has the ``nameless`` steps.
    - The reader has stepped back (回避) from the ``recused`` steps.
    """

    steps: frozenset[str] = frozenset()
    open_submissions: Mapping[str, frozenset[int]] = field(default_factory=dict)
    judged: tuple[str, ...] = ()
    lent: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    nameless: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()

    def __contains__(self, step: object) -> bool:
        return step in self.steps

    def __bool__(self) -> bool:
        return bool(self.steps)

    def hides(self, step: str, submission: int | None) -> bool:
        """Whether an answer at a step is closed.

        :param submission: the id of the submission that the answer came with; None if there is
            none.
        """
        return step in self.steps and submission not in self.open_submissions.get(step, ())

    def lends(self, step: str, submission: int | None) -> bool:
        """Whether an answer at a step is open only because the reader judges by it."""
        is_open_submission = step in self.steps and not self.hides(step, submission)
        return step in self.lent or is_open_submission


class Reader:
    """A person who reads cases of their jurisdiction.

    The reader keeps what the rules look up, so that each look-up happens once.
    """

    def __init__(self, session: Session, runtime: Process, actor: Actor) -> None:
        self.session = session
        self.runtime = runtime
        self.actor = actor

    @cached_property
    def directory(self) -> Directory:
        """The units of the reader's jurisdiction."""
        return self.runtime.directory_of(self.session, self.actor.jurisdiction)

    @cached_property
    def language(self) -> Language:
        """The language of conditions, with the calendar and the units of the jurisdiction."""
        calendar = self.runtime.calendar_for(self.session, self.actor)
        return feel(functions(self.runtime.now(), calendar, self.directory.units.get))

    def is_named(self, text: str | None, data: Mapping[str, Any]) -> bool:
        """Whether the reader acts under one of the names in ``text``, in a case with these data.

        :param text: names of units and lanes, as a property of the diagram lists them.
        """
        names = split_names(text)
        if self.actor.works_for_unit and self.actor.unit_name in names:
            return True
        return any(self.directory.stands_for(self.actor, name, data) for name in names)

    def holds(self, condition: str, data: Mapping[str, Any]) -> bool:
        """Whether a condition that keeps a secret still holds.

        Decided: it holds unless its value is false, because a comparison with something that the
        case does not have gives null, and a secret that is told cannot be taken back.
        """
        return self.value(condition, data, True) is not False

    def value(self, text: str, data: Mapping[str, Any], otherwise: Any) -> Any:
        """The value of an expression, or ``otherwise`` if the expression fails."""
        try:
            return self.language(text.removeprefix("="), data)
        except ValueError:
            return otherwise


def _is_restricted(reader: Reader, case: CaseRow, step: Element) -> bool:
    """Whether a step is restricted to names under which the reader does not act."""
    names = step.properties.get("restricted")
    return names is not None and not reader.is_named(names, case.data)


def _is_sealed(reader: Reader, case: CaseRow, step: Element) -> bool:
    """Whether a step is sealed now: its property ``sealed`` is a condition."""
    condition = step.properties.get("sealed")
    return bool(condition) and reader.holds(str(condition), case.data)


@dataclass(frozen=True)
class ReadingRule:
    """A reason why the content of a step is closed to a reader.

    ``closes`` tells whether the reason applies. ``lifted``: the step is open all the same to
    people who judge by it (property ``shows``).
    """

    closes: Callable[[Reader, CaseRow, Element], bool]
    lifted: bool


READING = {
    # An expert (专家) reads only their own cases and assignments.
    "own share": ReadingRule(lambda reader, case, step: own_only(reader.actor), lifted=True),
    # A form may be restricted: only the named roles see its content.
    "restricted": ReadingRule(_is_restricted, lifted=True),
    # Bids are sealed to everybody until bidding closes, scores until all of them are in.
    "sealed": ReadingRule(_is_sealed, lifted=False),
}


def closed_to(
    session: Session, runtime: Process, actor: Actor, deployed: Deployed, case: CaseRow
) -> Closed:
    """The parts of a case that the actor may not read. Their own work is judged apart."""
    return closed_in_each(Reader(session, runtime, actor), [(deployed, case)])[case.id]


def closed_in_each(
    reader: Reader, cases: Sequence[tuple[Deployed, CaseRow]]
) -> Mapping[int, Closed]:
    """:func:`closed_to` for several cases, by case id.

    It sends as many statements for several cases as for one.
    """
    held_by_case = _held(reader, cases)
    return {
        case.id: _closed(reader, deployed, case, held_by_case.get(case.id, ()))
        for deployed, case in cases
    }


@dataclass(frozen=True, kw_only=True)
class Held:
    """An item that the reader has open or has done.

    ``step`` is the step of the item, ``place`` its place in loops. ``answers`` is what the reader
    answered there, None if they have not answered.
    """

    step: Element
    place: str
    answers: Mapping[str, Any] | None

    def is_recused(self, reader: Reader, case: CaseRow) -> bool:
        """Whether the reader has stepped back from the item.

        The step's property ``recusal`` is the condition; it sees the answers.
        """
        condition = self.step.properties.get("recusal")
        if not condition or self.answers is None:
            return False
        return reader.value(condition, {**case.data, **self.answers}, True) is True

    def shown(self, reader: Reader, case: CaseRow) -> Iterator[tuple[str, frozenset[int] | None]]:
        """The steps that the reader needs to judge this item by.

        Each comes with the ids of the submissions that are meant, or None if all are meant.
        """
        data = _data_at(case.data, self.place)
        for step, submissions in split_shown(self.step.properties.get("shows")):
            if submissions:
                yield step, _whole_numbers(reader.value(submissions, data, None))
            else:
                yield step, None


def _held(reader: Reader, cases: Sequence[tuple[Deployed, CaseRow]]) -> dict[int, list[Held]]:
    """The reader's items at steps that show other steps or allow a recusal, by case id."""
    steps_by_case = {case.id: _steps_to_judge_at(deployed.definition) for deployed, case in cases}
    element_ids = {element for steps in steps_by_case.values() for element in steps}
    if not element_ids:
        return {}
    case_ids = [case_id for case_id, steps in steps_by_case.items() if steps]
    is_answer = and_(AnswerRow.item_id == ItemRow.id, AnswerRow.undone.is_(False))
    items_with_answers = (
        select(ItemRow.case_id, ItemRow.element, ItemRow.place, AnswerRow.answers)
        .outerjoin(AnswerRow, is_answer)
        .where(
            ItemRow.case_id.in_(case_ids),
            ItemRow.element.in_(element_ids),
            ItemRow.holder.in_(reader.actor.holders),
            ItemRow.state.in_(("open", "done")),
        )
        .order_by(ItemRow.id)
    )
    held_by_case: dict[int, list[Held]] = {}
    for case_id, element, place, answers in reader.session.execute(items_with_answers):
        step = steps_by_case[case_id].get(element)
        if step is not None:
            held = Held(step=step, place=place, answers=answers)
            held_by_case.setdefault(case_id, []).append(held)
    return held_by_case


def _steps_to_judge_at(definition: Definition) -> dict[str, Element]:
    """The steps that show other steps or allow a recusal, by id."""
    return {
        step.id: step
        for step in definition.elements.values()
        if "shows" in step.properties or "recusal" in step.properties
    }


def _closed(reader: Reader, deployed: Deployed, case: CaseRow, held: Sequence[Held]) -> Closed:
    steps = deployed.definition.elements.values()
    reasons_by_step = {
        step.id: {name for name, rule in READING.items() if rule.closes(reader, case, step)}
        for step in steps
    }
    closed_steps = {step for step, reasons in reasons_by_step.items() if reasons}
    judging = [item for item in held if not item.is_recused(reader, case)]
    judged: dict[str, None] = {}
    open_submissions: dict[str, frozenset[int]] = {}
    for step, submissions in _shown_to(reader, case, judging, reasons_by_step):
        before = open_submissions.get(step, frozenset())
        if submissions is None:
            open_submissions[step] = before
            judged[step] = None
        else:
            open_submissions[step] = before | submissions
    sealed = {step for step, reasons in reasons_by_step.items() if "sealed" in reasons}
    nameless = {step.id for step in steps if is_nameless(reader, case, step)}
    recused = {item.step.id for item in held} - {item.step.id for item in judging}
    return Closed(
        steps=frozenset(closed_steps.difference(judged)),
        open_submissions=open_submissions,
        judged=tuple(judged),
        lent=frozenset(closed_steps.intersection(judged)),
        sealed=frozenset(sealed),
        nameless=frozenset(nameless),
        recused=frozenset(recused),
    )


def _shown_to(
    reader: Reader,
    case: CaseRow,
    judging: Iterable[Held],
    reasons_by_step: Mapping[str, Iterable[str]],
) -> Iterator[tuple[str, frozenset[int] | None]]:
    """What the reader is shown because they judge by it: see :meth:`Held.shown`.

    A step that does not exist is left out, and so is one that is closed for a reason that judging
    does not lift.
    """
    for item in judging:
        for step, submissions in item.shown(reader, case):
            reasons = reasons_by_step.get(step)
            if reasons is not None and all(READING[reason].lifted for reason in reasons):
                yield step, submissions


def is_nameless(reader: Reader, case: CaseRow, step: Element) -> bool:
    """Whether the reader may not be told who has a step.

    The step's property ``anonymous`` is the condition. The people in ``namedTo`` are always told.
    """
    condition = step.properties.get("anonymous")
    if not condition or reader.is_named(step.properties.get("namedTo"), case.data):
        return False
    return reader.holds(condition, case.data)


def _data_at(data: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """A case's data as a place in its loops sees them: ``decisions/2`` adds that list entry's
    values. Values of inner entries hide those of outer ones.
    """
    for part in filter(None, place.split(".")):
        name, _, index = part.partition("/")
        entries = data.get(name)
        entry = None
        if isinstance(entries, list):
            entry = entries[int(index)]
        data = {**data, **entry} if isinstance(entry, Mapping) else data
    return data


def _whole_numbers(value: Any) -> frozenset[int]:
    """The numbers in the value of an expression, which is one number or a list of them."""
    entries = value if isinstance(value, list) else [value]
    return frozenset(int(entry) for entry in entries if isinstance(entry, Decimal | int))


def names_closed(deployed: Deployed, closed: Closed) -> frozenset[str]:
    """The names in a case's data that are closed because their step is.

    These are the keys of the forms of closed steps and the variables that scripts compute from
    them.
    """
    elements = deployed.definition.elements
    names = {
        name for step_id in closed.steps for name in _names_written_by(deployed, elements[step_id])
    }
    sources_by_variable = _sources_by_variable(deployed.definition) if names else {}
    while computed := {
        variable
        for variable, sources in sources_by_variable.items()
        if variable not in names and sources & names
    }:
        names |= computed
    return frozenset(names)


def _names_written_by(deployed: Deployed, step: Element) -> Iterator[str]:
    """The names under which a step writes into the case's data."""
    form = keys_of(deployed.form(step.form or step.properties.get("form")))
    yield from (key for key, field in form.items() if field.get("readonly") is not True)
    yield step.properties.get("results") or step.id
    yield step.properties.get("variable") or ""


def _sources_by_variable(definition: Definition) -> dict[str, frozenset[str]]:
    """The names that each script reads, by the variable that it computes."""
    sources_by_variable = {}
    for node in definition.document.root.iterfind(".//b:scriptTask", NS):
        element = definition.elements.get(str(node.get("id")))
        if element is not None:
            script = node.findtext("b:script", "", NS).strip().removeprefix("=")
            variable = element.attributes.get("resultVariable", "")
            sources_by_variable[variable] = parse(script).names
    return sources_by_variable


def silent(row: JournalRow, closed: Closed) -> bool:
    """Whether a line of the record must not show what was said.

    This is so at a closed step. It is also so for a reply to somebody outside, because a reply may
    quote an answer of any closed step.
    """
    return row.element in closed or (row.verb == "reply" and bool(closed))
