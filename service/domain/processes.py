"""The comparison of diagrams with the policy document (政策依据).

Each clause must be carried by steps. Each step must rest on a clause, or be an addition of ours and
say so.

Decided: the page, the export and the tests of what ships use one set of pure rules. Because a page
and a test that judge by rules of their own drift apart. A clause with leads is carried if its
sentence stands in the document, each of its leads leads one of its steps, and one of these steps
asks exactly the clause's co-operating units. If a unit is not asked there, a declared narrowing is
needed. A narrowing ``means`` either another step in which the unit has its share, or another name
that has the share instead (项目所在县区 for 各县区).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service.domain.vocabulary import REMARK

PEOPLES = frozenset({"userTask", "manualTask", "task"})
ROUTED = PEOPLES | {
    "serviceTask",
    "scriptTask",
    "businessRuleTask",
    "callActivity",
    "subProcess",
    "receiveTask",
    "sendTask",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
}
"""The kinds of elements that do, send or wait for something with somebody's authority."""


def squeezed(text: str) -> str:
    """The text without blanks, line breaks and the bold marks of the scan.

    So a sentence that the document breaks over two pages is one sentence.
    """
    return re.sub(r"[\s*]", "", text)


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A clause of the policy document.

    ``others`` are names that may act for it besides its leads and co-operating units.
    """

    id: str
    title: str
    text: str
    leads: tuple[str, ...] = ()
    co_units: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    inferred: bool = False

    @property
    def actors(self) -> frozenset[str]:
        """All names that may act for the clause."""
        return frozenset((*self.leads, *self.co_units, *self.others))


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """A unit of a clause that a step need not ask, because it has its share elsewhere.

    ``means`` is the step or the name that stands for the unit there.
    """

    clause: str
    unit: str
    means: str
    why: str

    def holds(self, carriers: Iterable["CoverageStep"]) -> bool:
        """Whether the unit, or the name that stands for it, has its share in one of the steps."""
        return any(
            self.means in step.acting or (step.id == self.means and self.unit in step.acting)
            for step in carriers
        )


@dataclass(frozen=True, kw_only=True)
class CoverageStep:
    """The properties of an element in a diagram that are compared with the document.

    ``due`` is its term; the term of a timer is when it fires. ``term_basis`` says whose term it is.
    """

    process: str
    id: str
    kind: str
    name: str
    leads: tuple[str, ...]
    co_units: tuple[str, ...]
    clauses: tuple[str, ...]
    basis: str
    documentation: str
    form: str | None = None
    due: str = ""
    term_basis: str = ""

    @property
    def acting(self) -> tuple[str, ...]:
        """The names that lead and that co-operate."""
        return self.leads + self.co_units

    @property
    def quote(self) -> str | None:
        """The quoted sentence: the first line of the documentation, unless it is our remark."""
        first_line = self.documentation.partition("\n")[0]
        if not first_line or first_line.startswith(REMARK):
            return None
        return first_line


@dataclass(frozen=True)
class Fault:
    """A thing that is missing: a code of ``vocabulary.COVERAGE`` and the names it is about."""

    code: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClauseFinding:
    """A clause with the steps that carry it, its narrowings, and its faults."""

    clause: Clause
    steps: tuple[CoverageStep, ...]
    narrowings: tuple[Narrowing, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class StepFinding:
    """A step with its faults."""

    step: CoverageStep
    faults: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The result of the comparison, from clauses to steps and from steps to clauses."""

    clauses: tuple[ClauseFinding, ...]
    steps: tuple[StepFinding, ...]

    @property
    def due(self) -> tuple[ClauseFinding, ...]:
        """The clauses that must be carried: those that have leads."""
        return tuple(finding for finding in self.clauses if finding.clause.leads)

    @property
    def shares(self) -> Mapping[str, tuple[int, int]]:
        """For clauses and for steps: how many have no fault, and how many there are."""
        return {"clauses": _share_in_order(self.due), "steps": _share_in_order(self.steps)}


def _share_in_order(findings: Sequence[ClauseFinding | StepFinding]) -> tuple[int, int]:
    """How many findings have no fault, and how many there are."""
    return sum(not finding.faults for finding in findings), len(findings)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The clauses of a jurisdiction, their narrowings, and the text of the document."""

    clauses: Mapping[str, Clause]
    narrowings: tuple[Narrowing, ...]
    source: str

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> "Policy":
        """The policy in a manifest: its ``clauses``, ``narrowings`` and ``document``.

        The document has ``text`` and ``corrections``, which correct errors of the scan.
        """
        document = manifest.get("document") or {}
        text = str(document.get("text") or "")
        for correction in document.get("corrections") or ():
            text = text.replace(correction["found"], correction["read_as"])
        return cls(
            clauses={entry["id"]: _clause(entry) for entry in manifest.get("clauses") or ()},
            source=text,
            narrowings=tuple(Narrowing(**entry) for entry in manifest.get("narrowings") or ()),
        )

    @cached_property
    def _squeezed(self) -> str:
        return squeezed(self.source)

    def says(self, sentence: str) -> bool:
        """Whether the sentence stands in the document word for word."""
        return squeezed(sentence) in self._squeezed

    def assess(self, steps: Sequence[CoverageStep]) -> Coverage:
        """Compare these steps with the document, in both directions."""
        return Coverage(
            clauses=tuple(self._clause(clause, steps) for clause in self.clauses.values()),
            steps=tuple(StepFinding(step=step, faults=tuple(self._step(step))) for step in steps),
        )

    def _clause(self, clause: Clause, steps: Sequence[CoverageStep]) -> ClauseFinding:
        carriers = tuple(
            step for step in steps if step.basis == "text" and clause.id in step.clauses
        )
        narrowings = tuple(
            narrowing for narrowing in self.narrowings if narrowing.clause == clause.id
        )
        faults = [] if self.says(clause.text) else [Fault("sentence")]
        if clause.leads:
            faults += self._faults_of_carriers(clause, carriers, narrowings)
        return ClauseFinding(
            clause=clause,
            steps=carriers,
            narrowings=narrowings,
            faults=tuple(faults),
        )

    @staticmethod
    def _faults_of_carriers(
        clause: Clause, carriers: Sequence[CoverageStep], narrowings: Sequence[Narrowing]
    ) -> Iterable[Fault]:
        """What is missing in the steps that carry a clause with leads."""
        if not carriers:
            return [Fault("nobody")]
        faults = []
        leading = {name for step in carriers for name in step.leads}
        if idle := tuple(lead for lead in clause.leads if lead not in leading):
            faults.append(Fault("lead", idle))
        if empty := tuple(
            narrowing.unit for narrowing in narrowings if not narrowing.holds(carriers)
        ):
            faults.append(Fault("narrowing", empty))
        narrowed = {narrowing.unit for narrowing in narrowings}
        expected = [unit for unit in clause.co_units if unit not in narrowed]
        missing_by_step = [
            tuple(unit for unit in expected if unit not in step.co_units)
            for step in carriers
            if set(step.leads) & set(clause.leads)
        ]
        if missing_by_step and all(missing_by_step):
            faults.append(Fault("units", min(missing_by_step, key=len)))
        return faults

    def _step(self, step: CoverageStep) -> Iterable[Fault]:
        if step.basis == "ours":
            if step.documentation.startswith(REMARK):
                return []
            return [Fault("remark")]
        if step.basis != "text":
            return [Fault("basis")]
        return [Fault(code, names) for code, names in self._faults_by_text(step) if names]

    def _faults_by_text(self, step: CoverageStep) -> Iterable[tuple[str, tuple[str, ...]]]:
        """What a step that rests on the text may lack. Without names it lacks nothing."""
        clauses = [self.clauses[ident] for ident in step.clauses if ident in self.clauses]
        allowed = {name for clause in clauses for name in clause.actors}
        allowed |= {
            narrowing.means for narrowing in self.narrowings if narrowing.clause in step.clauses
        }
        quote = step.quote
        if not step.clauses:
            yield "clause", (step.id,)
        yield "unknown", tuple(ident for ident in step.clauses if ident not in self.clauses)
        if not quote:
            yield "quote", (step.id,)
        elif not self.says(quote):
            yield "sentence", (quote,)
        if step.kind in PEOPLES:
            yield "actor", tuple(name for name in step.leads if name not in allowed)
        yield "co_unit", tuple(name for name in step.co_units if name not in allowed)


def _clause(entry: Mapping[str, Any]) -> Clause:
    return Clause(
        id=entry["id"],
        title=entry["title"],
        text=entry.get("text") or "",
        leads=tuple(entry.get("leads") or ()),
        co_units=tuple(entry.get("co_units") or ()),
        others=tuple(entry.get("others") or ()),
        inferred=bool(entry.get("inferred")),
    )
