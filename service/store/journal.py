"""The journal's hash chains (留痕): every case has one, and every jurisdiction for what belongs to
no case.

Decided: a line's digest covers the line and the digest before it, and the last digest stands in the
case's own row. Because the case is locked and written by every command anyway, so that the chain
costs no statement, while a line that is changed, taken out or put in later no longer fits. Daily
anchors over all lines show a chain that is gone as a whole.
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
LINES = JournalRow.metadata.tables[
    JournalRow.__tablename__
]  # the table: one statement, whatever is empty
APPEND = insert(LINES)
Fields = dict[str, Any]


def link(previous: bytes | None, line: Mapping[Any, Any]) -> bytes:
    """The digest of a line: SHA-256 over the digest before it and the line in one canonical
    form.
    """
    sealed = {name: pack(line[name]) for name in SEALED} | {
        "at": line["at"].astimezone(UTC).isoformat()
    }
    return hashlib.sha256(
        (previous or b"") + orjson.dumps(sealed, option=orjson.OPT_SORT_KEYS)
    ).digest()


def write(session: Session, lines: Iterable[tuple[CaseRow | str, Fields]]) -> None:
    """Flush, and append lines to the chains of their cases, or of the jurisdictions named; all in
    one statement.

    The cases are locked by the command; a jurisdiction is locked here, and only when a line of it
    is written.
    """
    rows = []
    for owner, line in lines:
        chain = owner if isinstance(owner, CaseRow) else _locked(session, owner)
        case_id = owner.id if isinstance(owner, CaseRow) else None
        code = owner.jurisdiction if isinstance(owner, CaseRow) else owner
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
    """The last anchor."""
    return session.scalars(select(AnchorRow).order_by(AnchorRow.id.desc()).limit(1)).one_or_none()


def anchored(session: Session, previous: AnchorRow | None, upto: int) -> tuple[int, bytes]:
    """Count and digest of all lines after an anchor and up to a line's id, whatever chain they
    belong to.
    """
    whole, count = hashlib.sha256(previous.digest if previous else b""), 0
    wanted = select(JournalRow.digest).where(
        JournalRow.id > (previous.upto if previous else 0), JournalRow.id <= upto
    )
    for digest in session.scalars(wanted.order_by(JournalRow.id).execution_options(yield_per=1000)):
        whole.update(digest)
        count += 1
    return count, whole.digest()


def last_line(session: Session) -> int:
    """The id of the last line; on PostgreSQL nobody writes lines until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE journal IN SHARE ROW EXCLUSIVE MODE"))
    return session.scalar(select(func.max(JournalRow.id))) or 0
