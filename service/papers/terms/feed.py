"""A person's deadlines as an iCalendar feed (RFC 5545).

Each deadline is an all-day entry on its last day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service.domain.vocabulary import TERMS
from service.queries.terms.deadlines import TermLine

if TYPE_CHECKING:
    from icalendar import Event


def feed(lines: Iterable[TermLine], address: str, owner: str) -> bytes:
    """The calendar. The UID of an entry is that of its item, so that a changed term moves it.

    :param address: the beginning of all links to this installation.
    :param owner: the name of the person.
    """
    # Imported with the first feed, because a process that serves none does not need it.
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Jiebang//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"揭榜期限 {owner}")
    calendar.add("x-published-ttl", "PT1H")
    for line in lines:
        event = Event()
        _fill(event, line, address)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _fill(event: Event, line: TermLine, address: str) -> None:
    """Fill the entry of a deadline."""
    host = urlsplit(address).hostname or "localhost"
    link = f"{address}/items/{line.item_id}"
    description = [line.case_title, line.name, *TERMS.get(line.term_basis, ())[:1], link]
    event.add("uid", f"item-{line.item_id}@{host}")
    event.add("dtstamp", line.opened_at)
    event.add("dtstart", line.last_day)
    event.add("dtend", line.last_day + timedelta(days=1))
    event.add("summary", f"{line.hour} 截止：{line.name}（{line.case_title}）".strip())
    event.add("description", "\n".join(description))
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
