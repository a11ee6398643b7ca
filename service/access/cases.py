"""Which cases somebody can see, and what of a case they may read.

Decided: why a step is closed stands in one table, :data:`READING`; what opens it again, because
somebody judges by it, is said on the diagram by the step where they judge (``shows``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session, undefer

from service.domain.forms.schema import keys_of
from service.domain.functions import functions
from service.domain.people.actor import Actor
from service.domain.people.rights import OWN_SHARE_ONLY, Right
from service.domain.people.units import Directory
from service.engine import Definition
from service.engine.desk import Language, feel
from service.engine.document import NS, Element, split_names, split_shown
from service.errors import NotFound
from service.feel import parse
from service.store.cases.rows import CaseRow, ConcernRow, JournalRow
from service.store.items.rows import AnswerRow, ItemRow
from service.unit_of_work import Deployed, Process


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Cases of the actor's jurisdiction that they started, that they or their unit work on, or that
    they judge in another one, or that concern them; all for supervisors.
    """
    theirs = ItemRow.holder.in_(actor.holders)
    seen = (
        true()
        if actor.may(Right.SEE_ALL)
        else or_(
            CaseRow.starter_id == actor.person_id,
            exists().where(ItemRow.case_id == CaseRow.id, theirs),
            exists().where(ItemRow.about_id == CaseRow.id, theirs),
            exists().where(
                ConcernRow.case_id == CaseRow.id, ConcernRow.person_id == actor.person_id
            ),
        )
    )
    return and_(CaseRow.jurisdiction == actor.jurisdiction, seen)


def sees(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether the actor can see this case."""
    return (
        session.scalar(select(CaseRow.id).where(CaseRow.id == case_id, visible_to(actor)))
        is not None
    )


def visible_case(session: Session, actor: Actor, case_id: int) -> CaseRow:
    """The case, if this person can see it.

    :raises NotFound: it does not exist, or belongs to another jurisdiction or to others.
    """
    case = session.scalar(select(CaseRow).where(CaseRow.id == case_id, visible_to(actor)))
    if case is None:
        raise NotFound("该案件")
    return case


def own_only(actor: Actor) -> bool:
    """Whether somebody sees of a case nothing but their own share: who is an expert (专家) and
    nothing else.
    """
    return actor.roles == OWN_SHARE_ONLY


@dataclass(frozen=True, kw_only=True)
class Closed:
    """What of a case somebody may not read. That a step exists is no secret.

    ``steps`` are closed, but for single submissions that they may read there (``but``). ``judged``
    are the steps whose content they are shown because they judge by it, in order; ``lent`` those
    of them that would be closed otherwise. ``sealed`` is closed to everybody, even to whoever has
    it. Of the ``nameless`` steps they are not told who has them; from those that are ``recused``
    they have stepped back (回避).
    """

    steps: frozenset[str] = frozenset()
    but: Mapping[str, frozenset[int]] = field(default_factory=dict)
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
        """Whether what was said at a step is closed, by a submission if it came as one."""
        return step in self.steps and submission not in self.but.get(step, ())

    def lends(self, step: str, submission: int | None) -> bool:
        """Whether it is open for no other reason than that they judge by it."""
        return step in self.lent or (step in self.steps and not self.hides(step, submission))


class Reader:
    """Somebody who reads cases of their jurisdiction; what the rules ask is looked up once."""

    def __init__(self, session: Session, runtime: Process, actor: Actor) -> None:
        self.session, self.runtime, self.actor = session, runtime, actor

    @cached_property
    def directory(self) -> Directory:
        """The units of their jurisdiction."""
        return self.runtime.directory_of(self.session, self.actor.jurisdiction)

    @cached_property
    def language(self) -> Language:
        """What conditions are written in."""
        calendar = self.runtime.calendar_for(self.session, self.actor)
        return feel(functions(self.runtime.now(), calendar, self.directory.units.get))

    def is_named(self, text: str | None, data: Mapping[str, Any]) -> bool:
        """Whether they act under one of these names in a case with these data."""
        names = split_names(text)
        if self.actor.works_for_unit and self.actor.unit_name in names:
            return True
        return any(self.directory.stands_for(self.actor, name, data) for name in names)

    def value(self, text: str, data: Mapping[str, Any], otherwise: Any) -> Any:
        """What an expression gives; ``otherwise`` where it fails."""
        try:
            return self.language(text.removeprefix("="), data)
        except ValueError:
            return otherwise


def _not_named(reader: Reader, case: CaseRow, step: Element) -> bool:
    text = step.properties.get("restricted")
    return text is not None and not reader.is_named(text, case.data)


def _sealed(reader: Reader, case: CaseRow, step: Element) -> bool:
    """A condition that fails keeps its step closed."""
    text = step.properties.get("sealed")
    return bool(text) and reader.value(str(text), case.data, True) is True


@dataclass(frozen=True)
class ReadingRule:
    """Why the content of a step is closed to somebody. ``lifted``: open all the same where they
    judge by it (property ``shows``).
    """

    closes: Callable[[Reader, CaseRow, Element], bool]
    lifted: bool


READING = {
    # 专家 each: own cases and assignments only
    "own share": ReadingRule(lambda reader, case, step: own_only(reader.actor), lifted=True),
    # a form may be restricted: only named roles see the content
    "restricted": ReadingRule(_not_named, lifted=True),
    # bids are sealed until bidding closes, scores until all are in: to everybody
    "sealed": ReadingRule(_sealed, lifted=False),
}


def closed_to(
    session: Session, runtime: Process, actor: Actor, deployed: Deployed, case: CaseRow
) -> Closed:
    """What of a case this person may not read, their own apart."""
    return closed_in_each(Reader(session, runtime, actor), [(deployed, case)])[case.id]


def closed_in_each(
    reader: Reader, cases: Sequence[tuple[Deployed, CaseRow]]
) -> Mapping[int, Closed]:
    """:func:`closed_to` for several cases, by their ids; not one statement more than for one."""
    held = _held(reader, cases)
    return {
        case.id: _closed(reader, deployed, case, held.get(case.id, ())) for deployed, case in cases
    }


@dataclass(frozen=True, kw_only=True)
class Held:
    """An item that somebody has open or has done: of which step, in which place of its loops, and
    what they answered there.
    """

    step: Element
    place: str
    answers: Mapping[str, Any] | None

    def is_recused(self, reader: Reader, case: CaseRow) -> bool:
        """Whether they have stepped back from it, as the step's property ``recusal`` says of what
        they answered.
        """
        text = self.step.properties.get("recusal")
        if not text or self.answers is None:
            return False
        return reader.value(text, {**case.data, **self.answers}, True) is True

    def shown(self, reader: Reader, case: CaseRow) -> Iterator[tuple[str, frozenset[int] | None]]:
        """The steps that it is judged by, each with the submissions that alone are meant, or
        None.
        """
        data = _seen_from(case.data, self.place)
        for name, only in split_shown(self.step.properties.get("shows")):
            yield name, _numbers(reader.value(only, data, None)) if only else None


def _held(reader: Reader, cases: Sequence[tuple[Deployed, CaseRow]]) -> dict[int, list[Held]]:
    """What they have or had to do in these cases at steps that show something."""
    steps = {
        case.id: {
            step.id: step
            for step in deployed.definition.elements.values()
            if "shows" in step.properties or "recusal" in step.properties
        }
        for deployed, case in cases
    }
    named = {step for found in steps.values() for step in found}
    if not named:
        return {}
    wanted = (
        select(ItemRow.case_id, ItemRow.element, ItemRow.place, AnswerRow.answers)
        .outerjoin(AnswerRow, and_(AnswerRow.item_id == ItemRow.id, AnswerRow.undone.is_(False)))
        .where(
            ItemRow.case_id.in_(case for case, found in steps.items() if found),
            ItemRow.element.in_(named),
            ItemRow.holder.in_(reader.actor.holders),
            ItemRow.state.in_(("open", "done")),
        )
        .order_by(ItemRow.id)
    )
    found: dict[int, list[Held]] = {}
    for case, element, place, answers in reader.session.execute(wanted):
        if element in steps[case]:
            held = Held(step=steps[case][element], place=place, answers=answers)
            found.setdefault(case, []).append(held)
    return found


def _closed(reader: Reader, deployed: Deployed, case: CaseRow, held: Sequence[Held]) -> Closed:
    steps = deployed.definition.elements.values()
    why = {
        step.id: {name for name, rule in READING.items() if rule.closes(reader, case, step)}
        for step in steps
    }
    judging = [one for one in held if not one.is_recused(reader, case)]
    shown = [
        (step, only)
        for one in judging
        for step, only in one.shown(reader, case)
        if step in why and all(READING[name].lifted for name in why[step])
    ]
    judged = tuple(dict.fromkeys(step for step, only in shown if only is None))
    but: dict[str, frozenset[int]] = {}
    for step, only in shown:
        but[step] = but.get(step, frozenset()) | (only or frozenset())
    return Closed(
        steps=frozenset(step for step, names in why.items() if names).difference(judged),
        but=but,
        judged=judged,
        lent=frozenset(step for step in judged if why[step]),
        sealed=frozenset(step for step, names in why.items() if "sealed" in names),
        nameless=frozenset(step.id for step in steps if _nameless(reader, case, step)),
        recused=frozenset(one.step.id for one in held) - {one.step.id for one in judging},
    )


def _nameless(reader: Reader, case: CaseRow, step: Element) -> bool:
    """Whether they may not be told who has a step (property ``anonymous``, while it holds); those
    of ``namedTo`` are told. A condition that fails keeps the names.
    """
    text = step.properties.get("anonymous")
    if not text or reader.is_named(step.properties.get("namedTo"), case.data):
        return False
    return reader.value(text, case.data, True) is True


def keeps_name(reader: Reader, case: CaseRow, item: ItemRow) -> bool:
    """Whether a list of open work keeps to itself who has an item. It does not ask whether the
    condition of ``anonymous`` still holds: it shows no case's data, and does not read them.
    """
    if item.holder in reader.actor.holders:
        return False
    deployed = reader.runtime.catalogue.deployed(reader.session, case.definition_id)
    step = deployed.definition.elements.get(item.element)
    return (
        step is not None
        and "anonymous" in step.properties
        and not reader.is_named(step.properties.get("namedTo"), {})
    )


def cases_with_nameless_starter(reader: Reader, cases: Sequence[CaseRow]) -> frozenset[int]:
    """Which of these cases do not tell this reader who started them: their start event is
    ``anonymous``, as where somebody asks for more time for a step that keeps its people's names.

    One statement more where a start event is, none otherwise.
    """
    starts: dict[int, Element] = {}
    for case in cases:
        deployed = reader.runtime.catalogue.deployed(reader.session, case.definition_id)
        start = deployed.definition.anonymous_start
        if start is not None and case.starter_id != reader.actor.person_id:
            starts[case.id] = start
    if not starts:
        return frozenset()
    with_data = (
        select(CaseRow).where(CaseRow.id.in_(starts)).options(undefer(CaseRow.data))
    ).execution_options(populate_existing=True)
    return frozenset(
        case.id
        for case in reader.session.scalars(with_data)
        if _nameless(reader, case, starts[case.id])
    )


def _seen_from(data: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """A case's data with what is nearer at a place in its loops before it: ``decisions/2``."""
    for part in filter(None, place.split(".")):
        name, _, index = part.partition("/")
        entries = data.get(name)
        entry = entries[int(index)] if isinstance(entries, list) else None
        data = {**data, **entry} if isinstance(entry, Mapping) else data
    return data


def _numbers(value: Any) -> frozenset[int]:
    """The whole numbers that an expression gives, one or a list of them."""
    found = value if isinstance(value, list) else [value]
    return frozenset(int(one) for one in found if isinstance(one, Decimal | int))


def names_closed(deployed: Deployed, closed: Closed) -> frozenset[str]:
    """The names of a case's data that come from steps whose content somebody may not read, and what
    scripts make of them.
    """
    found = set[str]()
    for step in (deployed.definition.elements[step] for step in closed.steps):
        form = keys_of(deployed.form(step.form or step.properties.get("form")))
        found |= {key for key, field in form.items() if field.get("readonly") is not True}
        found |= {step.properties.get("results") or step.id, step.properties.get("variable") or ""}
    made = _made_by_scripts(deployed.definition) if found else {}
    while more := {name for name, uses in made.items() if uses & found} - found:
        found |= more
    return frozenset(found)


def _made_by_scripts(definition: Definition) -> dict[str, frozenset[str]]:
    """The variables that scripts compute, each with the names that it is computed from."""
    return {
        definition.elements[str(node.get("id"))].attributes.get("resultVariable", ""): parse(
            node.findtext("b:script", "", NS).strip().removeprefix("=")
        ).names
        for node in definition.document.root.iterfind(".//b:scriptTask", NS)
        if node.get("id") in definition.elements
    }


def silent(row: JournalRow, closed: Closed) -> bool:
    """Whether a line of the record keeps to itself what was said: at a closed step, or in an answer
    to somebody outside, which may quote one.
    """
    return row.element in closed or (row.verb == "reply" and bool(closed))


def names_person(row: JournalRow, closed: Closed, actor: Actor) -> bool:
    """Whether a line of the record says who did it: not what whoever has a nameless step did there.
    Urging (催办) is what others do.
    """
    own = row.person_id is None or row.person_id == actor.person_id
    return own or row.element not in closed.nameless or row.verb == "urge"
