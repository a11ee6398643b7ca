"""Requests that may come again: the response is kept in the transaction of what it did; both exist or neither."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from service.errors import Changed, KeyReused
from service.store.records import IdempotencyRow
from service.unit_of_work.runtime import Runtime
from service.unit_of_work.work import UnitOfWork


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
    """The first time, what ``answer`` gives; from then on the same again, without doing anything.

    Of two at the same moment the second waits for the first. A refusal is not kept: it had no effect.

    :raises KeyReused: the key was used for another request.
    """
    with runtime.transaction() as work:
        kept = _claim(work, asked)
        if kept is not None:
            if kept.digest != asked.digest:
                raise KeyReused(asked.key)
            return Answered(status=kept.status, body=kept.body or b"", replayed=True)
        answered = answer()
        work.session.execute(update(IdempotencyRow).where(
            IdempotencyRow.person_id == asked.person_id, IdempotencyRow.key == asked.key,
        ).values(status=answered.status, body=answered.body))
        return answered


def _claim(work: UnitOfWork, asked: Asked) -> IdempotencyRow | None:
    """Take the key; when it is taken already, by whom."""
    row = {"person_id": asked.person_id, "key": asked.key, "digest": asked.digest, "at": work.now}
    try:
        work.session.execute(insert(IdempotencyRow).values(row))
    except IntegrityError as exc:
        work.session.rollback()
        kept = work.session.get(IdempotencyRow, (asked.person_id, asked.key))
        if kept is None:
            raise Changed() from exc
        return kept
    return None
