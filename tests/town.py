"""A town to test in: the people of both jurisdictions, a clock that tests move, verbs with
defaults.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.app import create_app, create_runtime
from service.clock import tick
from service.commands.cases.starting import SendMessage, StartCase
from service.commands.items.remarks import AttachFile, CommentItem
from service.commands.items.sending_back import SendBackItem, WithdrawItem
from service.commands.items.verbs import (
    ClaimItem,
    CompleteItem,
    ContributeItem,
    DraftItem,
    ReleaseItem,
)
from service.commands.processes.loading import Folder, load
from service.domain.people.actor import Actor
from service.domain.terms.deadlines import SHANGHAI, Calendar
from service.queries.cases.pages import CasePage, case_page
from service.queries.items.inbox import BoxAsked, inbox
from service.queries.items.lines import ItemLine
from service.queries.items.page import ItemPage, item_page
from service.queries.operations.due import what_is_due
from service.queries.people.actors import people
from service.queries.processes.lines import StartPage
from service.queries.processes.starting import start_page
from service.settings import Settings
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.operations.migrate import migrate
from service.store.operations.rows import FailureRow
from service.store.people.rows import PersonRow
from service.store.processes.rows import DefinitionRow
from service.unit_of_work import Command, Deployed, Runtime
from service.unit_of_work.catalogue import Catalogue
from tests.samples import ANSWERS

ROOT = Path(__file__).parent.parent
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)


def fill(settings: Settings) -> None:
    """Fill a database with both jurisdictions, their demonstration people and diagrams."""
    runtime = create_runtime(settings, clock=lambda: MONDAY)
    migrate(runtime.engine)
    for code in ("cf", "zy"):
        load(runtime, Folder(path=ROOT / "bpmn" / code, forms=ROOT / "forms"), people=True)
    runtime.engine.dispose()


class Ready(Catalogue):
    """A catalogue that has already been built, as far as every town has the same processes."""

    def __init__(self, built: dict[int, Deployed]) -> None:
        super().__init__()
        self.built = built

    def deployed(self, session: Session, definition_id: int) -> Deployed:
        """A definition: of those that every town has the one that was built first."""
        if definition_id in self.built:
            return self.built[definition_id]
        return super().deployed(session, definition_id)


def build_all(settings: Settings) -> dict[int, Deployed]:
    """Everything that is deployed in a filled database, built once."""
    runtime = create_runtime(settings, clock=lambda: MONDAY)
    with runtime.query() as session:
        ids = session.scalars(select(DefinitionRow.id)).all()
        built = {one: runtime.catalogue.deployed(session, one) for one in ids}
    runtime.engine.dispose()
    return built


SERVED: dict[str, Any] = {}
"""The web program that the towns of this test process share, and the town that it serves."""


class Town:
    """Units, people and verbs. Time stands still until a test moves it."""

    def __init__(self, settings: Settings, built: dict[int, Deployed] | None = None) -> None:
        """:param built: what has been built of the processes that every copy of a filled database
        holds, for all towns made from such copies.
        """
        self.settings, self.now = settings, MONDAY
        self.runtime: Runtime = create_runtime(settings, clock=lambda: self.now)
        if built is not None:
            self.runtime.catalogue = Ready(built)

    @cached_property
    def app(self) -> Flask:
        """The web program of this town. One program serves all towns of a test process, one after
        the other: to make it takes longer than most tests.
        """
        if SERVED.get("town") not in (None, self):
            return create_app(self.settings, self.runtime)
        if "app" not in SERVED:
            SERVED["app"] = create_app(self.settings, self.runtime)
        SERVED["town"], app = self, SERVED["app"]
        app.config.update(SECRET_KEY=self.settings.secret(), JIEBANG_DEMO=self.settings.demo)
        app.extensions["jiebang"] = self.runtime
        return app

    def close(self) -> None:
        if SERVED.get("town") is self:
            SERVED["town"] = None
        self.runtime.engine.dispose()

    # -- time

    def forward(self, *, days: int = 0, workdays: int = 0, each: bool = False) -> None:
        """Move time, day by day, and tick on the mornings on which anything is due, and on the
        last.

        :param each: tick every morning, as the figures of each day need it.
        """
        calendar, left = Calendar(), workdays
        while days > 0 or left > 0:
            self.now += timedelta(days=1)
            days -= 1
            left -= calendar.is_workday(self.now.astimezone(SHANGHAI).date())
            if each or (days <= 0 and left <= 0) or what_is_due(self.runtime):
                tick(self.runtime)

    def at(self, day: date) -> None:
        """Move time to nine in the morning of a day, then tick."""
        self.now = datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)
        tick(self.runtime)

    # -- people

    def actor(self, login: str) -> Actor:
        with self.runtime.query() as session:
            return next(actor for actor, _ in people(session) if actor.login == login)

    # -- verbs

    def start(
        self,
        process: str,
        login: str,
        title: str = "苜蓿草高值化加工技术",
        answers: Mapping[str, Any] | None = None,
    ) -> int:
        return self.runtime.perform(
            StartCase(actor=self.actor(login), process=process, title=title, answers=answers)
        )

    def complete(
        self, login: str, case: int, element: str, reason: str = "", place: str = "", **answers: Any
    ) -> None:
        """Finish the open lead item of a step (of joint leads one's own), with sample answers
        unless said otherwise.
        """
        actor, first = self.actor(login), self.item(case, element, place=place)
        mine = (
            item for item in self.items(case, element, place=place) if item.holder in actor.holders
        )
        self.runtime.perform(
            CompleteItem(
                actor=actor,
                item_id=next(mine, first).id,
                reason=reason,
                answers={**ANSWERS.get(element, {}), **answers},
            )
        )

    def contribute(self, login: str, case: int, element: str, **answers: Any) -> None:
        actor = self.actor(login)
        item = next(
            i for i in self.items(case, element, part="cooperate") if i.holder in actor.holders
        )
        self.runtime.perform(
            ContributeItem(
                actor=actor, item_id=item.id, answers={**ANSWERS["contribution"], **answers}
            )
        )

    def send_back(
        self, login: str, case: int, element: str, to: str, reason: str = "请补充材料", **more: Any
    ) -> None:
        self.runtime.perform(
            SendBackItem(
                actor=self.actor(login),
                item_id=self.item(case, element).id,
                to_element=to,
                reason=reason,
                **more,
            )
        )

    def withdraw(self, login: str, item: int, reason: str = "填写有误") -> None:
        self.runtime.perform(WithdrawItem(actor=self.actor(login), item_id=item, reason=reason))

    def steer(
        self, command: Callable[..., Command[int]], login: str, case: int, reason: str = "上级要求"
    ) -> None:
        self.runtime.perform(command(actor=self.actor(login), case_id=case, reason=reason))

    def tell(self, login: str, case: int, name: str, **payload: Any) -> None:
        self.runtime.perform(
            SendMessage(actor=self.actor(login), case_id=case, name=name, payload=payload)
        )

    def claim(self, login: str, item: int) -> None:
        self.runtime.perform(ClaimItem(actor=self.actor(login), item_id=item))

    def release(self, login: str, item: int) -> None:
        self.runtime.perform(ReleaseItem(actor=self.actor(login), item_id=item))

    def draft(self, login: str, item: int, **answers: Any) -> None:
        self.runtime.perform(DraftItem(actor=self.actor(login), item_id=item, answers=answers))

    def comment(self, login: str, item: int, text: str) -> None:
        self.runtime.perform(CommentItem(actor=self.actor(login), item_id=item, text=text))

    def attach(self, login: str, item: int, filename: str, content: bytes) -> int:
        return self.runtime.perform(
            AttachFile(
                actor=self.actor(login),
                item_id=item,
                filename=filename,
                content_type="application/pdf",
                content=content,
            )
        )

    # -- looking

    def items(
        self,
        case: int,
        element: str | None = None,
        *,
        state: str = "open",
        part: str = "lead",
        place: str = "",
    ) -> list[ItemRow]:
        wanted = select(ItemRow).where(
            ItemRow.case_id == case, ItemRow.state == state, ItemRow.part == part
        )
        with self.runtime.query() as session:
            rows = list(session.scalars(wanted.order_by(ItemRow.id)))
        return [
            row
            for row in rows
            if element in (None, row.element) and (not place or row.place == place)
        ]

    def item(self, case: int, element: str, **more: Any) -> ItemRow:
        found = self.items(case, element, **more)
        assert found, f"{element} is not open; open: {[item.element for item in self.items(case)]}"
        return found[0]

    def open(self, case: int) -> list[str]:
        """Elements of the open lead items."""
        return [item.element for item in self.items(case)]

    def row(self, case: int) -> CaseRow:
        with self.runtime.query() as session:
            return session.get_one(CaseRow, case)

    def failure(self, kind: str, of: object) -> FailureRow | None:
        """What the ledger of failures has of this."""
        with self.runtime.query() as session:
            return session.get(FailureRow, (kind, str(of)))

    def row_of_item(self, item: int) -> ItemRow:
        with self.runtime.query() as session:
            return session.get_one(ItemRow, item)

    @staticmethod
    def person(session: Session, login: str) -> PersonRow:
        return session.scalars(select(PersonRow).where(PersonRow.login == login)).one()

    def page(self, login: str, item: int) -> ItemPage:
        with self.runtime.query() as session:
            return item_page(session, self.runtime, self.actor(login), item)

    def case(self, login: str, case: int) -> CasePage:
        with self.runtime.query() as session:
            return case_page(session, self.runtime, self.actor(login), case)

    def starting(self, login: str, process: str) -> StartPage:
        with self.runtime.query() as session:
            return start_page(session, self.runtime, self.actor(login), process)

    def box(self, login: str, box: str = "todo", **more: Any) -> tuple[ItemLine, ...]:
        with self.runtime.query() as session:
            actor = self.actor(login)
            asked = BoxAsked(box=box, limit=100, **more)
            return inbox(session, self.runtime, actor, asked).items

    # -- whole stretches of a process

    def applied(self, title: str = "苜蓿草高值化加工技术") -> int:
        """An application that waits for its unit."""
        answers = {**ANSWERS["apply"], "project_title": title}
        case = self.start("cf_project", "cf.gangbu", title, answers)
        self.complete("cf.gangbu", case, "plan")
        return case

    def reviewed(self, title: str = "苜蓿草高值化加工技术") -> int:
        """An application that waits for a filing round."""
        case = self.applied(title)
        self.complete("cf.danwei", case, "unit_review")
        self.complete("cf.hongshan", case, "department_review")
        self.complete("cf.kjj", case, "initial_review")
        return case

    def round(self) -> int:
        """A filing round with its applications collected."""
        return self.start("cf_filing", "cf.kjj", "2026年第一批备案", ANSWERS["open_round"])

    def filed(self, title: str = "苜蓿草高值化加工技术") -> int:
        """An application in tracking (跟榜)."""
        case = self.reviewed(title)
        self.complete("cf.lxh", self.round(), "decide")
        return case
