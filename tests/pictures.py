"""The diagrams as pictures: rendered by bpmn-js in Chromium, kept in ``bpmn/pictures`` (``make
pictures``).

Decided: a picture carries the digest of its diagram, so that a test sees without a browser when it
is out of date; and it is drawn again only then, because each drawing has other marker ids.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "service/web/frontend/node_modules"
PICTURES = ROOT / "bpmn/pictures"
DIAGRAMS = sorted((ROOT / "bpmn").glob("*/*.bpmn"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RENDER = """async ([xml, camunda]) => {
  document.body.innerHTML = '<div id="canvas"></div>';
  const viewer = new BpmnJS({container: '#canvas', moddleExtensions: {camunda}});
  const {warnings} = await viewer.importXML(xml);
  const {svg} = await viewer.saveSVG();
  return {svg, warnings: warnings.map((one) => one.message)};
}"""


def picture_of(diagram: Path) -> Path:
    """Where a diagram's picture is kept: the folder's name tells diagrams of the same name
    apart.
    """
    return PICTURES / f"{diagram.parent.name}.{diagram.stem}.svg"


def mark(diagram: Path) -> str:
    """What a picture says of its diagram."""
    return (
        f"<!-- {diagram.parent.name}/{diagram.name} "
        f"sha256:{hashlib.sha256(diagram.read_bytes()).hexdigest()} -->"
    )


def is_current(diagram: Path) -> bool:
    """Whether the picture was made from the diagram as it is."""
    picture = picture_of(diagram)
    return picture.is_file() and mark(diagram) in picture.read_text("utf-8")


def rendered(page: Page, diagram: Path) -> dict[str, Any]:
    """The diagram as bpmn-js with Camunda's extension shows it: ``svg``, and the ``warnings`` of
    the import.
    """
    camunda = json.loads(
        (MODULES / "camunda-bpmn-moddle/resources/camunda.json").read_text("utf-8")
    )
    if not page.evaluate("() => typeof BpmnJS !== 'undefined'"):
        page.add_script_tag(path=str(MODULES / "bpmn-js/dist/bpmn-viewer.production.min.js"))
    found: dict[str, Any] = page.evaluate(RENDER, [diagram.read_text("utf-8"), camunda])
    return found


@contextmanager
def browser_page() -> Iterator[Page]:
    """An empty page of a Chromium of its own."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        sys.exit(
            "No Chromium on this machine: install it (Debian, "
            "Ubuntu: apt-get install chromium fonts-noto-cjk)."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page()
        browser.close()


def main() -> None:
    """Draw what has changed, and remove pictures of diagrams that are gone."""
    wanted = {picture_of(diagram): diagram for diagram in DIAGRAMS}
    for gone in set(PICTURES.glob("*.svg")) - set(wanted):
        gone.unlink()
    PICTURES.mkdir(exist_ok=True)
    with browser_page() as page:
        for picture, diagram in wanted.items():
            if not is_current(diagram):
                svg = rendered(page, diagram)["svg"]
                picture.write_text(svg.replace("<svg", f"{mark(diagram)}\n<svg", 1), "utf-8")
                sys.stdout.write(f"{picture.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
