"""What may stand at the top; lock files; the settings of the tools; nothing of anybody's own
machine.
"""

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement

from tests.house.source import ROOT, TESTS, Source, broken, caught

TOP = {
    "service",
    "bpmn",
    "forms",
    "tests",
    "docker",
    "pyproject.toml",
    "requirements.lock",
    "Makefile",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "NOTICE",
}
OPEN_ENDS = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b")
FOREIGN = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.$}/])/(?:w[o]rk|ho[m]e|ro[o]t|Us[e]rs)/[\w.]"
    ),
    "the address of a package registry": re.compile(
        r"registry\.n[p]mjs|\bp[y]pi\.|python[h]osted|n[p]mmirror|registry\.ya[r]npkg|p[y]pi\b",
        re.I,
    ),
    "how it was written": re.compile(
        r"\b(?:cl[a]ude|anth[r]opic|ch[a]tgpt|co[p]ilot|l[l]ms?|(?:ai|coding)[ -]as[s]istants?)\b",
        re.I,
    ),
}
SKIPS = {"pytest.skip", "pytest.xfail", "pytest.mark.skip", "pytest.mark.xfail"}
LOCK_ADDRESS = re.compile(
    r"^\s*(?:-i\b|--(?:index-url|extra-index-url|find-links))|\"resolved\":\s*\"https?:", re.M
)


def tracked() -> list[str]:
    """The paths that the version control keeps."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: the files of the version control are unknown")
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()]


def out_of_place(paths: list[str]) -> list[str]:
    tops = {path.partition("/")[0] for path in paths}
    return sorted(top for top in tops if top not in TOP and not top.startswith("."))


def foreign(text: str) -> list[str]:
    return [
        f"{what}: {found.group()}"
        for what, pattern in FOREIGN.items()
        if (found := pattern.search(text))
    ]


def unhashed(lock: str) -> list[str]:
    """Requirements of a lock file that no hash follows."""
    entries = re.split(r"\n(?=\S)", "\n" + lock)
    return [
        entry.split()[0]
        for entry in entries
        if "==" in entry.split("#")[0] and "--hash=sha256:" not in entry
    ]


def unlocked(project: dict, lock: str) -> list[str]:
    """What the project asks for and the lock file does not have in a fitting version."""
    lists = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    wanted = [text for texts in lists for text in texts]
    locked = {
        canonical(name): version
        for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.M)
    }
    return [
        text
        for text in wanted
        if (need := Requirement(text))
        and not ((version := locked.get(canonical(need.name))) and need.specifier.contains(version))
    ]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def mocks(source: Source) -> Iterator[str]:
    """The tests use the real engine and the real database."""
    for node, module in source.imports():
        if module.startswith(("unittest.mock", "mock", "pytest_mock")):
            yield source.at(node, "a mock")


def unexplained_skips(source: Source) -> Iterator[str]:
    explained = {id(call.func) for call in source.calls() if call.args or call.keywords}
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Attribute)
            and ast.unparse(node) in SKIPS
            and id(node) not in explained
        ):
            yield source.at(node, "skips without a reason")


@pytest.fixture(scope="module")
def paths() -> list[str]:
    return tracked()


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def contents(paths: list[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        try:
            yield path, (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue


def test_nothing_else_stands_at_the_top(paths):
    assert out_of_place(paths) == []


def test_nothing_of_anybodys_machine_is_kept(paths):
    assert {path: found for path, text in contents(paths) if (found := foreign(text))} == {}


def test_nothing_is_left_open_in_the_program(paths):
    ours = [path for path in paths if path.startswith(("service/", "bpmn/", "forms/"))]
    assert [path for path, text in contents(ours) if OPEN_ENDS.search(text)] == []


def test_lock_files_hold_no_address(paths):
    locks = [path for path in paths if path.endswith((".lock", "package-lock.json"))]
    assert "requirements.lock" in locks
    assert [path for path, text in contents(locks) if LOCK_ADDRESS.search(text)] == []


def test_every_locked_package_has_a_hash(paths):
    assert unhashed((ROOT / "requirements.lock").read_text()) == []
    for path in (path for path in paths if path.endswith("package-lock.json")):
        packages = json.loads((ROOT / path).read_text())["packages"]
        assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_the_lock_file_has_what_the_project_asks_for(project):
    assert unlocked(project, (ROOT / "requirements.lock").read_text()) == []


def unnoticed(project: dict, pages: dict, notice: str) -> list[str]:
    """What is shipped with the program and not named in NOTICE."""
    texts = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["postgresql"],
    ]
    shipped = [*(Requirement(text).name for text in texts), *pages["dependencies"]]
    return [
        name for name in shipped if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", notice)
    ]


def test_whatever_is_shipped_is_named_in_the_notice(project):
    pages = json.loads((ROOT / "service/web/frontend/package.json").read_text())
    assert unnoticed(project, pages, (ROOT / "NOTICE").read_text()) == []
    assert "htmx.org" in unnoticed(project, pages, "flatpickr MIT")


def test_the_tools_are_strict(project):
    tool = project["tool"]
    assert tool["pytest"]["ini_options"]["filterwarnings"] == ["error"]
    assert tool["mypy"]["strict"] is True
    assert tool["ruff"]["line-length"] == 100
    assert tool["ruff"]["lint"]["mccabe"]["max-complexity"] <= 8
    assert {"C90", "F", "B", "S102", "S307"} <= set(tool["ruff"]["lint"]["select"])
    assert "per-file-ignores" not in tool["ruff"]["lint"]


def test_tests_have_no_mocks():
    assert broken(mocks, TESTS) == []


def test_a_test_that_is_skipped_says_why():
    assert broken(unexplained_skips, TESTS) == []


@pytest.mark.parametrize(
    "text",
    [
        "data = '/ho" + "me/somebody/data'",
        "see /wo" + "rk/notes.md",
        "https://registry.n" + "pmjs.org/left-pad",
        "index = https://p" + "ypi.org/simple",
        "written by Cla" + "ude",
    ],
)
def test_what_is_foreign_is_noticed(text):
    assert foreign(text)


def test_what_is_ours_is_not_foreign():
    assert not foreign(
        "https://bpmn.io/license /var/lib/jiebang service/desk/home/x.py ${HOME}/root/x"
    )


def test_a_stray_folder_is_noticed():
    assert out_of_place(["service/app.py", "scripts/run.sh", "setup.py", ".ci/run"]) == [
        "scripts",
        "setup.py",
    ]


def test_a_careless_lock_is_noticed(project):
    assert unhashed("flask==3.1 \\\n    --hash=sha256:00\njinja2==3.1\n    # via flask\n") == [
        "jinja2==3.1"
    ]
    assert LOCK_ADDRESS.search("--extra-index-url https://example.org\nflask==3")
    assert LOCK_ADDRESS.search('  "resolved": "https://example.org/a.tgz"')
    assert "Flask>=3.1,<4" in unlocked(project, "flask==2.0\n")


def test_open_ends_mocks_and_silent_skips_are_noticed():
    assert OPEN_ENDS.search("# TO" + "DO: later")
    assert caught(mocks, "from unittest.mock import patch", "tests/unit/test_a.py")
    assert caught(unexplained_skips, "import pytest\npytest.skip()", "tests/unit/test_a.py")
    assert caught(
        unexplained_skips, "@pytest.mark.skip()\ndef test_a(): pass", "tests/unit/test_a.py"
    )
    assert not caught(
        unexplained_skips, "pytest.skip('no browser: apt install chromium')", "tests/unit/test_a.py"
    )
    assert caught(
        unexplained_skips, "@pytest.mark.xfail\ndef test_a(): pass", "tests/unit/test_a.py"
    )


def named_paths(text: str) -> set[str]:
    """What a text names in backticks or links as a file or folder of the checkout."""
    quoted = re.findall(r"`([\w./-]+/[\w./-]+)`", text)
    linked = re.findall(r"\]\(([\w./-]+)\)", text)
    return {path for path in (*quoted, *linked) if path.split("/")[0] in {*TOP, ".ci"}}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_file_that_a_page_names_is_there(page):
    named = named_paths((ROOT / page).read_text("utf-8"))
    assert named
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_a_file_that_is_not_there_is_noticed():
    assert named_paths("see `service/gone.py` and [it](tests/gone/README.md)") == {
        "service/gone.py",
        "tests/gone/README.md",
    }


def released(changelog: str) -> list[tuple[str, str]]:
    """The versions of a changelog with their dates, the newest first."""
    return re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", changelog, re.M)


def test_the_changelog_ends_with_what_is_released_and_begins_with_what_is_not(project):
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = released(changelog)
    assert re.findall(r"^## (.*)", changelog, re.M)[0] == "[Unreleased]"
    assert len(re.findall(r"^## ", changelog, re.M)) == len(versions) + 1
    assert versions[0][0] == project["project"]["version"]
    assert [date for _, date in versions] == sorted((date for _, date in versions), reverse=True)
