"""The menu of the pages: one entry each, for those it is for. A page with a menu entry adds its
line here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from service.domain.people.actor import Actor
from service.http.session import runtime
from service.queries.people.accounts import has_accounts
from service.queries.registry import has_registry
from service.queries.supervision.campaigns import campaigns


@dataclass(frozen=True)
class Entry:
    """One entry: where it leads, what it says, the section it marks, who sees it."""

    endpoint: str
    label: str
    section: str
    shown: Callable[[Actor], bool] = lambda actor: True


def sees_registry(actor: Actor) -> bool:
    """Whether the jurisdiction has a demand registry that this person may look at."""
    with runtime().query() as session:
        return has_registry(session, runtime(), actor)


def looks_after_accounts(actor: Actor) -> bool:
    """Whether this person has accounts to look after."""
    with runtime().query() as session:
        return has_accounts(session, actor)


def has_campaigns(actor: Actor) -> bool:
    """Whether this person's unit leads a campaign, or they supervise one."""
    with runtime().query() as session:
        return bool(campaigns(session, actor))


MENU = (
    Entry("web.inbox", "待办", "inbox"),
    Entry("web.cases", "案件", "cases"),
    Entry("web.start", "发起", "start"),
    Entry("web.demands", "项目库", "demands", sees_registry),
    Entry("web.accounts", "账号", "accounts", looks_after_accounts),
    Entry("web.campaigns", "报送", "campaigns", has_campaigns),
    Entry("web.supervision", "督查", "supervision", lambda actor: actor.sees_all),
    Entry("web.coverage", "依据", "coverage"),
    Entry("web.calendar", "日历", "calendar", lambda actor: "admin" in actor.roles),
    Entry("web.clock", "运行", "clock", lambda actor: bool(actor.roles & {"owner", "admin"})),
    Entry("web.processes", "流程", "processes", lambda actor: "owner" in actor.roles),
)


def menu(actor: Actor) -> list[Entry]:
    """The entries this person sees."""
    return [entry for entry in MENU if entry.shown(actor)]
