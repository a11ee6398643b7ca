"""A person's deadlines as an iCalendar feed (RFC 5545): an all-day entry on the last day of
each.
"""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from service.domain.vocabulary import TERMS
from service.queries.terms.deadlines import TermLine


def feed(lines: Iterable[TermLine], address: str, owner: str) -> bytes:
    """The calendar. An entry's UID is its item's, so that one whose term moves moves and is not
    doubled.

    :param address: what links to this installation begin with.
    """
    from icalendar import (
        Calendar,
        Event,
    )  # loaded with the first feed: a process that serves none is spared it

    calendar = Calendar()
    host = urlsplit(address).hostname or "localhost"
    for name, value in (
        ("prodid", "-//Jiebang//deadlines//ZH"),
        ("version", "2.0"),
        ("method", "PUBLISH"),
        ("x-wr-calname", f"揭榜期限 {owner}"),
        ("x-published-ttl", "PT1H"),
    ):
        calendar.add(name, value)
    for line in lines:
        event = Event()
        link = f"{address}/items/{line.item_id}"
        event.add("uid", f"item-{line.item_id}@{host}")
        event.add("dtstamp", line.opened_at)
        event.add("dtstart", line.last_day)
        event.add("dtend", line.last_day + timedelta(days=1))
        event.add("summary", f"{line.hour} 截止：{line.name}（{line.case_title}）".strip())
        description = (line.case_title, line.name, *TERMS.get(line.term_basis, ())[:1], link)
        event.add("description", "\n".join(description))
        event.add("url", link)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
