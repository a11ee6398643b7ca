"""Who the experts are, and who has scored, is in nothing that others get over the interface."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from service.clock import tick
from tests.api.conftest import Http
from tests.project import BUREAU, COUNTY, DEMANDER, PARTY, Project
from tests.town import Town

NAMES = ("田野", "任静", "石磊", "zy.expert1", "zy.expert2", "zy.expert3")


@pytest.fixture
def project(town: Town) -> Project:
    """A project of which one expert has scored, and the others are late."""
    made = Project(town).reach("score")
    made.score("zy.expert1")
    town.now += timedelta(days=30)
    tick(town.runtime)
    return made


def told(http: Http, login: str, project: Project) -> dict[str, str]:
    """What somebody gets, by address."""
    case, client = project.case, http(login)
    items = [
        item.id for state in ("open", "done") for item in project.town.items(case, state=state)
    ]
    paths = [
        f"/cases/{case}",
        f"/cases/{case}/journal",
        f"/cases/{case}/diagram",
        f"/cases/{case}/file.zip",
        f"/cases/{case}/papers",
        f"/cases/{case}/papers/answers.docx",
        "/cases",
        "/notices",
        "/supervision/items?light=red",
        "/supervision/board?format=xlsx",
        *(f"/items?box={box}" for box in ("todo", "claimed", "done", "started")),
        *(f"/items/{item}" for item in items),
    ]
    return {path: unpacked(get(client, f"/api/v1{path}")) for path in paths} | {
        f"page {path}": unpacked(get(client, path))
        for path in (f"/cases/{case}", "/inbox?box=started", "/supervision/items?light=red")
    }


def get(client, path: str) -> bytes:
    with client.http.get(path, headers=client.headers) as response:
        return response.data


def unpacked(content: bytes) -> str:
    """Text, and what is packed into it."""
    if content[:1] in (b"{", b"["):
        return json.dumps(json.loads(content), ensure_ascii=False)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "".join(unpacked(packed.read(name)) for name in packed.namelist())


@pytest.mark.parametrize(
    "login", [DEMANDER, BUREAU, COUNTY, "zy.czj", "zy.ducha", "zy.owner", "zy.admin"]
)
def test_no_address_tells_who_the_experts_are(http: Http, project: Project, login: str) -> None:
    found = told(http, login, project)
    assert {path for path, text in found.items() if any(name in text for name in NAMES)} == set()
    assert "姓名不公开" in found[f"/cases/{project.case}"]
    assert "姓名不公开" in found[f"page /cases/{project.case}"]


def test_the_organizer_is_told(http: Http, project: Project) -> None:
    found = told(http, PARTY, project)
    assert all(name in found[f"/cases/{project.case}"] for name in NAMES[:3])
