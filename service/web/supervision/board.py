"""The supervision board (督查) as pages, and urging.

The pages have figures, charts, the table of units, and what is overdue.
"""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.commands.supervision.orders import StartCircular, StartOrder
from service.commands.supervision.urging import MOST, UrgeItem, start_urge_job
from service.domain.vocabulary import PERIODS
from service.errors import BadRequest
from service.http.files import download
from service.http.session import actor, runtime
from service.papers.supervision.board import board_file, board_workbook
from service.queries.operations.jobs import newest_job
from service.queries.supervision import board as read
from service.queries.supervision import supervised as watched
from service.queries.supervision.drafts import circular_draft, order_draft
from service.web.site.pages import blueprint, go, list_position, typed_day

SCOPE = ("unit", "process", "element")
SORTS = {
    "red": lambda unit: -unit.red,
    "open": lambda unit: -unit.open,
    "done": lambda unit: -unit.done,
    "on_time": lambda unit: 2 if unit.on_time is None else unit.on_time,
    "days": lambda unit: -(unit.days or 0),
    "unanswered": lambda unit: -unit.unanswered,
}
"""The orders of the table of units. ``on_time`` is at most 1, so units without it come last."""
OLDEST = 10
BARS = 12


@blueprint.get("/supervision")
def supervision() -> ResponseReturnValue:
    """The board."""
    period = _period()
    sort = request.args.get("sort", "red")
    oldest = watched.SupervisedAsked(light="red", limit=OLDEST)
    with runtime().query() as session:
        page = read.board(session, runtime(), actor())
        units = read.units(session, runtime(), actor(), period)
        late = watched.items(session, runtime(), actor(), oldest)
        job = newest_job(session, actor().jurisdiction, "urge")
    units = tuple(sorted(units, key=SORTS.get(sort, SORTS["red"])))
    return render_template(
        "supervision/supervision.html",
        page=page,
        units=units,
        late=late,
        period=period,
        sort=sort,
        job=job,
        ages=read.AGES,
        bars=BARS,
    )


@blueprint.get("/supervision.xlsx")
def supervision_workbook() -> ResponseReturnValue:
    """The board as a workbook."""
    with runtime().query() as session:
        sheet = watched.board_sheet(session, runtime(), actor(), _period())
    return download(board_workbook(sheet), board_file(runtime().now()))


@blueprint.get("/supervision/items")
def supervised() -> ResponseReturnValue:
    """The open items behind a figure."""
    scope = _scope()
    light = request.args.get("light") or None
    part = request.args.get("part") or None
    cursor, _ = list_position()
    asked = watched.SupervisedAsked(light=light, part=part, cursor=cursor, **scope)
    with runtime().query() as session:
        page = watched.items(session, runtime(), actor(), asked)
        units = read.units(session, runtime(), actor(), "all")
    names = {unit.key: unit.name for unit in units}
    return render_template(
        "supervision/supervised.html",
        page=page,
        scope=scope,
        light=light,
        part=part,
        names=names,
    )


@blueprint.post("/supervision/urge")
def urge_overdue() -> ResponseReturnValue:
    """Urge one item from the list, or all overdue items in the scope."""
    message = request.form.get("message", "").strip() or "请抓紧办理。"
    item_id = request.form.get("item", type=int)
    if item_id:
        runtime().perform(UrgeItem(actor=actor(), item_id=item_id, message=message))
        return go("web.supervision", notice="urged", anchor="oldest")
    asked = watched.SupervisedAsked(limit=MOST + 1, **_scope())
    with runtime().query() as session:
        ids = watched.overdue_ids(session, runtime(), actor(), asked)
    start_urge_job(runtime(), actor(), ids, message)
    return go("web.supervision", notice="urging")


def _scope() -> dict[str, Any]:
    """The unit, process and step to which the lists are limited."""
    return {name: request.values.get(name) or None for name in SCOPE}


def _period() -> str:
    """The code of the period.

    :raises BadRequest: there is no such period.
    """
    period = request.args.get("period", "year")
    if period not in PERIODS:
        raise BadRequest(f"没有名为“{period}”的时段", period=period)
    return period


@blueprint.get("/supervision/orders/new")
def draft_order() -> ResponseReturnValue:
    """A supervision order (督办单) to fill in. The parameter ``item`` says about which item."""
    with runtime().query() as session:
        draft = order_draft(session, runtime(), actor(), request.args.get("item", type=int))
    return render_template("supervision/supervision_order.html", draft=draft)


@blueprint.post("/supervision/orders/new")
def start_order() -> ResponseReturnValue:
    """Open the supervision order."""
    form = request.form
    case_id = runtime().perform(
        StartOrder(
            actor=actor(),
            title=form.get("title", ""),
            unit=form.get("unit", ""),
            text=form.get("text", ""),
            level=form.get("level", "blue"),
            wanted=typed_day("wanted", "要求办结时间"),
            problem=form.get("problem", ""),
            item_id=form.get("item", type=int),
        )
    )
    return go("web.case", case_id=case_id, notice="ordered")


@blueprint.get("/supervision/circulars/new")
def draft_circular() -> ResponseReturnValue:
    """A circular (通报) drafted from the figures of a period."""
    period = _period()
    with runtime().query() as session:
        draft = circular_draft(session, runtime(), actor(), period)
    return render_template("supervision/circular.html", draft=draft, period=period)


@blueprint.post("/supervision/circulars/new")
def start_circular() -> ResponseReturnValue:
    """Start the case of the circular. The diagram says who approves and issues it."""
    form = request.form
    case_id = runtime().perform(
        StartCircular(
            actor=actor(),
            title=form.get("title", ""),
            text=form.get("text", ""),
            units=tuple(form.getlist("units")),
        )
    )
    return go("web.case", case_id=case_id, notice="circulated")
