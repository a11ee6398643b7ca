"""Every paper: its headings in the document's order, its tables, its page; nothing of the template
left over.
"""

import re
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tests.papers import MANIFESTS, PAPERS, ROOT, VARIANTS, filled, values

CF = (ROOT / "bpmn" / "cf" / "document.txt").read_text()
NUMBER = re.compile(
    r"^(?:[一二三四五六七八九十]、|（[一二三四五六]）|第[一二三四五六七八九十]+条　)"
)
LANDSCAPE = {"zy_technology_list.docx", "zy_county_report.docx"}
FACES = {"仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"}
HEADINGS = {
    "cf_recommendation": ["项目基本情况", "所在单位党委（党组）意见", "推荐意见"],
    "cf_assessment_report": ["项目基本情况", "评估情况", "评估意见", "评估结果"],
    "zy_review_summary": [
        "专家评分",
        "专家评审意见",
        "发榜单位打分及意见",
        "汇总意见",
        "市委人才工作领导小组组长审议意见",
    ],
    "zy_agreement": [
        "揭榜人",
        "合作内容",
        "合作方式",
        "解决方案",
        "预期成果",
        "合作金额及支付",
        "实施期限",
        "知识产权归属",
        "双方责任",
        "违约责任和争议解决",
        "其他",
    ],
    "zy_establishment": ["立项内容", "有关要求"],
}
CELLS = {  # the first cells of the rows of a paper that is one form, in their order
    "cf_annex1": [
        "项目名称",
        "揭榜方向",
        "项目起止时间",
        "出生日期",
        "联系电话",
        "工作思路",
        "揭榜目标",
        "步骤及完成时限",
        "所在单位党委（党组）意见",
        "归口管理部门意见",
        "市科技局初审意见",
        "联席会议审核意见",
        "备案编号",
    ],
    "zy_posting": [
        "技术需求名称",
        "产业领域",
        "需求类型",
        "技术瓶颈和关键难题",
        "攻关目标和考核指标",
        "项目投入总额（元）",
        "揭榜额（元）",
        "知识产权归属",
        "对揭榜方的要求",
        "揭榜截止时间",
    ],
    "zy_publicity": ["项目名称", "需求方", "揭榜方", "核定揭榜额（元）", "研发补助（元）"],
    "zy_subsidy": ["核定揭榜额", "首期补助（50%）", "剩余补助", "市科技局意见", "市财政局意见"],
    "zy_acceptance": ["立项编号", "攻关目标和考核指标", "完成情况及成果", "结论", "意见"],
    "supervision_order": ["督办事项", "承办单位", "督办要求", "办结期限", "承办单位反馈"],
}
HEADS = {  # the headings of a paper's list
    "cf_filing_notice": "序号 备案编号 项目名称 揭榜人 揭榜人单位",
    "cf_assessment_report": "评估内容 指标 得分 定性评价",
    "zy_technology_list": "序号 需求编号 技术需求名称 需求方 所在县区 "
    "产业领域 需求类型 攻关目标和考核指标 "
    "揭榜额（元） 时限（月）",
    "zy_county_report": "序号 技术需求名称 需求方 揭榜方及所在单位 "
    "合作内容 预期成果 合作金额（元） 实施周期",
    "zy_review_summary": "专家 技术合理性 技术创新点 "
    "预期技术指标和经济指标 市场前景 项目执行计划 备注",
    "circular": "序号 单位 问题 具体情况",
}


def made(template: str, variant: str = "usual"):
    return Document(BytesIO(filled(template, values(template, variant))))


def headings(document) -> list[str]:
    return [
        NUMBER.sub("", p.text) for p in document.paragraphs if p.style.name.startswith("Heading")
    ]


def everything(document) -> str:
    parts = [
        document,
        *(part for s in document.sections for part in (s.footer, s.even_page_footer, s.header)),
    ]
    return "\n".join(text.text or "" for part in parts for text in part._element.iter(qn("w:t")))


def in_order(wanted: list[str], found: list[str]) -> bool:
    rest = iter(found)
    return all(one in rest for one in wanted)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("template", PAPERS)
def test_nothing_of_the_template_is_left_over(template, variant):
    text = everything(made(template, variant))
    assert not re.search(r"\{\{|\}\}|\{%|%\}|None|Undefined|Decimal", text)
    assert (
        ("________" in text)
        or variant != "empty"
        or template in {"cf_annex1.docx", "zy_subsidy.docx"}
    )


@pytest.mark.parametrize("template", PAPERS)
def test_the_page_is_the_official_one(template):
    document = made(template)
    (section,) = document.sections
    wide, high = (Mm(297), Mm(210)) if template in LANDSCAPE else (Mm(210), Mm(297))
    assert abs(section.page_width - wide) < Mm(0.1)
    assert abs(section.page_height - high) < Mm(0.1)
    margins = [section.top_margin, section.right_margin, section.bottom_margin, section.left_margin]
    wanted = [28, 37, 26, 35] if template in LANDSCAPE else [37, 26, 35, 28]
    assert [round(one / Mm(1)) for one in margins] == wanted
    assert document.styles["Normal"].font.size == Pt(16)
    assert document.styles["Normal"].paragraph_format.line_spacing == Pt(28)
    assert document.styles["Title"].font.size == Pt(22)
    for footer in (section.footer, section.even_page_footer):
        assert re.fullmatch(r"— \d+ —", footer.paragraphs[0].text)
        assert "PAGE" in footer._element.xml


@pytest.mark.parametrize("template", PAPERS)
def test_the_official_fonts_are_named_with_what_stands_for_them(template):
    document = made(template)
    used = {fonts.get(qn("w:eastAsia")) for fonts in document.element.iter(qn("w:rFonts"))}
    styles = [document.styles[name].element for name in ("Normal", "Title", "Heading 1")]
    used |= {style.rPr.rFonts.get(qn("w:eastAsia")) for style in styles}
    assert used <= FACES
    table = next(
        part.blob.decode()
        for part in document.part.package.iter_parts()
        if str(part.partname).endswith("fontTable.xml")
    )
    for face in FACES:
        assert re.search(f'w:name="{face}"><w:altName w:val="[^"]*Noto S[^"]*"', table)


@pytest.mark.parametrize(("template", "wanted"), HEADINGS.items())
def test_the_headings_stand_in_their_order(template, wanted):
    assert headings(made(f"{template}.docx")) == wanted


@pytest.mark.parametrize(
    ("template", "after"),
    [
        ("cf_annex2", "科技项目计划书（提纲）"),
        ("cf_annex3_annual", "科技项目年度（结题）工作总结报告（提纲）"),
        ("cf_annex3_final", "科技项目年度（结题）工作总结报告（提纲）"),
    ],
)
def test_the_annexes_have_the_documents_own_headings_in_its_order(template, after):
    found = headings(made(f"{template}.docx"))
    outline = [NUMBER.sub("", line.strip()) for line in CF[CF.rindex(after) :].splitlines()]
    assert len(found) >= 8
    assert in_order(found, outline)
    assert "".join(CF.split()).count(found[0]) >= 1


@pytest.mark.parametrize("template", ["cf_annex2", "cf_annex3_annual", "cf_annex3_final"])
def test_the_cover_asks_what_the_documents_cover_asks(template):
    lines = [p.text for p in made(f"{template}.docx").paragraphs]
    cover = lines[: lines.index("二〇二五年制") + 1]
    asked = [
        "项 目 类 别",
        "项 目 名 称",
        "揭榜人及电话",
        "揭榜人单位（盖章）",
        "项目起止时间",
        "填 报 时 间",
        "归口管理部门（盖章）",
    ]
    assert [line.partition("：")[0] for line in cover if "：" in line] == asked
    assert all(one in CF for one in [*asked, "赤峰市科学技术局制"])


@pytest.mark.parametrize(("template", "wanted"), CELLS.items())
def test_a_form_asks_in_its_order(template, wanted):
    cells = [row.cells[0].text for table in made(f"{template}.docx").tables for row in table.rows]
    assert in_order(wanted, cells)


@pytest.mark.parametrize(("template", "wanted"), HEADS.items())
def test_a_list_repeats_its_headings_and_keeps_its_rows_whole(template, wanted):
    tables = [
        table
        for table in made(f"{template}.docx", "long").tables
        if table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    ]
    assert tables
    for table in tables:
        assert [cell.text for cell in table.rows[0].cells] == wanted.split()
        one_line = template == "zy_county_report"  # one project, as long as its text is
        assert one_line or all(
            row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows
        )


def test_a_list_has_a_row_for_each_entry_and_an_empty_one_without_any():
    assert len(made("cf_filing_notice.docx").tables[0].rows) == 3
    assert [cell.text for cell in made("cf_filing_notice.docx").tables[0].rows[2].cells][:2] == [
        "2",
        "赤科榜备〔2026〕003号",
    ]
    assert len(made("cf_filing_notice.docx", "long").tables[0].rows) == 25
    assert len(made("cf_filing_notice.docx", "empty").tables[0].rows) == 2


def test_amounts_stand_in_figures_and_in_capitals():
    rows = {
        row.cells[0].text: [cell.text for cell in row.cells[1:]]
        for row in made("zy_subsidy.docx").tables[0].rows
    }
    assert rows["核定揭榜额"] == ["5,050,505.05", "伍佰零伍万零伍佰零伍元零伍分"]
    assert rows["首期补助（50%）"] == ["500,000.00", "伍拾万元整"]
    assert "其中市级承担300,000.00元" in rows["首期补助拨付"][0]


def test_what_was_typed_in_lines_becomes_paragraphs_and_signs_stay_signs():
    document = made("cf_annex2.docx")
    texts = [p.text for p in document.paragraphs]
    at = texts.index("二是制粒工艺，")
    assert texts[at - 1 : at + 2] == ["一是干燥工艺，", "二是制粒工艺，", "三是贮藏工艺。"]
    assert len({str(p._p.pPr.xml) for p in document.paragraphs[at - 1 : at + 2]}) == 1
    rows = made("cf_annex1.docx").tables[0].rows
    assert "赤峰学院 <化学系> & 生命科学系" in {cell.text for row in rows for cell in row.cells}


def test_every_paper_that_is_printed_has_its_template_and_every_template_its_sample():
    used = {
        paper["template"] for manifest in MANIFESTS.values() for paper in manifest["papers"]
    } - {"ledger.xlsx"}
    assert used <= set(PAPERS)
    assert set(PAPERS) - used == set()
