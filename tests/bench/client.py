"""Somebody who works through the REST interface alone, over one kept-alive connection."""

import http.client
from itertools import count
from time import monotonic, perf_counter
from typing import Any
from uuid import uuid4

import orjson

IDLE_SECONDS = 1.0
"""After so long without a request a new connection is made, outside what is timed: the server drops
idle ones.
"""


class Client:
    """A signed-in person. After each request ``ms`` is how long it took, from sending to the last
    byte of the reply.
    """

    def __init__(self, port: int, login: str = "", *, token: str = "") -> None:
        self.port, self.headers, self.ms = port, {"Content-Type": "application/json"}, 0.0
        self._connection, self._used = (
            http.client.HTTPConnection("127.0.0.1", port, timeout=120),
            0.0,
        )
        self.token = token or (
            self.post("/tokens", {"login": login, "password": "jiebang"})["token"] if login else ""
        )
        if self.token:
            self.headers["Authorization"] = f"Bearer {self.token}"

    def get(self, path: str) -> Any:
        """The reply of an address under ``/api/v1``."""
        return orjson.loads(self.fetch(path))

    def fetch(self, path: str) -> bytes:
        """The content of an address under ``/api/v1``."""
        return self._send("GET", f"/api/v1{path}", None, self.headers)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The reply to a change; every change carries an idempotency key of its own."""
        headers = {**self.headers, "Idempotency-Key": str(uuid4())}
        return orjson.loads(self._send("POST", f"/api/v1{path}", orjson.dumps(body), headers))

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        if monotonic() - self._used > IDLE_SECONDS:
            self._connection.close()
            self._connection.connect()
        began = perf_counter()
        self._connection.request(method, path, body, headers)
        reply = self._connection.getresponse()
        content = reply.read()
        self.ms, self._used = 1000 * (perf_counter() - began), monotonic()
        if reply.status >= 300:
            raise AssertionError(f"{method} {path}: {reply.status} {content.decode()}")
        return content


SIGNS = "项目进展技术路线指标完成情况经费使用佐证材料单位意见核实协调推广成果转化"
"""Answers are made of these: what people write, as far as bytes are concerned."""


def text(seed: int, length: int = 200) -> str:
    """A text of ``length`` Chinese characters, another one for another seed."""
    return "".join(SIGNS[(seed * 31 + n * n + n) % len(SIGNS)] for n in range(length))


SEEDS = count(1)


def open_item(case: dict[str, Any]) -> int:
    """The one open item of a case page."""
    return next(int(item["id"]) for item in case["items"] if item["state"] == "open")


def answer(element: str) -> dict[str, Any]:
    """The body that completes a step of the bench's diagrams."""
    return {"answers": {f"{element}_text": text(next(SEEDS))}}


def whole_case(one: Client, two: Client) -> int:
    """A case from start to end, as two units do it; gives its id."""
    case = one.post("/processes/bench/cases", {"title": text(next(SEEDS), 20)})
    for element, client in (("a", one), ("b", two), ("c", one)):
        client.post(f"/items/{open_item(case)}/complete", answer(element))
        case = one.get(f"/cases/{case['id']}") if element != "c" else case
    return int(case["id"])


def many_cases(
    port: int, tokens: tuple[str, str], bounds: tuple[int, float], together: Any, spans: Any
) -> None:
    """A client process of its own: finish cases, beginning together with the other clients.

    :param bounds: at most so many cases, and none begun after so many seconds.
    :param spans: a queue; gets when this client began and ended, on the machine's clock, and how
        many it finished.
    """
    one, two = (Client(port, token=token) for token in tokens)
    cases, seconds = bounds
    together.wait()
    began, done = monotonic(), 0
    while done < cases and monotonic() < began + seconds:
        whole_case(one, two)
        done += 1
    spans.put((began, monotonic(), done))
