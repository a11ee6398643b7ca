"""The manual (帮助) and the lines of the first sign-in.

The manual has a paragraph for each page and for each everyday task.

Decided: the words stand in one file beside this module, by the name of the view whose page they
explain. Because a manual apart from the program is about another program after a year. A test says
which page has no paragraph.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.commands.people.welcome import CloseWelcome
from service.http.session import actor, is_first_page, note_first_page, runtime
from service.queries.people.welcome import WelcomeLine
from service.queries.people.welcome import welcome as welcome_of
from service.web.site.pages import blueprint, is_htmx, visitor

MANUAL_FILE = Path(__file__).with_name("help.yaml")
THE_MANUAL = "help"
OFFICE, VISITORS, BOTH = "office", "outside", "both"


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """The text about a page or a task.

    - ``readers`` is office, outside or both.
    - ``see`` are the tasks that go with a page.
    """

    id: str
    title: str
    text: str
    readers: str = OFFICE
    see: tuple[str, ...] = ()

    def is_for(self, *, signed_in: bool) -> bool:
        """Whether it is for people who have signed in, or for those who have not."""
        return self.readers in (BOTH, OFFICE if signed_in else VISITORS)


@dataclass(frozen=True, kw_only=True)
class Manual:
    """All texts of the manual.

    ``duties`` has for each role what somebody does here (``does``), and where it appears
    (``appears``).
    """

    pages: Mapping[str, Paragraph]
    tasks: Mapping[str, Paragraph]
    duties: Mapping[str, Mapping[str, str]]

    def of_page(self, name: str) -> Paragraph:
        """The paragraph of a page. An unknown page has that of the manual itself."""
        return self.pages.get(name, self.pages[THE_MANUAL])


@cache
def manual() -> Manual:
    """The manual. The file is read only once."""
    file = yaml.safe_load(MANUAL_FILE.read_text("utf-8"))
    return Manual(
        pages=_paragraphs(file["pages"]),
        tasks=_paragraphs(file["tasks"]),
        duties=file["roles"],
    )


def _paragraphs(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Paragraph]:
    return {
        name: Paragraph(
            id=name,
            title=entry["title"],
            text=entry["text"],
            readers=entry.get("for", OFFICE),
            see=tuple(entry.get("see", ())),
        )
        for name, entry in entries.items()
    }


@blueprint.get("/help/<name>")
def help_part(name: str) -> ResponseReturnValue:
    """The paragraph of one page with those of its tasks, for the button 帮助.

    Without htmx, the answer leads to the paragraph in the whole manual.
    """
    paragraph = manual().of_page(name)
    if not is_htmx():
        return redirect(url_for("web.help", _anchor=f"page-{paragraph.id}"))
    return render_template("site/help_part.html", about=paragraph, tasks=manual().tasks)


@blueprint.get("/help")
def help() -> ResponseReturnValue:
    """All paragraphs of the manual that are for the reader."""
    signed_in = visitor() is not None
    return render_template(
        "site/help.html",
        pages=_for_reader(manual().pages, signed_in=signed_in),
        tasks=_for_reader(manual().tasks, signed_in=signed_in),
        lines=welcome_lines(),
    )


def _for_reader(paragraphs: Mapping[str, Paragraph], *, signed_in: bool) -> Sequence[Paragraph]:
    return [paragraph for paragraph in paragraphs.values() if paragraph.is_for(signed_in=signed_in)]


@blueprint.post("/welcome/close")
def close_welcome() -> ResponseReturnValue:
    """Note that the lines of the first sign-in have been read."""
    runtime().perform(CloseWelcome(actor=actor()))
    if is_htmx():
        return render_template("site/welcomed.html")
    return redirect(url_for("web.inbox"), 303)


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """The lines of the first sign-in.

    - ``duties`` has for each role its name, what the person does here, and where it appears.
    - ``ask`` says whom the person can ask.
    """

    duties: Sequence[tuple[str, str, str]]
    ask: WelcomeLine


def welcome_lines() -> Welcome | None:
    """The lines for the person who looks at the page; None for a visitor."""
    person = visitor()
    if person is None:
        return None
    with runtime().query() as session:
        line = welcome_of(session, person)
    unit = line.unit or "您"
    duties = []
    for role in line.acts_as:
        texts = manual().duties[role]
        duties.append((role, texts["does"].format(unit=unit), texts["appears"]))
    return Welcome(duties=duties, ask=line)


@blueprint.app_context_processor
def helping() -> dict[str, Any]:
    """The functions that the frame of every page needs for the manual."""
    return {"is_first_page": is_first_page, "welcome_lines": welcome_lines}


blueprint.after_app_request(note_first_page)
