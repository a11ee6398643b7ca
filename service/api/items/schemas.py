"""Schemas of items: an item in a list, and the page of an item."""

from marshmallow import Schema, fields

from service.api.schemas import LineOut
from service.domain.people.offers import Offer
from service.queries.items import lines
from service.queries.processes import lines as process


class ReturnedOut(LineOut, line=lines.ReturnedLine): ...


class TakenBackOut(LineOut, line=lines.TakenBackLine): ...


class SenderOut(LineOut, line=lines.SenderLine): ...


class ItemOut(
    LineOut,
    line=lines.ItemLine,
    without=("process_name", "closed_at"),
    described={
        "part": "lead（牵头）或 cooperate（配合）",
        "rule": "期限规则，如 P5WD",
        "paused": "案件已挂起，期限暂停",
        "about_id": "本事项所审核的另一案件",
        "provisional": "期限所在年份的放假安排尚未公布，暂按推算",
    },
):
    assignee = fields.Str(allow_none=True, attribute="assignee_login")
    assignee_name = fields.Str(allow_none=True, attribute="assignee")
    due_basis = fields.Str(
        attribute="term_basis",
        metadata={
            "description": "期限依据：text 文件、ours 本系统默认、case 本案另行确定，空为无期限"
        },
    )


class AttachmentOut(LineOut, line=lines.AttachmentLine): ...


class AnswerOut(
    LineOut,
    line=lines.AnswerLine,
    without=("form", "own", "item_id", "place", "submission"),
    described={"title": "事项名称，含所办对象", "restricted": "内容仅限指定单位查看"},
):
    answers = fields.Dict(attribute="values")


class OfferOut(LineOut, line=Offer, without=("verb",)): ...


class ContributionOut(LineOut, line=lines.ContributionLine, without=("form",)):
    answers = fields.Dict(attribute="values")


class CommentOut(
    LineOut, line=lines.CommentLine, described={"kind": "comment、urge（催办）或 extension（延期）"}
): ...


class HolderOut(LineOut, line=lines.HolderLine, without=("mine",)): ...


class DifferenceOut(LineOut, line=lines.DifferenceLine): ...


class HandedOut(LineOut, line=lines.HandedLine, without=("document",)):
    """The answers that stand at a step. `replaced` are the ids of the answers before them."""

    replaced = fields.Function(lambda line: [answer.id for answer in line.replaced])


class AboutOut(LineOut, line=lines.AboutLine, without=("process_name",)): ...


class MatterOut(LineOut, line=lines.MatterLine):
    given = fields.Dict(attribute="values")


class ClauseOut(LineOut, line=process.ClauseLine): ...


class TargetOut(Schema):
    element = fields.Function(lambda target: target[0])
    name = fields.Function(lambda target: target[1])


class NextOut(
    LineOut,
    line=process.NextLine,
    without=("decided",),
    described={
        "kind": "step（环节）、wait（等待）、case（子案件）、end（到此结束）、"
        "phase（本阶段结束）或 lead（由牵头单位办结）",
        "who": "牵头单位，能确定的写单位名称",
        "term": "一般期限，如 P5WD；无期限为 null，到达时才确定为空",
        "when": "怎样决定才到这里，无条件的为空",
        "after_all": "同时进行的环节都办结之后",
    },
):
    due_basis = fields.Str(
        attribute="term_basis",
        metadata={"description": "text 文件、ours 本系统默认、case 本案另行确定，空为没有期限"},
    )


class ItemPageOut(
    ItemOut,
    line=lines.ItemPage,
    without=("item", "editable", "closed", "mine", "personal", "around", "together"),
    described={"about": "在此审核的另一案件", "matter": "请配合单位办理的事项"},
):
    answers = fields.Dict(attribute="values")
    targets = fields.List(fields.Nested(TargetOut))
    handed_in = fields.List(
        fields.Nested(HandedOut),
        attribute="handed",
        metadata={"description": "要审的内容，属于 about 或本案件"},
    )
    returned_why = fields.Str(allow_none=True)
