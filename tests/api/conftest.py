"""A client of the REST interface: nothing but HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.town import Town


class Client:
    """Somebody who works through the interface alone."""

    def __init__(self, http: FlaskClient, login: str = "", password: str = "jiebang") -> None:
        self.http, self.headers = http, {}
        if login:
            token = self.post("/tokens", {"login": login, "password": password}, status=201)[
                "token"
            ]
            self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, status: int = 200) -> Any:
        return self._read(self.http.get(f"/api/v1{path}", headers=self.headers), status)

    def post(
        self, path: str, body: dict[str, Any] | None = None, status: int = 200, **more: Any
    ) -> Any:
        sent = more or {"json": body or {}}
        return self._read(self.http.post(f"/api/v1{path}", headers=self.headers, **sent), status)

    @staticmethod
    def _read(response: TestResponse, status: int) -> Any:
        assert response.status_code == status, response.get_data(as_text=True)
        return response.get_json(force=True) if response.data else None


class Http:
    """Makes clients of one town."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def __call__(self, login: str = "", **more: Any) -> Client:
        return Client(self.town.app.test_client(), login, **more)


@pytest.fixture
def http(town: Town) -> Http:
    return Http(town)
