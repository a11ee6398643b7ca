"""The process is killed (SIGKILL) before every single statement of a command: never anything half
done.
"""

import os
import signal
from typing import Any

from sqlalchemy import event, func, select

from service.app import create_runtime
from service.commands.items.verbs import CompleteItem
from service.store.cases.rows import JournalRow, OutboxRow, SubscriptionRow
from service.store.items.rows import AnswerRow, ItemRow
from service.unit_of_work import Command
from tests.samples import ANSWERS
from tests.town import Town

MOST = 80


def killed_before(town: Town, statement: int, command: Command[Any]) -> bool:
    """Perform in a child process that kills itself before its n-th statement; False when it got to
    the end.
    """
    child = os.fork()
    if child == 0:
        _perform_and_die(town, statement, command)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _perform_and_die(town: Town, statement: int, command: Command[Any]) -> None:
    runtime = create_runtime(town.settings, clock=lambda: town.now)
    left = [statement]

    @event.listens_for(runtime.engine, "before_cursor_execute")
    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(runtime.engine, "commit", count)  # one more point: just before the commit
    try:
        runtime.perform(command)
    finally:
        os._exit(0)


def facts(town: Town) -> dict[str, Any]:
    """Everything a completion could leave half done."""
    with town.runtime.query() as session:
        return {
            "answers": session.scalar(select(func.count()).select_from(AnswerRow)),
            "journal": session.scalar(select(func.count()).select_from(JournalRow)),
            "messages": session.scalar(select(func.count()).select_from(OutboxRow)),
            "waits": sorted(session.scalars(select(SubscriptionRow.name))),
            "open": sorted(
                f"{case} {element}"
                for case, element in session.execute(
                    select(ItemRow.case_id, ItemRow.element).where(ItemRow.state == "open")
                )
            ),
        }


def test_killed_anywhere_while_completing_leaves_the_item_as_it_was(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review")
    command = CompleteItem(
        actor=town.actor("cf.danwei"), item_id=item.id, answers=ANSWERS["unit_review"]
    )
    before = facts(town)
    for statement in range(1, MOST):
        if not killed_before(town, statement, command):
            break
        assert facts(town) == before, f"half done after a kill before statement {statement}"
    else:
        raise AssertionError("the command never came to its end")
    assert statement > 5
    assert town.open(case) == ["department_review"]


def test_killed_anywhere_while_deciding_never_loses_or_doubles_the_decision(town: Town) -> None:
    """Two transactions: the decision with its number, then its delivery; the clock finishes what a
    kill left.
    """
    for statement in (3, 8, 15, 22, 30, 40, 50, 60):
        case = town.reviewed(f"项目{statement}")
        around = town.round()
        item = town.item(around, "decide")
        command = CompleteItem(
            actor=town.actor("cf.lxh"), item_id=item.id, answers=ANSWERS["decide"]
        )
        killed_before(town, statement, command)
        if town.open(around):
            town.complete("cf.lxh", around, "decide")
        town.forward(days=1)
        assert town.open(case) == ["tracking"]
        assert town.row(around).status == "finished"
    with town.runtime.query() as session:
        delivered = session.scalar(
            select(func.count()).select_from(OutboxRow).where(OutboxRow.delivered_at.is_not(None))
        )
    assert delivered == 8
    assert town.row(case).number == "赤科榜备〔2026〕008号"
