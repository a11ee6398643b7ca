"""What stands handed in in a case, step by step, as somebody reads it who has to judge it.

Decided: of a step that was answered several times the newest answer counts and the older ones are
kept behind it, because a reviewer judges what stands now and asks what has changed; instead of one
long list in the order of time.
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
"""A form that asks for so much, or for rows, is a paper (申报表); what asks less, an opinion."""


def handed_in(deployed: Deployed, answers: Iterable[AnswerLine]) -> tuple[HandedLine, ...]:
    """The answers of a case by step, in the order in which those that count were given.

    Messages replace what the same sender has said before, but for those that anybody may send:
    there each is a matter of its own.
    """
    public = {
        element.id
        for element in deployed.definition.elements.values()
        if element.properties.get("public") == "yes"
    }
    steps: dict[tuple[Any, ...], list[AnswerLine]] = {}
    for one in answers:
        steps.setdefault(_step_of(one, public), []).append(one)
    given = [said for said in steps.values() if any(one.part != "cooperate" for one in said)]
    authors: dict[str, set[tuple[str, str | None]]] = {}
    for said in given:
        last = [one for one in said if one.part != "cooperate"][-1]
        author = last.place if last.person == NAMELESS else last.person
        authors.setdefault(last.element, set()).add((author, last.unit))
    found = [
        _handed(said, alone=said[0].part == "message" or len(authors[said[0].element]) < 2)
        for said in given
    ]
    return _latest_marked(sorted(found, key=lambda line: line.answer.id))


def _step_of(one: AnswerLine, public: Collection[str]) -> tuple[Any, ...]:
    if one.part != "message":
        return one.element, one.place
    return (one.element, one.id) if one.element in public else (one.element, one.person, one.unit)


def _handed(said: Sequence[AnswerLine], *, alone: bool) -> HandedLine:
    """One step: the answer that counts is the last that was not sent back.

    :param alone: one person alone answers it. What several people say on the same sheet is read as
        their opinions.
    """
    leads = [one for one in said if one.part != "cooperate"]
    answer = next((one for one in reversed(leads) if not one.undone), leads[-1])
    before = [one for one in leads if one.id < answer.id]
    units = {one.unit: one for one in said if one.part == "cooperate"}
    older = [one for one in said if one is not answer and one is not units.get(one.unit)]
    return HandedLine(
        answer=answer,
        replaced=tuple(reversed(older)),
        changes=_changes(before[-1], answer) if before and answer.part == "lead" else (),
        contributions=tuple(units.values()),
        document=alone and _is_document(answer.form),
        latest=False,
    )


def _changes(before: AnswerLine, after: AnswerLine) -> tuple[DifferenceLine, ...]:
    """What differs from the round before; nothing where either may not be read."""
    if before.restricted or after.restricted:
        return ()
    labels = {key: label_of(one) for key, one in keys_of(after.form or {}).items()}
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
    asked = asked_keys(form)
    rows = [one for one in keys_of(form).values() if one.get("type") == "dynamiclist"]
    return len(asked) >= DOCUMENT_FIELDS or any(key_of(one) in asked for one in rows)


def _latest_marked(lines: Sequence[HandedLine]) -> tuple[HandedLine, ...]:
    """Marks the last paper, and those before it that are read together with it: an application and
    its plan, all bids.
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


def _belong_together(one: HandedLine, last: HandedLine) -> bool:
    """Whether two papers are of one author, or the same that several have sent."""
    author, same = one.answer, last.answer
    alike = author.element == same.element or (
        (author.person, author.unit, author.part) == (same.person, same.unit, same.part)
    )
    return one.document and not author.undone and alike
