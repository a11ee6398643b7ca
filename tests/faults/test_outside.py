"""Bids at the same instant, and a bid while its posting is withdrawn: all are there, or refused
with a sentence.
"""

from collections.abc import Callable

from sqlalchemy import func, select

from service.commands.cases.steering import TerminateCase
from service.commands.outside.submissions import StartFromOutside, SubmitFromOutside
from service.domain.outside import Upload, query_code
from service.store.items.rows import AnswerRow, AttachmentRow
from service.store.outside import PublicationRow, SubmissionRow
from tests.faults.test_race import together
from tests.outside import BID, deploy, posted
from tests.town import Town


def counted(town: Town, row: type) -> int:
    with town.runtime.query() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def bids(town: Town, number: int) -> list[SubmitFromOutside]:
    file = Upload(filename="方案.pdf", content_type="application/pdf", content=b"plan")
    return [
        SubmitFromOutside(
            publication_id=1,
            address=f"a{n}",
            payload={**BID, "bidder_name": f"揭榜方{n}"},
            files=[file],
        )
        for n in range(number)
    ]


def sending(town: Town, number: int) -> list[Callable[[], object]]:
    return [lambda one=one: town.runtime.perform(one) for one in bids(town, number)]


def test_bids_at_the_same_instant_are_all_there_once(town: Town) -> None:
    case = posted(town)
    found = together(sending(town, 8))
    assert found == {"done": 8}
    kept = town.row(case).data["bids"]
    assert sorted(bid["bidder_name"] for bid in kept) == [f"揭榜方{n}" for n in range(8)]
    assert sorted(bid["submission"] for bid in kept) == list(range(1, 9))
    assert (counted(town, SubmissionRow), counted(town, AttachmentRow)) == (8, 8)


def test_a_bid_while_its_posting_is_withdrawn_is_either_there_or_refused(town: Town) -> None:
    case = posted(town)

    def withdraw() -> None:
        with town.runtime.transaction() as work:
            town.runtime.actions["close_publication"].carry_out(
                work,
                work.locked_case(case),
                {"publication": 1, "state": "withdrawn", "reason": "撤榜"},
            )

    acts = sending(town, 6)
    found = together([*acts[:3], withdraw, *acts[3:]])
    assert set(found) <= {"done", "no_longer_taken"}
    assert found.total() == 7
    assert (
        len(town.row(case).data.get("bids") or [])
        == found["done"] - 1
        == counted(town, SubmissionRow)
    )
    assert counted(town, AttachmentRow) == found["done"] - 1
    with town.runtime.query() as session:
        assert session.get_one(PublicationRow, 1).state == "withdrawn"
    assert together(sending(town, 6)) == {"no_longer_taken": 6}


def test_a_bid_while_its_case_is_terminated_is_either_there_or_refused(town: Town) -> None:
    case = posted(town)
    acts = sending(town, 4)
    found = together([*acts, lambda: town.steer(TerminateCase, "zy.owner", case)])
    assert set(found) <= {"done", "no_longer_taken"}
    assert counted(town, SubmissionRow) == found["done"] - 1
    assert together(sending(town, 4)) == {"no_longer_taken": 4}


def test_the_same_request_twice_at_once_has_its_effect_once(town: Town) -> None:
    posted(town)
    code = query_code(b"the same")
    (bid,) = bids(town, 1)
    again = SubmitFromOutside(
        publication_id=1, address="a", payload=bid.payload, files=bid.files, key="k", code=code
    )
    assert together([lambda: town.runtime.perform(again)] * 4) == {"done": 4}
    assert (counted(town, SubmissionRow), counted(town, AnswerRow)) == (1, 2)


def test_the_same_start_twice_at_once_is_one_case(town: Town) -> None:
    deploy(town)
    start = StartFromOutside(
        jurisdiction="zy",
        process="try_demand",
        address="a",
        key="k",
        code=query_code(b"one"),
        payload={"demand_name": "除垢", "contact_name": "李四"},
    )
    found = together([lambda: town.runtime.perform(start)] * 4)
    assert set(found) <= {"done", "changed"}
    assert found["done"] >= 1
    assert (counted(town, SubmissionRow), counted(town, AnswerRow)) == (1, 1)
