"""Cases that the clock starts: each date that has come, whatever else is under way; which starts
wait for an occasion is told in ``test_cf_filing.py``.
"""

from datetime import date

from sqlalchemy import select

from service.clock import tick
from service.store.cases.rows import CaseRow
from tests.diagrams.draw import END, diagram, flows
from tests.diagrams.families import deploy, step
from tests.diagrams.pairs_elements import CYCLE
from tests.town import Town

QUARTERLY = diagram(
    "\n".join(
        (
            f'<startEvent id="due">{CYCLE}</startEvent>',
            step("work"),
            END,
            flows("due>work>end"),
        )
    ),
    process="quarterly",
)


def test_after_a_year_of_downtime_each_missed_start_without_occasion_begins_in_order(
    town: Town,
) -> None:
    deploy(town, quarterly=QUARTERLY)
    town.at(date(2027, 4, 1))
    for _ in range(5):
        tick(town.runtime)
    with town.runtime.query() as session:
        wanted = select(CaseRow.title).where(CaseRow.process == "quarterly").order_by(CaseRow.id)
        titles = list(session.scalars(wanted))
    assert titles == sorted(titles)
    assert len(titles) == 4
