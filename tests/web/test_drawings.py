"""The diagrams are those of any BPMN modeler: they open without a warning, pass bpmnlint, and have
their pictures.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.pictures import DIAGRAMS, MODULES, PICTURES, ROOT, is_current, picture_of, rendered
from tests.web.conftest import missing

LINT = MODULES / "bpmnlint/bin/bpmnlint.js"
NAMES = [f"{diagram.parent.name}/{diagram.name}" for diagram in DIAGRAMS]


def lint(*diagrams: Path) -> subprocess.CompletedProcess[str]:
    """The recommended rules of bpmnlint; warnings count."""
    node = shutil.which("node")
    if node is None or not LINT.is_file():
        missing("bpmnlint is missing: run make frontend.")
    return subprocess.run(
        [str(node), str(LINT), "--max-warnings=0", *map(str, diagrams)],
        cwd=LINT.parents[3],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=NAMES)
def test_it_opens_without_a_warning_in_bpmn_js_with_camundas_extension(
    chromium: Browser, diagram: Path
) -> None:
    page = chromium.new_page()
    try:
        found = rendered(page, diagram)
    finally:
        page.close()
    assert found["warnings"] == []
    assert found["svg"].count("djs-shape") > 10


def test_a_reference_that_leads_nowhere_would_be_noticed(chromium: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.bpmn"
    bad.write_text(
        DIAGRAMS[0].read_text("utf-8").replace('targetRef="', 'targetRef="nowhere_', 1), "utf-8"
    )
    page = chromium.new_page()
    try:
        assert rendered(page, bad)["warnings"]
    finally:
        page.close()


def test_bpmnlint_finds_nothing() -> None:
    assert DIAGRAMS
    found = lint(*DIAGRAMS)
    assert (found.returncode, found.stdout.strip()) == (0, "")


def test_bpmnlint_would_find_a_step_without_a_name(tmp_path: Path) -> None:
    bad = tmp_path / "bad.bpmn"
    good = (ROOT / "bpmn/cf/cf_project.bpmn").read_text("utf-8")
    bad.write_text(good.replace('name="市科技局初审"', 'name=""'), "utf-8")
    found = lint(bad)
    assert found.returncode != 0
    assert "label-required" in found.stdout


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=NAMES)
def test_its_picture_shows_it_as_it_is(diagram: Path) -> None:
    assert is_current(diagram), f"{picture_of(diagram).name} is out of date: run make pictures"


def test_each_picture_has_its_diagram_and_stands_in_the_readme() -> None:
    assert set(PICTURES.glob("*.svg")) == {picture_of(diagram) for diagram in DIAGRAMS}
    readme = (ROOT / "bpmn/README.md").read_text("utf-8")
    assert [
        picture.name
        for picture in PICTURES.glob("*.svg")
        if f"(pictures/{picture.name})" not in readme
    ] == []
