"""What each reader of an item sees: everything that was handed in for it, and nothing that is not
theirs.
"""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from service.commands.processes.deployments import Deploy
from service.store.items.rows import ItemRow
from tests.api.conftest import Http
from tests.diagrams.draw import END, START, diagram, flows, form, task, text
from tests.outside import FORMS, posted
from tests.process.test_cf_assessment import reporting, walk
from tests.samples import ANSWERS, LEDGER
from tests.town import Town

FILE = "<script>alert(1)"
SCRIPT = "<script>alert(1)</script> & \"'"
MATTER = "电力增容需协调"


def handed(page: dict[str, Any], element: str) -> dict[str, Any]:
    """What stands handed in at a step."""
    (line,) = [one for one in page["handed_in"] if one["answer"]["element"] == element]
    return line  # type: ignore[no-any-return]


def returned(town: Town) -> int:
    """An application whose plan the county has sent back, after its unit had agreed."""
    case = town.applied()
    town.complete("cf.danwei", case, "unit_review")
    town.send_back("cf.hongshan", case, "department_review", "plan", "附件2 缺绩效指标")
    return case


def again(town: Town) -> int:
    """The same application, handed in again and before the city."""
    case = returned(town)
    town.complete("cf.gangbu", case, "plan", innovation="新型捕收剂", schedule="分两年实施")
    town.complete("cf.danwei", case, "unit_review")
    town.complete("cf.hongshan", case, "department_review")
    return case


def coordinating(town: Town) -> int:
    """A project whose bidder has asked for help."""
    case = town.filed()
    payload = {**LEDGER, "coordination_matters": MATTER}
    town.tell("cf.gangbu", case, "feedback", **payload)
    return case


# -- evidence


def test_whoever_judges_sees_the_files_and_remarks_of_earlier_steps(town: Town, http: Http) -> None:
    case = town.start("cf_project", "cf.gangbu", answers=ANSWERS["apply"])
    plan = town.item(case, "plan")
    file = town.attach("cf.gangbu", plan.id, "试验数据.pdf", b"%PDF-1.4")
    town.comment("cf.gangbu", plan.id, "数据见附件")
    town.complete("cf.gangbu", case, "plan")
    town.comment("cf.danwei", town.item(case, "unit_review").id, "已核对")
    town.complete("cf.danwei", case, "unit_review")
    page = http("cf.hongshan").get(f"/items/{town.item(case, 'department_review').id}")
    (line,) = page["attachments"]
    assert (line["id"], line["step"], line["person"]) == (file, plan.name, "高志远")
    assert (line["element"], line["item_id"]) == ("plan", plan.id)
    assert [(one["text"], one["element"]) for one in page["comments"]] == [
        ("数据见附件", "plan"),
        ("已核对", "unit_review"),
    ]
    assert [one["answer"]["element"] for one in page["handed_in"]] == [
        "apply",
        "plan",
        "unit_review",
    ]
    assert [one["answer"]["element"] for one in page["handed_in"] if one["latest"]] == [
        "apply",
        "plan",
    ], "an application and its plan are read together"


def test_urging_and_talk_of_a_term_stay_with_their_item(town: Town, http: Http) -> None:
    case = coordinating(town)
    (share,) = town.items(case, "coordinate", part="cooperate")
    kjj = http("cf.kjj")
    kjj.post(f"/items/{share.id}/urge", {"message": "请抓紧"})
    assert kjj.get(f"/items/{town.item(case, 'coordinate').id}")["comments"] == []
    assert [one["text"] for one in kjj.get(f"/items/{share.id}")["comments"]] == ["请抓紧"]


def test_what_is_restricted_stays_so_with_the_names_of_its_files(town: Town, http: Http) -> None:
    case = reporting(town)
    walk(town, case, "annual", "report", "audit")
    item = town.item(case, "annual_assessment").id
    town.attach("cf.kjj", item, "评分底稿.pdf", b"%PDF-1.4")
    town.comment("cf.kjj", item, "政治素质一般")
    town.complete("cf.kjj", case, "annual_assessment")
    tracking = town.item(case, "tracking").id
    for login, reads in (("cf.kjj", True), ("cf.gangbu", False), ("cf.ducha", False)):
        page = http(login).get(f"/items/{tracking}")
        said = repr([page["attachments"], page["comments"], page["handed_in"]])
        for secret in ("评分底稿", "政治素质一般", "担当作为"):
            assert (secret in said) is reads, (login, secret)
        assert handed(page, "annual_assessment")["answer"]["restricted"] is not reads
        html = signed_in(town, login).get(f"/items/{tracking}").text
        assert ("评分底稿" in html, "政治素质一般" in html) == (reads, reads)


def test_sealed_bids_and_their_files_show_on_no_item(town: Town, http: Http) -> None:
    case = posted(town)
    town.attach("zy.kjj", town.item(case, "collect").id, "开标记录.pdf", b"%PDF-1.4")
    page = http("zy.ducha").get(f"/items/{town.item(case, 'collect').id}")
    assert (page["attachments"], page["comments"]) == ([], [])
    assert "开标记录" not in repr(page)


def test_the_meeting_reads_the_application_it_decides_on(town: Town, http: Http) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    town.attach("cf.danwei", item, "党委纪要.pdf", b"%PDF-1.4")
    town.comment("cf.danwei", item, "已上会")
    town.complete("cf.danwei", case, "unit_review")
    town.complete("cf.hongshan", case, "department_review")
    town.complete("cf.kjj", case, "initial_review")
    decide = town.item(town.round(), "decide").id
    page = http("cf.lxh").get(f"/items/{decide}")
    assert page["about"]["id"] == case
    assert [one["answer"]["element"] for one in page["handed_in"]] == [
        "apply",
        "plan",
        "unit_review",
        "department_review",
        "initial_review",
    ]
    assert handed(page, "plan")["answer"]["answers"]["schedule"] == ANSWERS["plan"]["schedule"]
    assert [one["filename"] for one in page["attachments"]] == ["党委纪要.pdf"]
    assert [one["text"] for one in page["comments"]] == ["已上会"]
    reader = signed_in(town, "cf.lxh")
    assert reader.get(f"/attachments/{page['attachments'][0]['id']}").data == b"%PDF-1.4"
    assert {one["element"] for one in page["earlier"]} == {"open_round"}, "of the round itself"


# -- rounds and differences


def test_what_changed_since_it_was_sent_back_is_marked_field_by_field(
    town: Town, http: Http
) -> None:
    case = again(town)
    page = http("cf.kjj").get(f"/items/{town.item(case, 'initial_review').id}")
    plan = handed(page, "plan")
    assert {one["key"]: (one["before"], one["after"]) for one in plan["changes"]} == {
        "innovation": ("低温干燥", "新型捕收剂"),
        "schedule": ("分三年实施", "分两年实施"),
    }
    assert plan["answer"]["round"] == 2
    (before,) = plan["replaced"]
    assert [one["round"] for one in page["earlier"] if one["id"] == before] == [1]
    assert handed(page, "apply")["changes"] == []
    assert handed(page, "unit_review")["changes"] == [], "the same words are no difference"


def test_while_a_step_is_being_done_again_its_undone_answer_counts_no_more(
    town: Town, http: Http
) -> None:
    case = returned(town)
    page = http("cf.gangbu").get(f"/items/{town.item(case, 'plan').id}")
    assert [one["answer"]["element"] for one in page["handed_in"] if one["latest"]] == ["apply"]
    assert handed(page, "plan")["answer"]["undone"]
    assert handed(page, "unit_review")["answer"]["undone"]


def test_of_a_finished_item_one_sees_what_was_judged_then(town: Town, http: Http) -> None:
    case = town.reviewed()
    item = town.items(case, "unit_review", state="done")[0]
    town.forward(days=1)
    page = http("cf.danwei").get(f"/items/{item.id}")
    assert [one["answer"]["element"] for one in page["handed_in"]][:2] == ["apply", "plan"]
    assert "unit_review" not in [one["answer"]["element"] for one in page["handed_in"]]


# -- what came back


def test_a_returned_item_says_who_returned_it_when_from_where_and_why(
    town: Town, http: Http
) -> None:
    case = returned(town)
    item = town.item(case, "plan")
    page = http("cf.gangbu").get(f"/items/{item.id}")
    told = page["returned"]
    assert (told["person"], told["element"], told["step"]) == (
        "李文静",
        "department_review",
        "归口管理部门审核并推荐",
    )
    assert told["why"] == page["returned_why"] == "附件2 缺绩效指标"
    assert told["at"] == page["opened_at"]
    html = signed_in(town, "cf.gangbu").get(f"/items/{item.id}").text
    assert re.search(r"李文静.*?归口管理部门审核并推荐.*?附件2 缺绩效指标", html, re.S)


def test_a_line_of_the_inbox_says_who_returned_it_and_why(town: Town, http: Http) -> None:
    case = returned(town)
    item = town.item(case, "plan")
    with town.runtime.command_sessions() as session, session.begin():
        by = town.person(session, "cf.hongshan").id
        told = {"by": by, "why": f"缺绩效指标{SCRIPT}", "from": "department_review"}
        session.execute(update(ItemRow).where(ItemRow.id == item.id).values(returned=told))
    (line,) = [one for one in http("cf.gangbu").get("/items")["items"] if one["id"] == item.id]
    assert (line["returned"]["person"], line["returned"]["why"]) == ("李文静", told["why"])
    html = signed_in(town, "cf.gangbu").get("/inbox").text
    assert "↩ 退回 李文静：缺绩效指标&lt;script&gt;" in html
    page = http("cf.gangbu").get(f"/items/{item.id}")
    assert page["returned"]["step"] == "归口管理部门审核并推荐"


# -- co-operation


def test_a_co_operating_unit_reads_what_is_asked_by_whom_and_until_when(
    town: Town, http: Http
) -> None:
    case = coordinating(town)
    lead, (share,) = town.item(case, "coordinate"), town.items(case, "coordinate", part="cooperate")
    town.claim("cf.kjj", lead.id)
    page = http("cf.hongshan").get(f"/items/{share.id}")
    matter = page["matter"]
    assert MATTER in matter["given"]["matter"]
    assert (matter["units"], matter["person"]) == (["市科技局"], "乌兰图雅")
    assert matter["documentation"].startswith("市科技局、归口管理部门根据台账")
    assert page["due_at"]
    keys = re.findall(r"'key': '(\w+)'", repr(matter["form"]))
    assert "matter" in keys
    assert "coordination_reply" not in keys, "what the lead is to fill in is not asked of others"
    assert [one["answer"]["element"] for one in page["handed_in"] if one["latest"]] == [
        "feedback_received"
    ]
    assert http("cf.kjj").get(f"/items/{lead.id}")["matter"] is None


SECRET = diagram(
    "\n".join(
        (
            START,
            task("appraise", form="try_score", restricted="市科技局"),
            task("consult", form="try_ask", coUnits="市财政局", coForm="try_share").replace(
                "</extensionElements>",
                '<c:inputOutput><c:inputParameter name="hint">= "得分：" + score_opinion'
                '</c:inputParameter><c:inputParameter name="plain">= case_title'
                "</c:inputParameter></c:inputOutput></extensionElements>",
            ),
            END,
            flows("start>appraise>consult>end"),
        )
    ),
    process="try_secret",
)
ASK = form(
    *({**text(key), "readonly": True} for key in ("score_opinion", "hint", "plain")),
    text("reply"),
    name="try_ask",
)


def test_what_was_restricted_does_not_flow_into_what_a_co_operating_unit_reads(
    town: Town, http: Http
) -> None:
    files = {**FORMS, "try_ask.form": ASK, "try_secret.bpmn": SECRET}
    town.runtime.perform(Deploy(actor=town.actor("zy.owner"), jurisdiction="zy", files=files))
    case = town.start("try_secret", "zy.kjj", "咨询")
    town.complete("zy.kjj", case, "appraise", score_opinion="评分九十一")
    (share,) = town.items(case, "consult", part="cooperate")
    page = http("zy.czj").get(f"/items/{share.id}")
    assert page["matter"]["given"] == {"plain": "咨询"}
    assert "评分九十一" not in repr(page)
    assert "评分九十一" not in signed_in(town, "zy.czj").get(f"/items/{share.id}").text


def test_the_lead_sees_who_has_what_and_urges_where_somebody_is_late(
    town: Town, http: Http
) -> None:
    case = coordinating(town)
    lead, (share,) = town.item(case, "coordinate"), town.items(case, "coordinate", part="cooperate")
    kjj = http("cf.kjj")

    def having() -> list[tuple[str, str, str, bool]]:
        return [
            (one["part"], one["unit"], one["state"], one["urge"]["allowed"])
            for one in kjj.get(f"/items/{lead.id}")["holders"]
        ]

    assert having() == [
        ("lead", "市科技局", "open", False),
        ("cooperate", "红山区科技局", "open", True),
    ]
    town.forward(workdays=6)
    browser = signed_in(town, "cf.kjj")
    html = browser.get(f"/items/{lead.id}").text
    assert f"/items/{share.id}/urge" in html
    answer = browser.post(
        f"/items/{share.id}/urge",
        data={"message": "请抓紧", "back": lead.id, "csrf_token": token(html)},
    )
    assert answer.location.startswith(f"/items/{lead.id}?"), "back to where one was"
    assert having()[1][3] is False
    town.contribute("cf.hongshan", case, "coordinate")
    assert having()[1] == ("cooperate", "红山区科技局", "done", False)
    for login in ("cf.hongshan", "cf.lxh"):
        page = http(login).get(f"/items/{share.id}")
        assert not any(one["urge"]["allowed"] for one in page["holders"])


def test_whose_term_it_is_stands_wherever_a_term_does(town: Town, http: Http) -> None:
    item = town.item(town.applied(), "unit_review").id
    danwei, browser = http("cf.danwei"), signed_in(town, "cf.danwei")
    assert danwei.get(f"/items/{item}")["due_basis"] == "ours"
    assert danwei.get("/items")["items"][0]["due_basis"] == "ours"
    assert browser.get(f"/items/{item}").text.count("期限为本系统默认") >= 2
    assert "系统默认" in browser.get("/inbox").text
    gangbu = http("cf.gangbu")
    free = town.item(town.start("cf_project", "cf.gangbu"), "apply").id
    assert gangbu.get(f"/items/{free}")["due_basis"] == "", "no term, nobody's term"


# -- the page


def signed_in(town: Town, login: str) -> FlaskClient:
    """Somebody at a browser without scripts."""
    browser = town.app.test_client()
    form = {"login": login, "password": "jiebang", "csrf_token": token(browser.get("/login").text)}
    assert browser.post("/login", data=form).status_code in (302, 303)
    return browser


def token(html: str) -> str:
    """The page's CSRF token."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found
    return found[1]


def test_script_in_any_text_shows_as_text(town: Town) -> None:
    apply = {**ANSWERS["apply"], "project_title": f"苜蓿{SCRIPT}", "approach": f"引进{SCRIPT}"}
    case = town.start("cf_project", "cf.gangbu", f"案件{SCRIPT}", apply)
    plan = town.item(case, "plan").id
    town.attach("cf.gangbu", plan, f"附件{FILE}.pdf", b"%PDF-1.4")
    town.comment("cf.gangbu", plan, f"批注{SCRIPT}")
    town.complete("cf.gangbu", case, "plan")
    town.send_back("cf.danwei", case, "unit_review", "plan", f"退回{SCRIPT}")
    plan = town.item(case, "plan").id
    seen = signed_in(town, "cf.gangbu").get(f"/items/{plan}").text
    town.complete("cf.gangbu", case, "plan", schedule=f"改为{SCRIPT}")
    item = town.item(case, "unit_review").id
    seen += signed_in(town, "cf.danwei").get(f"/items/{item}").text
    outside = re.sub(r"<script type=\"application/json\".*?</script>", "", seen, flags=re.S)
    assert "<script>alert" not in outside
    assert "附件&lt;script&gt;alert(1).pdf" in outside
    for words in ("苜蓿", "引进", "批注", "退回", "改为"):
        assert f"{words}&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;&#39;" in outside, words


def test_what_is_not_offered_is_not_shown_and_why_stands_behind_a_question(town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    html = signed_in(town, "cf.owner").get(f"/items/{item}").text
    assert " disabled" not in html
    assert "data-post" not in html
    assert re.search(r'<details class="why"><summary>为什么不能办结.*?不属于您', html, re.S)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.4", "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        ("a.pdf", b"<html><script>alert(1)</script>", None),
        ("a.svg", b"<svg onload='alert(1)'/>", None),
    ],
)
def test_a_file_is_shown_in_the_browser_only_when_it_is_what_it_says(
    town: Town, name: str, content: bytes, kind: str | None
) -> None:
    case = town.applied()
    file = town.attach("cf.danwei", town.item(case, "unit_review").id, name, content)
    answer = signed_in(town, "cf.danwei").get(f"/attachments/{file}")
    assert answer.data == content
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    disposition = answer.headers["Content-Disposition"].split(";")[0]
    expected = (kind, "inline") if kind else ("application/octet-stream", "attachment")
    assert (answer.mimetype, disposition) == expected
    assert signed_in(town, "zy.kjj").get(f"/attachments/{file}").status_code == 404


def test_from_item_to_item_in_the_order_of_the_box(town: Town) -> None:
    items = []
    for number in range(3):
        items.append(town.item(town.applied(f"项目 {number}"), "unit_review").id)
        town.forward(days=1)
    browser = signed_in(town, "cf.danwei")

    def go(item: int, way: str) -> str:
        return browser.get(f"/items/{item}/beside/{way}").location

    assert go(items[0], "next") == f"/items/{items[1]}"
    assert go(items[2], "previous") == f"/items/{items[1]}"
    assert go(items[0], "previous").startswith("/inbox?box=todo")
    assert go(items[2], "next").startswith("/inbox?box=todo")
    own = [town.item(town.start("cf_project", "cf.gangbu"), "apply").id for _ in range(2)]
    browser = signed_in(town, "cf.gangbu")
    assert go(own[1], "previous") == f"/items/{own[0]}", "also among items without a term"
    assert browser.get(f"/items/{items[0]}/beside/next").status_code != 404
    assert signed_in(town, "zy.kjj").get(f"/items/{own[0]}/beside/next").status_code == 404


def test_where_a_role_has_an_item_its_name_says_who_has_it(town: Town, http: Http) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    http("cf.danwei").post(f"/items/{item}/extend", {"reason": "材料未齐", "workdays": 3})
    owner = http("cf.owner")
    (asked,) = [one for one in owner.get("/items")["items"] if one["process"] == "extension"]
    holders = owner.get(f"/items/{asked['id']}")["holders"]
    assert [(one["unit"], one["role"], one["assignee"]) for one in holders] == [
        (None, "owner", None)
    ]
    html = signed_in(town, "cf.owner").get(f"/items/{asked['id']}").text
    assert "<b>流程管理员</b>" in html
    assert asked["role"] == "owner"
    assert 'data-label="办理单位">流程管理员<' in signed_in(town, "cf.owner").get("/inbox").text
    (line,) = owner.get("/cases?process=extension")["cases"]
    assert line["whose"] == ["流程管理员"]
    about = town.row(case).title
    assert line["title"] == f"延期申请：所在单位党委（党组）审核（{about}）", "of which case"


def test_what_was_taken_back_has_no_empty_list_of_who_has_it(town: Town, http: Http) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    town.send_back("cf.danwei", case, "unit_review", "apply")
    assert http("cf.danwei").get(f"/items/{item}")["holders"] == []
    assert "谁在办" not in signed_in(town, "cf.danwei").get(f"/items/{item}").text
