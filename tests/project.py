"""A project of 张掖 (揭榜项目), walked step by step: a test says where it wants to be, and what
differs.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from service.clock import tick
from service.commands.outside.submissions import SubmitFromOutside
from service.domain.outside import Upload
from service.store.outside import PublicationRow, SubmissionRow
from service.store.people.rows import UnitRow
from tests.samples import ANSWERS, BID, DEMAND
from tests.town import Town

CLOSING = datetime.fromisoformat(ANSWERS["prepare_posting"]["bids_close_at"])
BUREAU, PARTY, DEMANDER, COUNTY = "zy.kjj", "zy.zzb", "zy.qiye", "zy.ganzhou"
STAFF = {
    "science_bureau": BUREAU,
    "organization_department": PARTY,
    "finance_bureau": "zy.czj",
    "human_resources_bureau": "zy.rsj",
    "industry_bureau": "zy.gxj",
}
"""Who works for the city's units; a county's people are called after it."""
STEPS = {
    "prepare_posting": BUREAU,
    "choose_bid": "demander",
    "negotiate": "demander",
    "confirm_agreement": "bidder",
    "report_county": "county",
    "form_panel": PARTY,
    "demander_score": "demander",
    "summarise_review": PARTY,
    "head_decision": "zy.ldxz",
    "investigate": PARTY,
    "incorporate": PARTY,
    "sign_agreement": PARTY,
    "submit_vouchers": "demander",
    "verify_funding": BUREAU,
    "decide_shortfall": PARTY,
    "pay_first": BUREAU,
    "implement": "bidder",
    "accept_project": PARTY,
    "rectify": "bidder",
    "pay_final": BUREAU,
    "recover": PARTY,
}
"""Who leads the steps of the main way, in their order."""
OTHERS = {
    "assign_envoy": "county",
    "envoy_arrives": "envoy",
    "decide_posting": BUREAU,
    "talent_policy": PARTY,
    "coordinate_problem": BUREAU,
    "yearly_check": PARTY,
    "exceptional_check": PARTY,
}


class Project:
    """One project of a town: a child of a pilot (``case``), or started by hand."""

    def __init__(self, town: Town, case: int | None = None) -> None:
        self.town = town
        self.case = case or town.start(
            "zy_project", BUREAU, DEMAND["demand_name"], ANSWERS["fill_demand"]
        )

    @property
    def data(self) -> dict[str, Any]:
        return self.town.row(self.case).data

    @property
    def open(self) -> set[str]:
        return set(self.town.open(self.case))

    @property
    def status(self) -> str:
        return self.town.row(self.case).status

    def posted(self) -> "Project":
        """On the list, open for bids."""
        self.do("prepare_posting")
        return self

    def do(self, element: str, **answers: Any) -> None:
        """Finish a step by whoever leads it, after all co-operating units have answered."""
        self.shares(element)
        self.town.complete(self._leader(element), self.case, element, **answers)

    def shares(self, element: str) -> None:
        """What the co-operating units of a step owe."""
        for item in self.town.items(self.case, element, part="cooperate"):
            with self.town.runtime.query() as session:
                code = session.get_one(UnitRow, item.unit_id).code
            self.town.contribute(STAFF.get(code, f"zy.{code}"), self.case, element)

    def _leader(self, element: str) -> str:
        login = {**STEPS, **OTHERS}[element]
        if login == "county":
            return f"zy.{self.data['county']}"
        return login if "." in login else str(self.data[login])

    def reach(self, element: str) -> "Project":
        """Walk the plain way until a step is open."""
        for _ in range(40):
            if element in self.open:
                return self
            self._next()
        raise AssertionError(f"{element} is not on the way; open: {self.open}")

    def _next(self) -> None:
        if "mobilise" in self.open:
            self.bid()
            self.close()
        elif "score" in self.open:
            self.score(*self.data["experts"])
        elif step := next((step for step in STEPS if step in self.open), None):
            self.do(step)
        else:
            self.town.forward(workdays=1)

    def bid(self, **answers: Any) -> str:
        """A bid by the public form; gives the query code."""
        return self.submit("posting", {**BID, **answers})

    def object(self, text: str = "指标抄袭他人成果") -> str:
        """An objection by the public form; gives the query code."""
        return self.submit(
            "publicity",
            {"objector_name": "李某", "objector_phone": "13500000001", "objection_text": text},
        )

    def submit(self, kind: str, payload: dict[str, Any], *files: Upload) -> str:
        sent = self.town.runtime.perform(
            SubmitFromOutside(
                publication_id=self.publication(kind).id,
                payload=payload,
                files=files,
                address="a" * 64,
            )
        )
        assert sent.code is not None
        return sent.code

    def publication(self, kind: str) -> PublicationRow:
        """The latest publication of a kind."""
        wanted = select(PublicationRow).where(
            PublicationRow.case_id == self.case, PublicationRow.kind == kind
        )
        with self.town.runtime.query() as session:
            return (
                session.scalars(wanted.order_by(PublicationRow.id.desc())).first()
                or PublicationRow()
            )

    def answers_to_senders(self) -> list[str]:
        """What those who sent something read now, oldest first."""
        with self.town.runtime.query() as session:
            wanted = (
                select(SubmissionRow.state)
                .where(SubmissionRow.case_id == self.case)
                .order_by(SubmissionRow.id)
            )
            return list(session.scalars(wanted))

    def close(self, at: datetime | None = None) -> None:
        """Move time to the end of bidding."""
        self.town.now = at or self.data["bids_close_at"]
        tick(self.town.runtime)

    def score(self, *experts: str, **answers: Any) -> None:
        """Score sheets of these experts."""
        for login in experts:
            place = f"scores/{self.data['experts'].index(login)}"
            self.town.complete(login, self.case, "score", place=place, **answers)
