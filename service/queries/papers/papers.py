"""The papers (文书) of a case: which there are, and what each is made of.

Decided: a paper is printed from the newest deployed template, with the present data and the latest
answers of its step. Because an office signs what is valid today, and a report of one year must not
show the text of the next. A person who may not read a step's content gets no paper that prints it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.cases import closed_to, names_closed, visible_case
from service.domain.forms.answers import keys_of
from service.domain.forms.schema import everything
from service.domain.people.actor import Actor
from service.domain.terms.deadlines import SHANGHAI
from service.domain.vocabulary import PAPER_WHY
from service.engine.document import split_names
from service.errors import NotAllowed, NotFound, NotOffered
from service.queries.items.answers import answer_lines
from service.queries.items.lines import AnswerLine
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow, JournalRow
from service.store.items.rows import AnswerRow, ItemRow
from service.store.processes.lookups import lists_in_force, newest_files
from service.store.processes.rows import JurisdictionRow
from service.unit_of_work import Deployed, Process

WORD, LEDGER = "docx", "xlsx"
ENTRY = re.compile(r":\s*(\w+)\s*(?=[,}])")
"""In the details of a publication an entry ``"…": name`` shows the variable of that name."""


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """A paper of a case. ``why`` says why it cannot be had now; it is "" if it can."""

    name: str
    title: str
    format: str
    why: str

    @property
    def available(self) -> bool:
        """Whether the paper can be had now."""
        return not self.why


@dataclass(frozen=True, kw_only=True)
class PaperSource:
    """The contents of a Word paper.

    ``options`` are the words of choices by field, ``units`` the names of units by code. ``answers``
    are for a template that lists them, otherwise None.
    """

    title: str
    file: str
    template: bytes
    values: Mapping[str, Any]
    options: Mapping[str, Mapping[Any, str]]
    units: Mapping[str, str]
    answers: tuple[AnswerLine, ...] | None


def papers(session: Session, runtime: Process, actor: Actor, case_id: int) -> tuple[PaperLine, ...]:
    """The papers of a case's process, in the order of the jurisdiction's data."""
    shelf = Shelf(session, runtime, actor, visible_case(session, actor, case_id))
    return tuple(
        PaperLine(
            name=entry["name"],
            title=entry["title"],
            format=_format(entry),
            why=shelf.why_not(entry)[1],
        )
        for entry in shelf.entries()
    )


def paper(
    session: Session, runtime: Process, actor: Actor, case_id: int, name: str, format_: str
) -> PaperSource:
    """The contents of a paper. The ledger has no template, so of it there is only the title.

    :raises NotFound: the case has no such paper. :raises NotAllowed: it prints something that this
        person may not read. :raises NotOffered: the case has not come so far yet.
    """
    shelf = Shelf(session, runtime, actor, visible_case(session, actor, case_id))
    entry = next(
        (
            candidate
            for candidate in shelf.entries()
            if candidate["name"] == name and _format(candidate) == format_
        ),
        None,
    )
    if entry is None:
        raise NotFound(f"文书 {name}.{format_} ")
    reason, sentence = shelf.why_not(entry)
    if reason in {"readers", "closed"}:
        raise NotAllowed(sentence)
    if reason:
        raise NotOffered("paper", sentence)
    return shelf.source(entry)


def words_of(
    forms: Iterable[Mapping[str, Any]], lists: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, dict[Any, str]]:
    """The words of choices by the key of the field, from forms and named lists."""
    words_by_key: dict[str, dict[Any, str]] = {}
    for field in (field for form in forms for field in everything(form)):
        options = field.get("values") or lists.get(str(field.get("valuesKey"))) or ()
        words_by_key.setdefault(str(field.get("key")), {}).update(
            {
                option["value"]: option["label"]
                for option in options
                if "value" in option and "label" in option
            }
        )
    return words_by_key


def _without(value: Any, names: Collection[str]) -> Any:
    """A value without the entries of these names, at any depth."""
    if isinstance(value, Mapping):
        return {name: _without(inner, names) for name, inner in value.items() if name not in names}
    if isinstance(value, list):
        return [_without(inner, names) for inner in value]
    return value


def _format(entry: Mapping[str, Any]) -> str:
    return str(entry["template"]).rpartition(".")[2]


class Shelf:
    """The papers of one case for one person."""

    def __init__(self, session: Session, runtime: Process, actor: Actor, case: CaseRow) -> None:
        self.session = session
        self.actor = actor
        self.case = case
        self.now = runtime.now()
        self.catalogue = runtime.catalogue
        self.read_template = runtime.read_template
        self.deployed: Deployed = runtime.catalogue.deployed(session, case.definition_id)
        self.closed = closed_to(session, runtime, actor, self.deployed, case)
        self.home = session.get_one(JurisdictionRow, case.jurisdiction)
        self.directory = runtime.catalogue.directory(session, case.jurisdiction, self.home.revision)
        self.files = newest_files(session, case.jurisdiction, f".{WORD}")

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """The papers that the jurisdiction prints for this case's process."""
        for entry in self.home.rules.get("papers", ()):
            if entry.get("process") in (None, self.case.process):
                yield entry

    def why_not(self, entry: Mapping[str, Any]) -> tuple[str, str]:
        """Why a paper cannot be had: the code of the reason and its sentence. Both are "" if it
        can.
        """
        after = entry.get("after")
        readers = split_names(entry.get("readers"))
        stands = (self.directory.stands_for(self.actor, name, self.case.data) for name in readers)
        if readers and not any(stands):
            return "readers", PAPER_WHY["readers"].format("、".join(readers))
        if after and after not in self.reached:
            return "ahead", PAPER_WHY["ahead"].format(self._name_of(after))
        if _format(entry) == WORD:
            return self._why_not_filled(entry)
        return "", ""

    def _why_not_filled(self, entry: Mapping[str, Any]) -> tuple[str, str]:
        """Why a template cannot be filled in, as :meth:`why_not`."""
        if entry["template"] not in self.files:
            return "missing", PAPER_WHY["missing"].format(entry["template"])
        names = self.read_template(self._template(entry))
        if self.hidden & names:
            return "closed", PAPER_WHY["closed"]
        return "", ""

    def _name_of(self, element_id: str) -> str:
        element = self.deployed.definition.elements.get(element_id)
        if element is None:
            return element_id
        return element.name

    @cached_property
    def reached(self) -> frozenset[str]:
        """The elements that the case has come to."""
        items = self.session.scalars(
            select(ItemRow.element).where(ItemRow.case_id == self.case.id).distinct()
        )
        passed = self.session.scalars(
            select(JournalRow.facts).where(
                JournalRow.case_id == self.case.id, JournalRow.verb == "pass"
            )
        )
        return frozenset(items) | {element for facts in passed for element in facts["elements"]}

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The names of data that this person may not read.

        They come from closed steps and from scripts that use them. A name that an open step shows
        or that was published is not hidden.
        """
        shown = set[str]()
        for element in self.deployed.definition.elements.values() if self.closed else ():
            if element.id not in self.closed and element.id in self.reached:
                form_id = element.form or element.properties.get("form")
                fields = keys_of(self.deployed.form(form_id))
                details = element.inputs.get("details", "")
                shown |= fields.keys()
                shown |= set(ENTRY.findall(details))
        return names_closed(self.deployed, self.closed) - shown

    def source(self, entry: Mapping[str, Any]) -> PaperSource:
        """The contents of a paper."""
        template = self._template(entry) if _format(entry) == WORD else b""
        listed = template and "answers" in self.read_template(template)
        given = {
            **self.case.data,
            **self._step(entry.get("after")),
            "today": self.now.astimezone(SHANGHAI).date(),
            "case_number": self.case.number,
            "jurisdiction_name": self.home.name,
        }
        return PaperSource(
            title=entry["title"],
            file=entry["template"],
            template=template,
            options=self._options(),
            values=_without(given, self.hidden),
            units={unit.code: unit.name for unit in self.directory.units.values()},
            answers=answer_lines(self.session, self.deployed, self.case.id, self.closed, self.actor)
            if listed
            else None,
        )

    def _template(self, entry: Mapping[str, Any]) -> bytes:
        return self.catalogue.template(self.session, self.files[entry["template"]])

    def _step(self, element_id: str | None) -> Mapping[str, Any]:
        """The latest answers of the step that a paper belongs to, with the other values of its
        round.
        """
        answers = self._answers_of(element_id)
        said_around = dict[str, Any]()
        elements = self.deployed.definition.elements
        element = elements.get(element_id or "")
        while element is not None and (element := elements.get(element.scope)) is not None:
            results = self.case.data.get(element.properties.get("results", ""))
            rounds = [entry for entry in results or () if isinstance(entry, Mapping)]
            own_rounds = [entry for entry in rounds if answers.items() <= entry.items()]
            latest_round = (own_rounds or rounds or [{}])[-1]
            said_around = {**latest_round, **said_around}
        return {**said_around, **answers}

    def _answers_of(self, element: str | None) -> Mapping[str, Any]:
        latest_answers = (
            select(AnswerRow.answers)
            .where(
                AnswerRow.case_id == self.case.id,
                AnswerRow.element == element,
                AnswerRow.part == "lead",
                AnswerRow.undone.is_(False),
            )
            .order_by(AnswerRow.id.desc())
            .limit(1)
        )
        return self.session.scalar(latest_answers) or {}

    def _options(self) -> Mapping[str, Mapping[Any, str]]:
        in_force = lists_in_force(self.session, self.case.jurisdiction)
        lists = {name: row.entries for name, row in in_force.items()}
        lists |= pinned_lists(self.session, self.case, self.case.lists)
        return words_of(self.deployed.forms.values(), lists)
