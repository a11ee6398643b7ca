"""补录: a workbook of running projects is reported on row by row, then taken over whole or not at
all.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from service.commands.people.signing_in import AddPerson
from service.commands.takeover.backfill import Backfill, CheckedBackfill, check_backfill
from service.domain.takeover import Sheet, SheetEntry
from service.domain.vocabulary import BACKFILL
from service.errors import BadSheet, Changed, NotAllowed, NotFound
from service.papers.takeover import ledger
from service.store.cases.rows import CaseRow, JournalRow, SubscriptionRow, TimerRow
from service.store.items.rows import AnswerRow, ItemRow
from tests.samples import LEDGER
from tests.town import Town

ROW: dict[str, Any] = {
    "login": "cf.gangbu",
    "filing_number": "赤科榜备〔2025〕001号",
    "project_category": "农社领域",
    "project_title": "沙打旺良种繁育",
    "applicant_name": "高志远团队",
    "phone": "13800138000",
    "project_start": date(2025, 6, 1),
    "project_end": date(2027, 5, 31),
    "brief": "选育良种",
    "progress": "完成初选",
}


def sheet(*rows: dict[str, Any]) -> Sheet:
    """Rows from the fourth on, numbered like the sample unless they say otherwise."""
    entries = [
        SheetEntry(row=at, values={**ROW, "filing_number": f"赤科榜备〔2025〕{at:03d}号", **row})
        for at, row in enumerate(rows, start=4)
    ]
    return Sheet(rows=entries, remarks=[])


def checked(town: Town, *rows: dict[str, Any], login: str = "cf.kjj") -> CheckedBackfill:
    return check_backfill(town.runtime, town.actor(login), "cf_project", sheet(*rows))


def take_over(town: Town, *rows: dict[str, Any], login: str = "cf.kjj") -> int:
    return town.runtime.perform(
        Backfill(actor=town.actor(login), checked=checked(town, *rows, login=login))
    )


def remarks(
    town: Town, *rows: dict[str, Any], severity: str = "error"
) -> list[tuple[int | None, str]]:
    return [
        (r.row, r.column) for r in checked(town, *rows).report.remarks if r.severity == severity
    ]


def count(town: Town, row: type) -> int:
    with town.runtime.query() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_a_report_stores_nothing(town: Town) -> None:
    assert checked(town, {}, {}).report.acceptable
    assert [count(town, row) for row in (CaseRow, ItemRow, AnswerRow)] == [0, 0, 0]


def test_each_row_becomes_a_case_in_tracking(town: Town) -> None:
    assert (
        take_over(town, {}, {"login": "cf.caoye.gangbu", "project_category": "生物育种技术项目"})
        == 2
    )
    assert [town.open(case) for case in (1, 2)] == [["tracking"], ["tracking"]]
    assert [town.row(case).number for case in (1, 2)] == [
        "赤科榜备〔2025〕004号",
        "赤科榜备〔2025〕005号",
    ]
    first, second = town.row(1).data, town.row(2).data
    assert (first["managing_department"], second["managing_department"]) == (
        "红山区科技局",
        "市农牧局",
    )
    assert (first["starter_unit"], second["starter"]) == (
        "hongshan_farming_station",
        "cf.caoye.gangbu",
    )
    assert second["project_category"] == "agriculture"


def test_what_is_written_for_many_is_what_is_written_for_one(town: Town) -> None:
    """A case taken over with others waits for exactly what its own engine says it waits for."""
    take_over(town, {}, {"project_end": date(2028, 1, 1)}, {"project_end": date(2029, 1, 1)})
    with town.runtime.query() as session:
        ends = [
            t.due_at.date()
            for t in session.scalars(select(TimerRow).where(TimerRow.element == "term_over"))
        ]
        rows = (
            session.execute(select(TimerRow.case_id, TimerRow.element)).all(),
            session.execute(select(SubscriptionRow.case_id, SubscriptionRow.element)).all(),
        )
    assert ends == [date(2027, 5, 31), date(2028, 1, 1), date(2029, 1, 1)]
    assert {case: {e for c, e in rows[0] if c == case} for case in (1, 2, 3)} == dict.fromkeys(
        (1, 2, 3), {e for c, e in rows[0] if c == 1}
    )
    town.tell("cf.gangbu", 2, "feedback", **{**LEDGER, "coordination_matters": "用地"})
    assert "coordinate" in town.open(2)
    town.complete("cf.gangbu", 3, "tracking")
    assert "final_report" in town.open(3)
    assert town.open(1) == ["tracking"]


def test_the_journal_says_who_took_it_over_and_under_which_number(town: Town) -> None:
    take_over(town, {})
    with town.runtime.query() as session:
        lines = session.scalars(
            select(JournalRow).where(JournalRow.verb == "backfill").order_by(JournalRow.id)
        ).all()
    assert {line.case_id for line in lines} == {1, None}
    mine = next(line for line in lines if line.case_id == 1)
    assert mine.facts["number"] == "赤科榜备〔2025〕004号"
    assert mine.person_id == town.actor("cf.kjj").person_id


def test_the_units_concerned_see_it_and_others_do_not(town: Town) -> None:
    take_over(town, {})
    for login in ("cf.kjj", "cf.hongshan", "cf.danwei", "cf.gangbu", "cf.ducha"):
        assert town.case(login, 1).case.number == "赤科榜备〔2025〕004号"
    with pytest.raises(NotFound):
        town.case("cf.songshan", 1)
    assert town.box("cf.hongshan") == ()


def test_later_filings_never_give_an_imported_number_again(town: Town) -> None:
    take_over(
        town, {"filing_number": "赤科榜备〔2026〕041号"}, {"filing_number": "赤科榜备［2026］ 7号"}
    )
    assert town.row(town.filed()).number == "赤科榜备〔2026〕042号"


def test_a_lower_number_imported_later_does_not_lower_the_counter(town: Town) -> None:
    take_over(town, {"filing_number": "赤科榜备〔2026〕041号"})
    take_over(town, {"filing_number": "赤科榜备〔2026〕007号"})
    assert town.row(town.filed()).number == "赤科榜备〔2026〕042号"


def test_a_number_can_be_taken_over_once_only(town: Town) -> None:
    number = {"filing_number": "赤科榜备〔2025〕004号"}
    assert remarks(town, number, {"filing_number": "赤科榜备[2025]4号"}) == [(5, "备案编号")]
    take_over(town, number)
    assert remarks(town, number) == [(4, "备案编号")]
    with pytest.raises(BadSheet):
        take_over(town, number)
    assert count(town, CaseRow) == 1


def test_a_number_given_out_between_report_and_acceptance_is_not_given_twice(town: Town) -> None:
    number = {"filing_number": "赤科榜备〔2026〕001号"}
    report = checked(town, {}, number)
    case = town.filed()
    assert town.row(case).number == number["filing_number"]
    before = count(town, CaseRow)
    with pytest.raises(Changed):
        town.runtime.perform(Backfill(actor=town.actor("cf.kjj"), checked=report))
    assert count(town, CaseRow) == before


def test_one_bad_row_and_nothing_is_taken_over(town: Town) -> None:
    with pytest.raises(BadSheet) as refused:
        take_over(town, {}, {"phone": "12"}, {})
    assert [(f["row"], f["column"]) for f in refused.value.facts["findings"]] == [(5, "联系电话")]
    assert [count(town, row) for row in (CaseRow, ItemRow, AnswerRow)] == [0, 0, 0]
    assert town.row(town.filed()).number == "赤科榜备〔2026〕001号"


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"login": None}, "揭榜人账号"),
        ({"login": "nobody"}, "揭榜人账号"),
        ({"login": "cf.kjj"}, "揭榜人账号"),
        ({"login": "zy.qiye"}, "揭榜人账号"),
        ({"filing_number": None}, "备案编号"),
        ({"filing_number": "赤科榜备〔2025〕0号"}, "备案编号"),
        ({"filing_number": "赤科榜备〔2025〕9999999号"}, "备案编号"),
        ({"project_title": None}, "项目名称"),
        ({"project_title": "长" * 101}, "项目名称"),
        ({"project_category": "其他领域"}, "项目类别"),
        ({"phone": "电话"}, "联系电话"),
        ({"brief": ""}, "项目简要内容"),
        ({"project_start": None}, "执行期起"),
        ({"project_end": date(2025, 5, 31)}, "执行期止"),
        ({"applicant_name": None}, "揭榜人（团队）名称"),
        ({"progress": "长" * 4001}, "项目进展"),
    ],
)
def test_what_is_wrong_is_said_with_row_and_column(
    town: Town, values: dict[str, Any], column: str
) -> None:
    assert remarks(town, {}, values) == [(5, column)]


def test_a_cell_that_could_not_be_read_is_not_said_to_be_missing_too(town: Town) -> None:
    content = ledger.write_ledger(
        BACKFILL, [{**ROW, "project_start": "3/1/2025", "login": "nobody"}], department=""
    )
    report = check_backfill(
        town.runtime, town.actor("cf.kjj"), "cf_project", ledger.read_ledger(content)
    ).report
    assert [(r.row, r.column) for r in report.remarks] == [(4, "执行期起"), (4, "揭榜人账号")]


def test_warnings_do_not_stop_the_import(town: Town) -> None:
    rows = ({"filing_number": "旧字第3号"}, {"project_end": date(2026, 1, 31)})
    assert remarks(town, *rows, severity="warning") == [(4, "备案编号"), (5, "执行期止")]
    assert take_over(town, *rows) == 2
    assert town.row(1).number == "旧字第3号"


def test_an_account_whose_unit_nobody_manages_is_refused(town: Town) -> None:
    town.runtime.perform(
        AddPerson(
            jurisdiction="cf",
            login="cf.lost",
            name="无归口",
            unit="science_bureau",
            roles=("applicant",),
            password="a-long-password",
        )
    )
    assert remarks(town, {"login": "cf.lost"}) == [(4, "揭榜人账号")]


@pytest.mark.parametrize("login", ["cf.kjj", "cf.kjj.head", "cf.owner"])
def test_the_science_bureau_and_process_owners_may_import(town: Town, login: str) -> None:
    assert take_over(town, {}, login=login) == 1


@pytest.mark.parametrize("login", ["cf.hongshan", "cf.gangbu", "cf.lxh", "cf.ducha", "cf.admin"])
def test_others_may_not(town: Town, login: str) -> None:
    with pytest.raises(NotAllowed):
        checked(town, {}, login=login)
    with pytest.raises(NotAllowed):
        town.runtime.perform(Backfill(actor=town.actor(login), checked=checked(town, {})))


def test_another_jurisdiction_has_no_such_import(town: Town) -> None:
    with pytest.raises(NotFound):
        checked(town, {}, login="zy.owner")


def test_chunks_of_many_rows_are_one_transaction(town: Town) -> None:
    rows: Sequence[dict[str, Any]] = [
        {"filing_number": f"赤科榜备〔2025〕{n}号"} for n in range(1, 1202)
    ]
    assert take_over(town, *rows) == 1201
    assert (count(town, CaseRow), count(town, AnswerRow)) == (1201, 1201)
    assert town.row(1201).number == "赤科榜备〔2025〕1201号"
    assert town.open(1201) == ["tracking"]
