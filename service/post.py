"""Handing letters over, by SMTP or HTTP: one attempt within narrow limits of time.

Decided: a redirect is not followed and of an answer only its number is told, because whoever may
name an address must not learn through it what stands behind the office's wall. An answer that
trickles in is cut off by the clock: otherwise every octet would begin the wait anew. The libraries
are loaded with the first letter: a process that sends none is spared them.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Timer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from service.domain.notices import DINGTALK, EMAIL, WECOM, Attempt, Letter
from service.papers import notices as letters
from service.settings import MailServer, Settings

if TYPE_CHECKING:
    from http.client import HTTPConnection

WAIT_SECONDS, WHOLE_SECONDS = 10.0, 25.0
ANSWER_BYTES = 65_536
NO_SERVER, SILENT, BROKEN = (
    "本系统没有配置邮件服务器",
    "对方没有在规定时间内应答",
    "连接不上对方，或连接中断",
)
REFUSED, ANSWERED = "邮件服务器拒收（代码 {}）", "对方返回 HTTP {}"
ROBOT, ODD = "机器人拒收（errcode {}）", "对方的应答无法识别"


def send(settings: Settings, letter: Letter, now: datetime) -> Attempt:
    """One attempt. Gives how it ended, with nothing of the address, the key or the answer in it."""
    if letter.kind != EMAIL:
        return _post(letter, now)
    if settings.smtp_url is None:
        return Attempt(why=NO_SERVER, away=True)
    return _mail(settings.smtp_url, letter, now)


def keep(settings: Settings, letter: Letter, now: datetime) -> Attempt:
    """A rehearsal's way of sending: nothing goes outside, the letter stays on its list."""
    return Attempt()


@contextmanager
def _cut_off(connected: socket.socket | None) -> Iterator[Event]:
    """Shut a connection down when it has taken too long in all; the event says that it was."""
    late = Event()

    def cut() -> None:
        late.set()
        try:
            if connected is not None:
                connected.shutdown(socket.SHUT_RDWR)
        except OSError:  # it is closed already
            return

    timer = Timer(WHOLE_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _mail(server: MailServer, letter: Letter, now: datetime) -> Attempt:
    import smtplib
    import ssl

    made = letters.mail(letter, server.sender, now)
    try:
        context = ssl.create_default_context() if server.tls or server.starttls else None
        smtp = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=WAIT_SECONDS, context=context)
            if server.tls
            else smtplib.SMTP(server.host, server.port, timeout=WAIT_SECONDS)
        )
        with smtp:
            if server.starttls:
                smtp.starttls(context=context)
            with _cut_off(smtp.sock):
                if server.user:
                    smtp.login(server.user, server.password)
                smtp.send_message(made, server.sender, [letter.address])
    except smtplib.SMTPRecipientsRefused as exc:
        return Attempt(
            why=REFUSED.format("、".join(str(code) for code, _ in exc.recipients.values()))
        )
    except smtplib.SMTPResponseException as exc:
        return Attempt(
            why=REFUSED.format(exc.smtp_code), away=isinstance(exc, smtplib.SMTPAuthenticationError)
        )
    except (OSError, smtplib.SMTPException) as exc:
        return _broken(exc)
    return Attempt()


def _post(letter: Letter, now: datetime) -> Attempt:
    from http.client import HTTPException

    content, parts = letters.body(letter), urlsplit(letters.mail_address(letter, now))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.connect()
        with _cut_off(connection.sock) as late:
            connection.request("POST", target, content, letters.headers(letter, content, now))
            answer = connection.getresponse()
            said = answer.read(ANSWER_BYTES) if letter.kind in {WECOM, DINGTALK} else b""
    except (OSError, HTTPException) as exc:
        return _broken(exc, connected=connection.sock is not None)
    finally:
        connection.close()
    if late.is_set():
        return Attempt(why=SILENT, away=True)
    if not 200 <= answer.status < 300:
        return Attempt(why=ANSWERED.format(answer.status))
    return _robot_answer(said) if letter.kind in {WECOM, DINGTALK} else Attempt()


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection

    return (HTTPSConnection if scheme == "https" else HTTPConnection)(
        host, port, timeout=WAIT_SECONDS
    )


def _broken(exc: Exception, *, connected: bool = False) -> Attempt:
    """Nobody there, or nobody who answers: then the whole server is away. One who hangs up has at
    least answered.
    """
    silent = isinstance(exc, TimeoutError)
    return Attempt(why=SILENT if silent else BROKEN, away=silent or not connected)


def _robot_answer(said: bytes) -> Attempt:
    """A robot says 200 to everything; whether it took the message stands in ``errcode``."""
    try:
        code = orjson.loads(said)["errcode"]
    except (ValueError, KeyError, TypeError):
        return Attempt(why=ODD)
    return (
        Attempt()
        if code == 0
        else Attempt(why=ROBOT.format(code if isinstance(code, int) else "?"))
    )
