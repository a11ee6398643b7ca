"""Clauses and steps side by side (政策依据对照), from what is deployed now and the cases that
run.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import distinct, func, select, union
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.processes import PEOPLES, ROUTED, Coverage, CoverageStep, Policy
from service.domain.terms.deadlines import term_basis
from service.engine.document import Element
from service.errors import NotFound
from service.store.cases.rows import CaseRow, JournalRow, SubscriptionRow, TimerRow
from service.store.items.rows import ItemRow
from service.store.processes.lookups import latest_definition, latest_definitions, rules_of
from service.store.processes.rows import ClauseRow, DefinitionRow
from service.unit_of_work import Process

Where = tuple[str, str]
"""The key of a process and the id of an element."""


@dataclass(frozen=True, kw_only=True)
class CoveragePage:
    """Clauses by step and steps by clause.

    ``standing`` counts running cases that wait at an element. ``forms`` are the headings of forms
    by id, ``versions`` the deployed version of each process.
    """

    title: str
    coverage: Coverage
    processes: Mapping[str, str]
    versions: Mapping[str, int]
    forms: Mapping[str, str]
    standing: Mapping[Where, int]

    def only(self, clause: str | None, process: str | None) -> "CoveragePage":
        """The part about one clause and one process. The shares stay those of the whole."""
        clauses = tuple(
            replace(
                by_clause,
                steps=tuple(step for step in by_clause.steps if process in (None, step.process)),
            )
            for by_clause in self.coverage.clauses
            if clause in (None, by_clause.clause.id)
        )
        return replace(
            self,
            coverage=Coverage(
                clauses=tuple(
                    by_clause for by_clause in clauses if by_clause.steps or process is None
                ),
                steps=tuple(
                    by_step
                    for by_step in self.coverage.steps
                    if process in (None, by_step.step.process)
                    and (clause is None or clause in by_step.step.clauses)
                ),
            ),
        )


def coverage(session: Session, runtime: Process, actor: Actor) -> CoveragePage:
    """Every clause of the jurisdiction, and every routed element of the newest versions."""
    newest_versions = latest_definitions(session, actor.jurisdiction)
    deployed = {
        definition.key: runtime.catalogue.deployed(session, definition.id)
        for definition in newest_versions
    }
    steps = [
        step
        for process in deployed.values()
        for step in steps_of(process.definition.elements.values())
    ]
    rules = rules_of(session, actor.jurisdiction)
    return CoveragePage(
        title=str((rules.get("document") or {}).get("title") or ""),
        coverage=_policy(session, actor.jurisdiction, rules).assess(steps),
        processes={key: process.name for key, process in deployed.items()},
        versions={key: process.version for key, process in deployed.items()},
        forms={
            name: _heading(name, form)
            for process in deployed.values()
            for name, form in process.forms.items()
        },
        standing={**standing(session, actor.jurisdiction), **_calling(session, actor.jurisdiction)},
    )


def steps_of(elements: Iterable[Element]) -> list[CoverageStep]:
    """The routed elements of a diagram in its order. These are elements that act, and starts with a
    form.
    """
    return [
        CoverageStep(
            process=e.process,
            id=e.id,
            kind=e.kind,
            name=e.name,
            leads=e.leads,
            co_units=e.co_units,
            clauses=e.clauses,
            basis=e.properties.get("basis", ""),
            documentation=e.documentation,
            form=e.form,
            due=_due(e),
            term_basis=term_basis(e.term_basis, _due(e)),
        )
        for e in elements
        if e.kind in ROUTED or (e.kind == "startEvent" and e.form)
    ]


def _due(element: Element) -> str:
    """The term of a step, or the instant at which a timer goes off: a rule, or the expression that
    gives it.
    """
    return element.properties.get("due", "") or element.timer


def standing(session: Session, jurisdiction: str) -> dict[Where, int]:
    """The number of running cases that have open work at an element, or wait there for a time or a
    message.
    """
    waits: list[Any] = [
        select(ItemRow.case_id.label("case_id"), ItemRow.element.label("element")).where(
            ItemRow.state == "open"
        ),
        select(TimerRow.case_id, TimerRow.element),
        select(SubscriptionRow.case_id, SubscriptionRow.element),
    ]
    waiting = union(*waits).subquery()
    cases_by_place = (
        select(CaseRow.process, waiting.c.element, func.count(distinct(waiting.c.case_id)))
        .join(waiting, waiting.c.case_id == CaseRow.id)
        .where(CaseRow.jurisdiction == jurisdiction, CaseRow.ended_at.is_(None))
        .group_by(CaseRow.process, waiting.c.element)
    )
    return {
        (process, element): count for process, element, count in session.execute(cases_by_place)
    }


def _calling(session: Session, jurisdiction: str) -> Mapping[Where, int]:
    """The number of cases that wait at a call activity for their children, by the record of who
    started them.
    """
    running = select(CaseRow.id, CaseRow.parent_id).where(
        CaseRow.jurisdiction == jurisdiction,
        CaseRow.parent_id.is_not(None),
        CaseRow.ended_at.is_(None),
    )
    children = {child: parent for child, parent in session.execute(running)}
    children_started = (
        select(CaseRow.process, JournalRow.element, CaseRow.id, JournalRow.facts)
        .join(CaseRow, CaseRow.id == JournalRow.case_id)
        .where(JournalRow.verb == "child", JournalRow.case_id.in_(set(children.values())))
    )
    waiting = {
        (process, element or "", case_id)
        for process, element, case_id, facts in session.execute(children_started)
        if facts["child"] in children
    }
    return Counter((process, element) for process, element, _ in waiting)


def drawing(
    session: Session, runtime: Process, actor: Actor, process: str, element: str | None = None
) -> tuple[str, dict[str, dict[str, str]]]:
    """The newest diagram of a process (XML), and the basis of each of its steps.

    :param element: the element that is shown in the middle.
    :raises NotFound: there is no such process in this jurisdiction.
    """
    deployed = runtime.catalogue.deployed(session, newest(session, actor, process).id)
    policy = _policy(session, actor.jurisdiction, rules_of(session, actor.jurisdiction))
    steps = policy.assess(steps_of(deployed.definition.elements.values())).steps
    states: dict[str, dict[str, str]] = {}
    for assessed in steps:
        step = assessed.step
        if step.basis == "text" or step.kind in PEOPLES or assessed.faults:
            state = "lacking" if assessed.faults else step.basis
            states[step.id] = {"state": state, "text": "、".join(step.clauses)}
    if element and element in deployed.definition.elements:
        states[element] = {**states.get(element, {"text": ""}), "state": "shown"}
    return deployed.xml.decode(), states


def newest(session: Session, actor: Actor, process: str) -> DefinitionRow:
    """The newest version of a process.

    :raises NotFound: there is no such process in this jurisdiction.
    """
    row = latest_definition(session, actor.jurisdiction, process)
    if row is None:
        raise NotFound(f"流程 {process} ")
    return row


def _policy(session: Session, jurisdiction: str, rules: Mapping[str, Any]) -> Policy:
    clauses_in_order = (
        select(ClauseRow).where(ClauseRow.jurisdiction == jurisdiction).order_by(ClauseRow.position)
    )
    others = rules.get("others") or {}
    clauses = [
        {
            "id": clause.code,
            "title": clause.title,
            "text": clause.text,
            "leads": clause.leads,
            "co_units": clause.co_units,
            "others": others.get(clause.code),
            "inferred": clause.inferred,
        }
        for clause in session.scalars(clauses_in_order)
    ]
    return Policy.read({**rules, "clauses": clauses})


def _heading(name: str, form: Mapping[str, Any]) -> str:
    """The heading of a form: its first heading, or the label of its first group, or its id."""
    parts = form.get("components") or ()
    lines = [
        str(part.get("text") or "").partition("\n")[0]
        for part in parts
        if part.get("type") == "text"
    ]
    headings = [line.lstrip("# ") for line in lines if line.startswith("#")]
    return next(iter(headings + [str(part["label"]) for part in parts if part.get("label")]), name)
