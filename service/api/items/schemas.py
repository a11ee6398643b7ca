"""Schemas of items that several views share."""

from marshmallow import Schema, fields


class ReturnedOut(Schema):
    """The send-back that opened a round: who, when, from which step, why."""

    person = fields.Str(allow_none=True)
    at = fields.AwareDateTime()
    element = fields.Str(allow_none=True)
    step = fields.Str()
    why = fields.Str()


class TakenBackOut(Schema):
    """What took open work back: who did what, when, at which step, why."""

    person = fields.Str(allow_none=True)
    at = fields.AwareDateTime()
    verb = fields.Str()
    step = fields.Str()
    why = fields.Str()


class SenderOut(Schema):
    """From whom an item came; ``asks``: the lead of the step asks a co-operating unit."""

    unit = fields.Str(allow_none=True)
    person = fields.Str(allow_none=True)
    asks = fields.Bool()


class ItemOut(Schema):
    """An item as a list shows it."""

    id = fields.Int()
    case_id = fields.Int()
    case_title = fields.Str()
    process = fields.Str()
    element = fields.Str()
    name = fields.Str()
    part = fields.Str(metadata={"description": "lead（牵头）或 cooperate（配合）"})
    unit = fields.Str(allow_none=True)
    assignee = fields.Str(allow_none=True, attribute="assignee_login")
    assignee_name = fields.Str(allow_none=True, attribute="assignee")
    state = fields.Str()
    light = fields.Str(allow_none=True)
    opened_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(allow_none=True)
    clause = fields.List(fields.Str())
    basis = fields.Str()
    round = fields.Int()
    version = fields.Int()
    due_basis = fields.Str(
        attribute="term_basis",
        metadata={
            "description": "期限依据：text 文件、ours 本系统默认、case 本案另行确定，空为无期限"
        },
    )
    rule = fields.Str(allow_none=True, metadata={"description": "期限规则，如 P5WD"})
    paused = fields.Bool(metadata={"description": "案件已挂起，期限暂停"})
    about_id = fields.Int(allow_none=True, metadata={"description": "本事项所审核的另一案件"})
    provisional = fields.Bool(metadata={"description": "期限所在年份的放假安排尚未公布，暂按推算"})
    returned = fields.Nested(ReturnedOut, allow_none=True)
    sender = fields.Nested(SenderOut, allow_none=True)


class AttachmentOut(Schema):
    """A file attached; size in bytes. Of an item's page all files of the case that may be read."""

    id = fields.Int()
    filename = fields.Str()
    size = fields.Int()
    person = fields.Str()
    unit = fields.Str(allow_none=True)
    at = fields.AwareDateTime()
    item_id = fields.Int(allow_none=True)
    element = fields.Str(allow_none=True)
    step = fields.Str()


class AnswerOut(Schema):
    """What somebody answered at a step."""

    id = fields.Int()
    element = fields.Str()
    name = fields.Str()
    title = fields.Str(metadata={"description": "事项名称，含所办对象"})
    part = fields.Str()
    round = fields.Int()
    person = fields.Str()
    unit = fields.Str(allow_none=True)
    at = fields.AwareDateTime()
    answers = fields.Dict(attribute="values")
    undone = fields.Bool()
    reason = fields.Str()
    restricted = fields.Bool(metadata={"description": "内容仅限指定单位查看"})
