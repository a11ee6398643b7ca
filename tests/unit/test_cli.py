"""The operator's commands: what they print and how they end."""

from pathlib import Path

import pytest

from service.cli import main
from tests.town import ROOT


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every command works on a data directory of its own."""
    monkeypatch.setenv("JIEBANG_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("JIEBANG_DEMO", "0")


def test_what_ships_passes_the_check_without_any_database(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["check", str(ROOT / "bpmn/cf/cf_board.bpmn")]) == 0
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "var").exists()


def test_a_spoiled_diagram_gives_one_line_per_finding_and_ends_with_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    diagram = (ROOT / "bpmn/cf/cf_board.bpmn").read_text("utf-8").replace("市科技局", "市科学局")
    (tmp_path / "cf_board.bpmn").write_text(diagram, "utf-8")
    for beside in ("manifest.yaml", "document.txt"):
        (tmp_path / beside).write_bytes((ROOT / "bpmn/cf" / beside).read_bytes())
    assert main(["check", str(tmp_path / "cf_board.bpmn")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("cf_board.bpmn:") for line in lines)
    assert any("[unit-unknown]" in line for line in lines)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "nowhere.bpmn"],
        ["check", str(ROOT / "README.md")],
        ["load", "nowhere"],
        ["user", "passwd", "nobody"],
    ],
)
def test_a_refused_command_says_one_sentence_and_ends_with_one(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    main(["migrate"])
    capsys.readouterr()
    more = ["--password", "long-enough"] if arguments[0] == "user" else []
    assert main([*arguments, *more]) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert (
        len([line for line in said.splitlines() if "[info" not in line and "INFO" not in line]) == 1
    )


def test_an_unknown_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIEBANG_PROT", "8000")
    assert main(["migrate"]) == 1
    assert "JIEBANG_PROT" in capsys.readouterr().err


def test_a_database_that_is_not_migrated_is_not_served(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve"]) == 1
    assert "jiebang migrate" in capsys.readouterr().err


def test_an_account_is_added_listed_and_signed_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["load", str(ROOT / "bpmn/cf"), "--forms", str(ROOT / "forms")]) == 0
    assert (
        main(
            [
                "user",
                "add",
                "cf.new",
                "--jurisdiction",
                "cf",
                "--name",
                "新同志",
                "--unit",
                "science_bureau",
                "--password",
                "long-enough",
            ]
        )
        == 0
    )
    assert main(["user", "list"]) == 0
    assert "cf.new\t新同志\tcf\t市科技局\tstaff" in capsys.readouterr().out
    assert main(["token", "cf.new", "--password", "long-enough"]) == 0
    assert len(capsys.readouterr().out.strip().splitlines()[-1]) > 30


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_data_folder_that_cannot_be_made_is_named(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("JIEBANG_DATA_DIR", str(tmp_path / "file" / "var"))
    assert main([command]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"数据目录 {tmp_path}/file/var 无法写入")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["user"], ["check"], ["deploy", "a.bpmn"], ["dance"]])
def test_a_command_that_is_written_wrong_ends_with_two(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 2
    assert "Usage: jiebang" in capsys.readouterr().err


def test_help_needs_no_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("JIEBANG_PROT", "8000")
    assert main(["check", "--help"]) == 0
    assert "--jurisdiction" in capsys.readouterr().out
    assert not (tmp_path / "var").exists()
