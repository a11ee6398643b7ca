"""One verb on many items. Each item has a command of its own and an outcome of its own.

Decided: every item commits by itself, instead of all or none. Because one of sixty applications
that a colleague has claimed meanwhile must not undo the other fifty-nine, and because a case is
locked for one item only. If a request is sent again with the same key, finished items stay finished
and their outcome is told again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import orjson

from service.commands.items.verbs import (
    ClaimItem,
    CompleteItem,
    ContributeItem,
    DraftItem,
    ItemState,
    ReleaseItem,
)
from service.errors import BadRequest, Refused
from service.store.types import pack
from service.unit_of_work import Runtime
from service.unit_of_work.door import Answered, Asked, once

MOST_AT_ONCE = 100
LONGEST_BATCH_KEY = 180
"""The database holds keys of up to 200 characters. The number of the item is put behind the key."""
UNASKED = frozenset({"actor", "version"})
OneOfMany = ClaimItem | ReleaseItem | DraftItem | CompleteItem | ContributeItem
BATCH_VERBS: Mapping[str, type[OneOfMany]] = {
    "claim": ClaimItem,
    "release": ReleaseItem,
    "draft": DraftItem,
    "complete": CompleteItem,
    "contribute": ContributeItem,
}


@dataclass(frozen=True, kw_only=True)
class ItemOutcome:
    """The outcome of one item: its new state, or the refusal."""

    item_id: int
    state: ItemState | None = None
    refused: Refused | None = None


def carry_out_each(
    runtime: Runtime, commands: Iterable[OneOfMany], key: str | None = None
) -> list[ItemOutcome]:
    """Carry out these commands one after the other, each in a transaction of its own.

    :param key: the key of the request. With it each item is done once, however often the request
        comes.
    :raises BadRequest: more than 100 commands, or too long a key. Nothing has happened then.
    """
    all_commands = list(commands)
    if len(all_commands) > MOST_AT_ONCE:
        raise BadRequest(f"一次最多办理 {MOST_AT_ONCE} 件，请分几次提交", most=MOST_AT_ONCE)
    if key is not None and not 0 < len(key) <= LONGEST_BATCH_KEY:
        raise BadRequest(f"批量办理的 Idempotency-Key 应为 1 到 {LONGEST_BATCH_KEY} 个字符")
    return [_outcome(runtime, command, key) for command in all_commands]


def _outcome(runtime: Runtime, command: OneOfMany, key: str | None) -> ItemOutcome:
    """The outcome of one command. A refusal does not stop the others."""
    try:
        state = runtime.perform(command) if key is None else _once(runtime, command, key)
    except Refused as refused:
        return ItemOutcome(item_id=command.item_id, refused=refused)
    return ItemOutcome(item_id=command.item_id, state=state)


def _once(runtime: Runtime, command: OneOfMany, key: str) -> ItemState:
    """The result of a command that is carried out once. When it comes again, the first result is
    returned.

    An item has another version after it was done, so the version is no part of the request.
    """
    request = {name: value for name, value in vars(command).items() if name not in UNASKED}
    whole = orjson.dumps([command.verb, pack(request)], option=orjson.OPT_SORT_KEYS)
    keyed_request = Asked(
        person_id=command.actor.person_id,
        key=f"{key}/{command.item_id}",
        digest=hashlib.sha256(whole).digest(),
    )

    def answer() -> Answered:
        return Answered(status=200, body=orjson.dumps(asdict(runtime.perform(command))))

    return ItemState(**orjson.loads(once(runtime, keyed_request, answer).body))
