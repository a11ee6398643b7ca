"""What comes next, who has it then, and how long it usually takes (下一步谁办、多久)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from service.domain.forms.answers import keys_of
from service.domain.functions import NAMES
from service.domain.items import CO_DUE, lead_rule
from service.domain.people.actor import Actor
from service.domain.people.units import Directory
from service.domain.terms.deadlines import term_basis
from service.engine.ahead import Ahead
from service.engine.desk import Language
from service.engine.document import Element
from service.errors import Unresolved
from service.feel import FeelError, parse
from service.queries.processes.lines import NextLine
from service.store.processes.lookups import latest_definitions
from service.unit_of_work import Deployed, Process

MOST_WAYS = 3
LONG_NAMES = frozenset(name for name in NAMES if " " in name)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is ahead in one case, or in a process before it is started, for one reader.

    ``values`` are the case's data. Relative units are looked up in them.
    """

    session: Session
    runtime: Process
    actor: Actor
    deployed: Deployed
    values: Mapping[str, Any]

    def after(self, element: str, part: str = "lead") -> tuple[NextLine, ...]:
        """What comes next when a step is over.

        If there are more than three ways, it is the usual ones. For a co-operating unit it is the
        lead's own step.
        """
        if part != "lead":
            return (self._line(Ahead(at=element, kind="lead")),)
        return tuple(self._line(ahead) for ahead in self.deployed.ways.after(element)[:MOST_WAYS])

    def at(self, element: str) -> NextLine:
        """What a case waits for at its present place."""
        kind = "case" if self._element(element).kind == "callActivity" else "wait"
        return self._line(Ahead(at=element, kind=kind))

    def main_way(self, start: str, language: Language) -> tuple[NextLine, ...]:
        """What usually happens from a start event on."""

        def known(condition: str, passed: Collection[str]) -> bool | None:
            return self._holds(condition, passed, language)

        return tuple(self._line(ahead) for ahead in self.deployed.ways.main_way(start, known))

    # -- one line

    def _line(self, ahead: Ahead) -> NextLine:
        element = self._element(ahead.at)
        who = self._leads(element)
        term = None
        basis = ""
        if ahead.kind in {"step", "lead"}:
            term = usual_term(element)
            basis = term_basis(element.term_basis, element.properties.get("due") or term)
        elif ahead.kind == "wait":
            who, term, basis = self._awaited(element)
        elif ahead.kind != "case":
            who = ""
        return NextLine(
            element=element.id,
            name=element.name,
            kind=ahead.kind,
            who=who,
            term=term,
            term_basis=basis,
            when="，".join(name for name in ahead.when if name),
            decided=bool(ahead.when),
            after_all=ahead.after_all,
        )

    def _element(self, ident: str) -> Element:
        return self.deployed.definition.elements[ident]

    def _leads(self, element: Element) -> str:
        return "、".join(dict.fromkeys(self._resolved(element, name) for name in element.leads))

    def _resolved(self, element: Element, name: str) -> str:
        """The unit that a lane's name resolves to in this case, or else the name itself."""
        if name in self._directory.persons:
            return name
        try:
            return self._directory.unit(element.name, name, self.values).name
        except Unresolved:
            return name

    @cached_property
    def _directory(self) -> Directory:
        return self.runtime.directory_of(self.session, self.actor.jurisdiction, self.actor.revision)

    def _awaited(self, element: Element) -> tuple[str, str | None, str]:
        """For a wait: who brings what is awaited, by which rule, and whose rule it is."""
        ways = self.deployed.ways
        if timer := ways.timer(element.id):
            basis = term_basis(element.term_basis, timer)
            return "", "" if timer.startswith("=") else timer, basis
        message = ways.message(element.id)
        return (message and self._round(message)) or (self._leads(element), "", "ours")

    def _round(self, message: str) -> tuple[str, str, str] | None:
        """For a message that is sent by a process which the clock starts again and again: who
        decides there, how often, and whose rule it is.
        """
        for row in latest_definitions(self.session, self.actor.jurisdiction):
            other = self.runtime.catalogue.deployed(self.session, row.id)
            steps = other.ways.senders.get(message)
            rounds = other.definition.timed_starts
            if steps and rounds:
                start, rule = next(iter(rounds.items()))
                who = "、".join(dict.fromkeys(self._leads(step) for step in steps))
                declared = other.definition.elements[start].term_basis
                return who, rule, term_basis(declared, rule)
        return None

    # -- decisions that are settled before anybody decides

    def _holds(self, condition: str, passed: Collection[str], language: Language) -> bool | None:
        """Whether a condition holds. None if the steps before it may have changed that."""
        body = condition.removeprefix("=").strip()
        try:
            names = parse(body, names=LONG_NAMES).names
            supplied = {name for ident in passed for name in self._supplied(ident)}
            if names & supplied:
                return None
            return language(body, self.values) is True
        except (FeelError, ValueError):
            return None

    def _supplied(self, ident: str) -> frozenset[str]:
        """The names of the data that an element writes."""
        element = self._element(ident)
        form = element.form if element.kind != "startEvent" else None
        return frozenset(
            {
                element.attributes.get("resultVariable", ""),
                element.properties.get("variable", ""),
                element.properties.get("results", ""),
                *(target for target, _ in element.outs),
                *keys_of(self.deployed.form(form)),
            }
        )


def usual_term(element: Element) -> str | None:
    """The rule of a step's term as its author wrote it.

    None if there is no term, "" if an expression settles it when the step begins.
    """
    due = element.properties.get("due")
    co_due = element.properties.get("coDue", CO_DUE)
    rule = lead_rule(due, co_due if element.co_units else None)
    if rule is not None and "=" in rule:
        return ""
    return rule
