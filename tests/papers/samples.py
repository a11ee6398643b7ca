"""Sample data of every template, by the template's name; all people and enterprises are invented."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.samples import ANSWERS, ASSESSMENT, REPORT

PARAGRAPH = (
    "项目组围绕关键工艺开展了三轮对比试验，建立了原料含水率、干燥温度与成品率之间的对应关系，形成了可以在旗县推广的操作规程；"
    "与高校共建的联合实验室已投入使用，引进博士两名，培养技术骨干六名，带动周边农户增收，取得了较好的经济效益和社会效益。"
)
PROJECT: dict[str, Any] = {
    **ANSWERS["apply"], **ANSWERS["plan"], "approach": PARAGRAPH, "research_basis": PARAGRAPH,
    "research_content": "一是干燥工艺，\n二是制粒工艺，\n三是贮藏工艺。", "research_methods": PARAGRAPH,
    "project_start": date(2026, 3, 1), "project_end": date(2028, 12, 31),
    "plan_filled_on": date(2026, 3, 2), "gender": "male", "ethnicity": "蒙古族", "birth_date": date(1985, 6, 1),
    "education": "master", "position": "高级农艺师", "case_number": "赤科榜备〔2026〕001号",
    "case_title": ANSWERS["apply"]["project_title"], "today": date(2026, 3, 20),
    "members": [
        {"member_name": "苏日娜", "member_workplace": "红山区农业技术推广中心", "member_position": "农艺师",
         "member_duty": "田间试验与数据整理"},
        {"member_name": "赵志刚", "member_workplace": "赤峰学院 <化学系> & 生命科学系", "member_position": "副教授",
         "member_duty": "干燥动力学"},
    ],
    "conditions": "已有试验田 200 亩、烘干设备两台", "coordination_needs": "需协调试验用电增容",
    **ANSWERS["unit_review"], "unit_meeting_date": date(2026, 3, 3), **ANSWERS["department_review"],
    "recommendation_date": date(2026, 3, 5), **ANSWERS["initial_review"],
    "filing": {"decision": "filed", "number": "赤科榜备〔2026〕001号", "opinion": "同意备案", "round": "2026年第一批"},
}
YEAR = {**PROJECT, **REPORT, "achievements": PARAGRAPH, "problems": "缺少贮藏设备，建议予以支持。",
        "report_filled_on": date(2026, 12, 20),
        "evaluation_name": "2026年度评估",
        "report_materials": "1．试验记录\n2．检测报告"}
DATA: dict[str, dict[str, Any]] = {
    "cf_annex1": PROJECT, "cf_annex2": PROJECT, "cf_recommendation": PROJECT, "case_answers": PROJECT,
    "cf_annex3_annual": YEAR, "cf_annex3_final": {**YEAR, "evaluation_name": "结题验收"},
    "cf_filing_notice": {"round_title": "2026年第一批", "today": date(2026, 3, 20), "decisions": [
        {"filing_decision": decision, "filing_number": f"赤科榜备〔2026〕{number:03d}号", "application": {
            "project_title": title, "applicant_name": name, "unit_name": unit}}
        for number, (decision, title, name, unit) in enumerate([
            ("filed", "苜蓿草高值化加工技术", "白晓光", "红山区农业技术推广中心"),
            ("refused", "某项目", "某人", "某单位"),
            ("filed", "有色金属冶炼废渣减量化、绿色化和资源化关键技术研发及应用", "梁思雨", "市草业科学研究所"),
        ], start=1)]},
    "cf_assessment_report": {
        **YEAR, **ASSESSMENT, "grade": "一类", "total_score": Decimal("84.75"), "reported_on": date(2027, 1, 20),
        "assessment_report_number": "赤科榜评〔2027〕1号",
        "assessment_report": "该项目年度目标全部完成，成效明显，评定为一类。"},
}
NOW = datetime(2026, 4, 1, 10, tzinfo=UTC)
