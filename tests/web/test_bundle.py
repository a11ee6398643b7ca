"""The browser bundle: found, complete, honest about its makers, free of outside hosts."""

import json
import re
from pathlib import Path

import pytest

from service.errors import BundleMissing
from service.web.site.bundle import DIST, Bundle
from tests.town import ROOT, Town

FRONTEND = ROOT / "service/web/frontend"


@pytest.fixture
def built() -> Bundle:
    """The build, when there is one."""
    if not (DIST / "manifest.json").is_file():
        pytest.skip(
            "The front end has not been built: run npm "
            "ci and npm run build in service/web/frontend."
        )
    return Bundle()


def test_a_missing_bundle_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing, match="make frontend"):
        Bundle(tmp_path)


@pytest.mark.parametrize("entry", ["app", "diagram", "form"])
def test_each_entry_names_files_that_exist(built: Bundle, entry: str) -> None:
    tags = built.tags(entry)
    files = re.findall(r'(?:href|src)="/assets/([^"]+)"', tags)
    assert {Path(file).suffix for file in files} == {".css", ".js"}
    assert [file for file in files if not (DIST / file).is_file()] == []


def test_files_are_compressed_and_kept_by_the_browser(built: Bundle, town: Town) -> None:
    file = built.chunks[built.entries["form"]]["file"]
    client = town.app.test_client()
    with client.get(f"/assets/{file}", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.mimetype == "text/javascript"
        squeezed = len(answer.data)
    with client.get(f"/assets/{file}") as plain:
        assert "Content-Encoding" not in plain.headers
        assert len(plain.data) > squeezed


@pytest.mark.parametrize(
    "name", ["../frontend/package.json", "manifest.json", "assets/none.js", "%2e%2e/bundle.py"]
)
def test_nothing_else_is_sent(built: Bundle, town: Town, name: str) -> None:
    assert town.app.test_client().get(f"/assets/{name}").status_code == 404


def test_every_package_in_the_bundle_has_its_licence_beside_it(built: Bundle) -> None:
    text = (DIST / "licenses.txt").read_text()
    wanted = json.loads((FRONTEND / "package.json").read_text())["dependencies"]
    assert [name for name, version in wanted.items() if f"{name} {version}\n" not in text] == []
    assert text.count("bpmn.io") > 2


def test_the_lock_file_names_no_host() -> None:
    assert "resolved" not in (FRONTEND / "package-lock.json").read_text()
