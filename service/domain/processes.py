"""Whether each clause is carried by steps, and each step rests on a clause or is ours and says so
(政策依据).

Decided: one set of pure rules for the page, the export and the tests of what ships, because a page
and a test that judge by their own lights drift apart. A clause with leads is carried when its
sentence stands in the document, each of its leads leads one of its steps, and one step of theirs
asks exactly the clause's co-operating units; a unit that is not asked there needs a declared
narrowing. A narrowing ``means`` another step, in which the unit has its share, or another name
(项目所在县区 for 各县区), which has it instead.
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
"""Kinds of elements that do, send or wait for something on somebody's authority."""


def squeezed(text: str) -> str:
    """Without blanks, line breaks and the scan's bold marks: a sentence broken over two pages is
    one sentence.
    """
    return re.sub(r"[\s*]", "", text)


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A clause of the policy document. ``others`` may act for it besides its leads and co-operating
    units.
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
        """Everybody who may act for it."""
        return frozenset((*self.leads, *self.co_units, *self.others))


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """A unit of a clause that a step need not ask, because it has its share elsewhere
    (``means``).
    """

    clause: str
    unit: str
    means: str
    why: str

    def holds(self, carriers: Iterable["CoverageStep"]) -> bool:
        """Whether the unit, or what stands for it, has its share in one of the clause's steps."""
        return any(
            self.means in step.acting or (step.id == self.means and self.unit in step.acting)
            for step in carriers
        )


@dataclass(frozen=True, kw_only=True)
class CoverageStep:
    """An element of a diagram, as far as it is answered for; ``due`` is its term or, of a timer,
    when it goes off, ``term_basis`` whose term that is.
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
        """Who leads and who co-operates."""
        return self.leads + self.co_units

    @property
    def quote(self) -> str | None:
        """The quoted sentence: the documentation's first line, unless that is a remark of ours."""
        first = self.documentation.partition("\n")[0]
        return None if not first or first.startswith(REMARK) else first


@dataclass(frozen=True)
class Fault:
    """What is missing: a code of ``vocabulary.COVERAGE``, and the names it is about."""

    code: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClauseFinding:
    """A clause, the steps that carry it, the narrowings used, and what is missing."""

    clause: Clause
    steps: tuple[CoverageStep, ...]
    narrowings: tuple[Narrowing, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class StepFinding:
    """A step and what is missing."""

    step: CoverageStep
    faults: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Both ways: from clause to steps, from step to clauses."""

    clauses: tuple[ClauseFinding, ...]
    steps: tuple[StepFinding, ...]

    @property
    def due(self) -> tuple[ClauseFinding, ...]:
        """The clauses that somebody has to carry: those with leads."""
        return tuple(found for found in self.clauses if found.clause.leads)

    @property
    def shares(self) -> Mapping[str, tuple[int, int]]:
        """Of the clauses and of the steps: how many are in order, of how many."""
        return {
            name: (sum(1 for one in found if not one.faults), len(found))
            for name, found in (("clauses", self.due), ("steps", self.steps))
        }


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A jurisdiction's clauses with their document, the way a manifest writes them."""

    clauses: Mapping[str, Clause]
    narrowings: tuple[Narrowing, ...]
    source: str

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Policy":
        """From ``clauses``, ``narrowings`` and ``document`` (``text``, ``corrections`` of the
        scan).
        """
        document = said.get("document") or {}
        text = str(document.get("text") or "")
        for correction in document.get("corrections") or ():
            text = text.replace(correction["found"], correction["read_as"])
        return cls(
            clauses={entry["id"]: _clause(entry) for entry in said.get("clauses") or ()},
            source=text,
            narrowings=tuple(Narrowing(**entry) for entry in said.get("narrowings") or ()),
        )

    @cached_property
    def _squeezed(self) -> str:
        return squeezed(self.source)

    def says(self, sentence: str) -> bool:
        """Whether the document says this, word for word."""
        return squeezed(sentence) in self._squeezed

    def assess(self, steps: Sequence[CoverageStep]) -> Coverage:
        """Hold these steps against the document, both ways."""
        return Coverage(
            clauses=tuple(self._clause(clause, steps) for clause in self.clauses.values()),
            steps=tuple(StepFinding(step=step, faults=tuple(self._step(step))) for step in steps),
        )

    # -- a clause

    def _clause(self, clause: Clause, steps: Sequence[CoverageStep]) -> ClauseFinding:
        carriers = tuple(
            step for step in steps if step.basis == "text" and clause.id in step.clauses
        )
        narrowings = tuple(one for one in self.narrowings if one.clause == clause.id)
        faults = [] if self.says(clause.text) else [Fault("sentence")]
        faults += self._unled(clause, carriers, narrowings) if clause.leads else []
        return ClauseFinding(
            clause=clause, steps=carriers, narrowings=narrowings, faults=tuple(faults)
        )

    @staticmethod
    def _unled(
        clause: Clause, carriers: Sequence[CoverageStep], narrowings: Sequence[Narrowing]
    ) -> Iterable[Fault]:
        if not carriers:
            return [Fault("nobody")]
        faults = []
        if idle := tuple(
            lead for lead in clause.leads if not any(lead in step.leads for step in carriers)
        ):
            faults.append(Fault("lead", idle))
        if empty := tuple(one.unit for one in narrowings if not one.holds(carriers)):
            faults.append(Fault("narrowing", empty))
        spared = {one.unit for one in narrowings}
        led = [step for step in carriers if set(step.leads) & set(clause.leads)]
        owed = [
            tuple(
                unit for unit in clause.co_units if unit not in step.co_units and unit not in spared
            )
            for step in led
        ]
        if owed and all(owed):
            faults.append(Fault("units", min(owed, key=len)))
        return faults

    # -- a step

    def _step(self, step: CoverageStep) -> Iterable[Fault]:
        if step.basis == "ours":
            return [] if step.documentation.startswith(REMARK) else [Fault("remark")]
        if step.basis != "text":
            return [Fault("basis")]
        return [Fault(code, names) for code, names in self._text(step) if names]

    def _text(self, step: CoverageStep) -> Iterable[tuple[str, tuple[str, ...]]]:
        """What a step that rests on the text lacks; a fault without names is none."""
        known = [self.clauses[ident] for ident in step.clauses if ident in self.clauses]
        allowed = {name for clause in known for name in clause.actors}
        allowed |= {one.means for one in self.narrowings if one.clause in step.clauses}
        quote = step.quote
        yield "clause", () if step.clauses else (step.id,)
        yield "unknown", tuple(ident for ident in step.clauses if ident not in self.clauses)
        yield "quote", () if quote else (step.id,)
        yield "sentence", (quote,) if quote and not self.says(quote) else ()
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
