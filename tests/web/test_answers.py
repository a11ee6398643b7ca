"""Answers as lines to read."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from service.papers.word.answers import answer_parts


def form(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": "default", "components": list(components)}


def said(component: dict[str, Any], value: Any, **around: Any) -> str:
    parts = answer_parts(form({"key": "x", "label": "栏目", **component}), {"x": value, **around})
    return parts[0].text


def test_options_are_said_by_their_labels() -> None:
    options = [{"value": "agree", "label": "同意"}, {"value": "reject", "label": "不予通过"}]
    assert said({"type": "radio", "values": options}, "agree") == "同意"
    assert said({"type": "checklist", "values": options}, ["agree", "reject"]) == "同意、不予通过"


def test_options_of_a_named_list_are_said_by_their_labels() -> None:
    assert (
        said(
            {"type": "taglist", "valuesKey": "list"}, ["a"], list=[{"value": "a", "label": "牧草"}]
        )
        == "牧草"
    )


def test_dates_and_instants_are_said_as_people_do() -> None:
    assert said({"type": "datetime"}, "2026-11-21") == "2026年11月21日"
    assert said({"type": "datetime"}, date(2026, 11, 21)) == "2026年11月21日"
    assert said({"type": "datetime"}, "2026-11-21T10:46:00+00:00") == "2026年11月21日 18:46"
    assert (
        said({"type": "datetime"}, datetime(2026, 11, 21, 10, 46, tzinfo=UTC))
        == "2026年11月21日 18:46"
    )


def test_a_text_that_looks_like_a_date_stays_what_was_typed() -> None:
    assert said({"type": "textfield"}, "2026-11-21") == "2026-11-21"


def test_money_is_grouped_and_years_are_not() -> None:
    assert (
        said({"type": "number", "appearance": {"suffixAdorner": "元"}}, Decimal("1260000.50"))
        == "1,260,000.50 元"
    )
    assert said({"type": "number"}, 2026) == "2026"


def test_a_ticked_box_is_yes() -> None:
    assert said({"type": "checkbox"}, True) == "是"
    assert said({"type": "checkbox"}, False) == "否"


def test_what_was_left_empty_says_so_and_what_was_hidden_is_not_listed() -> None:
    parts = answer_parts(
        form(
            {"type": "textfield", "key": "a", "label": "甲"},
            {"type": "textfield", "key": "b", "label": "乙", "conditional": {"hide": "=true"}},
        ),
        {"a": None, "b": None},
    )
    assert [(part.label, part.empty) for part in parts] == [("甲", True)]


def test_groups_are_titles_and_repeated_rows_tables() -> None:
    parts = answer_parts(
        form(
            {"type": "text", "text": "说明"},
            {
                "type": "group",
                "label": "揭榜人",
                "components": [
                    {"type": "textfield", "key": "name", "label": "姓名"},
                    {
                        "type": "dynamiclist",
                        "path": "members",
                        "label": "成员",
                        "components": [
                            {"type": "textfield", "key": "name", "label": "姓名"},
                            {"type": "textfield", "key": "duty", "label": "分工"},
                        ],
                    },
                ],
            },
        ),
        {"name": "高志远", "members": [{"name": "梁思雨", "duty": None}]},
    )
    assert [part.kind for part in parts] == ["group", "text", "table"]
    assert parts[2].columns == ("姓名", "分工")
    assert parts[2].rows == (("梁思雨", ""),)


def test_without_a_form_the_values_are_listed_by_key() -> None:
    assert [(part.label, part.text) for part in answer_parts(None, {"opinion": "同意"})] == [
        ("opinion", "同意")
    ]
