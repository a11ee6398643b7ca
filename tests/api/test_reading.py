"""Who reads what of a case: what is restricted, what is sealed, what experts see of each other,
with its files.
"""

import pytest
from sqlalchemy import select

from service.errors import NotFound
from service.papers.word.answers import answer_parts
from service.queries.items.lines import AnswerLine
from service.store.items.rows import ItemRow
from tests.api.conftest import Http
from tests.api.test_public import BIDS, multipart
from tests.outside import BID, SCORING, deploy, posted
from tests.process.test_zy_pilot import compiled
from tests.project import Project
from tests.town import Town


def answers(town: Town, login: str, case: int, element: str) -> list[AnswerLine]:
    return [one for one in town.case(login, case).answers if one.element == element]


def readable(town: Town, login: str, case: int, element: str) -> list[bool]:
    return [bool(one.values) for one in answers(town, login, case, element)]


def test_bids_stay_sealed_until_they_are_opened_even_to_those_named(town: Town, http: Http) -> None:
    case = posted(town)
    http().post(BIDS, status=201, **multipart(BID, ("河西节水方案.pdf", b"plan")))
    http("zy.kjj").post(f"/cases/{case}/messages", {"name": "try_bid", "payload": BID})
    for login, reads in (
        ("zy.kjj", [False, True]),
        ("zy.kjj.head", [False, False]),
        ("zy.ducha", [False, False]),
    ):
        assert readable(town, login, case, "bid") == reads, login
        page = http(login).get(f"/cases/{case}")
        assert "河西" not in repr(
            [page["attachments"], [one for one in page["answers"] if not one["answers"]]]
        )
        assert "河西" not in repr(http(login).get(f"/cases/{case}/journal"))
        http(login).get("/attachments/1", status=404)
    town.complete("zy.kjj", case, "collect")
    assert readable(town, "zy.kjj.head", case, "bid") == [True, True]
    assert answers(town, "zy.kjj.head", case, "bid")[0].person == "外部提交（河西节水研究所）"
    (file,) = town.case("zy.kjj.head", case).attachments
    assert (file.filename, file.person) == ("河西节水方案.pdf", "外部提交（河西节水研究所）")
    assert (
        http("zy.kjj.head")
        .http.get("/api/v1/attachments/1", headers=http("zy.kjj.head").headers)
        .data
        == b"plan"
    )
    assert readable(town, "zy.ducha", case, "bid") == [False, False]
    http("zy.ducha").get("/attachments/1", status=404)


def test_files_of_a_restricted_step_are_for_those_named(town: Town, http: Http) -> None:
    case = posted(town)
    file = town.attach("zy.kjj", town.item(case, "collect").id, "评审底稿.pdf", b"notes")
    for login, reads in (("zy.kjj.head", True), ("zy.ducha", False)):
        assert [one.id for one in town.case(login, case).attachments] == ([file] if reads else [])
        assert [one.id for one in town.page(login, town.item(case, "collect").id).attachments] == (
            [file] if reads else []
        )
        assert ("评审底稿" in repr(town.case(login, case).journal)) is reads
        http(login).http.get(f"/api/v1/attachments/{file}", headers=http(login).headers)
    assert http("zy.ducha").get(f"/attachments/{file}", status=404)["code"] == "not_found"


def test_an_expert_sees_their_own_and_nothing_of_the_others(town: Town, http: Http) -> None:
    deploy(town)
    case = town.start("try_scoring", "zy.kjj", "评审")
    first, second = town.items(case, "appraise")
    file = town.attach("zy.expert1", first.id, "评分表.pdf", b"sheet")
    town.contribute("zy.czj", case, "appraise", opinion="资金合规")
    town.complete(
        "zy.expert1", case, "appraise", place="scores/0", score_opinion="九十一分", reason="已足够"
    )
    assert readable(town, "zy.expert1", case, "appraise") == [True]
    page = town.case("zy.expert2", case)
    assert [item.id for item in page.items] == [second.id]
    assert (page.answers, page.attachments, page.journal) == ((), (), ())
    assert "九十一分" not in repr(town.page("zy.expert2", second.id))
    assert "资金合规" not in repr(town.page("zy.expert2", second.id))
    with pytest.raises(NotFound):
        town.page("zy.expert2", first.id)
    for login in ("zy.expert2", "zy.kjj", "zy.owner"):
        http(login).get(f"/attachments/{file}", status=404)
    assert readable(town, "zy.kjj", case, "appraise") == [False, False]
    town.complete(
        "zy.expert2", case, "appraise", place="scores/1", score_opinion="八十分", reason="已足够"
    )
    assert readable(town, "zy.kjj", case, "appraise") == [True, True, True]
    assert readable(town, "zy.expert1", case, "appraise") == [True]


@pytest.mark.parametrize(
    ("condition", "afterwards"),
    [
        pytest.param("not(opened)", True, id="null until it is false"),
        pytest.param("every n in 1..200000 satisfies n &gt; opened", False, id="it always fails"),
    ],
)
def test_a_condition_without_a_plain_no_keeps_scores_and_names(
    town: Town, condition: str, afterwards: bool
) -> None:
    sealed = '<c:property name="sealed" value="= opened = null"/>'
    kept = "".join(
        sealed.replace("sealed", name).replace("opened = null", condition)
        for name in ("sealed", "anonymous")
    )
    assert sealed.encode() in SCORING
    deploy(town, scoring=SCORING.replace(sealed.encode(), kept.encode()))
    case = town.start("try_scoring", "zy.kjj", "评审")
    for login, place in (("zy.expert1", "scores/0"), ("zy.expert2", "scores/1")):
        assert readable(town, "zy.kjj", case, "appraise") == [False] * int(place[-1])
        town.complete(
            login, case, "appraise", place=place, score_opinion="九十一分", reason="已足够"
        )
    assert readable(town, "zy.kjj", case, "appraise") == [afterwards] * 2
    names = {answer.person for answer in answers(town, "zy.kjj", case, "appraise")}
    assert names.isdisjoint({"任静", "田野"}) is not afterwards


def test_choices_from_lists_are_read_in_words_wherever_an_answer_is_shown(town: Town) -> None:
    case = town.start("zy_demand", "zy.qiye", "玉米制种去雄机器人")
    town.complete("zy.qiye", case, "declare")
    review = town.page("zy.ganzhou", town.item(case, "review_demand").id)
    seen = [*town.case("zy.ganzhou", case).answers, *review.earlier]
    parts = [part for one in seen for part in answer_parts(one.form, one.values)]
    assert [part.text for part in parts if part.label == "项目所在县区"] == ["甘州区", "甘州区"]


def test_choices_in_what_a_unit_contributed_are_read_in_words(town: Town) -> None:
    case = compiled(town, "去雄机器人")
    with town.runtime.query() as session:
        done = session.scalars(
            select(ItemRow.id).where(ItemRow.case_id == case, ItemRow.element == "survey")
        ).all()
    (linze,) = [one for one in town.page("zy.kjj", done[0]).contributions if one.unit == "临泽县"]
    (table,) = [part for part in answer_parts(linze.form, linze.values) if part.kind == "table"]
    assert dict(zip(table.columns, table.rows[0], strict=True))["项目所在县区"] == "临泽县"


def test_a_step_that_was_called_off_is_not_said_to_be_ahead(town: Town) -> None:
    project = Project(town).posted()
    project.bid()
    project.close()
    left, again = [
        one for one in town.case("zy.kjj", project.case).steps if one.element == "mobilise"
    ]
    assert (left.state, left.finished_at) == ("left", project.data["bids_close_at"])
    assert again.state == "possible", "bids may be taken a second time"


@pytest.mark.parametrize("verb", ["suspend", "resume", "terminate"])
def test_who_may_not_see_a_case_learns_nothing_by_steering_it(
    town: Town, http: Http, verb: str
) -> None:
    case = town.applied()
    body = {"reason": "试一试"}
    stranger = http("cf.caoye.gangbu")
    stranger.get(f"/cases/{case}", status=404)
    unseen = stranger.post(f"/cases/{case}/{verb}", body, status=404)
    missing = stranger.post(f"/cases/{case + 1000}/{verb}", body, status=404)
    assert unseen == missing
    http("cf.gangbu").post(f"/cases/{case}/{verb}", body, status=403)
