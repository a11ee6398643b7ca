"""The inbox, and the verbs of an item."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from service.api.items.schemas import ItemPageOut
from service.api.schemas import LineOut, PageIn
from service.commands.items.batch import BATCH_VERBS, MOST_AT_ONCE, ItemOutcome, carry_out_each
from service.commands.items.remarks import CommentItem
from service.commands.items.sending_back import SendBackItem, WithdrawItem
from service.commands.items.verbs import (
    ClaimItem,
    CompleteItem,
    ContributeItem,
    DraftItem,
    ItemState,
    ReleaseItem,
)
from service.commands.supervision.urging import UrgeItem
from service.commands.terms.extending import ExtendItem
from service.errors import Refused
from service.http.requests import HIGHEST_ID
from service.http.session import actor, runtime
from service.queries.items.inbox import BoxAsked, inbox
from service.queries.items.lines import InboxPage
from service.queries.items.page import item_page

blueprint = Blueprint("items", __name__, description="待办事项")


class InboxIn(PageIn):
    box = fields.Str(load_default="todo")
    light = fields.Str(load_default=None)
    process = fields.Str(load_default=None)
    unit = fields.Str(load_default=None)
    q = fields.Str(load_default=None)


class InboxOut(LineOut, line=InboxPage): ...


class ItemStateOut(LineOut, line=ItemState): ...


class VerbIn(Schema):
    version = fields.Int(load_default=None, allow_none=True)


class AnswersIn(VerbIn):
    answers = fields.Dict(required=True)


class CompleteIn(AnswersIn):
    answers = fields.Dict(load_default=dict)
    reason = fields.Str(load_default="")


class SendBackIn(VerbIn):
    to_element = fields.Str(required=True)
    reason = fields.Str(required=True)
    co_again = fields.Bool(load_default=False)


class WithdrawIn(VerbIn):
    reason = fields.Str(load_default="")


class ExtendIn(VerbIn):
    reason = fields.Str(required=True)
    until = fields.Date(load_default=None)
    workdays = fields.Int(load_default=None)


class UrgeIn(VerbIn):
    message = fields.Str(required=True)
    step = fields.Bool(load_default=False)


class CommentIn(VerbIn):
    text = fields.Str(required=True)


BATCH_FIELDS: Mapping[str, tuple[str, ...]] = {
    "claim": (),
    "release": (),
    "draft": ("answers",),
    "complete": ("answers", "reason"),
    "contribute": ("answers",),
}


class BatchIn(Schema):
    ids = fields.List(
        fields.Int(
            strict=True,
            validate=validate.Range(min=1, max=HIGHEST_ID, error="应为事项的编号"),
        ),
        required=True,
        validate=validate.Length(
            min=1, max=MOST_AT_ONCE, error=f"应为 1 到 {MOST_AT_ONCE} 个事项的编号，请分次提交"
        ),
    )
    verb = fields.Str(
        required=True,
        validate=validate.OneOf(
            sorted(BATCH_VERBS), error=f"应为 {'、'.join(sorted(BATCH_VERBS))} 之一"
        ),
    )
    answers = fields.Dict(load_default=dict)
    reason = fields.Str(load_default="")
    versions = fields.Dict(keys=fields.Int(), values=fields.Int(), load_default=dict)


class ProblemOut(Schema):
    title = fields.Str()
    status = fields.Int()
    detail = fields.Str()
    code = fields.Str()
    facts = fields.Dict()


class BatchItemOut(Schema):
    id = fields.Int()
    done = fields.Bool()
    item = fields.Nested(ItemStateOut, allow_none=True)
    problem = fields.Nested(ProblemOut, allow_none=True)


class BatchOut(Schema):
    items = fields.List(fields.Nested(BatchItemOut))


def one_item(item_id: int) -> dict[str, Any]:
    """An item with the fields of ``ItemPageOut``."""
    with runtime().query() as session:
        page = item_page(session, runtime(), actor(), item_id)
    return {
        **vars(page),
        **vars(page.item),
        "returned_why": page.returned_why,
    }


@blueprint.get("/items")
@blueprint.arguments(InboxIn, location="query")
@blueprint.response(200, InboxOut)
def items(query: dict[str, Any]) -> Any:
    """A box of my work: todo, claimed, contribute, done, copied or started."""
    asked = BoxAsked(**query)
    with runtime().query() as session:
        return inbox(session, runtime(), actor(), asked)


@blueprint.post("/items/batch")
@blueprint.arguments(BatchIn)
@blueprint.response(200, BatchOut)
def batch(body: dict[str, Any]) -> dict[str, Any]:
    """Carry out one verb on many items, each on its own. The answer has the result of each."""
    verb = body["verb"]
    make_command = BATCH_VERBS[verb]
    arguments = {name: body[name] for name in BATCH_FIELDS[verb]}
    commands = []
    for item_id in dict.fromkeys(body["ids"]):
        version = body["versions"].get(item_id)
        command = make_command(actor=actor(), item_id=item_id, version=version, **arguments)
        commands.append(command)
    outcomes = carry_out_each(runtime(), commands, request.headers.get("Idempotency-Key"))
    return {"items": [_outcome(outcome) for outcome in outcomes]}


def _outcome(outcome: ItemOutcome) -> dict[str, Any]:
    refused = outcome.refused
    return {
        "id": outcome.item_id,
        "done": refused is None,
        "item": outcome.state,
        "problem": None if refused is None else _problem(refused),
    }


def _problem(refused: Refused) -> dict[str, Any]:
    facts = orjson.dumps(refused.facts, default=str)
    return {
        "title": refused.title(),
        "status": refused.status,
        "detail": refused.sentence,
        "code": refused.code,
        "facts": orjson.loads(facts),
    }


@blueprint.get("/items/<int:item_id>")
@blueprint.response(200, ItemPageOut)
def item(item_id: int) -> dict[str, Any]:
    """One item with its form, and the verbs that I may use now."""
    return one_item(item_id)


@blueprint.post("/items/<int:item_id>/claim")
@blueprint.arguments(VerbIn)
@blueprint.response(200, ItemStateOut)
def claim(body: dict[str, Any], item_id: int) -> ItemState:
    """Claim an item for myself (签收)."""
    return runtime().perform(ClaimItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/release")
@blueprint.arguments(VerbIn)
@blueprint.response(200, ItemStateOut)
def release(body: dict[str, Any], item_id: int) -> ItemState:
    """Release an item to the unit (取消签收)."""
    return runtime().perform(ReleaseItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/draft")
@blueprint.arguments(AnswersIn)
@blueprint.response(200, ItemStateOut)
def draft(body: dict[str, Any], item_id: int) -> ItemState:
    """Save the answers as a draft (暂存)."""
    return runtime().perform(DraftItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/complete")
@blueprint.arguments(CompleteIn)
@blueprint.response(200, ItemStateOut)
def complete(body: dict[str, Any], item_id: int) -> ItemState:
    """Complete an item as the lead (办结)."""
    return runtime().perform(CompleteItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/contribute")
@blueprint.arguments(AnswersIn)
@blueprint.response(200, ItemStateOut)
def contribute(body: dict[str, Any], item_id: int) -> ItemState:
    """Contribute as a co-operating unit (反馈)."""
    return runtime().perform(ContributeItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/send-back")
@blueprint.arguments(SendBackIn)
@blueprint.response(200, ItemStateOut)
def send_back(body: dict[str, Any], item_id: int) -> ItemState:
    """Send an item back to an earlier step, with a reason (退回)."""
    return runtime().perform(SendBackItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/withdraw")
@blueprint.arguments(WithdrawIn)
@blueprint.response(200, ItemStateOut)
def withdraw(body: dict[str, Any], item_id: int) -> ItemState:
    """Withdraw an item that I have just completed (撤回)."""
    return runtime().perform(WithdrawItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/extend")
@blueprint.arguments(ExtendIn)
@blueprint.response(200, ItemStateOut)
def extend(body: dict[str, Any], item_id: int) -> ItemState:
    """Ask for more time (申请延期), until a day or by working days. A separate case decides."""
    return runtime().perform(ExtendItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/urge")
@blueprint.arguments(UrgeIn)
@blueprint.response(200, ItemStateOut)
def urge(body: dict[str, Any], item_id: int) -> ItemState:
    """Urge the holder of an item (催办), or with ``step`` everybody who is not done at the step."""
    return runtime().perform(UrgeItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/comment")
@blueprint.arguments(CommentIn)
@blueprint.response(201, ItemStateOut)
def comment(body: dict[str, Any], item_id: int) -> ItemState:
    """Write a remark (批注)."""
    return runtime().perform(CommentItem(actor=actor(), item_id=item_id, **body))
