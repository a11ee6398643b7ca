"""The hash chains of the journal (留痕).

Every case has a chain, and every jurisdiction has one for what belongs to no case.

Decided: the digest of a line covers the line and the digest before it, and the last digest stands
in the row of the case. Because every command locks and writes the case anyway, the chain costs no
statement. A line that is changed, removed or added later does not fit any more. Daily anchors over
all lines show if a whole chain is gone.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

import orjson
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from service.store.cases.rows import AnchorRow, CaseRow, JournalRow
from service.store.processes.rows import JurisdictionRow
from service.store.types import pack

SEALED = ("case_id", "jurisdiction", "seq", "person_id", "verb", "element", "item_id", "facts")
LINES = JournalRow.metadata.tables[JournalRow.__tablename__]
APPEND = insert(LINES)
"""Inserts into the table, not the class: so it is one statement whichever values are empty."""
Fields = dict[str, Any]


def link(previous: bytes | None, line: Mapping[Any, Any]) -> bytes:
    """The digest of a line: the SHA-256 of the digest before it and of the line.

    The line is written in one canonical form.

    :param previous: the digest of the line before it; None for the first line of a chain.
    """
    sealed = {name: pack(line[name]) for name in SEALED}
    sealed["at"] = line["at"].astimezone(UTC).isoformat()
    canonical = orjson.dumps(sealed, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256((previous or b"") + canonical).digest()


def write(session: Session, lines: Iterable[tuple[CaseRow | str, Fields]]) -> None:
    """Flush the session, and append lines to their chains. Sends one statement for all lines.

    The command has locked the cases. A jurisdiction is locked here, and only if it gets a line.

    :param lines: each line with its case, or with the code of its jurisdiction.
    """
    rows = []
    for owner, line in lines:
        chain: CaseRow | JurisdictionRow
        if isinstance(owner, CaseRow):
            chain = owner
            case_id = owner.id
            code = owner.jurisdiction
        else:
            chain = _locked(session, owner)
            case_id = None
            code = owner
        chain.journal_lines += 1
        row = {**line, "case_id": case_id, "jurisdiction": code, "seq": chain.journal_lines}
        chain.journal_head = link(chain.journal_head, row)
        rows.append({**row, "digest": chain.journal_head})
    session.flush()
    if rows:
        session.execute(APPEND, rows)


def _locked(session: Session, jurisdiction: str) -> JurisdictionRow:
    session.flush()
    return session.get_one(
        JurisdictionRow, jurisdiction, with_for_update={"key_share": True}, populate_existing=True
    )


def newest_anchor(session: Session) -> AnchorRow | None:
    """The anchor that was made last; None if there is none."""
    return session.scalars(select(AnchorRow).order_by(AnchorRow.id.desc()).limit(1)).one_or_none()


def anchored(session: Session, previous: AnchorRow | None, upto: int) -> tuple[int, bytes]:
    """The number of all lines after an anchor up to a line, and a digest of them.

    The lines may belong to any chain.

    :param previous: the anchor; None begins with the first line.
    :param upto: the id of the last line that counts.
    """
    first = previous.upto if previous else 0
    digests = (
        select(JournalRow.digest)
        .where(JournalRow.id > first, JournalRow.id <= upto)
        .order_by(JournalRow.id)
        .execution_options(yield_per=1000)
    )
    total = hashlib.sha256(previous.digest if previous else b"")
    count = 0
    for digest in session.scalars(digests):
        total.update(digest)
        count += 1
    return count, total.digest()


def last_line(session: Session) -> int:
    """The id of the last line; 0 if there is none.

    On PostgreSQL this locks the table, so that nobody writes lines until the transaction ends.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE journal IN SHARE ROW EXCLUSIVE MODE"))
    return session.scalar(select(func.max(JournalRow.id))) or 0
