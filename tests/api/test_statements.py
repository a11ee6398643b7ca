"""What a request costs the database: a bound on the statements it sends, the same on both
databases.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.api.conftest import Http
from tests.samples import ANSWERS
from tests.town import Town

COMPLETION = 15  # who asks, what stands now, timers, messages, the journal, and who is told
KEPT = 1  # more, when the request carries an Idempotency-Key
INBOX = 2
ITEM = 11  # the choices of the lists that its answers name included


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    """The statements sent meanwhile; SQLite's explicit BEGIN is not one."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(town.runtime.engine, "before_cursor_execute", note)
    yield sent
    event.remove(town.runtime.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("key", ["", "once"])
def test_completing_an_item_costs_few_statements(http: Http, town: Town, key: str) -> None:
    first, second = town.applied("甲"), town.applied("乙")
    danwei = http("cf.danwei")
    town.complete("cf.danwei", first, "unit_review")  # what is read once per process has been read
    item = town.item(second, "unit_review").id
    if key:
        danwei.headers["Idempotency-Key"] = key
    with statements(town) as sent:
        danwei.post(f"/items/{item}/complete", {"answers": ANSWERS["unit_review"]})
    assert town.open(second) == ["department_review"]
    assert len(sent) <= COMPLETION + (KEPT if key else 0), "\n".join(sent)


def test_a_page_of_the_inbox_costs_the_same_however_long_it_is(http: Http, town: Town) -> None:
    danwei = http("cf.danwei")
    for count in (1, 6):
        while len(town.box("cf.danwei")) < count:
            town.applied()
        with statements(town) as sent:
            assert len(danwei.get("/items")["items"]) == count
        assert len(sent) <= INBOX, "\n".join(sent)


def test_opening_an_item_costs_few_statements(http: Http, town: Town) -> None:
    case = town.reviewed()
    kjj = http("cf.kjj")
    item = town.items(case, "initial_review", state="done")[0].id
    with statements(town) as sent:
        kjj.get(f"/items/{item}")
    assert len(sent) <= ITEM, "\n".join(sent)


def test_a_list_does_not_read_what_cases_hold_and_what_was_filled_in(
    http: Http, town: Town
) -> None:
    case, danwei = town.applied(), http("cf.danwei")
    for path in ("/items", "/cases"):
        with statements(town) as sent:
            assert danwei.get(path)
        assert not [
            one for one in sent if "case_.data" in one or "item.given" in one or "item.draft" in one
        ]
    with statements(town) as sent:
        danwei.get(f"/cases/{case}")
    assert sum("case_.data" in one for one in sent) == 1, "once, whatever the number of its items"
