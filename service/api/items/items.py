"""The inbox and what can be done with an item."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.items.schemas import AnswerOut, AttachmentOut, ItemOut
from service.api.schemas import PageIn
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
from service.http.session import actor, runtime
from service.queries.items.inbox import BoxAsked, inbox
from service.queries.items.page import item_page

blueprint = Blueprint("items", __name__, description="待办事项")


class InboxIn(PageIn):
    box = fields.Str(load_default="todo")
    light = fields.Str(load_default=None)
    process = fields.Str(load_default=None)
    unit = fields.Str(load_default=None)
    q = fields.Str(load_default=None)


class InboxOut(Schema):
    items = fields.List(fields.Nested(ItemOut))
    next = fields.Str(allow_none=True)


class OfferOut(Schema):
    label = fields.Str()
    allowed = fields.Bool()
    why = fields.Str()


class ContributionOut(Schema):
    unit = fields.Str()
    state = fields.Str()
    due_at = fields.AwareDateTime(allow_none=True)
    light = fields.Str(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    person = fields.Str(allow_none=True)
    answers = fields.Dict(attribute="values")


class CommentOut(Schema):
    kind = fields.Str(metadata={"description": "comment、urge（催办）或 extension（延期）"})
    person = fields.Str()
    unit = fields.Str(allow_none=True)
    at = fields.AwareDateTime()
    text = fields.Str()


class ClauseOut(Schema):
    id = fields.Str()
    title = fields.Str()
    text = fields.Str()
    basis = fields.Str()


class TargetOut(Schema):
    element = fields.Function(lambda target: target[0])
    name = fields.Function(lambda target: target[1])


class NextOut(Schema):
    element = fields.Str()
    name = fields.Str()
    kind = fields.Str(
        metadata={
            "description": "step（环节）、wait（等待）、case（子案件）、end（到此结束）、"
            "phase（本阶段结束）或 lead（由牵头单位办结）"
        }
    )
    who = fields.Str(metadata={"description": "牵头单位，能确定的写单位名称"})
    term = fields.Str(
        allow_none=True,
        metadata={"description": "一般期限，如 P5WD；无期限为 null，到达时才确定为空"},
    )
    term_basis = fields.Str(metadata={"description": "text（文件规定）或 ours（系统默认）"})
    when = fields.Str(metadata={"description": "怎样决定才到这里；没有写明的为空"})
    decided = fields.Bool(metadata={"description": "视决定而定；否则一定到这里"})
    after_all = fields.Bool(metadata={"description": "同时进行的环节都办结之后"})


class ItemPageOut(ItemOut):
    form = fields.Dict(allow_none=True)
    answers = fields.Dict()
    contributions = fields.List(fields.Nested(ContributionOut))
    attachments = fields.List(fields.Nested(AttachmentOut))
    comments = fields.List(fields.Nested(CommentOut))
    offers = fields.Dict(values=fields.Nested(OfferOut))
    targets = fields.List(fields.Nested(TargetOut))
    earlier = fields.List(fields.Nested(AnswerOut))
    clauses = fields.List(fields.Nested(ClauseOut))
    returned_why = fields.Str(allow_none=True)
    still_owed = fields.List(fields.Str())
    next = fields.List(fields.Nested(NextOut))


class ItemStateOut(Schema):
    """An item after something has been done with it; ``GET /items/{id}`` shows the rest."""

    id = fields.Int()
    case_id = fields.Int()
    element = fields.Str()
    part = fields.Str()
    round = fields.Int()
    state = fields.Str()
    version = fields.Int()
    assignee = fields.Str(allow_none=True)


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


def one_item(item_id: int) -> dict[str, Any]:
    """An item as the interface gives it."""
    with runtime().query() as session:
        page = item_page(session, runtime(), actor(), item_id)
    parts = (
        "form",
        "contributions",
        "attachments",
        "comments",
        "offers",
        "targets",
        "earlier",
        "clauses",
        "returned_why",
        "still_owed",
        "next",
    )
    line = {name: getattr(page.item, name) for name in page.item.__dataclass_fields__}
    return {**line, **{name: getattr(page, name) for name in parts}, "answers": dict(page.values)}


@blueprint.get("/items")
@blueprint.arguments(InboxIn, location="query")
@blueprint.response(200, InboxOut)
def items(query: dict[str, Any]) -> Any:
    """A box of my work: todo, claimed, contribute, done, copied or started."""
    with runtime().query() as session:
        calendar = runtime().calendar_for(session, actor())
        asked = BoxAsked(**query)
        return inbox(session, actor(), asked, now=runtime().now(), calendar=calendar)


@blueprint.get("/items/<int:item_id>")
@blueprint.response(200, ItemPageOut)
def item(item_id: int) -> dict[str, Any]:
    """One item with its form and what I may do now."""
    return one_item(item_id)


@blueprint.post("/items/<int:item_id>/claim")
@blueprint.arguments(VerbIn)
@blueprint.response(200, ItemStateOut)
def claim(body: dict[str, Any], item_id: int) -> ItemState:
    """Take it upon myself (签收)."""
    return runtime().perform(ClaimItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/release")
@blueprint.arguments(VerbIn)
@blueprint.response(200, ItemStateOut)
def release(body: dict[str, Any], item_id: int) -> ItemState:
    """Give it back to the unit (取消签收)."""
    return runtime().perform(ReleaseItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/draft")
@blueprint.arguments(AnswersIn)
@blueprint.response(200, ItemStateOut)
def draft(body: dict[str, Any], item_id: int) -> ItemState:
    """Keep what has been typed so far (暂存)."""
    return runtime().perform(DraftItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/complete")
@blueprint.arguments(CompleteIn)
@blueprint.response(200, ItemStateOut)
def complete(body: dict[str, Any], item_id: int) -> ItemState:
    """Finish the lead's share (办结)."""
    return runtime().perform(CompleteItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/contribute")
@blueprint.arguments(AnswersIn)
@blueprint.response(200, ItemStateOut)
def contribute(body: dict[str, Any], item_id: int) -> ItemState:
    """Give a co-operating unit's share (反馈)."""
    return runtime().perform(ContributeItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/send-back")
@blueprint.arguments(SendBackIn)
@blueprint.response(200, ItemStateOut)
def send_back(body: dict[str, Any], item_id: int) -> ItemState:
    """Send back to an earlier step with a reason (退回)."""
    return runtime().perform(SendBackItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/withdraw")
@blueprint.arguments(WithdrawIn)
@blueprint.response(200, ItemStateOut)
def withdraw(body: dict[str, Any], item_id: int) -> ItemState:
    """Take back what I have just finished (撤回)."""
    return runtime().perform(WithdrawItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/extend")
@blueprint.arguments(ExtendIn)
@blueprint.response(200, ItemStateOut)
def extend(body: dict[str, Any], item_id: int) -> ItemState:
    """Ask for more time (申请延期), until a day or by working days; a case of its own decides."""
    return runtime().perform(ExtendItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/urge")
@blueprint.arguments(UrgeIn)
@blueprint.response(200, ItemStateOut)
def urge(body: dict[str, Any], item_id: int) -> ItemState:
    """Urge whoever has it (催办); with ``step`` everybody who still owes something at that step."""
    return runtime().perform(UrgeItem(actor=actor(), item_id=item_id, **body))


@blueprint.post("/items/<int:item_id>/comment")
@blueprint.arguments(CommentIn)
@blueprint.response(201, ItemStateOut)
def comment(body: dict[str, Any], item_id: int) -> ItemState:
    """Write a remark (批注)."""
    return runtime().perform(CommentItem(actor=actor(), item_id=item_id, **body))
