"""What a machine must have: what is missing is said in one sentence, with what to type."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CI = Path(__file__).resolve().parents[2] / ".ci"
OLD_PYTHON = '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.10.12 && exit 0\nexit 1\n'
NEW_PYTHON = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n'
NOBODY = "#!/bin/sh\necho 1000\n"
TOOLS = (
    "basename",
    "bash", "sh", "cat", "chmod", "cmp", "cp", "dirname", "env", "id", "ls", "mkdir", "mktemp",
    "mv", "rm", "tail", "touch",
)  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but its scripts, and a folder of programs beside it."""
    shutil.copytree(CI, tmp_path / "checkout" / ".ci")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found, name
        (programs / name).symlink_to(found)
    return tmp_path / "checkout"


def program(checkout: Path, name: str, script: str, folder: str = "../programs") -> None:
    file = checkout / folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(script)
    file.chmod(0o755)


def run(checkout: Path, *command: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [str(checkout / ".ci" / command[0]), *command[1:]],
        cwd=checkout,
        env={"PATH": str(checkout.parent / "programs"), "HOME": str(checkout)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_an_old_python_is_named_with_what_to_install(checkout: Path) -> None:
    program(checkout, "python3", OLD_PYTHON)
    code, _, said = run(checkout, "environment", ".venv")
    assert code == 1
    assert "Python 3.11 or newer" in said
    assert "Python 3.10.12 was found" in said
    assert "apt install" in said
    assert not (checkout / ".venv").exists()


def test_a_newer_python_beside_an_old_one_is_taken(checkout: Path) -> None:
    program(checkout, "python3", OLD_PYTHON)
    program(checkout, "python3.12", '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.12\nexit 0\n')
    code, said, _ = run(checkout, "environment", ".venv")
    assert (code, said) == (0, "making .venv with Python 3.12")


def test_a_python_without_venv_says_what_to_install_where_nobody_may(checkout: Path) -> None:
    program(checkout, "python3", NEW_PYTHON)
    program(checkout, "id", NOBODY)
    program(checkout, "apt-get", "#!/bin/sh\necho must not be called >&2\nexit 9\n")
    code, _, said = run(checkout, "environment", ".venv")
    assert code == 1
    assert "apt install python3-venv" in said
    assert "must not" not in said


def test_a_complete_python_is_taken_before_one_without_venv(checkout: Path) -> None:
    program(checkout, "python3", NEW_PYTHON)
    program(checkout, "python3.12", '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.12\nexit 0\n')
    code, said, _ = run(checkout, "environment", ".venv")
    assert (code, said) == (0, "making .venv with Python 3.12")


def test_the_package_named_is_the_one_of_the_python_that_was_found(checkout: Path) -> None:
    program(checkout, "python3", OLD_PYTHON)
    program(checkout, "python3.12", NEW_PYTHON)
    program(checkout, "id", NOBODY)
    code, _, said = run(checkout, "environment", ".venv")
    assert code == 1
    assert said.endswith("apt install python3.12-venv")


def test_a_folder_that_cannot_be_written_is_named(checkout: Path) -> None:
    program(checkout, "python3", NEW_PYTHON)
    code, _, said = run(checkout, "environment", "/proc/checkout/.venv")
    assert code == 1
    assert said.startswith("/proc/checkout cannot be written to")


def test_a_good_node_on_the_path_is_used_as_it_is(checkout: Path) -> None:
    for name in ("node", "npm"):
        program(checkout, name, "#!/bin/sh\nexit 0\n")
    assert run(checkout, "node", "ls", "-A") == (0, ".ci", "")


def test_an_old_node_in_front_gives_way_to_one_that_is_brought(checkout: Path) -> None:
    for name in ("node", "npm"):
        program(checkout, name, "#!/bin/sh\nexit 1\n")
        program(checkout, name, f"#!/bin/sh\necho brought {name}\n", ".venv-node/bin")
    shutil.copy(checkout / ".ci/node.lock", checkout / ".venv-node/.ready")
    assert run(checkout, "node", "npm") == (0, "brought npm", "")


def test_a_node_that_was_brought_is_brought_anew_when_its_lock_has_changed(
    checkout: Path,
) -> None:
    for name in ("python", "node", "npm"):
        program(checkout, name, "#!/bin/sh\nexit 0\n", ".venv-node/bin")
    ready = checkout / ".venv-node" / ".ready"
    ready.write_text("an older lock")
    code, said, _ = run(checkout, "node", "ls")
    assert code == 0
    assert said.startswith("bringing Node.js")
    assert ready.read_text() == (checkout / ".ci/node.lock").read_text()
    assert "bringing" not in run(checkout, "node", "ls")[1]


def test_a_broken_download_is_said_and_nothing_is_marked_as_done(checkout: Path) -> None:
    broken = '#!/bin/sh\ncase "$*" in *install*) echo connection refused >&2; exit 1;; esac\n'
    program(checkout, "python", broken, ".venv-node/bin")
    (checkout / "service/web/frontend").mkdir(parents=True)
    code, _, said = run(checkout, "npm")
    assert code == 1
    assert "connection refused" in said
    assert "run the same command again" in said
    assert "install Node.js 20.19 or newer" in said
    assert "libraries of the pages" not in said
    assert not (checkout / ".venv-node" / ".ready").exists()
    assert os.access(checkout / ".venv-node" / "bin" / "python", os.X_OK)
