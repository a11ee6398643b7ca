"""A mail server and an HTTP receiver that tests can let fail, hang, break off and recover."""

import email
import email.policy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Mailbox:
    """What a mail server took, in the order it came. ``refuse`` is what it answers instead, where
    that is set.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[str] = []
        self.users: list[str] = []
        self.refuse = ""

    def text(self) -> str:
        """The plain text of the last mail."""
        found = self.mails[-1].get_body(["plain"])
        assert found is not None
        return str(found.get_content())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        assert isinstance(envelope.content, bytes)
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        self.to += envelope.rcpt_tos
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"p@ss/word", handled=True)


@contextmanager
def mail_server(box: Mailbox, port: int = 0) -> Iterator[int]:
    """A real SMTP server on the loopback; gives its port."""
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port or free_port(),
        authenticator=box.authenticate,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    """A port nobody listens on at this moment."""
    from socket import socket

    with socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Receiver:
    """A webhook's far end. ``behaviour`` by path: take, fail, hang, break, move (a redirect) or
    robot (its refusal).
    """

    def __init__(self) -> None:
        self.behaviour: dict[str, str] = {}
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.released, self.lock = Event(), Lock()

    def bodies(self, path: str) -> list[Any]:
        """What was taken on a path."""
        return [json.loads(body) for at, _, body in self.came if at.partition("?")[0] == path]

    def ids(self, path: str) -> list[str]:
        """The ids of what came to a path, taken or not."""
        return [
            headers["x-jiebang-delivery"]
            for at, headers, _ in self.came
            if at.partition("?")[0] == path
        ]


class Desk(BaseHTTPRequestHandler):
    """Takes what comes, or whatever its receiver does instead on this path."""

    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.receiver.lock:
            self.receiver.came.append(
                (self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            )
        match self.receiver.behaviour.get(self.path.partition("?")[0], "take"):
            case "hang":
                self.receiver.released.wait(60)
            case "break":
                self.connection.close()
            case "fail":
                self.answer(500, b"secret page of the receiver")
            case "move":
                self.answer(302, b"", Location="/elsewhere")
            case "robot":
                self.answer(200, b'{"errcode": 93000, "errmsg": "invalid"}')
            case _:
                self.answer(200, b'{"errcode": 0}')

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at what came."""


class Quiet(ThreadingHTTPServer):
    """A server that does not mind when somebody has gone away."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def http_receiver(receiver: Receiver) -> Iterator[str]:
    """A real HTTP server on the loopback; gives its address."""
    server = Quiet(("127.0.0.1", 0), type("TheirDesk", (Desk,), {"receiver": receiver}))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        receiver.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
