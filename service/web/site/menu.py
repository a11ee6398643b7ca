"""The menu of the pages. Each entry says who sees it; a page with an entry has its line here."""

from collections.abc import Callable
from dataclasses import dataclass

from service.access.people import has_accounts
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.http.session import runtime
from service.queries.registry import has_registry
from service.queries.supervision.campaigns import campaigns


@dataclass(frozen=True)
class Entry:
    """One entry: the view that it opens, its label, the section that it marks, and who sees it."""

    endpoint: str
    label: str
    section: str
    shown: Callable[[Actor], bool] = lambda actor: True


def having(right: Right) -> Callable[[Actor], bool]:
    """A test whether a person has the right."""
    return lambda actor: actor.may(right)


def sees_registry(actor: Actor) -> bool:
    """Whether the jurisdiction has a demand registry that this person may see."""
    with runtime().query() as session:
        return has_registry(session, runtime(), actor)


def looks_after_accounts(actor: Actor) -> bool:
    """Whether this person looks after accounts."""
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
    Entry("web.supervision", "督查", "supervision", having(Right.SEE_BOARD)),
    Entry("web.coverage", "依据", "coverage"),
    Entry("web.calendar", "日历", "calendar", having(Right.LOAD_CALENDARS)),
    Entry("web.clock", "运行", "clock", having(Right.SEE_OPERATIONS)),
    Entry("web.processes", "流程", "processes", having(Right.READ_PROCESSES)),
)


def menu(actor: Actor) -> list[Entry]:
    """The entries that this person sees."""
    return [entry for entry in MENU if entry.shown(actor)]
