"""文书: Word files of a case through the interface, who may have them, and the whole file of a
case.
"""

import hashlib
import json
import re
from io import BytesIO
from zipfile import ZipFile

import orjson
import pytest
from docx import Document
from openpyxl import load_workbook

from service.commands.supervision.orders import StartCircular
from service.papers.cases import safe_name
from tests.api.conftest import Client, Http
from tests.papers import TEMPLATES
from tests.town import Town


def fetched(client: Client, path: str) -> bytes:
    with client.http.get(f"/api/v1{path}", headers=client.headers) as sent:
        assert sent.status_code == 200, sent.get_data(as_text=True)
        return bytes(sent.data)


def text_of(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def why(client: Client, case: int) -> dict[str, str]:
    return {paper["name"]: paper["why"] for paper in client.get(f"/cases/{case}/papers")["papers"]}


def assessed(town: Town) -> int:
    """A project whose final assessment has been reported."""
    case = town.filed()
    town.forward(days=1)
    for login, element in (
        ("cf.gangbu", "tracking"),
        ("cf.gangbu", "final_report"),
        ("cf.hongshan", "final_audit"),
        ("cf.kjj", "final_assessment"),
        ("cf.kjj", "final_result"),
    ):
        town.complete(login, case, element)
    return case


def edited(template: str, text: str) -> bytes:
    """The template as an office returns it from Word, with one more paragraph."""
    document, out = Document(TEMPLATES / template), BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def upload(client: Client, name: str, content: bytes, status: int = 201, query: str = "") -> dict:
    return client.post(
        f"/deployments{query}",
        status=status,
        data={"file": (BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def test_a_paper_can_be_had_from_its_step_on(http: Http, town: Town) -> None:
    case, client = town.start("cf_project", "cf.gangbu"), http("cf.gangbu")
    assert not why(client, case)["annex1"]
    assert "编制项目计划书" in why(client, case)["annex2"]
    assert client.get(f"/cases/{case}/papers/annex2.docx", 409)["code"] == "not_offered"
    town.complete("cf.gangbu", case, "apply")
    assert not why(client, case)["annex2"]
    assert "________" in text_of(fetched(client, f"/cases/{case}/papers/annex2.docx"))


def test_a_paper_shows_the_words_of_choices_and_the_days_of_an_office(
    http: Http, town: Town
) -> None:
    said = text_of(
        fetched(http("cf.hongshan"), f"/cases/{town.reviewed()}/papers/recommendation.docx")
    )
    assert "项目类别：农社领域" in said
    assert "项目起止时间：2026年3月 至 2028年12月" in said
    assert "红科〔2026〕1号" in said


@pytest.mark.parametrize(
    ("city", "issuer", "approver", "paper", "unit", "seal"),
    [
        ("cf", "cf.kjj", "cf.kjj.head", "circular", "红山区科技局", "市科技局（盖章）"),
        ("zy", "zy.ldb", "zy.kjj", "issued_circular", "甘州区", "领导小组办公室（盖章）"),
    ],
)
def test_a_circular_names_the_units_it_is_for_and_who_issues_it(
    http: Http, town: Town, city: str, issuer: str, approver: str, paper: str, unit: str, seal: str
) -> None:
    units = {"cf": ("hongshan",), "zy": ("ganzhou",)}[city]
    case = town.runtime.perform(
        StartCircular(
            actor=town.actor(f"{city}.ducha"),
            title="关于3月督查情况的通报",
            text="逾期两件。",
            units=units,
        )
    )
    town.complete(
        issuer,
        case,
        "edit_circular",
        circular_title="关于3月督查情况的通报",
        circular_text="逾期两件。",
    )
    town.complete(approver, case, "approve_issue", circular_conclusion="agree")
    said = text_of(fetched(http(issuer), f"/cases/{case}/papers/{paper}.docx")).split("\n")
    assert any(line.startswith(unit) and line.endswith("：") for line in said), said
    assert any(line.endswith(seal) for line in said), said
    assert "逾期两件。" in said


def test_papers_of_other_cases_and_processes_are_not_found(http: Http, town: Town) -> None:
    case = town.applied()
    assert http("cf.songshan").get(f"/cases/{case}/papers", 404)["code"] == "not_found"
    assert http("cf.songshan").get(f"/cases/{case}/papers/annex1.docx", 404)["code"] == "not_found"
    assert http("cf.songshan").get(f"/cases/{case}/file.zip", 404)["code"] == "not_found"
    client = http("cf.gangbu")
    for name in ("filing_notice.docx", "nothing.docx", "annex1.xlsx", "ledger.docx"):
        assert client.get(f"/cases/{case}/papers/{name}", 404)["code"] == "not_found"


def test_what_is_restricted_does_not_leak_through_a_paper(http: Http, town: Town) -> None:
    case = assessed(town)
    kept, given = http("cf.gangbu"), http("cf.kjj")
    assert "85.50" in text_of(fetched(given, f"/cases/{case}/papers/final_result.docx"))
    assert "成效明显" in text_of(fetched(given, f"/cases/{case}/papers/final_result.docx"))
    assert kept.get(f"/cases/{case}/papers/final_result.docx", 403)["code"] == "not_allowed"
    listed = text_of(fetched(kept, f"/cases/{case}/papers/answers.docx"))
    assert "仅限指定单位查看" in listed
    assert "成效明显" not in listed
    assert "成效明显" in text_of(fetched(given, f"/cases/{case}/papers/answers.docx"))


def test_a_template_that_prints_what_is_restricted_closes_its_paper(http: Http, town: Town) -> None:
    case = assessed(town)
    upload(
        http("cf.owner"), "cf_annex1.docx", edited("cf_annex1.docx", "得分 {{ political_quality }}")
    )
    assert http("cf.gangbu").get(f"/cases/{case}/papers/annex1.docx", 403)["code"] == "not_allowed"
    assert why(http("cf.gangbu"), case)["annex1"]
    assert why(http("cf.kjj"), case)["annex1"] == ""


def test_what_is_restricted_is_missing_in_the_rounds_that_a_template_lists(
    http: Http, town: Town
) -> None:
    case = assessed(town)
    text = (
        "{% for one in final_rounds %}{{ one.achievements }}，"
        "{{ one.political_comment }}{% endfor %}"
    )
    upload(http("cf.owner"), "cf_annex1.docx", edited("cf_annex1.docx", text))
    for login, shown in (
        ("cf.gangbu", "形成加工工艺一套，________"),
        ("cf.kjj", "形成加工工艺一套，担当作为"),
    ):
        assert shown in text_of(fetched(http(login), f"/cases/{case}/papers/annex1.docx"))


def test_an_office_replaces_a_template_and_puts_the_old_one_back(http: Http, town: Town) -> None:
    case, owner, path = town.applied(), http("cf.owner"), "/papers/annex2.docx"
    old, new = (
        (TEMPLATES / "cf_annex2.docx").read_bytes(),
        edited("cf_annex2.docx", "联系人：{{ applicant_name }}"),
    )
    for content, shown in ((new, True), (old, False), (new, True)):
        upload(owner, "cf_annex2.docx", content)
        assert (
            "联系人：白晓光" in text_of(fetched(http("cf.gangbu"), f"/cases/{case}{path}"))
        ) is shown
    again = upload(owner, "cf_annex2.docx", new)
    assert again["id"] == upload(owner, "cf_annex2.docx", new)["id"]


def test_the_gate_refuses_templates_that_do_more_than_print(http: Http, town: Town) -> None:
    owner = http("cf.owner")
    for content in (
        b"no Word file",
        *(edited("cf_annex2.docx", text) for text in ("{{ ''.__class__ }}", "{% if %}")),
    ):
        found = upload(owner, "cf_annex2.docx", content, 422)
        assert [one["rule"] for one in found["findings"]] == ["file-readable"]
    assert (
        upload(http("cf.kjj"), "cf_annex2.docx", edited("cf_annex2.docx", ""), 403)["code"]
        == "not_allowed"
    )


def test_the_gate_names_what_a_template_will_leave_empty(http: Http, town: Town) -> None:
    wrong = edited("cf_annex2.docx", "{{ applicant_nam }}")
    found = upload(http("cf.owner"), "cf_annex2.docx", wrong, 200, "?check_only=true")["findings"]
    assert [(one["rule"], one["element"], one["severity"]) for one in found] == [
        ("paper-name", "applicant_nam", "warning")
    ]
    assert "applicant_name" in found[0]["message"]
    found = upload(
        http("cf.owner"), "annex9.docx", edited("cf_annex2.docx", ""), 200, "?check_only=true"
    )["findings"]
    assert [one["rule"] for one in found] == ["paper-unused"]


def test_a_report_shows_its_own_year(http: Http, town: Town) -> None:
    case = town.filed()
    town.forward(days=1)
    town.complete("cf.gangbu", case, "tracking")
    town.complete("cf.gangbu", case, "final_report", achievements="第一稿")
    town.send_back("cf.hongshan", case, "final_audit", "final_report")
    assert "第一稿" not in text_of(
        fetched(http("cf.gangbu"), f"/cases/{case}/papers/annex3_final.docx")
    )
    town.complete("cf.gangbu", case, "final_report", achievements="第二稿")
    assert "第二稿" in text_of(
        fetched(http("cf.gangbu"), f"/cases/{case}/papers/annex3_final.docx")
    )


def test_the_filing_round_publishes_those_that_were_filed(http: Http, town: Town) -> None:
    town.reviewed("甲项目")
    town.reviewed("乙项目")
    case = town.round()
    town.complete("cf.lxh", case, "decide")
    town.complete("cf.lxh", case, "decide", filing_decision="refused")
    said = text_of(fetched(http("cf.kjj"), f"/cases/{case}/papers/filing_notice.docx"))
    assert "赤科榜备〔2026〕001号" in said
    assert "赤科榜备〔2026〕002号" not in said


def test_the_ledger_of_one_case_is_a_workbook(http: Http, town: Town) -> None:
    case = town.filed()
    book = load_workbook(BytesIO(fetched(http("cf.kjj"), f"/cases/{case}/papers/ledger.xlsx")))
    assert book.sheetnames == ["红山区科技局"]
    assert book.active.cell(4, 3).value == "苜蓿草高值化加工技术"


def test_the_whole_file_holds_papers_attachments_and_the_record(http: Http, town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    for content in (b"one", b"two"):
        town.attach("cf.danwei", item, "../会议:纪要.pdf", content)
    with ZipFile(BytesIO(fetched(http("cf.gangbu"), f"/cases/{case}/file.zip"))) as file:
        names = file.namelist()
        contents = file.read("目录.txt").decode("utf-8-sig").splitlines()
        chain = json.loads(file.read("办理记录（校验链）.json"))["lines"]
        found = (re.fullmatch(r"([0-9a-f]{64}) +[0-9]+  (.+)", line) for line in contents)
        listed = {line[2]: line[1] for line in found if line}
        assert listed == {
            name: hashlib.sha256(file.read(name)).hexdigest()
            for name in names
            if name != "目录.txt"
        }
        assert load_workbook(BytesIO(file.read("办理记录.xlsx"))).active.max_row > 3
    assert names[-1] == "目录.txt"
    assert {"文书/附件1 项目申报表.docx", "文书/办理内容.docx"} <= set(names)
    assert [name for name in names if name.startswith("附件/")] == [
        "附件/会议_纪要.pdf",
        "附件/会议_纪要（2）.pdf",
    ]
    assert [line["seq"] for line in chain] == list(range(1, len(chain) + 1))
    assert chain[-1]["digest"] == (town.row(case).journal_head or b"").hex()
    before = b""
    for line in chain:  # what stands in the file is enough to check the chain without the program
        digest = line.pop("digest")
        before = hashlib.sha256(before + orjson.dumps(line, option=orjson.OPT_SORT_KEYS)).digest()
        assert digest == before.hex()
    assert any("推荐文" in line for line in contents)


def test_the_whole_file_leaves_out_what_the_reader_may_not_read(http: Http, town: Town) -> None:
    case = town.filed()
    town.forward(days=1)
    for login, element in (
        ("cf.gangbu", "tracking"),
        ("cf.gangbu", "final_report"),
        ("cf.hongshan", "final_audit"),
    ):
        town.complete(login, case, element)
    town.attach("cf.kjj", town.item(case, "final_assessment").id, "评分底稿.pdf", b"secret")
    town.complete("cf.kjj", case, "final_assessment")
    for login, seen in (("cf.gangbu", False), ("cf.kjj", True)):
        with ZipFile(BytesIO(fetched(http(login), f"/cases/{case}/file.zip"))) as file:
            assert ("附件/评分底稿.pdf" in file.namelist()) is seen
            assert ("成效明显" in text_of(file.read("文书/办理内容.docx"))) is seen
            lines = json.loads(file.read("办理记录（校验链）.json"))["lines"]
            hidden = [line["facts"] for line in lines if line["element"] == "final_assessment"]
            assert all(facts is None for facts in hidden) is not seen
            contents = file.read("目录.txt").decode()
            assert ("尚在封存）：1 个" in contents, "评分底稿" in contents) == (not seen, seen)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "__.._etc_passwd"),
        ("a/b\\c.pdf", "a_b_c.pdf"),
        ("\x00.", "__"),
        ("", "_"),
        ("...", "_"),
        ("长" * 200 + ".docx", "长" * 80 + ".docx"),
        ("纪要.pdf. ", "纪要.pdf_"),
    ],
)
def test_names_in_the_file_are_safe_everywhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe
