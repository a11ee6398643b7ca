"""Who is told what (DOMAIN.md §8): each act, whom it tells, in which words, what the link opens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select

from service.commands.cases.steering import ResumeCase, SuspendCase, TerminateCase
from service.commands.supervision.urging import UrgeItem
from service.commands.terms.extending import ExtendItem
from service.domain.people.actor import Actor
from service.errors import CannotMention
from service.queries.cases.pages import case_page
from service.queries.items.inbox import BoxAsked, inbox
from service.queries.items.lines import SenderLine
from service.queries.items.page import item_page
from service.queries.notices.notices import NoticeLine, notices, unread
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.notices import NoticeRow
from service.store.people.rows import PersonRow, UnitRow
from tests.project import Project
from tests.samples import ANSWERS, LEDGER
from tests.town import Town

TITLE = "苜蓿草高值化加工技术"


def lines(town: Town, login: str) -> list[NoticeLine]:
    """The notices of somebody, newest first; each link is opened by the way."""
    actor = town.actor(login)
    with town.runtime.query() as session:
        found = list(notices(session, actor))
        for line in found:
            if line.item_id is not None:
                item_page(session, town.runtime, actor, line.item_id)
            if line.case_id is not None:
                case_page(session, town.runtime, actor, line.case_id)
    return found


@dataclass(frozen=True, kw_only=True)
class Told:
    """What somebody is to have been told: a kind, and words that are said."""

    login: str
    kind: str
    words: tuple[str, ...]
    opens: str = "item"


def act(login: str, kind: str, *words: str, opens: str = "item") -> Told:
    return Told(login=login, kind=kind, words=words, opens=opens)


def refused_by_unit(town: Town) -> None:
    case = town.applied()
    town.complete(
        "cf.danwei", case, "unit_review", unit_conclusion="reject", unit_opinion="与单位职责无关"
    )


def refused_by_department(town: Town) -> None:
    case = town.applied()
    town.complete("cf.danwei", case, "unit_review")
    town.complete(
        "cf.hongshan",
        case,
        "department_review",
        department_conclusion="reject",
        department_opinion="已有同类项目",
        recommendation_number=None,
        recommendation_date=None,
        recommendation=None,
    )


def refused_at_first(town: Town) -> None:
    case = town.applied()
    town.complete("cf.danwei", case, "unit_review")
    town.complete("cf.hongshan", case, "department_review")
    town.complete(
        "cf.kjj",
        case,
        "initial_review",
        initial_conclusion="reject",
        initial_opinion="指标不可考核",
        bound_copies_received=False,
        discs_received=False,
    )


def sent_back(town: Town) -> None:
    case = town.applied()
    town.send_back("cf.danwei", case, "unit_review", "apply", "附件2缺绩效指标")


def decided(decision: str, opinion: str) -> Callable[[Town], None]:
    def carry_out(town: Town) -> None:
        town.reviewed()
        town.complete(
            "cf.lxh",
            town.round(),
            "decide",
            filing_decision=decision,
            filing_opinion=opinion,
        )

    return carry_out


def coordination(town: Town) -> int:
    case = town.filed()
    town.tell(
        "cf.gangbu",
        case,
        "feedback",
        **{**ANSWERS["ledger"], "coordination_matters": "电力增容需协调"},
    )
    return case


def answered(town: Town) -> None:
    town.contribute("cf.hongshan", coordination(town), "coordinate")


def asks_for_time(town: Town) -> int:
    case = town.applied()
    item = town.item(case, "unit_review")
    town.runtime.perform(
        ExtendItem(
            actor=town.actor("cf.danwei"), item_id=item.id, workdays=5, reason="党委会下周召开"
        )
    )
    with town.runtime.query() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.process == "extension")).one()


def time_granted(town: Town) -> None:
    asked = asks_for_time(town)
    day = town.row(asked).data["due_wanted"]
    town.complete(
        "cf.owner",
        asked,
        "decide_by_owner",
        extension_conclusion="grant",
        due_granted=str(day),
        extension_opinion="同意",
    )


def time_refused(town: Town) -> None:
    town.complete(
        "cf.owner",
        asks_for_time(town),
        "decide_by_owner",
        extension_conclusion="refuse",
        extension_opinion="理由不充分",
    )


def named_in_a_remark(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review")
    town.comment("cf.danwei", item.id, f"@{town.actor('cf.gangbu').name} 请补充团队成员分工")


def overdue(town: Town) -> None:
    case = town.applied()
    town.claim("cf.danwei", town.item(case, "unit_review").id)
    town.forward(workdays=10)


def urged(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    town.runtime.perform(
        UrgeItem(actor=town.actor("cf.ducha"), item_id=item, message="请本周内办结")
    )


def closed(town: Town) -> None:
    case = town.filed()
    town.complete("cf.gangbu", case, "tracking")
    for login, element in (
        ("cf.gangbu", "final_report"),
        ("cf.hongshan", "final_audit"),
        ("cf.kjj", "final_assessment"),
        ("cf.kjj", "final_result"),
    ):
        town.complete(login, case, element)
    town.contribute("cf.kjj", case, "final_incentive")
    town.complete("cf.lxh", case, "final_incentive")


CF: dict[str, tuple[Callable[[Town], object], list[Told]]] = {
    "an application is handed in": (
        lambda town: town.applied(),
        [act("cf.danwei", "arrival", "所在单位党委（党组）审核", TITLE, "截止")],
    ),
    "the unit refuses": (
        refused_by_unit,
        [act("cf.gangbu", "outcome", "所在单位不予通过", "与单位职责无关", opens="case")],
    ),
    "the managing department refuses": (
        refused_by_department,
        [act("cf.gangbu", "outcome", "归口管理部门不予通过", "已有同类项目", opens="case")],
    ),
    "the first review refuses": (
        refused_at_first,
        [act("cf.gangbu", "outcome", "初审不予通过", "指标不可考核", opens="case")],
    ),
    "a step is sent back": (
        sent_back,
        [act("cf.gangbu", "returned", "附件2缺绩效指标", "退回")],
    ),
    "applications are tabled": (
        lambda town: (town.reviewed(), town.round()),
        [act("cf.lxh", "arrival", "联席会议审核", TITLE)],
    ),
    "an application is filed": (
        decided("filed", "同意备案"),
        [act("cf.gangbu", "outcome", "已备案", "赤科榜备〔2026〕001号", opens="case")],
    ),
    "an application is not filed": (
        decided("refused", "重复立项"),
        [act("cf.gangbu", "outcome", "不予备案", "重复立项", opens="case")],
    ),
    "the meeting wants a correction": (
        decided("to_correct", "请补充查新报告"),
        [act("cf.gangbu", "returned", "请补充查新报告", "填写项目申报表")],
    ),
    "something is to be coordinated": (
        coordination,
        [
            act("cf.kjj", "arrival", "协调处理"),
            act("cf.hongshan", "arrival", "市科技局请您单位配合", "协调处理"),
        ],
    ),
    "a co-operating unit has answered": (
        answered,
        [act("cf.kjj", "answer", "红山区科技局已反馈", "全部反馈")],
    ),
    "the annual report opens": (
        lambda town: (town.filed(), town.at(date(2026, 11, 16))),
        [act("cf.gangbu", "arrival", "提交年度报告", "12月31日")],
    ),
    "more time is asked for": (asks_for_time, [act("cf.owner", "arrival", "流程管理员审批")]),
    "more time is granted": (
        time_granted,
        [
            act("cf.danwei", "extension", "准予延期"),
            act("cf.ducha", "extension", "准予延期"),
        ],
    ),
    "more time is refused": (
        time_refused,
        [act("cf.danwei", "extension", "不予延期", "理由不充分")],
    ),
    "somebody is named in a remark": (
        named_in_a_remark,
        [act("cf.gangbu", "mention", "请补充团队成员分工")],
    ),
    "an item is overdue": (
        overdue,
        [
            act("cf.danwei", "reminder", "已逾期"),
            act("cf.ducha", "reminder", "已逾期"),
        ],
    ),
    "an item is urged": (urged, [act("cf.danwei", "urge", "请本周内办结")]),
    "a case is suspended": (
        lambda town: town.steer(SuspendCase, "cf.owner", town.applied(), "项目调整"),
        [act("cf.gangbu", "notice", "已挂起", "项目调整", opens="case")],
    ),
    "a case is terminated": (
        lambda town: town.steer(TerminateCase, "cf.owner", town.applied(), "揭榜人调离"),
        [act("cf.gangbu", "outcome", "已终止", "揭榜人调离", opens="case")],
    ),
    "a project is closed": (
        closed,
        [act("cf.gangbu", "outcome", "已结题", opens="case")],
    ),
}


@pytest.mark.parametrize("name", CF)
def test_an_act_of_cf_tells_whom_it_concerns(town: Town, name: str) -> None:
    carry_out, told = CF[name]
    carry_out(town)
    _check(town, told)


def _check(town: Town, told: list[Told]) -> None:
    for one in told:
        said = [line for line in lines(town, one.login) if line.kind == one.kind]
        fitting = [line for line in said if all(word in line.text for word in one.words)]
        assert fitting, f"{one.login} was told {[line.text for line in said]}"
        assert fitting[0].case_id is not None
        assert (fitting[0].item_id is not None) == (one.opens == "item")


# -- 张掖


def demand_refused(town: Town) -> None:
    case = town.start("zy_demand", "zy.qiye", "去雄机器人", ANSWERS["declare"])
    town.complete(
        "zy.ganzhou",
        case,
        "review_demand",
        county_conclusion="reject",
        county_opinion="与在库需求重复",
    )


def posting_withdrawn(town: Town) -> None:
    project = Project(town).posted()
    project.close()
    project.do("decide_posting", posting_decision="withdraw", bids_close_at=None)


def head_refuses(town: Town) -> None:
    Project(town).reach("head_decision").do(
        "head_decision", decision="refuse", approved_amount=None, count_reason=None
    )


def recovered(town: Town) -> None:
    project = Project(town).reach("accept_project")
    project.do("accept_project", acceptance="failed")
    project.do("recover")


ZY: dict[str, tuple[Callable[[Town], object], list[Told]]] = {
    "a demand is refused by the county": (
        demand_refused,
        [act("zy.qiye", "outcome", "县区初审不予通过", "与在库需求重复", opens="case")],
    ),
    "a demand is to be posted": (
        lambda town: Project(town),
        [act("zy.kjj", "arrival", "编制榜单")],
    ),
    "a demand is posted": (
        lambda town: Project(town).posted(),
        [
            act("zy.qiye", "outcome", "已张榜", "张科榜〔2026〕001号", opens="case"),
            act("zy.ganzhou", "arrival", "指派驻企特派员"),
            act("zy.zzb", "arrival", "请您单位配合", "动员揭榜"),
        ],
    ),
    "a posting is withdrawn": (
        posting_withdrawn,
        [act("zy.qiye", "outcome", "已撤榜", opens="case")],
    ),
    "bids are opened": (
        lambda town: Project(town).reach("choose_bid"),
        [act("zy.qiye", "arrival", "需求方择优")],
    ),
    "an agreement is to be confirmed": (
        lambda town: Project(town).reach("report_county"),
        [act("zy.ganzhou", "arrival", "县区汇总报送")],
    ),
    "experts are to score": (
        lambda town: Project(town).reach("demander_score"),
        [
            act("zy.expert1", "arrival", "专家评审打分"),
            act("zy.qiye", "arrival", "发榜单位打分"),
        ],
    ),
    "the head is to decide": (
        lambda town: Project(town).reach("head_decision"),
        [act("zy.ldxz", "arrival", "组长审议")],
    ),
    "the head refuses": (
        head_refuses,
        [act("zy.qiye", "outcome", "不予支持", opens="case")],
    ),
    "a project is established": (
        lambda town: Project(town).reach("incorporate"),
        [
            act("zy.qiye", "outcome", "已立项", "立项编号", opens="case"),
            act("zy.rsj", "arrival", "请您单位配合", "人才政策兑现"),
        ],
    ),
    "funding is to be proved": (
        lambda town: Project(town).reach("submit_vouchers"),
        [act("zy.qiye", "arrival", "提交资金拨付凭证")],
    ),
    "a project is accepted": (
        lambda town: Project(town).reach("pay_final").do("pay_final"),
        [act("zy.qiye", "outcome", "验收通过", opens="case")],
    ),
    "a subsidy is recovered": (
        recovered,
        [act("zy.qiye", "outcome", "未通过并追回", opens="case")],
    ),
}


@pytest.mark.parametrize("name", ZY)
def test_an_act_of_zy_tells_whom_it_concerns(town: Town, name: str) -> None:
    carry_out, told = ZY[name]
    carry_out(town)
    _check(town, told)


def test_the_bidder_hears_what_came_of_the_project_like_the_demander(town: Town) -> None:
    project = Project(town).reach("incorporate")
    _check(town, [act(str(project.data["bidder"]), "outcome", "已立项", opens="case")])


# -- one matter, one notice


def test_nobody_is_told_of_their_own_act(town: Town) -> None:
    town.start("cf_project", "cf.gangbu", TITLE, ANSWERS["apply"])
    assert lines(town, "cf.gangbu") == []
    with town.runtime.query() as session:
        assert unread(session, town.actor("cf.gangbu")) == 0


def test_a_newer_reminder_replaces_what_was_said_before_and_the_end_takes_all_away(
    town: Town,
) -> None:
    case = town.applied()
    town.forward(workdays=4)
    assert [line.kind for line in lines(town, "cf.danwei")] == ["reminder"]
    town.forward(workdays=9)
    found = lines(town, "cf.danwei")
    assert [line.kind for line in found] == ["reminder"]
    assert "已逾期" in found[0].text
    assert len([line for line in lines(town, "cf.ducha") if line.kind == "reminder"]) == 1
    town.complete("cf.danwei", case, "unit_review")
    assert lines(town, "cf.danwei") == []
    assert [line for line in lines(town, "cf.ducha") if line.kind == "reminder"] == []


def test_heads_and_supervision_are_told_in_the_third_person(town: Town) -> None:
    case = town.applied()
    town.claim("cf.danwei", town.item(case, "unit_review").id)
    town.forward(workdays=10)
    with town.runtime.query() as session:
        unit, person = session.execute(
            select(UnitRow.name, PersonRow.name)
            .join(PersonRow, PersonRow.unit_id == UnitRow.id)
            .where(PersonRow.login == "cf.danwei")
        ).one()
    [line] = [line for line in lines(town, "cf.ducha") if line.kind == "reminder"]
    assert f"{unit}{person}的“" in line.text
    [own] = lines(town, "cf.danwei")
    assert unit not in own.text


def test_answers_of_co_operating_units_are_one_notice_with_the_newest_words(town: Town) -> None:
    project = Project(town).reach("verify_funding")
    kinds = []
    for login in ("zy.czj", "zy.ganzhou", "zy.zzb"):
        town.contribute(login, project.case, "verify_funding")
        kinds.append([line for line in lines(town, "zy.kjj") if line.kind == "answer"])
    assert [len(found) for found in kinds] == [1, 1, 1]
    assert "还有 2 个单位未反馈" in kinds[0][0].text
    assert "全部反馈" in kinds[2][0].text
    project.do("verify_funding")
    assert [line for line in lines(town, "zy.kjj") if line.kind == "answer"] == []


def test_a_return_across_three_rounds_is_told_each_time_with_its_own_reason(town: Town) -> None:
    case = town.applied()
    for reason in ("缺绩效指标", "经费来源不明", "团队分工不清"):
        town.send_back("cf.danwei", case, "unit_review", "apply", reason)
        found = [line for line in lines(town, "cf.gangbu") if line.kind == "returned"]
        assert [reason in line.text for line in found] == [True]
        for element in ("apply", "plan"):
            town.complete("cf.gangbu", case, element)
    assert lines(town, "cf.gangbu") == []


def test_who_had_taken_an_item_hears_that_it_was_taken_back(town: Town) -> None:
    case = town.applied()
    town.claim("cf.danwei", town.item(case, "unit_review").id)
    town.steer(TerminateCase, "cf.owner", case, "揭榜人调离")
    assert [line.kind for line in lines(town, "cf.danwei")] == ["notice"]


def test_who_works_on_a_case_hears_that_it_rests_and_goes_on(town: Town) -> None:
    case = town.applied()
    town.steer(SuspendCase, "cf.owner", case, "项目调整")
    assert any("已挂起" in line.text for line in lines(town, "cf.danwei"))
    town.steer(ResumeCase, "cf.owner", case, "调整完毕")
    texts = [line.text for line in lines(town, "cf.danwei")]
    assert any("已恢复办理" in text for text in texts)
    assert not any("已挂起" in text for text in texts)


# -- bad input


def _without_people(town: Town, unit: str) -> None:
    with town.runtime.transaction() as work:
        for person in work.session.scalars(
            select(PersonRow)
            .join(UnitRow, UnitRow.id == PersonRow.unit_id)
            .where(UnitRow.name == unit)
        ):
            person.active = False


def test_work_for_a_unit_without_people_is_told_to_administrators_and_supervision(
    town: Town,
) -> None:
    case = town.applied()
    _without_people(town, "红山区科技局")
    town.complete("cf.danwei", case, "unit_review")
    for login in ("cf.admin", "cf.ducha"):
        assert any("没有在用的账号" in line.text for line in lines(town, login)), login


def test_what_is_overdue_in_a_unit_without_a_head_is_told_to_administrators_at_once(
    town: Town,
) -> None:
    case = town.applied()
    town.complete("cf.danwei", case, "unit_review")
    with town.runtime.transaction() as work:
        heads = (
            select(PersonRow)
            .join(UnitRow, UnitRow.id == PersonRow.unit_id)
            .where(UnitRow.name == "红山区科技局")
        )
        for person in work.session.scalars(heads):
            person.roles = [role for role in person.roles if role != "head"]
    town.forward(workdays=7)
    for login in ("cf.admin", "cf.ducha"):
        assert any("已逾期" in line.text for line in lines(town, login)), login


def test_a_flood_is_one_line_and_one_in_the_count(town: Town) -> None:
    for number in range(30):
        town.applied(f"第{number}个项目")
    found = lines(town, "cf.danwei")
    assert [(line.kind, line.count) for line in found] == [("arrival", 30)]
    with town.runtime.query() as session:
        assert unread(session, town.actor("cf.danwei")) == 1


def test_many_of_a_step_with_its_matters_are_called_by_the_step(town: Town) -> None:
    for number in range(5):
        town.reviewed(f"第{number}个项目")
    town.round()
    assert [(line.item_name, line.count) for line in lines(town, "cf.lxh")] == [("联席会议审核", 5)]


def test_a_remark_cannot_name_who_may_not_read_it_and_then_nothing_is_said(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    stranger = town.actor("cf.songshan")
    other = town.actor("cf.ningcheng")
    text = (
        f"@{stranger.name} 请看，@{other.name} 也请看，@查无此人，@{town.actor('cf.gangbu').name}"
    )
    with pytest.raises(CannotMention) as refused:
        town.comment("cf.danwei", item, text)
    assert refused.value.facts["blind"] == [stranger.name, other.name]
    assert refused.value.facts["unknown"] == ["查无此人"]
    assert town.page("cf.danwei", item).comments == ()
    assert lines(town, "cf.songshan") == []


def test_an_address_in_a_remark_names_nobody(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    town.comment("cf.danwei", item, "材料发到 zhang@example.gov.cn")
    assert len(town.page("cf.danwei", item).comments) == 1


def test_a_notice_of_a_case_that_its_reader_may_not_open_says_neither_title_nor_link(
    town: Town,
) -> None:
    case = town.applied()
    stranger: Actor = town.actor("cf.songshan")
    with town.runtime.transaction() as work:
        work.session.add(
            NoticeRow(
                case_id=case,
                item_id=work.session.scalar(select(ItemRow.id).where(ItemRow.case_id == case)),
                holder=stranger.holders[0],
                at=work.now,
                text="请知悉",
            )
        )
    [line] = lines(town, "cf.songshan")
    assert (line.case_title, line.case_id, line.item_id, line.item_name) == (None,) * 4


def test_script_in_a_reason_is_text(town: Town) -> None:
    case = town.applied("<script>alert(1)</script>")
    town.send_back("cf.danwei", case, "unit_review", "apply", "<img src=x onerror=alert(2)>")
    [line] = lines(town, "cf.gangbu")
    assert "<img src=x onerror=alert(2)>" in line.text


def test_restricted_results_reach_nobody_who_may_not_read_them(town: Town) -> None:
    project = Project(town).reach("head_decision")
    for login in ("zy.qiye", str(project.data["bidder"])):
        said = " ".join(line.text for line in lines(town, login))
        assert str(project.data["score_summary"]["average"]) not in said
        assert not any(
            name in said
            for name in ("专家1", *(town.actor(e).name for e in project.data["experts"]))
        )


def test_the_outcome_stands_in_lists_and_the_record(town: Town) -> None:
    case = town.filed()
    page = town.case("cf.gangbu", case)
    assert page.case.outcome is not None
    assert (page.case.outcome.code, page.case.outcome.tone) == ("filed", "good")
    assert any(line.verb == "outcome" for line in page.journal)


def inbox_of(town: Town, login: str, box: str = "todo") -> dict[str, SenderLine | None]:
    """Who sent each item of a box, by the item's element."""
    with town.runtime.query() as session:
        page = inbox(session, town.runtime, town.actor(login), BoxAsked(box=box))
    return {line.element: line.sender for line in page.items}


def test_the_inbox_says_from_whom_work_came(town: Town) -> None:
    case = town.applied()
    sender = inbox_of(town, "cf.danwei")["unit_review"]
    assert sender is not None
    assert (sender.unit or sender.person) == (
        town.actor("cf.gangbu").unit_name or town.actor("cf.gangbu").name
    )
    town.complete("cf.danwei", case, "unit_review")
    sender = inbox_of(town, "cf.hongshan")["department_review"]
    assert sender == SenderLine(unit=town.actor("cf.danwei").unit_name, person=None)
    filed = town.filed("乙")
    town.tell("cf.gangbu", filed, "feedback", **{**LEDGER, "coordination_matters": "用地指标"})
    asker = inbox_of(town, "cf.hongshan", "contribute")["coordinate"]
    assert asker == SenderLine(unit=town.actor("cf.kjj").unit_name, person=None, asks=True)


def test_the_inbox_does_not_name_an_expert_as_the_sender(town: Town) -> None:
    project = Project(town).reach("head_decision")
    with town.runtime.query() as session:
        senders = set(session.scalars(select(ItemRow.sent_by).where(ItemRow.element != "score")))
    experts = {town.actor(login).person_id for login in project.data["experts"]}
    assert senders.isdisjoint(experts)
    scores = town.items(project.case, "score", state="done")
    assert {item.closed_by for item in scores} <= experts
