"""Proving the database (``jiebang verify``): journal chains and anchors, rows against the engine,
orphans.

Decided: a case is looked at by itself, in one snapshot, so that one that cannot be read stops
nobody else, a million of them need no memory, and the program may go on serving meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from service.errors import Refused
from service.store.cases.rows import AnchorRow, CaseRow
from service.store.items.rows import ItemRow
from service.store.journal import LINES, anchored, link
from service.store.operations.migrate import METADATA
from service.store.processes.rows import JurisdictionRow
from service.store.supervision import OpenCountRow
from service.store.types import Chained
from service.unit_of_work import Reading, Runtime
from service.unit_of_work.compare import Difference, compared, waits_of

BATCH = 200
UNREADABLE = (Refused, ValueError, LookupError, TypeError)
"""The errors that damaged rows or a damaged state raise."""


def differences(
    runtime: Runtime, told: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Difference]:
    """All differences, each as it is found.

    :param told: called with the number of cases done and their total.
    """
    with _snapshot(runtime) as session:  # what is gone with all its lines no longer fits its anchor
        total = session.scalar(select(func.count()).select_from(CaseRow)) or 0
        yield from _orphans(session)
        yield from _anchors(session)
        yield from _counts(session)
        for code in session.scalars(select(JurisdictionRow.code)).all():
            lines = select(LINES).where(LINES.c.jurisdiction == code, LINES.c.case_id.is_(None))
            yield from _chain(
                session, session.get_one(JurisdictionRow, code), lines, f"jurisdiction {code}"
            )
    for done, case_id in enumerate(case_ids(runtime), 1):
        with _snapshot(runtime) as session:
            yield from _case(Reading(runtime, session), case_id)
        told(done, total)


def case_ids(runtime: Runtime) -> Iterator[int]:
    """The ids of all cases, oldest first, a few at a time."""
    last = 0
    next_ids = select(CaseRow.id).order_by(CaseRow.id).limit(BATCH)
    while True:
        with runtime.query() as session:
            ids = session.scalars(next_ids.where(CaseRow.id > last)).all()
        if not ids:
            return
        yield from ids
        last = ids[-1]


def last_anchor(runtime: Runtime) -> tuple[str, str]:
    """The day and digest of the last anchor, to be noted elsewhere. Empty if there is none."""
    with runtime.query() as session:
        row = session.scalars(
            select(AnchorRow).order_by(AnchorRow.id.desc()).limit(1)
        ).one_or_none()
        if row is not None:
            return (row.at.date().isoformat(), row.digest.hex())
        return ("", "")


@contextmanager
def _snapshot(runtime: Runtime) -> Iterator[Session]:
    """A session that sees one instant of the database. Sessions of SQLite do so by themselves."""
    with runtime.query() as session:
        if runtime.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def _case(look: Reading, case_id: int) -> Iterator[Difference]:
    of = f"case {case_id}"
    try:
        case = look.session.get(CaseRow, case_id)
        if case is not None:
            lines = select(LINES).where(LINES.c.case_id == case_id)
            yield from list(_chain(look.session, case, lines, of))
            yield from list(compared(look, case, waits_of(look, case)))
    except UNREADABLE as exc:
        yield Difference(
            kind="unreadable", of=of, facts={"why": getattr(exc, "sentence", str(exc))}
        )


def _chain(session: Session, owner: Chained, lines: Any, of: str) -> Iterator[Difference]:
    """The first place where a chain is broken. One is enough, because nothing after it fits."""
    seq = 0
    head = None
    for seq, line in enumerate(session.execute(lines.order_by(LINES.c.seq)).mappings(), 1):
        if line["seq"] != seq:
            yield Difference(kind="line_missing", of=of, facts={"seq": seq})
            return
        head = link(head, line)
        if head != line["digest"]:
            yield Difference(kind="line_changed", of=of, facts={"seq": seq})
            return
    if (seq, head) != (owner.journal_lines, owner.journal_head):
        yield Difference(
            kind="chain_end", of=of, facts={"lines": owner.journal_lines, "found": seq}
        )


def _anchors(session: Session) -> Iterator[Difference]:
    previous = None
    for anchor in session.scalars(select(AnchorRow).order_by(AnchorRow.id)).all():
        lines, digest = anchored(session, previous, anchor.upto)
        if (lines, digest) != (anchor.lines, anchor.digest):
            facts = {"lines": anchor.lines, "found": lines}
            yield Difference(kind="anchor", of=f"anchor {anchor.at.date()}", facts=facts)
        previous = anchor


def _counts(session: Session) -> Iterator[Difference]:
    """Differences between the counts of supervision and the items that were counted."""
    counted = {
        (row.jurisdiction, row.unit_id, row.part, f"o {row.due_on}"): row.count
        for row in session.scalars(
            select(OpenCountRow).where(OpenCountRow.axis == "unit", OpenCountRow.count != 0)
        )
    }
    unit = func.coalesce(ItemRow.unit_id, 0)
    actual = {
        (code, unit_id, part, str(mark)): count
        for code, unit_id, part, mark, count in session.execute(
            select(ItemRow.jurisdiction, unit, ItemRow.part, ItemRow.counted_as, func.count())
            .where(ItemRow.counted_as.like("o %"))
            .group_by(ItemRow.jurisdiction, unit, ItemRow.part, ItemRow.counted_as)
        )
    }
    for key in sorted(
        key for key in {*counted, *actual} if counted.get(key, 0) != actual.get(key, 0)
    ):
        yield Difference(
            kind="counts",
            of=f"jurisdiction {key[0]}",
            facts={
                "unit": key[1],
                "mark": key[3],
                "kept": counted.get(key, 0),
                "found": actual.get(key, 0),
            },
        )


def _orphans(session: Session) -> Iterator[Difference]:
    """Rows that refer to something that does not exist."""
    for table in METADATA.sorted_tables:
        for key in table.foreign_keys:
            target = key.column.table.alias()
            first = next(iter(table.primary_key))
            count, least = session.execute(
                select(func.count(), func.min(first)).where(
                    key.parent.is_not(None),
                    ~exists().where(target.c[key.column.name] == key.parent),
                )
            ).one()
            if count:
                yield Difference(
                    kind="orphan",
                    of=f"{table.name} {least}",
                    facts={
                        "column": key.parent.name,
                        "target": key.column.table.name,
                        "count": count,
                    },
                )
