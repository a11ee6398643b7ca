"""Pages: Jinja and htmx, with islands for the diagram, the modeler and forms.

Decided: the server renders pages. Because rules, Chinese text and tests then exist once, and a page
works in the oldest browser of an office. Instead of a single-page application that repeats them.
Islands talk to ``/api/v1`` like any other client. Buttons without content are plain forms that
htmx sends. A view has one query to show or one command to change. It catches no refusals, because
they are rendered in one place.

Decided: the bundle is built beforehand and found by its manifest. Because nobody should need Node
to run the program.
"""

from service.web.cases import cases, table
from service.web.items import inbox, items
from service.web.notices import notices, settings
from service.web.operations import clock, rehearsal
from service.web.outside import public
from service.web.papers import papers
from service.web.people import accounts, sign_in
from service.web.processes import coverage, modeler, start
from service.web.registry import demands
from service.web.site import help
from service.web.site.bundle import Bundle, asset
from service.web.site.pages import blueprint
from service.web.supervision import board as supervision
from service.web.supervision import campaigns
from service.web.takeover import backfill
from service.web.terms import calendar

__all__ = [
    "Bundle",
    "accounts",
    "asset",
    "backfill",
    "blueprint",
    "calendar",
    "campaigns",
    "cases",
    "clock",
    "coverage",
    "demands",
    "help",
    "inbox",
    "items",
    "modeler",
    "notices",
    "papers",
    "public",
    "rehearsal",
    "settings",
    "sign_in",
    "start",
    "supervision",
    "table",
]
