"""Copies of the database made while people work, and put back; what the operator is told."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from service.cli import main
from service.queries.operations.verify import differences
from service.settings import Settings
from service.store.cases.rows import CaseRow, JournalRow
from service.store.items.rows import ItemRow
from service.store.notices import NoticeRow
from tests.town import Town


def made(folder: Path) -> Town:
    return Town(
        Settings(data_dir=folder, demo=True, database_url=Settings(data_dir=folder).embedded_url())
    )


@pytest.fixture
def embedded(filled_file: Path, tmp_path: Path) -> Iterator[Town]:
    """A town on SQLite."""
    shutil.copytree(filled_file, tmp_path / "var")
    town = made(tmp_path / "var")
    yield town
    town.close()


class Operator:
    """Somebody at the command line."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch

    def __call__(self, town: Town, *arguments: object) -> tuple[int, str]:
        self.monkeypatch.setenv("JIEBANG_DATABASE_URL", town.settings.database_url)
        code = main([str(argument) for argument in arguments])
        said = self.capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def jiebang(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Operator:
    return Operator(capsys, monkeypatch)


def test_a_backup_made_while_people_work_is_one_moment(
    embedded: Town, tmp_path: Path, jiebang: Operator
) -> None:
    stop, started = threading.Event(), threading.Event()

    def work() -> None:
        while not stop.is_set():
            embedded.applied()
            started.set()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert started.wait(60)
        files = [tmp_path / f"{n}.sqlite" for n in range(4)]
        for file in files:
            assert jiebang(embedded, "backup", file)[0] == 0
    finally:
        stop.set()
        worker.join()
    for number, file in enumerate(files):
        other = made(tmp_path / f"other{number}")
        assert jiebang(other, "restore", file)[0] == 0
        code, said = jiebang(other, "verify")
        other.close()
        assert code == 0, said
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        file.name for file in files
    ]


def test_a_restored_town_goes_on_under_a_running_program(
    embedded: Town, tmp_path: Path, jiebang: Operator
) -> None:
    case = embedded.applied()
    jiebang(embedded, "backup", tmp_path / "copy")
    embedded.complete("cf.danwei", case, "unit_review")
    refused, said = jiebang(embedded, "restore", tmp_path / "copy")
    assert refused == 1
    assert "--force" in said
    assert embedded.open(case) == ["department_review"]
    assert jiebang(embedded, "restore", tmp_path / "copy", "--force")[0] == 0
    assert embedded.open(case) == ["unit_review"]
    embedded.complete("cf.danwei", case, "unit_review")
    assert list(differences(embedded.runtime)) == []
    with sqlite3.connect(embedded.settings.data_dir / "jiebang.sqlite") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    connection.close()


def test_a_backup_is_not_overwritten_by_accident(
    embedded: Town, tmp_path: Path, jiebang: Operator
) -> None:
    file = tmp_path / "copy"
    file.write_bytes(b"older")
    assert jiebang(embedded, "backup", file)[0] == 1
    assert file.read_bytes() == b"older"
    assert jiebang(embedded, "backup", file, "--force")[0] == 0


@pytest.mark.parametrize(
    "damage", ["missing", "text", "empty", "cut", "overwritten", "foreign", "newer"]
)
def test_a_copy_that_is_not_sound_is_refused_and_nothing_changes(
    embedded: Town, tmp_path: Path, jiebang: Operator, damage: str
) -> None:
    case, file = embedded.applied(), tmp_path / "copy"
    jiebang(embedded, "backup", file)
    _damage(file, damage)
    code, said = jiebang(embedded, "restore", file, "--force")
    assert code == 1
    assert str(file) in said
    assert embedded.open(case) == ["unit_review"]


def _damage(file: Path, damage: str) -> None:
    whole = file.read_bytes()
    match damage:
        case "missing":
            file.unlink()
        case "text":
            file.write_bytes(b"not a database at all " * 400)
        case "empty":
            file.write_bytes(b"")
        case "cut":
            file.write_bytes(whole[: len(whole) // 2])
        case "overwritten":
            file.write_bytes(whole[:8192] + b"\xff" * 65536 + whole[8192 + 65536 :])
        case "foreign" | "newer":
            change = (
                "DROP TABLE alembic_version"
                if damage == "foreign"
                else "UPDATE alembic_version SET version_num=9"
            )
            connection = sqlite3.connect(file)
            connection.execute(change)
            connection.commit()
            connection.close()


def test_of_postgresql_the_operator_is_told_what_to_use(
    tmp_path: Path,
    jiebang: Operator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIEBANG_DATABASE_URL", "postgresql://jiebang:secret@127.0.0.1/jiebang")
    for verb, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
        assert main([verb, str(tmp_path / "copy")]) == 1
        said = capsys.readouterr().err
        assert tool in said
        assert "secret" not in said


def test_verify_and_reproject_say_what_they_found(embedded: Town, jiebang: Operator) -> None:
    broken, other = embedded.applied("项目一"), embedded.applied("项目二")
    assert jiebang(embedded, "verify")[0] == 0
    with embedded.runtime.command_sessions() as session:
        session.get_one(CaseRow, broken).state = b"rubbish"
        session.execute(delete(NoticeRow).where(NoticeRow.case_id == other))
        session.execute(delete(ItemRow).where(ItemRow.case_id == other, ItemRow.state == "open"))
        session.commit()
    code, said = jiebang(embedded, "verify")
    assert code == 1
    assert [line.split("]")[0] for line in said.splitlines() if line.startswith("case")] == [
        f"case {broken}: [unreadable",
        f"case {other}: [item_missing",
    ]
    assert jiebang(embedded, "reproject", "--case", other)[0] == 0
    assert embedded.open(other) == ["unit_review"]
    code, said = jiebang(embedded, "reproject")
    assert code == 1
    assert f"case {broken}" in said
    with embedded.runtime.query() as session:
        assert session.scalar(select(func.count()).where(JournalRow.verb == "reproject")) == 1


def test_a_database_of_another_version_is_refused(tmp_path: Path, jiebang: Operator) -> None:
    town = made(tmp_path / "var")
    for verb in ("verify", "reproject"):
        code, said = jiebang(town, verb)
        assert code == 1
        assert "migrate" in said
    town.close()
