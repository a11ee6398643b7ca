"""Forms tried out before anybody fills them in: what compares unlike things, what goes round."""

import pytest

from service.domain.forms.trials import circle, doubtful

FIELDS = [
    {"type": "datetime", "subtype": "date", "key": "d", "dateLabel": "完成日期"},
    {"type": "datetime", "subtype": "time", "key": "clock"},
    {"type": "datetime", "subtype": "datetime", "key": "moment"},
    {"type": "number", "key": "n"},
    {"type": "number", "key": "money", "serializeToString": True},
    {"type": "textfield", "key": "t"},
    {"type": "checkbox", "key": "b"},
    {"type": "taglist", "key": "tags", "values": [{"value": "a", "label": "甲"}]},
    {"type": "select", "key": "kind", "valuesKey": "kinds"},
    {"type": "select", "key": "bid", "valuesExpression": "=bids"},
    {
        "type": "dynamiclist",
        "path": "rows",
        "components": [{"type": "number", "key": "count_of"}, {"type": "textfield", "key": "why"}],
    },
]


def doubts(setting: str, of: str = "textfield") -> list[str]:
    where = {"expression": setting} if of == "expression" else {"conditional": {"hide": setting}}
    tried = {"type": of, "key": "x", "label": "栏目", **where}
    return [sentence for _, sentence in doubtful({"components": [*FIELDS, tried]})]


@pytest.mark.parametrize(
    "text",
    [
        '=d > date("2026-06-30")',
        '=date("2026-06-30") = d',
        '=d > "2026/6/30"',
        '=d = "六月"',
        "=d > 20260630",
        '=clock < "9点"',
        '=moment < "2026-06-30"',
        '=n = "5"',
        "=money > 5",
        "=b = 1",
        '=tags = "a"',
        "=tags > 1",
        '=t = 5 or d = "2026-06-01"',
        '=rows[1].count_of = "x"',
        "=(date(d) - date(d)).days > 30",
        '=date(d) + duration("PT5H") > date(d)',
    ],
)
def test_unlike_things_are_noticed_with_advice(text):
    sentences = doubts(text)
    assert sentences
    assert all(text[1:] in one and ("请" in one or "无法计算" in one) for one in sentences)


@pytest.mark.parametrize(
    "text",
    [
        '=d > "2026-06-30"',
        '=date(d) > date("2026-06-30")',
        '=date(d) + duration("P1Y") < date("2026-06-30")',
        '=clock < "18:00"',
        '=moment < "2026-06-30T18:00"',
        "=n != null and n > 5",
        '=money = "5"',
        "=number(money) > 5",
        '=t = null or t = ""',
        '=kind = "a"',
        "=bid = 5",
        '=list contains(tags, "a")',
        "=n in [1..5]",
        "=count(rows[count_of > 1]) = 1",
        "=unknown = 5",
        "=broken (",
    ],
)
def test_like_things_are_not(text):
    assert doubts(text) == []


def test_a_computed_field_gives_no_day():
    assert doubts("=date(d)", "expression")
    assert doubts('=duration("P1D")', "expression")
    assert doubts("=string(date(d))", "expression") == []


def test_conditions_of_rows_are_tried_where_they_stand():
    rows = {**FIELDS[-1], "components": [*FIELDS[-1]["components"]]}
    rows["components"][1] = {
        **rows["components"][1],
        "conditional": {"hide": '=this.count_of = "x"'},
    }
    assert len(list(doubtful({"components": [rows]}))) == 1


def hiding(key: str, hide: str = "", **more: object) -> dict[str, object]:
    conditional = {"conditional": {"hide": hide}} if hide else {}
    return {"type": "textfield", "key": key, "label": key.upper(), **conditional, **more}


@pytest.mark.parametrize(
    ("components", "keys"),
    [
        ([hiding("a", "=b = 1"), hiding("b", "=a = 1")], {"a", "b"}),
        ([hiding("a", "=a = 1")], {"a"}),
        ([hiding("a", "=a = null", readonly=True)], set()),
        ([hiding("a", "=c = 1"), hiding("b", "=a = 1"), hiding("c")], set()),
        (
            [hiding("a", "=s = 1"), {"type": "expression", "key": "s", "expression": "=a"}],
            {"a", "s"},
        ),
        (
            [
                {
                    "type": "group",
                    "conditional": {"hide": "=a = 1"},
                    "components": [hiding("a")],
                }
            ],
            {"a"},
        ),
        (
            [
                {
                    "type": "dynamiclist",
                    "path": "rows",
                    "components": [hiding("a", "=this.b = 1"), hiding("b", "=this.a = 1")],
                }
            ],
            {"rows.a", "rows.b"},
        ),
        (
            [
                {
                    "type": "dynamiclist",
                    "path": "rows",
                    "components": [hiding("a", "=count(rows) = 1"), hiding("b", "=this.a = 1")],
                }
            ],
            set(),
        ),
    ],
)
def test_conditions_that_go_round_are_found(components, keys):
    assert set(circle({"components": components})) == keys
