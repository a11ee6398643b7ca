"""Who asks: a browser session (cookie) or a personal token (``Authorization: Bearer``)."""

import hashlib
import hmac

from flask import Response, current_app, g, request

from service.access.people import who
from service.domain.people.actor import Actor
from service.domain.terms.deadlines import Calendar
from service.errors import NotAllowed, NotSignedIn
from service.unit_of_work import Runtime

COOKIE, REHEARSAL_COOKIE = "jiebang_session", "jiebang_rehearsal"
FIRST_PAGE, FIRST_PAGE_SECONDS = "jiebang_first", 300
"""Given with a session, until a page has been shown."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def runtime() -> Runtime:
    """What the process owns."""
    process: Runtime = current_app.extensions["jiebang"]
    return process


def cookie() -> str:
    """The name of the session cookie: a rehearsal beside the real program must not sign people out
    there.
    """
    if runtime().settings.rehearsal:
        return REHEARSAL_COOKIE
    return COOKIE


def actor() -> Actor:
    """The person who makes this request.

    :raises NotSignedIn: no session or token, or an expired one.
    """
    if "actor" not in g:
        g.actor = _look_up()
    who_asks: Actor = g.actor
    return who_asks


def calendar() -> Calendar:
    """The working calendar of the person who makes this request; the one that ships with the
    program for others.
    """
    if "calendar" not in g:
        with runtime().query() as session:
            g.calendar = runtime().calendar_for(session, g.actor) if "actor" in g else Calendar()
    working_calendar: Calendar = g.calendar
    return working_calendar


def _look_up() -> Actor:
    kind, secret = _credential()
    if not secret:
        raise NotSignedIn()
    with runtime().query() as session:
        who_asks = who(session, kind, secret, runtime().machine_now())
    if who_asks is None:
        raise NotSignedIn("登录已失效，请重新登录；页面上未提交的内容请先保留")
    return who_asks


def _credential() -> tuple[str, str]:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        return "token", secret.strip() if scheme.lower() == "bearer" else ""
    return "session", request.cookies.get(cookie(), "")


def feed_address(secret: str) -> str:
    """The address of a calendar, as the person who makes this request reaches it."""
    return f"{runtime().settings.public_url or request.host_url.rstrip('/')}/feeds/{secret}.ics"


def csrf_token() -> str:
    """What a page must send back with every change: bound to the session and to this installation's
    key.
    """
    secret = request.cookies.get(cookie(), "")
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"csrf:{secret}".encode(), hashlib.sha256).hexdigest()


def refuse_forged() -> None:
    """Refuse a change that a foreign page could have sent: a cookie alone never authorises a write.

    :raises NotAllowed: the token is missing or wrong, or the request comes from another site.
    """
    if request.method in SAFE or "Authorization" in request.headers:
        return
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise NotAllowed("请求来自其他网站，已拒绝")
    if not request.cookies.get(cookie()):
        return
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
        raise NotAllowed(
            "页面已过期或请求不是从本系统页面发出，请刷新页面后重试；请先复制未提交的内容"
        )


def remember(response: Response, secret: str) -> Response:
    """Give the browser its session cookie; the next page is the first one."""
    response.set_cookie(
        cookie(),
        secret,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path="/",
    )
    response.set_cookie(
        FIRST_PAGE,
        "yes",
        max_age=FIRST_PAGE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path="/",
    )
    return response


def is_first_page() -> bool:
    """Whether no page has been shown since the visitor signed in."""
    return FIRST_PAGE in request.cookies


def note_first_page(response: Response) -> Response:
    """Once a page has been shown, the following ones are not the first."""
    whole_page = response.mimetype == "text/html" and "HX-Request" not in request.headers
    if is_first_page() and whole_page and response.status_code == 200:
        response.delete_cookie(FIRST_PAGE, httponly=True, samesite="Lax", path="/")
    return response


def forget(response: Response) -> Response:
    """Take the session cookie away."""
    response.delete_cookie(cookie(), httponly=True, samesite="Lax", path="/")
    return response
