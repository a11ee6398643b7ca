"""One table over the items of a step in which other cases are judged (联席会议): rows are filled in
one by one or many at once, and nothing is sent before the summary is confirmed.

Decided: the page keeps what was typed in its own form from step to step, and the server draws it
anew. So a row that is refused still stands there as it was typed, and no script is needed to send.
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
from service.web.site.pages import blueprint

VERSION_OF = "version-"
IS_VERSION, IS_NUMBER = re.compile(VERSION_OF + r"[1-9][0-9]{0,8}"), re.compile(r"[0-9]{1,9}")
Typed = Mapping[str, str]
"""What stands in the fields of one row, by key."""


@dataclass(kw_only=True)
class TableState:
    """What the page shows besides the table. ``confirming``: the summary, with the ``key`` of what
    is about to be sent; ``wrong``: sentences by item; ``sent``: how many are done just now;
    ``gone``: how many rows were typed in that are no longer open.
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
        """The version of the item that this person looks at."""
        return self.versions.get(line.item_id, line.version)

    def to_send(self, shown: StepTable) -> list[TableLine]:
        """The rows in which something is typed."""
        return [line for line in shown.lines if self.typed.get(line.item_id)]

    def totals(self, shown: StepTable) -> list[tuple[str, int]]:
        """How many rows have which conclusion."""
        chosen = Counter(
            (key_of(field), typed.get(key_of(field)))
            for field in shown.fields or ()
            for typed in self.typed.values()
        )
        return [
            (str(option.get("label")), times)
            for field in shown.fields or ()
            for option in field.get("values") or ()
            if (times := chosen[key_of(field), str(option.get("value"))])
        ]


@blueprint.get("/cases/<int:case_id>/content")
def content(case_id: int) -> ResponseReturnValue:
    """What was said in a case and its files, as a part of another page."""
    with runtime().query() as session:
        case = case_content(session, runtime(), actor(), case_id)
    return render_template("cases/content.html", content=case)


@blueprint.get("/cases/<int:case_id>/table/<element>")
def table(case_id: int, element: str) -> ResponseReturnValue:
    """The table of a step, with drafts filled in."""
    shown = _table(case_id, element)
    drafts = {
        line.item_id: _as_text(shown.fields or (), line.values)
        for line in shown.lines
        if not line.done
    }
    return _page(shown, TableState(typed=drafts, versions={}))


@blueprint.post("/cases/<int:case_id>/table/<element>")
def fill_table(case_id: int, element: str) -> ResponseReturnValue:
    """Fill in many rows alike, look at the summary, go back, or send: as the button says."""
    shown = _table(case_id, element)
    act = request.form.get("act", "")
    state = _state(shown)
    if act == "send":
        return _page(*_send(shown, state))
    opened = {line.item_id for line in shown.lines if not line.done}
    state.gone = sum(1 for item, typed in state.typed.items() if typed and item not in opened)
    state.typed = {item: typed for item, typed in state.typed.items() if item in opened}
    if act in BEFORE_SENDING:
        BEFORE_SENDING[act](shown, state)
    return _page(shown, state)


def _table(case_id: int, element: str) -> StepTable:
    with runtime().query() as session:
        return step_table(session, runtime(), actor(), case_id, element)


def _page(shown: StepTable, state: TableState) -> ResponseReturnValue:
    whole = "table_area.html" if request.headers.get("HX-Request") else "table.html"
    return render_template(f"cases/{whole}", table=shown, state=state)


def _state(shown: StepTable) -> TableState:
    """What was typed, as it came back: also in rows that are no longer open."""
    fields = shown.fields or ()
    form = request.form
    versions = {
        int(name.removeprefix(VERSION_OF)): int(text)
        for name, text in form.items()
        if IS_VERSION.fullmatch(name) and IS_NUMBER.fullmatch(text)
    }
    return TableState(
        typed={item: _typed(fields, f"row-{item}") for item in versions},
        versions=versions,
        common=_typed(fields, "all"),
        chosen=frozenset(item for item in versions if str(item) in form.getlist("chosen")),
    )


def _typed(fields: Sequence[Component], of: str) -> Typed:
    """What was typed in the fields of a row; line breaks as the database has them."""
    return {
        key: text.replace("\r\n", "\n")
        for key in map(key_of, fields)
        if (text := request.form.get(f"{of}-{key}", ""))
    }


def _fill(shown: StepTable, state: TableState) -> None:
    """Write what is common into the chosen rows; what it leaves empty stays as it is.

    :raises BadRequest: no row is chosen, or nothing is typed.
    """
    if not state.chosen:
        raise BadRequest("还没有选择项目，请先勾选要一并填写的各行", field="chosen")
    if not state.common:
        raise BadRequest("还没有填写要一并填入的结论和意见，请先填写", field="common")
    chosen = state.chosen & state.typed.keys()
    state.typed |= {item: {**state.typed[item], **state.common} for item in chosen}
    state.filled = len(chosen)


def _check(shown: StepTable, state: TableState) -> None:
    """The summary of what would be sent, or what has to be put right first.

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
    """Finish the items, each on its own; a row that is refused keeps what was typed."""
    outcomes = carry_out_each(
        runtime(),
        [
            CompleteItem(
                actor=actor(),
                item_id=item,
                answers=answers,
                version=state.versions.get(item),
            )
            for item, answers in _answers(shown, state).items()
        ],
        request.form.get("key") or None,
    )
    state.wrong = {
        outcome.item_id: [outcome.refused.sentence]
        for outcome in outcomes
        if outcome.refused is not None
    }
    state.sent = len(outcomes) - len(state.wrong)
    state.versions = {}
    for outcome in outcomes:
        if outcome.refused is None:
            state.typed.pop(outcome.item_id)
    return _table(shown.case_id, shown.element), state


BEFORE_SENDING = {"fill": _fill, "check": _check}


def _answers(shown: StepTable, state: TableState) -> dict[int, dict[str, Any]]:
    """The answers of the rows in which something is typed."""
    fields = shown.fields or ()
    return {
        item: {key_of(field): _value(field, typed.get(key_of(field), "")) for field in fields}
        for item, typed in state.typed.items()
        if typed
    }


def _value(component: Component, text: str) -> Any:
    """What a field's text stands for: an option by what is written for it, else the text."""
    if component.get("type") == "checkbox":
        return bool(text)
    if component.get("type") not in ("radio", "select"):
        return text or None
    options = {
        str(option.get("value")): option.get("value") for option in component.get("values") or ()
    }
    return options.get(text, text or None)


def _as_text(fields: Sequence[Component], values: Mapping[str, Any]) -> Typed:
    """What stands in the fields for these values."""
    return {
        key: str(values[key])
        for key in map(key_of, fields)
        if values.get(key) not in (None, "", False)
    }
