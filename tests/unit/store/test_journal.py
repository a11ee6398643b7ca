"""Chains: what is sealed reads back the same, and lines older than the chains are chained by the
migration.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from alembic import command
from hypothesis import given

from service.queries.operations.verify import differences
from service.store.journal import SEALED, link
from service.store.operations.migrate import changing, configuration
from service.store.types import dumps, loads
from tests.town import Town
from tests.unit.store.test_types import values

AT = datetime(2026, 3, 2, 1, 0, 0, 123456, tzinfo=UTC)


def line(**more: Any) -> dict[str, Any]:
    return {**dict.fromkeys(SEALED), "seq": 1, "verb": "open", "at": AT, "facts": {}, **more}


@given(values)
def test_a_line_read_back_has_the_digest_it_was_written_with(value: Any) -> None:
    written = line(facts={"value": value})
    assert link(b"x", {**written, "facts": loads(dumps(written["facts"]))}) == link(b"x", written)


def test_the_zone_in_which_an_instant_is_given_does_not_matter() -> None:
    assert link(None, line(at=AT.astimezone(timezone(timedelta(hours=8))))) == link(None, line())


def test_every_field_and_the_line_before_count() -> None:
    others = [
        line(seq=2),
        line(verb="close"),
        line(case_id=1),
        line(jurisdiction="cf"),
        line(person_id=1),
        line(element="a"),
        line(item_id=1),
        line(facts={"a": 1}),
        line(at=AT + timedelta(microseconds=1)),
    ]
    digests = {
        link(None, line()),
        link(b"x" * 32, line()),
        *(link(None, other) for other in others),
    }
    assert len(digests) == len(others) + 2


def test_lines_older_than_the_chains_are_chained_by_the_migration(town: Town) -> None:
    town.filed()
    for change, revision in ((command.downgrade, "0002"), (command.upgrade, "head")):
        with changing(town.runtime.engine) as connection:
            change(configuration(connection), revision)
    assert list(differences(town.runtime)) == []
    town.applied("第二个项目")
    assert list(differences(town.runtime)) == []
