"""Sending letters by SMTP or HTTP: one attempt within narrow limits of time.

Decided: a redirect is not followed, and only the status code of an answer is told. Because a person
who may enter an address must not learn through it what is inside the office's network. An answer
that comes in very slowly is cut off after a fixed time, because otherwise every byte would begin
the wait again. The libraries are loaded with the first letter, so that a process that sends none
does not load them.
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
    """Make one attempt. Returns how it ended, without the address, the key or the answer."""
    if letter.kind != EMAIL:
        return _post(letter, now)
    if settings.smtp_url is None:
        return Attempt(why=NO_SERVER, away=True)
    return _mail(settings.smtp_url, letter, now)


def keep(settings: Settings, letter: Letter, now: datetime) -> Attempt:
    """Send a letter in a rehearsal: nothing goes outside, the letter stays on the list."""
    return Attempt()


@contextmanager
def _cut_off(connected: socket.socket | None) -> Iterator[Event]:
    """Shut down a connection that takes too long in all. The event tells whether that
    happened.
    """
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

    message = letters.mail(letter, server.sender, now)
    smtp: smtplib.SMTP
    try:
        context = ssl.create_default_context() if server.tls or server.starttls else None
        if server.tls:
            smtp = smtplib.SMTP_SSL(
                server.host,
                server.port,
                timeout=WAIT_SECONDS,
                context=context,
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=WAIT_SECONDS)
        with smtp:
            if server.starttls:
                smtp.starttls(context=context)
            with _cut_off(smtp.sock):
                if server.user:
                    smtp.login(server.user, server.password)
                smtp.send_message(message, server.sender, [letter.address])
    except smtplib.SMTPRecipientsRefused as exc:
        codes = [str(code) for code, _ in exc.recipients.values()]
        return Attempt(why=REFUSED.format("、".join(codes)))
    except smtplib.SMTPResponseException as exc:
        login_refused = isinstance(exc, smtplib.SMTPAuthenticationError)
        return Attempt(why=REFUSED.format(exc.smtp_code), away=login_refused)
    except (OSError, smtplib.SMTPException) as exc:
        return _broken(exc)
    return Attempt()


def _post(letter: Letter, now: datetime) -> Attempt:
    from http.client import HTTPException

    content = letters.body(letter)
    address = urlsplit(letters.mail_address(letter, now))
    target = address.path or "/"
    if address.query:
        target += f"?{address.query}"
    connection = _connection(address.scheme, address.hostname or "", address.port)
    to_robot = letter.kind in {WECOM, DINGTALK}
    body = b""
    try:
        connection.connect()
        with _cut_off(connection.sock) as late:
            connection.request("POST", target, content, letters.headers(letter, content, now))
            answer = connection.getresponse()
            if to_robot:
                body = answer.read(ANSWER_BYTES)
    except (OSError, HTTPException) as exc:
        return _broken(exc, connected=connection.sock is not None)
    finally:
        connection.close()
    if late.is_set():
        return Attempt(why=SILENT, away=True)
    if not 200 <= answer.status < 300:
        return Attempt(why=ANSWERED.format(answer.status))
    return _robot_answer(body) if to_robot else Attempt()


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection

    if scheme == "https":
        return HTTPSConnection(host, port, timeout=WAIT_SECONDS)
    return HTTPConnection(host, port, timeout=WAIT_SECONDS)


def _broken(exc: Exception, *, connected: bool = False) -> Attempt:
    """The attempt for a connection that failed.

    If the server cannot be reached or does not answer, it is away. A server that hangs up is not.
    """
    silent = isinstance(exc, TimeoutError)
    return Attempt(why=SILENT if silent else BROKEN, away=silent or not connected)


def _robot_answer(body: bytes) -> Attempt:
    """The attempt for the answer of a robot.

    A robot answers every request with status 200. Its ``errcode`` tells whether it took the
    message.
    """
    try:
        code = orjson.loads(body)["errcode"]
    except (ValueError, KeyError, TypeError):
        return Attempt(why=ODD)
    if code == 0:
        return Attempt()
    shown_code = code if isinstance(code, int) else "?"
    return Attempt(why=ROBOT.format(shown_code))
