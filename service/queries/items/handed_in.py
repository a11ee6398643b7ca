"""What has been handed in in a case, step by step, for a person who has to judge it.

Decided: if a step was answered several times, the newest answer counts and the older ones stand
behind it. Because a reviewer judges what is valid now and asks what has changed, instead of reading
one long list by time.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.domain.forms.schema import key_of, keys_of, label_of
from service.domain.forms.shown import asked_keys, changed_keys
from service.domain.vocabulary import NAMELESS
from service.queries.items.lines import AnswerLine, DifferenceLine, HandedLine
from service.unit_of_work import Deployed

READ_AT_ONCE = 6
DOCUMENT_FIELDS = 8
"""A form that asks for this many fields, or for rows, is a paper (申报表). A smaller form is an
opinion.
"""


def handed_in(deployed: Deployed, answers: Iterable[AnswerLine]) -> tuple[HandedLine, ...]:
    """The answers of a case by step, in the order in which the valid ones were given.

    A message replaces the earlier one of the same sender. This is not so for messages that anybody
    may send: there each one is a matter of its own.
    """
    public = {
        element.id
        for element in deployed.definition.elements.values()
        if element.properties.get("public") == "yes"
    }
    steps: dict[tuple[Any, ...], list[AnswerLine]] = {}
    for answer in answers:
        steps.setdefault(_step_of(answer, public), []).append(answer)
    answered_steps = [
        answers_of_step
        for answers_of_step in steps.values()
        if any(answer.part != "cooperate" for answer in answers_of_step)
    ]
    authors: dict[str, set[tuple[str, str | None]]] = {}
    for answers_of_step in answered_steps:
        last = [answer for answer in answers_of_step if answer.part != "cooperate"][-1]
        author = last.place if last.person == NAMELESS else last.person
        authors.setdefault(last.element, set()).add((author, last.unit))
    handed_lines = [
        _handed(
            answers_of_step,
            alone=answers_of_step[0].part == "message"
            or len(authors[answers_of_step[0].element]) < 2,
        )
        for answers_of_step in answered_steps
    ]
    return _latest_marked(sorted(handed_lines, key=lambda line: line.answer.id))


def _step_of(answer: AnswerLine, public: Collection[str]) -> tuple[Any, ...]:
    if answer.part != "message":
        return answer.element, answer.place
    if answer.element in public:
        return (answer.element, answer.id)
    return (answer.element, answer.person, answer.unit)


def _handed(answers: Sequence[AnswerLine], *, alone: bool) -> HandedLine:
    """One step. The answer that counts is the last one that was not sent back.

    :param alone: only one person answers the step. Answers of several people to the same form are
        read as their opinions.
    """
    leads = [given for given in answers if given.part != "cooperate"]
    answer = next((given for given in reversed(leads) if not given.undone), leads[-1])
    before = [given for given in leads if given.id < answer.id]
    units = {given.unit: given for given in answers if given.part == "cooperate"}
    older = [
        given for given in answers if given is not answer and given is not units.get(given.unit)
    ]
    return HandedLine(
        answer=answer,
        replaced=tuple(reversed(older)),
        changes=_changes(before[-1], answer) if before and answer.part == "lead" else (),
        contributions=tuple(units.values()),
        document=alone and _is_document(answer.form),
        latest=False,
    )


def _changes(before: AnswerLine, after: AnswerLine) -> tuple[DifferenceLine, ...]:
    """The fields that differ from the round before. Empty if one of the two may not be read."""
    if before.restricted or after.restricted:
        return ()
    labels = {key: label_of(field) for key, field in keys_of(after.form or {}).items()}
    return tuple(
        DifferenceLine(
            key=key,
            label=labels.get(key) or key,
            before=before.values.get(key),
            after=after.values.get(key),
        )
        for key in changed_keys(before.values, after.values)
    )


def _is_document(form: Mapping[str, Any] | None) -> bool:
    if form is None:
        return False
    keys = asked_keys(form)
    lists = [field for field in keys_of(form).values() if field.get("type") == "dynamiclist"]
    return len(keys) >= DOCUMENT_FIELDS or any(key_of(field) in keys for field in lists)


def _latest_marked(lines: Sequence[HandedLine]) -> tuple[HandedLine, ...]:
    """The lines with ``latest`` set for the last paper and for the papers that are read with it,
    such as an application and its plan, or all bids.
    """
    papers = [at for at, line in enumerate(lines) if line.document and not line.answer.undone]
    first = last = papers[-1] if papers else -1
    while first > 0 and _belong_together(lines[first - 1], lines[last]):
        first -= 1
    few = last - first < READ_AT_ONCE
    return tuple(
        replace(line, latest=True) if few and first <= at <= last else line
        for at, line in enumerate(lines)
    )


def _belong_together(line: HandedLine, last: HandedLine) -> bool:
    """Whether two papers have the same author, or are papers of one step by several authors."""
    author = line.answer
    same = last.answer
    alike = author.element == same.element or (
        (author.person, author.unit, author.part) == (same.person, same.unit, same.part)
    )
    return line.document and not author.undone and alike
