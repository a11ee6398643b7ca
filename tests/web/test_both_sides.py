"""Browser against server: forms invented at random are filled in by the real viewer, and what it
hides, computes, sends and complains about is what the server makes of it.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from service.domain.forms.answers import LOCKED, NOT_SHOWN, check_answers
from service.domain.forms.browser.settings import kept_number
from service.domain.forms.schema import Component, children, key_of
from service.domain.forms.shown import plain_values
from service.feel.values import feel
from tests.town import ROOT
from tests.web.conftest import missing
from tests.web.invented import Inventor, Played

FRONTEND = ROOT / "service/web/frontend"
SEEDS = range(4)
FORMS = 30
BUILD = """
import {{ build }} from 'vite';
await build({{
  configFile: false,
  logLevel: 'error',
  define: {{ 'process.env.NODE_ENV': '"production"' }},
  build: {{
    lib: {{ entry: {entry}, formats: ['iife'], name: 'both', fileName: () => 'both.js' }},
    outDir: {out}, minify: false, emptyOutDir: false,
  }},
}});
"""


@pytest.fixture(scope="session")
def player(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that plays forms with the viewer that our pages use."""
    out = tmp_path_factory.mktemp("both")
    if shutil.which("node") is None or not (FRONTEND / "node_modules/vite").exists():
        missing("The viewer cannot be built: run npm ci in service/web/frontend.")
    entry = json.dumps(str(Path(__file__).with_name("both_sides.js")))
    script = BUILD.format(entry=entry, out=json.dumps(str(out)))
    command = ["node", "--input-type=module", "-e", script]
    subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True, timeout=60)
    page = chromium.new_page(locale="zh-CN", timezone_id="Asia/Shanghai")
    page.set_content("<!doctype html><title>both</title>")
    page.add_script_tag(path=str(out / "both.js"))
    yield page
    page.close()


def play(player: Page, forms: list[Played]) -> list[Any]:
    """What the browser makes of forms."""
    wanted = [
        {
            "schema": form.schema,
            "values": plain_values({**form.lists, **form.given}),
            "edits": form.edits,
        }
        for form in forms
    ]
    return list(player.evaluate("(forms) => window.playAll(forms)", wanted))


def fields(schema: Component) -> Iterator[Component]:
    """The fields of a form and its groups; lists count as one."""
    for component in children(schema):
        if component.get("type") == "group":
            yield from fields(component)
        elif key_of(component):
            yield component


def keys_of_errors(schema: Component, errors: Mapping[str, Any]) -> set[str]:
    """The browser's errors under the server's keys."""
    found = set()
    for component in fields(schema):
        if component["type"] == "dynamiclist":
            for inner in component["components"]:
                for index, sentences in enumerate(errors.get(inner["id"], ())):
                    if sentences:
                        found.add(f"{component['path']}[{index}].{inner['key']}")
        elif component["id"] in errors:
            found.add(component["key"])
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_browser_hides_computes_and_sends_is_what_the_server_expects(
    player: Page, seed: int
) -> None:
    inventor = Inventor(seed)
    forms = [inventor.form() for _ in range(FORMS)]
    for form, page in zip(forms, play(player, forms), strict=True):
        compare(form, page)


def played(*components: dict[str, Any], edits: Mapping[str, Any], **given: Any) -> Played:
    """A form of these components, with these values entered one after the other."""
    return Played(
        schema={"type": "default", "id": "drawn", "components": list(components)},
        given=given,
        lists={},
        edits=[{"path": path, "value": value} for path, value in edits.items()],
    )


DAY = {"type": "datetime", "subtype": "date", "id": "F1", "key": "d", "dateLabel": "完成日期"}
NUMBER = {"type": "number", "id": "N", "key": "n", "label": "数量"}


def text(key: str, hide: str = "", **more: Any) -> dict[str, Any]:
    hides = {"conditional": {"hide": hide}} if hide else {}
    return {"type": "textfield", "id": f"T_{key}", "key": key, "label": key, **hides, **more}


def computed(key: str, expression: str) -> dict[str, Any]:
    how = {"computeOn": "change", "expression": expression}
    return {"type": "expression", "id": f"E_{key}", "key": key, **how}


DRAWN = {
    "a day is a text on both sides": played(
        DAY,
        text("t", '=d > "2026-06-30"', validate={"required": True}),
        text("u", '=d = "2026-06-02"'),
        edits={"d": "2026-06-01", "t": "资金未到", "u": "无"},
    ),
    "what a hidden field was opened with does not show through": played(
        text("a", "=n = 1"), text("b", '=a = "x"'), NUMBER, edits={"n": 1, "b": "y"}, a="x"
    ),
    "computed values speak of each other": played(
        NUMBER,
        computed("e3", "=n + e2"),
        computed("e2", "=n + e1"),
        computed("e1", "=n * 2"),
        text("t", "=e3 != 20"),
        edits={"n": 5},
        n=Decimal(1),
    ),
    "a row sees itself without what is hidden in it": played(
        {
            "type": "dynamiclist",
            "id": "L",
            "path": "rows",
            "isRepeating": True,
            "components": [
                text("a"),
                text("b", '=this.a = "no"'),
                text("c", "=this.b = null", validate={"required": True}),
            ],
        },
        edits={"rows.0.b": "x", "rows.0.a": "no"},
        rows=[{"a": "yes"}, {"a": "no"}],
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_page_and_server_agree_where(player: Page, name: str) -> None:
    compare(DRAWN[name], play(player, [DRAWN[name]])[0])


def test_the_page_of_the_probe_sends_what_was_typed(player: Page) -> None:
    (page,) = play(player, [DRAWN["a day is a text on both sides"]])
    assert page["data"] == {"d": "2026-06-01", "t": "资金未到", "u": "无"}
    assert page["errors"] == {}


def compare(form: Played, page: Mapping[str, Any]) -> None:
    told = form.told(page)
    clean, errors = check_answers(form.schema, page["data"], given=form.given, lists=form.lists)
    # What somebody entered before another answer locked it only the server can know.
    known = {key for key, sentences in errors.items() if LOCKED not in sentences[0]}
    assert known == keys_of_errors(form.schema, page["errors"]), told
    shown = {path.partition(".")[0] for path in page["shown"]}
    for component in fields(form.schema):
        key, kind = key_of(component), component["type"]
        if kind == "expression":
            computed = page["data"].get(key) if key in shown else None
            assert clean[key] == kept_number(feel(computed)), (key, told)
        elif kind != "dynamiclist" and key not in shown:
            sent = {**page["data"], key: ["a"] if kind in ("checklist", "taglist") else "1"}
            _, refused = check_answers(form.schema, sent, given=form.given, lists=form.lists)
            assert NOT_SHOWN in refused[key][0], (key, told)
