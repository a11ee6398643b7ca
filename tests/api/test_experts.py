"""Who the experts are, and who has scored, is in nothing that others get over the interface."""

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service.clock import tick
from service.commands.processes.deployments import Deploy
from service.commands.terms.extending import ExtendItem
from service.domain.people.actor import Holder
from service.store.notices import NoticeRow
from tests.api.conftest import Http
from tests.project import BUREAU, COUNTY, DEMANDER, PARTY, Project
from tests.town import ROOT, Town

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


def notices_of(project: Project, holder: Holder) -> list[str]:
    with project.town.runtime.query() as session:
        wanted = select(NoticeRow.text).where(NoticeRow.holder == holder)
        return list(session.scalars(wanted))


def test_supervisors_hear_of_a_late_score_sheet_without_a_name(project: Project) -> None:
    told = [
        text for text in notices_of(project, Holder.role("zy", "supervisor")) if "评审打分" in text
    ]
    assert told
    assert not [name for name in NAMES if name in repr(told)]
    expert = project.town.actor("zy.expert2")
    assert notices_of(project, Holder.heads(expert.unit_id or 0)) == []
    assert [text for text in notices_of(project, Holder.person(expert.person_id)) if "逾期" in text]


def test_whoever_decides_on_more_time_for_an_expert_is_not_told_their_name_by_the_application(
    project: Project,
) -> None:
    town = project.town
    item = town.item(project.case, "score", place="scores/1").id
    town.runtime.perform(
        ExtendItem(
            actor=town.actor("zy.expert2"), item_id=item, reason="出差", until=date(2026, 12, 1)
        )
    )
    (asked,) = [one for one in town.box("zy.owner") if one.process == "extension"]
    assert town.row(asked.case_id).data["item_unit"] == "姓名不公开"


def test_a_remark_that_names_somebody_does_not_tell_them_whose_it_is(town: Town) -> None:
    text = (ROOT / "bpmn/zy/zy_project.bpmn").read_text("utf-8")
    sealed = '<camunda:property name="sealed" value="=score_summary = null" />'
    town.runtime.perform(
        Deploy(
            actor=town.actor("zy.owner"),
            jurisdiction="zy",
            files={"zy_project.bpmn": text.replace(sealed, "").encode()},
        )
    )
    project = Project(town).reach("score")
    item = town.item(project.case, "score", place="scores/1").id
    town.comment("zy.expert2", item, "请 @马晓燕 核对附件")
    bureau = Holder.person(town.actor(BUREAU).person_id)
    (told,) = [text for text in notices_of(project, bureau) if "核对附件" in text]
    assert "任静" not in told
    assert "任静" not in repr(town.page(BUREAU, item))
