"""A diagram changes while cases run: they keep their version, and what is due meanwhile happens
once.
"""

from datetime import date

from sqlalchemy import select

from service.clock import tick
from service.commands.processes.deployments import Deploy
from service.store.processes.lookups import latest_definition, newest_contents
from service.store.processes.rows import FileRow, StartTimerRow
from tests.town import ROOT, Town


def deploy_renamed(town: Town, file: str, old: str, new: str) -> None:
    """Put a diagram in force that differs in one name."""
    diagram = (ROOT / "bpmn/cf" / file).read_text("utf-8")
    assert old in diagram
    town.runtime.perform(
        Deploy(
            actor=town.actor("cf.owner"),
            jurisdiction="cf",
            files={file: diagram.replace(old, new).encode()},
        )
    )


def test_a_running_case_keeps_its_version_and_a_new_one_takes_the_new(town: Town) -> None:
    old = town.applied()
    deploy_renamed(town, "cf_project.bpmn", 'name="市科技局初审"', 'name="市科技局形式审查"')
    new = town.applied()
    for case in (old, new):
        town.complete("cf.danwei", case, "unit_review")
        town.complete("cf.hongshan", case, "department_review")
    assert [town.item(case, "initial_review").name for case in (old, new)] == [
        "市科技局初审",
        "市科技局形式审查",
    ]
    assert [town.case("cf.kjj", case).version for case in (old, new)] == [1, 2]
    town.complete("cf.kjj", old, "initial_review")
    town.complete("cf.lxh", town.round(), "decide")
    assert "tracking" in town.open(old)


def test_of_a_form_deployed_several_times_the_newest_version_goes_with_a_diagram(
    town: Town,
) -> None:
    form = (ROOT / "forms/cf_annex1.form").read_text("utf-8")
    for ending in (" ", "  "):
        files = {"cf_annex1.form": (form + ending).encode()}
        town.runtime.perform(Deploy(actor=town.actor("cf.owner"), jurisdiction="cf", files=files))
    deploy_renamed(town, "cf_project.bpmn", 'name="市科技局初审"', 'name="市科技局形式审查"')
    with town.runtime.query() as session:
        versions = session.scalars(
            select(FileRow.content).where(FileRow.name == "cf_annex1.form").order_by(FileRow.id)
        ).all()
        newest = newest_contents(session, "cf", FileRow.name == "cf_annex1.form")
    assert versions[-2:] == [(form + "  ").encode()] * 2
    assert newest == {"cf_annex1.form": versions[-1]}


def test_a_timer_that_falls_due_during_a_deployment_fires_once_on_the_old_version(
    town: Town,
) -> None:
    case = town.filed()
    town.now = town.now.replace(year=2026, month=6, day=3)
    deploy_renamed(town, "cf_project.bpmn", 'name="季度更新跟榜台账"', 'name="每季度更新台账"')
    for _ in range(3):
        tick(town.runtime)
    assert [item.name for item in town.items(case, "ledger")] == ["季度更新跟榜台账"]


def test_an_unchanged_start_timer_keeps_its_date_over_a_deployment(town: Town) -> None:
    def dates() -> list[object]:
        with town.runtime.query() as session:
            return list(
                session.scalars(
                    select(StartTimerRow.due_at).where(StartTimerRow.process == "cf_filing")
                )
            )

    before = dates()
    town.at(date(2026, 4, 1))
    deploy_renamed(town, "cf_filing.bpmn", 'name="联席会议审核"', 'name="联席会议审定"')
    assert dates() == before
    assert len(before) == 1
    with town.runtime.query() as session:
        row = latest_definition(session, "cf", "cf_filing")
    assert row is not None
    assert row.version == 2
