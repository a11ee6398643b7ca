"""The manual (帮助): a paragraph for each page and each everyday task, and the lines of the first
sign-in.

Decided: the words stand in one file beside this module, by the name of the view whose page they
explain, because a manual apart from the program is about another program after a year. A test says
which page has no paragraph.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.commands.people.welcome import CloseWelcome
from service.http.session import actor, is_first_page, note_first_page, runtime
from service.queries.people.welcome import WelcomeLine
from service.queries.people.welcome import welcome as welcome_of
from service.web.site.pages import blueprint, visitor

MANUAL_FILE = Path(__file__).with_name("help.yaml")
THE_MANUAL = "help"
OFFICE, VISITORS, BOTH = "office", "outside", "both"


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """What is said of a page or a task. ``readers``: office, outside or both; ``see``: the tasks
    that go with a page.
    """

    id: str
    title: str
    text: str
    readers: str = OFFICE
    see: tuple[str, ...] = ()

    def is_for(self, *, signed_in: bool) -> bool:
        """Whether it concerns somebody who has signed in, or has not."""
        return self.readers in (BOTH, OFFICE if signed_in else VISITORS)


@dataclass(frozen=True, kw_only=True)
class Manual:
    """All words of the manual, as the file has them. ``duties``: by role, what somebody does here
    (``does``) and where it appears (``appears``).
    """

    pages: Mapping[str, Paragraph]
    tasks: Mapping[str, Paragraph]
    duties: Mapping[str, Mapping[str, str]]

    def of_page(self, name: str) -> Paragraph:
        """The paragraph of a page; of an unknown one that of the manual itself."""
        return self.pages.get(name, self.pages[THE_MANUAL])


@cache
def manual() -> Manual:
    """The manual; read once."""
    texts = yaml.safe_load(MANUAL_FILE.read_text("utf-8"))
    return Manual(
        pages=_paragraphs(texts["pages"]), tasks=_paragraphs(texts["tasks"]), duties=texts["roles"]
    )


def _paragraphs(texts: Mapping[str, Mapping[str, Any]]) -> dict[str, Paragraph]:
    return {
        name: Paragraph(
            id=name,
            title=text["title"],
            text=text["text"],
            readers=text.get("for", OFFICE),
            see=tuple(text.get("see", ())),
        )
        for name, text in texts.items()
    }


@blueprint.get("/help/<name>")
def help_part(name: str) -> ResponseReturnValue:
    """The paragraph of one page with those of its tasks, for the button 帮助; without htmx its
    place in the whole manual.
    """
    whole = manual()
    if not request.headers.get("HX-Request"):
        return redirect(url_for("web.help", _anchor=f"page-{whole.of_page(name).id}"))
    return render_template("site/help_part.html", about=whole.of_page(name), tasks=whole.tasks)


@blueprint.get("/help")
def help() -> ResponseReturnValue:
    """The whole manual, as far as it concerns the reader."""
    signed_in = visitor() is not None
    whole = manual()
    return render_template(
        "site/help.html",
        pages=_of(whole.pages, signed_in=signed_in),
        tasks=_of(whole.tasks, signed_in=signed_in),
        lines=welcome_lines(),
    )


def _of(paragraphs: Mapping[str, Paragraph], *, signed_in: bool) -> Sequence[Paragraph]:
    return [paragraph for paragraph in paragraphs.values() if paragraph.is_for(signed_in=signed_in)]


@blueprint.post("/welcome/close")
def close_welcome() -> ResponseReturnValue:
    """The lines of the first sign-in have been read."""
    runtime().perform(CloseWelcome(actor=actor()))
    if request.headers.get("HX-Request"):
        return render_template("site/welcomed.html")
    return redirect(url_for("web.inbox"), 303)


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """The lines for somebody: what they do here, where it appears, by role; and whom they ask."""

    duties: Sequence[tuple[str, str, str]]
    ask: WelcomeLine


def welcome_lines() -> Welcome | None:
    """The lines for who looks at the page; None for a visitor."""
    who = visitor()
    if who is None:
        return None
    with runtime().query() as session:
        line = welcome_of(session, who)
    duties = manual().duties
    unit = line.unit or "您"
    return Welcome(
        duties=[
            (role, duties[role]["does"].format(unit=unit), duties[role]["appears"])
            for role in line.acts_as
        ],
        ask=line,
    )


@blueprint.app_context_processor
def helping() -> dict[str, Any]:
    """What the frame of every page needs to help."""
    return {"is_first_page": is_first_page, "welcome_lines": welcome_lines}


blueprint.after_app_request(note_first_page)
