"""A real Chromium in front of the real program: a town served on the loopback, its people at their
desks.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from service.web.site.bundle import DIST
from tests.town import ROOT, Town

SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
AXE = ROOT / "service/web/frontend/node_modules/axe-core/axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PASSWORD = "jiebang"


def missing(sentence: str) -> None:
    """Skip for want of something on this machine; under CI fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        missing(
            "No Chromium on this machine: install it (Debian, "
            "Ubuntu: apt-get install chromium fonts-noto-cjk)."
        )
    if not (DIST / "manifest.json").is_file():
        missing("The pages have not been built: run make frontend.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script."""
    if not AXE.is_file():
        missing("axe-core is missing: run npm ci in service/web/frontend.")
    return AXE.read_text()


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    """The town's program, served on the loopback."""
    server = make_server("127.0.0.1", 0, town.app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Desk:
    """A person in front of a browser. Everything the browser complains about is in
    ``complaints``.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address, self.complaints = context, address, list[str]()
        self.page = self.tab()

    def tab(self) -> Page:
        """Another tab of the same browser."""
        page = self.context.new_page()
        page.set_default_timeout(10_000)
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        return page

    def go(self, path: str) -> Page:
        """Open a page and wait for its islands."""
        self.page.goto(self.address + path)
        return self.settled()

    def settled(self) -> Page:
        """Wait until the page is read to its end and every island of it stands."""
        self.page.wait_for_function(
            "() => document.readyState === 'complete' && "
            "[...document.querySelectorAll('[data-form], [data-diagram]')]"
            ".every(e => e.dataset.ready)"
        )
        return self.page

    def let_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in without the page, which takes a second."""
        answer = self.context.request.post(
            self.address + "/login", form={"login": login, "password": password}
        )
        assert answer.ok

    def sign_in(self, login: str, password: str = PASSWORD, page: Page | None = None) -> None:
        """Sign in through the page."""
        page = page or self.page
        page.goto(self.address + "/login")
        page.fill("#login", login)
        page.fill("#password", password)
        with page.expect_navigation():
            page.click("main button[type=submit]")


def kept_by_browser(page: Page, text: str) -> None:
    """Wait until the browser keeps ``text`` among what was typed or drawn and not yet sent."""
    page.wait_for_function(
        "text => Object.values(sessionStorage).some(draft => draft.includes(text))", arg=text
    )


Sit = Callable[..., Desk]


@pytest.fixture
def sit(chromium: Browser, address: str) -> Iterator[Sit]:
    """Seat somebody: ``sit("cf.kjj")``, ``sit("cf.kjj", size="phone")``, ``sit(None)`` for a
    visitor; ``by_page`` signs in as people do, and stays on the first page.
    """
    contexts: list[BrowserContext] = []

    def seat(
        login: str | None, size: str = "desktop", *, by_page: bool = False, **settings: object
    ) -> Desk:
        context = chromium.new_context(
            viewport=SIZES[size], locale="zh-CN", timezone_id="Asia/Shanghai", **settings
        )  # type: ignore[arg-type]
        contexts.append(context)
        desk = Desk(context, address)
        if login is not None and by_page:
            desk.sign_in(login)
        elif login is not None:
            desk.let_in(login)
        return desk

    yield seat
    for context in contexts:
        context.close()
