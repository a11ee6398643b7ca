"""Requests that may come again: the response is kept in the transaction of what it did; both exist
or neither.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import insert

from service.errors import KeyReused, Refused
from service.store.operations.rows import IdempotencyRow
from service.unit_of_work.door import Runtime

KEEP = insert(IdempotencyRow.metadata.tables[IdempotencyRow.__tablename__])


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request: whose, under which key, and the digest of what it says."""

    person_id: int
    key: str
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A response: HTTP status and JSON."""

    status: int
    body: bytes
    replayed: bool = False


def once(runtime: Runtime, asked: Asked, answer: Callable[[], Answered]) -> Answered:
    """The first time, what ``answer`` gives; from then on the same again, without any effect.

    The key is taken at the end, with the effect, which costs one statement; a repetition is undone
    by its own refusal or by the key that is there already. A refusal is not kept: it had no effect.

    :raises KeyReused: the key was used for another request.
    """
    try:
        with runtime.transaction() as work:
            answered = answer()
            work.session.execute(
                KEEP,
                {
                    "person_id": asked.person_id,
                    "key": asked.key,
                    "digest": asked.digest,
                    "at": work.now,
                    "status": answered.status,
                    "body": answered.body,
                },
            )
            return answered
    except Refused:
        kept = _kept(runtime, asked)
        if kept is None:
            raise
        return kept


def _kept(runtime: Runtime, asked: Asked) -> Answered | None:
    with runtime.query() as session:
        row = session.get(IdempotencyRow, (asked.person_id, asked.key))
    if row is None:
        return None
    if row.digest != asked.digest:
        raise KeyReused(asked.key)
    return Answered(status=row.status, body=row.body or b"", replayed=True)
