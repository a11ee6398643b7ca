"""Settings (通知设置): where I and my unit want to be told, and my calendar; and the calendar
itself.
"""

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
from service.errors import NotFound
from service.http.session import actor, feed_address, runtime
from service.papers.terms.feed import feed
from service.queries.notices import channels as read
from service.queries.terms.deadlines import deadlines
from service.web.site.pages import blueprint, go


@blueprint.get("/settings")
def settings() -> ResponseReturnValue:
    """My channels, those of a unit I may set, my calendar."""
    return _page()


def _page(feed_url: str = "") -> str:
    me = actor()
    with runtime().query() as session:
        units = units_kept(session, me)
        unit = request.args.get("unit") or (
            me.unit_code if me.unit_code in units else next(iter(units), "")
        )
        return render_template(
            "notices/settings.html",
            mine=read.my_channels(session, me),
            units=units,
            unit=unit,
            feed_url=feed_url,
            of_unit=read.unit_channels(session, me, unit) if unit else (),
            sends_mail=runtime().sends_mail,
            feed_opened=read.feed_opened(session, me),
        )


@blueprint.post("/settings/channels")
def set_channel() -> ResponseReturnValue:
    """Another address, for me or for a unit."""
    typed = {
        name: request.form.get(name, "").strip() for name in ("kind", "address", "mode", "secret")
    }
    unit = request.form.get("unit") or None
    runtime().perform(SetChannel(actor=actor(), unit=unit, **typed))
    return _back("channel_set", "unit" if unit else "mine")


@blueprint.post("/settings/channels/<int:channel_id>/mode")
def change_mode(channel_id: int) -> ResponseReturnValue:
    """At once, once a day, or not for now."""
    runtime().perform(
        ChangeMode(actor=actor(), channel_id=channel_id, mode=request.form.get("mode", ""))
    )
    return _back("channel_mode", request.form.get("at"))


@blueprint.post("/settings/channels/<int:channel_id>/test")
def try_channel(channel_id: int) -> ResponseReturnValue:
    """A test message."""
    runtime().perform(TryChannel(actor=actor(), channel_id=channel_id))
    return _back("channel_tried", request.form.get("at"))


@blueprint.post("/settings/channels/<int:channel_id>/remove")
def remove_channel(channel_id: int) -> ResponseReturnValue:
    """Forget an address."""
    runtime().perform(RemoveChannel(actor=actor(), channel_id=channel_id))
    return _back("channel_removed", request.form.get("at"))


def _back(notice: str, anchor: str | None) -> ResponseReturnValue:
    """On to the page again, with the unit that was looked at."""
    unit = request.form.get("shown") or None
    return go("web.settings", notice=notice, anchor=anchor, unit=unit)


@blueprint.post("/settings/calendar")
def open_feed() -> ResponseReturnValue:
    """A new address of my calendar, shown once: on this page and nowhere else."""
    secret = runtime().perform(OpenFeed(actor=actor()))
    return _page(feed_address(secret))


@blueprint.post("/settings/calendar/close")
def close_feed() -> ResponseReturnValue:
    """The address no longer works."""
    runtime().perform(CloseFeed(actor=actor()))
    return go("web.settings", notice="feed_closed", anchor="calendar")


@blueprint.get("/feeds/<secret>.ics")
def calendar_feed(secret: str) -> Response:
    """Somebody's deadlines, for whoever knows the address.

    :raises NotFound: nobody's address, any more.
    """
    with runtime().query() as session:
        owner = who(session, "calendar", secret, runtime().now())
        if owner is None:
            raise NotFound("该日历")
        lines = deadlines(session, owner)
    content = feed(lines, runtime().settings.address, owner.name)
    return Response(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Cache-Control": "private, max-age=900",
            "X-Robots-Tag": "noindex",
            "Content-Disposition": 'inline; filename="jiebang.ics"',
        },
    )
