"""The page of an item: the question, its clause, and a button for each thing that I may do."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.commands.items.remarks import AttachFile, CommentItem
from service.commands.items.sending_back import SendBackItem, WithdrawItem
from service.commands.items.verbs import ClaimItem, CompleteItem, ContributeItem, ReleaseItem
from service.commands.supervision.urging import UrgeItem
from service.commands.terms.extending import ExtendItem
from service.errors import BadRequest, NotFound
from service.http.files import shown
from service.http.session import actor, runtime
from service.queries.items.answers import attachment
from service.queries.items.inbox import beside_item, box_of, item_in_sight
from service.queries.items.page import item_page
from service.web.site.pages import blueprint, go, typed_day


@blueprint.get("/items/<int:item_id>")
def item(item_id: int) -> ResponseReturnValue:
    """The page of one item."""
    with runtime().query() as session:
        page = item_page(session, runtime(), actor(), item_id)
    return render_template("items/item.html", page=page, item=page.item, offers=page.offers)


@blueprint.get("/items/<int:item_id>/beside/<any(previous, next):way>")
def beside(item_id: int, way: str) -> ResponseReturnValue:
    """Go on to the item before or after this one in its box. At the end, go back to the box."""
    with runtime().query() as session:
        item = item_in_sight(session, actor(), item_id)
        neighbour_id = beside_item(session, actor(), item, forward=way == "next")
    if neighbour_id is None:
        return redirect(url_for("web.inbox", box=box_of(item), notice=f"no_{way}"))
    return redirect(url_for("web.item", item_id=neighbour_id))


@blueprint.get("/attachments/<int:attachment_id>")
def view_attachment(attachment_id: int) -> Response:
    """Show a file in the browser if the browser can show it. Otherwise the browser saves it."""
    with runtime().query() as session:
        file = attachment(session, runtime(), actor(), attachment_id)
    return shown(file.content, file.filename)


@blueprint.post("/items/<int:item_id>/<verb>")
def act(item_id: int, verb: str) -> ResponseReturnValue:
    """Carry out a verb that needs no typed form. The form island sends the other verbs."""
    if verb not in ACTS:
        raise NotFound("该操作")
    make_command, notice, anchor = ACTS[verb]
    common = {"actor": actor(), "item_id": item_id, "version": _version()}
    result = runtime().perform(make_command(common))
    if verb in MOVES_THE_CASE:
        return go("web.case", case_id=result.case_id, notice=notice)
    back = request.form.get("back", "")
    if back.isdecimal() and int(back) != item_id:
        return go("web.item", item_id=int(back), notice=notice)
    return go("web.item", item_id=item_id, notice=notice, anchor=anchor)


def _version() -> int | None:
    """The version of the item that the person looked at."""
    text = request.form.get("version", "")
    if not text.isdecimal():
        return None
    return int(text)


def _required(name: str, label: str) -> str:
    """The text in a form field.

    :raises BadRequest: the field is empty.
    """
    text = request.form.get(name, "").strip()
    if not text:
        raise BadRequest(f"请填写“{label}”", field=name)
    return text


def _without_version(common: Mapping[str, Any]) -> dict[str, Any]:
    """The common arguments of a verb that is allowed whatever version the person looked at."""
    return {**common, "version": None}


def _complete(common: Mapping[str, Any]) -> CompleteItem:
    return CompleteItem(**common, reason=request.form.get("reason", ""))


def _withdraw(common: Mapping[str, Any]) -> WithdrawItem:
    return WithdrawItem(**common, reason=request.form.get("reason", ""))


def _send_back(common: Mapping[str, Any]) -> SendBackItem:
    return SendBackItem(
        **common,
        to_element=_required("to_element", "退回到"),
        reason=_required("reason", "退回理由"),
        co_again="co_again" in request.form,
    )


def _comment(common: Mapping[str, Any]) -> CommentItem:
    return CommentItem(**_without_version(common), text=_required("text", "批注"))


def _extend(common: Mapping[str, Any]) -> ExtendItem:
    until = typed_day("until", "延到")
    if until is None:
        raise BadRequest("请填写“延到”", field="until")
    return ExtendItem(**common, until=until, reason=_required("reason", "延期理由"))


def _urge(common: Mapping[str, Any]) -> UrgeItem:
    return UrgeItem(
        **_without_version(common),
        message=_required("message", "催办内容"),
        step="step" in request.form,
    )


def _attach(common: Mapping[str, Any]) -> AttachFile:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadRequest("请选择要上传的文件", field="file")
    return AttachFile(
        **_without_version(common),
        filename=file.filename,
        content_type=file.mimetype or "application/octet-stream",
        content=file.read(),
    )


ACTS: Mapping[str, tuple[Callable[[Mapping[str, Any]], Any], str, str | None]] = {
    "claim": (lambda common: ClaimItem(**common), "claimed", None),
    "release": (lambda common: ReleaseItem(**common), "released", None),
    "complete": (_complete, "completed", None),
    "contribute": (lambda common: ContributeItem(**common), "contributed", None),
    "send-back": (_send_back, "sent_back", None),
    "withdraw": (_withdraw, "withdrawn", None),
    "comment": (_comment, "commented", "comments"),
    "extend": (_extend, "extended", None),
    "urge": (_urge, "urged", None),
    "attachments": (_attach, "attached", "attachments"),
}
"""For each verb the maker of its command, the notice, and the place on the page to go to."""
MOVES_THE_CASE = frozenset({"send-back", "withdraw"})
