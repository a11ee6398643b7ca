"""What the page of one item is in JSON: what is judged, who has it, what may be done."""

from marshmallow import Schema, fields

from service.api.items.schemas import AnswerOut, AttachmentOut, ItemOut, TakenBackOut


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
    item_id = fields.Int()
    element = fields.Str()
    step = fields.Str()


class HolderOut(Schema):
    item_id = fields.Int()
    part = fields.Str()
    unit = fields.Str(allow_none=True)
    state = fields.Str()
    due_at = fields.AwareDateTime(allow_none=True)
    light = fields.Str(allow_none=True)
    assignee = fields.Str(allow_none=True)
    person = fields.Str(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    urge = fields.Nested(OfferOut)


class DifferenceOut(Schema):
    key = fields.Str()
    label = fields.Str()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class HandedOut(Schema):
    """What stands handed in at a step; `replaced` are the ids of the answers before it."""

    answer = fields.Nested(AnswerOut)
    replaced = fields.Function(lambda line: [one.id for one in line.replaced])
    changes = fields.List(fields.Nested(DifferenceOut))
    contributions = fields.List(fields.Nested(AnswerOut))
    latest = fields.Bool()


class AboutOut(Schema):
    id = fields.Int()
    title = fields.Str()
    number = fields.Str(allow_none=True)


class MatterOut(Schema):
    name = fields.Str()
    documentation = fields.Str()
    remark = fields.Str()
    units = fields.List(fields.Str())
    person = fields.Str(allow_none=True)
    form = fields.Dict(allow_none=True)
    given = fields.Dict(attribute="values")


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
    due_basis = fields.Str(
        attribute="term_basis",
        metadata={"description": "text 文件、ours 本系统默认、case 本案另行确定，空为没有期限"},
    )
    when = fields.Str(metadata={"description": "怎样决定才到这里，无条件的为空"})
    after_all = fields.Bool(metadata={"description": "同时进行的环节都办结之后"})


class ItemPageOut(ItemOut):
    form = fields.Dict(allow_none=True)
    answers = fields.Dict()
    contributions = fields.List(fields.Nested(ContributionOut))
    holders = fields.List(fields.Nested(HolderOut))
    attachments = fields.List(fields.Nested(AttachmentOut))
    comments = fields.List(fields.Nested(CommentOut))
    offers = fields.Dict(values=fields.Nested(OfferOut))
    targets = fields.List(fields.Nested(TargetOut))
    earlier = fields.List(fields.Nested(AnswerOut))
    about = fields.Nested(AboutOut, allow_none=True, metadata={"description": "在此审核的另一案件"})
    handed_in = fields.List(
        fields.Nested(HandedOut), metadata={"description": "要审的内容，属于 about 或本案件"}
    )
    matter = fields.Nested(
        MatterOut, allow_none=True, metadata={"description": "请配合单位办理的事项"}
    )
    clauses = fields.List(fields.Nested(ClauseOut))
    returned_why = fields.Str(allow_none=True)
    taken_back = fields.Nested(TakenBackOut, allow_none=True)
    still_owed = fields.List(fields.Str())
    next = fields.List(fields.Nested(NextOut))
