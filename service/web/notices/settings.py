"""Settings (通知设置): the channels of a person and of their unit, and the calendar feed."""

from collections.abc import Mapping

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from service.access.notices import units_kept
from service.access.people import who
from service.commands.notices.channels import (
    ChangeMode,
    CloseFeed,
    OpenFeed,
    RemoveChannel,
    SetChannel,
    TryChannel,
)
from service.domain.people.actor import Actor
from service.errors import NotFound
from service.http.session import actor, feed_address, runtime
from service.papers.terms.feed import feed
from service.queries.notices import channels as read
from service.queries.terms.deadlines import deadlines
from service.web.site.pages import blueprint, go


@blueprint.get("/settings")
def settings() -> ResponseReturnValue:
    """My channels, those of a unit whose channels I may set, and my calendar."""
    return _page()


def _page(feed_url: str = "") -> str:
    person = actor()
    with runtime().query() as session:
        units = units_kept(session, person)
        unit = request.args.get("unit") or _first_unit(person, units)
        unit_channels = read.unit_channels(session, person, unit) if unit else ()
        return render_template(
            "notices/settings.html",
            mine=read.my_channels(session, person),
            units=units,
            unit=unit,
            feed_url=feed_url,
            of_unit=unit_channels,
            sends_mail=runtime().sends_mail,
            feed_opened=read.feed_opened(session, person),
        )


def _first_unit(person: Actor, units: Mapping[str, str]) -> str:
    """The unit that is shown first: the person's own, or the first whose channels they may set."""
    if person.unit_code is not None and person.unit_code in units:
        return person.unit_code
    return next(iter(units), "")


@blueprint.post("/settings/channels")
def set_channel() -> ResponseReturnValue:
    """Set an address for me or for a unit."""
    names = ("kind", "address", "mode", "secret")
    channel = {name: request.form.get(name, "").strip() for name in names}
    unit = request.form.get("unit") or None
    runtime().perform(SetChannel(actor=actor(), unit=unit, **channel))
    return _back("channel_set", "unit" if unit else "mine")


@blueprint.post("/settings/channels/<int:channel_id>/mode")
def change_mode(channel_id: int) -> ResponseReturnValue:
    """Change when the channel is used: at once, once a day, or not for now."""
    mode = request.form.get("mode", "")
    runtime().perform(ChangeMode(actor=actor(), channel_id=channel_id, mode=mode))
    return _back("channel_mode", request.form.get("at"))


@blueprint.post("/settings/channels/<int:channel_id>/test")
def try_channel(channel_id: int) -> ResponseReturnValue:
    """Send a test message."""
    runtime().perform(TryChannel(actor=actor(), channel_id=channel_id))
    return _back("channel_tried", request.form.get("at"))


@blueprint.post("/settings/channels/<int:channel_id>/remove")
def remove_channel(channel_id: int) -> ResponseReturnValue:
    """Remove a channel."""
    runtime().perform(RemoveChannel(actor=actor(), channel_id=channel_id))
    return _back("channel_removed", request.form.get("at"))


def _back(notice: str, anchor: str | None) -> ResponseReturnValue:
    """Go back to the page and to the unit that it showed."""
    unit = request.form.get("shown") or None
    return go("web.settings", notice=notice, anchor=anchor, unit=unit)


@blueprint.post("/settings/calendar")
def open_feed() -> ResponseReturnValue:
    """Make a new address of my calendar. Only this page shows it, and only once."""
    secret = runtime().perform(OpenFeed(actor=actor()))
    return _page(feed_address(secret))


@blueprint.post("/settings/calendar/close")
def close_feed() -> ResponseReturnValue:
    """Make the address of my calendar invalid."""
    runtime().perform(CloseFeed(actor=actor()))
    return go("web.settings", notice="feed_closed", anchor="calendar")


@blueprint.get("/feeds/<secret>.ics")
def calendar_feed(secret: str) -> Response:
    """The deadlines of a person, for everybody who knows the address.

    :raises NotFound: the address belongs to nobody, or no longer.
    """
    with runtime().query() as session:
        owner = who(session, "calendar", secret, runtime().now())
        if owner is None:
            raise NotFound("该日历")
        lines = deadlines(session, owner)
    content = feed(lines, runtime().settings.address, owner.name)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Disposition"] = 'inline; filename="jiebang.ics"'
    return response
