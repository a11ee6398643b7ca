"""A table over the items of a step in which other cases are judged (联席会议).

Rows are filled in one by one or many at once. Nothing is sent before the summary is confirmed.

Decided: the page keeps what was typed in its own form from step to step, and the server draws it
again. Because a refused row then still stands there as it was typed, and no script is needed to
send.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.commands.items.batch import carry_out_each
from service.commands.items.verbs import CompleteItem
from service.domain.forms.schema import Component, key_of
from service.errors import BadRequest
from service.http.session import actor, runtime
from service.queries.items.table import (
    StepTable,
    TableLine,
    case_content,
    faults_in,
    step_table,
)
from service.web.site.pages import blueprint, is_htmx

VERSION_OF = "version-"
IS_VERSION = re.compile(VERSION_OF + r"[1-9][0-9]{0,8}")
IS_NUMBER = re.compile(r"[0-9]{1,9}")
Typed = Mapping[str, str]
"""The texts in the fields of one row, by key."""


@dataclass(kw_only=True)
class TableState:
    """What the page shows besides the table.

    - ``typed`` are the texts in the rows, by item. ``common`` is the text for many rows.
    - ``versions`` are the versions of the items that the person looks at.
    - ``chosen`` are the items of the ticked rows. ``filled`` is the number of rows that have just
      been filled in alike.
    - ``confirming``: the page is the summary. ``key`` makes that it is sent only once.
    - ``wrong`` are sentences by item.
    - ``sent`` is the number of items that have just been completed.
    - ``gone`` is the number of rows with texts whose items are no longer open.
    """

    typed: dict[int, Typed]
    versions: Mapping[int, int]
    common: Typed = field(default_factory=dict)
    chosen: frozenset[int] = frozenset()
    confirming: bool = False
    key: str = ""
    wrong: Mapping[int, Sequence[str]] = field(default_factory=dict)
    sent: int = 0
    filled: int = 0
    gone: int = 0

    def version(self, line: TableLine) -> int:
        """The version of an item that this person looks at."""
        return self.versions.get(line.item_id, line.version)

    def to_send(self, shown: StepTable) -> list[TableLine]:
        """The rows that have a text."""
        return [line for line in shown.lines if self.typed.get(line.item_id)]

    def totals(self, shown: StepTable) -> list[tuple[str, int]]:
        """Each conclusion with the number of rows that have it. Unused conclusions are left out."""
        times_chosen = Counter(
            (key, texts.get(key))
            for key in map(key_of, shown.fields or ())
            for texts in self.typed.values()
        )
        totals = []
        for component in shown.fields or ():
            for option in component.get("values") or ():
                times = times_chosen[key_of(component), str(option.get("value"))]
                if times:
                    totals.append((str(option.get("label")), times))
        return totals


@blueprint.get("/cases/<int:case_id>/content")
def content(case_id: int) -> ResponseReturnValue:
    """The answers in a case and its files, as a part of another page."""
    with runtime().query() as session:
        content = case_content(session, runtime(), actor(), case_id)
    return render_template("cases/content.html", content=content)


@blueprint.get("/cases/<int:case_id>/table/<element>")
def table(case_id: int, element: str) -> ResponseReturnValue:
    """The table of a step, filled in with the drafts."""
    shown = _table(case_id, element)
    fields = shown.fields or ()
    drafts = {line.item_id: _as_texts(fields, line.values) for line in shown.lines if not line.done}
    return _page(shown, TableState(typed=drafts, versions={}))


@blueprint.post("/cases/<int:case_id>/table/<element>")
def fill_table(case_id: int, element: str) -> ResponseReturnValue:
    """Do what the button says: fill in many rows alike, show the summary, go back, or send."""
    shown = _table(case_id, element)
    state = _state(shown)
    act = request.form.get("act", "")
    if act == "send":
        return _page(*_send(shown, state))
    _forget_closed_rows(shown, state)
    if act in BEFORE_SENDING:
        BEFORE_SENDING[act](shown, state)
    return _page(shown, state)


def _forget_closed_rows(shown: StepTable, state: TableState) -> None:
    """Remove the texts of rows that are no longer open, and count these rows."""
    open_items = {line.item_id for line in shown.lines if not line.done}
    closed_items = state.typed.keys() - open_items
    state.gone = sum(1 for item in closed_items if state.typed[item])
    for item in closed_items:
        del state.typed[item]


def _table(case_id: int, element: str) -> StepTable:
    with runtime().query() as session:
        return step_table(session, runtime(), actor(), case_id, element)


def _page(shown: StepTable, state: TableState) -> ResponseReturnValue:
    template = "table_area.html" if is_htmx() else "table.html"
    return render_template(f"cases/{template}", table=shown, state=state)


def _state(shown: StepTable) -> TableState:
    """The state of the page as the form has it, with the rows that are no longer open."""
    fields = shown.fields or ()
    form = request.form
    versions = {
        int(name.removeprefix(VERSION_OF)): int(text)
        for name, text in form.items()
        if IS_VERSION.fullmatch(name) and IS_NUMBER.fullmatch(text)
    }
    ticked = form.getlist("chosen")
    return TableState(
        typed={item: _typed(fields, f"row-{item}") for item in versions},
        versions=versions,
        common=_typed(fields, "all"),
        chosen=frozenset(item for item in versions if str(item) in ticked),
    )


def _typed(fields: Sequence[Component], prefix: str) -> Typed:
    """The texts in the fields of a row, with line breaks as the database has them."""
    texts = {}
    for key in map(key_of, fields):
        text = request.form.get(f"{prefix}-{key}", "")
        if text:
            texts[key] = text.replace("\r\n", "\n")
    return texts


def _fill(shown: StepTable, state: TableState) -> None:
    """Write the common texts into the chosen rows. Fields without a common text stay unchanged.

    :raises BadRequest: no row is chosen, or nothing is typed.
    """
    if not state.chosen:
        raise BadRequest("还没有选择项目，请先勾选要一并填写的各行", field="chosen")
    if not state.common:
        raise BadRequest("还没有填写要一并填入的结论和意见，请先填写", field="common")
    chosen = state.chosen & state.typed.keys()
    for item in chosen:
        state.typed[item] = {**state.typed[item], **state.common}
    state.filled = len(chosen)


def _check(shown: StepTable, state: TableState) -> None:
    """Prepare the summary, or the sentences about what must be corrected first.

    :raises BadRequest: nothing is filled in.
    """
    answers = _answers(shown, state)
    if not answers:
        raise BadRequest("还没有填写任何一项，请先填写结论和意见")
    with runtime().query() as session:
        state.wrong = faults_in(session, runtime(), actor(), shown, answers)
    state.confirming = not state.wrong
    state.key = runtime().catalogue.new_id()


def _send(shown: StepTable, state: TableState) -> tuple[StepTable, TableState]:
    """Complete the items, each on its own. A refused row keeps its texts."""
    commands = [
        CompleteItem(
            actor=actor(),
            item_id=item,
            answers=answers,
            version=state.versions.get(item),
        )
        for item, answers in _answers(shown, state).items()
    ]
    outcomes = carry_out_each(runtime(), commands, request.form.get("key") or None)
    wrong = {}
    for outcome in outcomes:
        if outcome.refused is not None:
            wrong[outcome.item_id] = [outcome.refused.sentence]
        else:
            state.typed.pop(outcome.item_id)
    state.wrong = wrong
    state.sent = len(outcomes) - len(wrong)
    state.versions = {}
    return _table(shown.case_id, shown.element), state


BEFORE_SENDING = {"fill": _fill, "check": _check}


def _answers(shown: StepTable, state: TableState) -> dict[int, dict[str, Any]]:
    """The answers of the rows that have a text, by item."""
    return {
        item: _values(shown.fields or (), texts) for item, texts in state.typed.items() if texts
    }


def _values(fields: Sequence[Component], texts: Typed) -> dict[str, Any]:
    """The values of a row by key."""
    values = {}
    for component in fields:
        key = key_of(component)
        values[key] = _value(component, texts.get(key, ""))
    return values


def _value(component: Component, text: str) -> Any:
    """The value of a field from its text: an option, whether a box is ticked, or the text."""
    kind = component.get("type")
    if kind == "checkbox":
        return bool(text)
    if kind not in ("radio", "select"):
        return text or None
    values = [option.get("value") for option in component.get("values") or ()]
    values_by_text = {str(value): value for value in values}
    return values_by_text.get(text, text or None)


def _as_texts(fields: Sequence[Component], values: Mapping[str, Any]) -> Typed:
    """The texts in the fields for these values."""
    texts = {}
    for key in map(key_of, fields):
        value = values.get(key)
        if value not in (None, "", False):
            texts[key] = str(value)
    return texts
