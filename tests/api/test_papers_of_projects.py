"""文书 of the projects of 张掖: who may have which, and when; what is sealed does not leak through
a paper.
"""

import pytest

from tests.api.conftest import Client, Http
from tests.api.test_papers import edited, fetched, text_of, upload, why
from tests.project import Project
from tests.samples import BID, DEMAND
from tests.town import Town

NOT_THEIRS = "含有您不能查看的办理内容，不能生成"


@pytest.fixture
def project(town: Town) -> Project:
    return Project(town)


def said(client: Client, project: Project, name: str) -> str:
    return text_of(fetched(client, f"/cases/{project.case}/papers/{name}.docx"))


def test_the_posting_is_printed_without_the_contact(http: Http, project: Project) -> None:
    project.posted()
    text = said(http("zy.ganzhou"), project, "posting")
    assert "张科榜〔2026〕001号" in text
    assert "2026年4月1日 17:30" in text
    assert DEMAND["contact_phone"] not in text
    assert DEMAND["contact_name"] not in text


def test_the_papers_of_a_project_from_the_agreement_to_acceptance(
    http: Http, project: Project
) -> None:
    project.reach("pay_final")
    office = http("zy.kjj")
    assert set(why(office, project.case).values()) == {""}
    assert "贰佰捌拾万元整" in said(office, project, "agreement")
    assert "王学斌" in said(office, project, "county_report")
    assert "专家3" in said(office, project, "review_summary")
    assert "3,000,000.00" in said(office, project, "publicity")
    assert "张科榜立〔2026〕001号" in said(office, project, "establishment")
    subsidy = said(office, project, "subsidy")
    assert all(
        text in subsidy
        for text in ("陆拾万元整", "叁拾万元整", "其中市级承担200,000.00元", "1,800,000.00元")
    )
    assert "达到指标" in said(office, project, "acceptance")
    assert "专家验收" in said(office, project, "acceptance")


def test_what_is_still_ahead_is_not_printed(http: Http, project: Project) -> None:
    project.reach("choose_bid")
    found = why(http("zy.kjj"), project.case)
    assert not found["posting"]
    assert all(
        "可以生成" in found[name]
        for name in ("agreement", "publicity", "establishment", "acceptance")
    )


def test_the_review_is_for_those_named_and_the_publicity_for_all_who_see_the_case(
    http: Http, project: Project
) -> None:
    project.reach("head_decision")
    project.do("head_decision")
    for login in ("zy.ganzhou", "zy.qiye"):
        client = http(login)
        assert (
            client.get(f"/cases/{project.case}/papers/review_summary.docx", 403)["code"]
            == "not_allowed"
        )
        assert "3,000,000.00" in said(client, project, "publicity")
    assert "方案可行" in said(http("zy.ldxz"), project, "review_summary")


@pytest.mark.parametrize(
    "text",
    [
        "{{ latest_bid.solution }}",
        "{% for one in bids %}{{ one.quote }}{% endfor %}",
        "{{ bids[0].bidder_name }}",
    ],
)
def test_sealed_bids_are_in_nobodys_paper(http: Http, project: Project, text: str) -> None:
    project.posted()
    upload(http("zy.owner"), "zy_posting.docx", edited("zy_posting.docx", f"开标 {text}"))
    project.bid()
    for login in ("zy.kjj", "zy.ganzhou"):
        assert (
            http(login).get(f"/cases/{project.case}/papers/posting.docx", 403)["detail"]
            == NOT_THEIRS
        )
    project.close()
    assert any(
        value in said(http("zy.kjj"), project, "posting")
        for value in (
            f"开标 {BID['solution']}",
            f"开标 {BID['quote']}",
            f"开标 {BID['bidder_name']}",
        )
    )


def test_scores_are_in_nobodys_paper_until_they_are_opened(http: Http, project: Project) -> None:
    project.reach("score")
    text = "{% for one in scores %}{{ one.score_opinion }}{% endfor %}{{ demander_score_opinion }}"
    upload(http("zy.owner"), "zy_posting.docx", edited("zy_posting.docx", text))
    project.score("zy.expert1", score_opinion="独立意见")
    project.do("demander_score")
    for login in ("zy.zzb", "zy.kjj", "zy.expert1", "zy.expert2", "zy.qiye"):
        assert (
            http(login).get(f"/cases/{project.case}/papers/posting.docx", 403)["detail"]
            == NOT_THEIRS
        )
    project.score("zy.expert2", "zy.expert3")
    assert "独立意见" in said(http("zy.zzb"), project, "posting")
    assert (
        http("zy.ganzhou").get(f"/cases/{project.case}/papers/posting.docx", 403)["detail"]
        == NOT_THEIRS
    )


def test_an_expert_has_no_papers_but_the_posting_and_what_they_answered(
    http: Http, project: Project
) -> None:
    project.reach("score")
    project.score("zy.expert1", score_opinion="独立意见")
    expert = http("zy.expert1")
    assert {name for name, reason in why(expert, project.case).items() if not reason} == {
        "posting",
        "answers",
    }
    assert "独立意见" in said(expert, project, "answers")
    assert "洽谈两次" in said(expert, project, "answers")  # of what the step shows them
    project.do("demander_score", demander_score_opinion="发榜单位的意见")
    assert "发榜单位的意见" not in said(expert, project, "answers")
    assert "独立意见" not in said(http("zy.expert2"), project, "answers")
