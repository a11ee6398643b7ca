"""Sample data of every template, by the template's name; all people and enterprises are
invented.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.samples import ANSWERS, ASSESSMENT, REPORT

PARAGRAPH = (
    "项目组围绕关键工艺开展了三轮对比试验，建立了原料含水率、"
    "干燥温度与成品率之间的对应关系，形成了可以在旗县推广的操作规程；"
    "与高校共建的联合实验室已投入使用，引进博士两名，培养技术骨干六名，"
    "带动周边农户增收，取得了较好的经济效益和社会效益。"
)
PROJECT: dict[str, Any] = {
    **ANSWERS["apply"],
    **ANSWERS["plan"],
    "approach": PARAGRAPH,
    "research_basis": PARAGRAPH,
    "research_content": "一是干燥工艺，\n二是制粒工艺，\n三是贮藏工艺。",
    "research_methods": PARAGRAPH,
    "project_start": date(2026, 3, 1),
    "project_end": date(2028, 12, 31),
    "plan_filled_on": date(2026, 3, 2),
    "gender": "male",
    "ethnicity": "蒙古族",
    "birth_date": date(1985, 6, 1),
    "education": "master",
    "position": "高级农艺师",
    "case_number": "赤科榜备〔2026〕001号",
    "case_title": ANSWERS["apply"]["project_title"],
    "today": date(2026, 3, 20),
    "members": [
        {
            "member_name": "苏日娜",
            "member_workplace": "红山区农业技术推广中心",
            "member_position": "农艺师",
            "member_duty": "田间试验与数据整理",
        },
        {
            "member_name": "赵志刚",
            "member_workplace": "赤峰学院 <化学系> & 生命科学系",
            "member_position": "副教授",
            "member_duty": "干燥动力学",
        },
    ],
    "conditions": "已有试验田 200 亩、烘干设备两台",
    "coordination_needs": "需协调试验用电增容",
    **ANSWERS["unit_review"],
    "unit_meeting_date": date(2026, 3, 3),
    **ANSWERS["department_review"],
    "recommendation_date": date(2026, 3, 5),
    **ANSWERS["initial_review"],
    "filing": {
        "decision": "filed",
        "number": "赤科榜备〔2026〕001号",
        "opinion": "同意备案",
        "round": "2026年第一批",
    },
}
YEAR = {
    **PROJECT,
    **REPORT,
    "achievements": PARAGRAPH,
    "problems": "缺少贮藏设备，建议予以支持。",
    "report_filled_on": date(2026, 12, 20),
    "evaluation_name": "2026年度评估",
    "report_materials": "1．试验记录\n2．检测报告",
}
DATA: dict[str, dict[str, Any]] = {
    "cf_annex1": PROJECT,
    "cf_annex2": PROJECT,
    "cf_recommendation": PROJECT,
    "case_answers": PROJECT,
    "cf_annex3_annual": YEAR,
    "cf_annex3_final": {**YEAR, "evaluation_name": "结题验收"},
    "cf_filing_notice": {
        "round_title": "2026年第一批",
        "today": date(2026, 3, 20),
        "decisions": [
            {
                "filing_decision": decision,
                "filing_number": f"赤科榜备〔2026〕{number:03d}号",
                "application": {"project_title": title, "applicant_name": name, "unit_name": unit},
            }
            for number, (decision, title, name, unit) in enumerate(
                [
                    ("filed", "苜蓿草高值化加工技术", "白晓光", "红山区农业技术推广中心"),
                    ("refused", "某项目", "某人", "某单位"),
                    (
                        "filed",
                        "有色金属冶炼废渣减量化、绿色化和资源化关键技术研发及应用",
                        "梁思雨",
                        "市草业科学研究所",
                    ),
                ],
                start=1,
            )
        ],
    },
    "cf_assessment_report": {
        **YEAR,
        **ASSESSMENT,
        "grade": "一类",
        "total_score": Decimal("84.75"),
        "reported_on": date(2027, 1, 20),
        "assessment_report_number": "赤科榜评〔2027〕1号",
        "assessment_report": "该项目年度目标全部完成，成效明显，评定为一类。",
    },
}
NOW = datetime(2026, 4, 1, 10, tzinfo=UTC)

DEMAND: dict[str, Any] = {
    "demand_number": "张技需〔2026〕0001号",
    "demand_name": "制种玉米花粉高活力低温保存技术",
    "demander_name": "金张掖种业有限公司（示例企业）",
    "demander_kind": "高新技术企业",
    "county": "ganzhou",
    "field": "育种制种",
    "kind": "技术研发",
    "shortage": "bottleneck",
    "problem": PARAGRAPH,
    "indicators": "保存30天花粉活力不低于80%，成本降低20%",
    "total_amount": Decimal("6000000.00"),
    "bounty": Decimal("5050505.05"),
    "months": Decimal(24),
    "ownership": "双方共有，需求方优先实施",
    "bidder_requirements": "具有相关研究基础",
    "contact_name": "钱伟",
    "contact_phone": "13900139000",
}
BID: dict[str, Any] = {
    **DEMAND,
    "posting_number": "张科榜〔2026〕001号",
    "bids_close_at": datetime(2026, 5, 1, 10, tzinfo=UTC),
    "today": date(2026, 4, 1),
    "bidder_name": "方敏团队",
    "bidder_organization": "河西育种研究院（示例揭榜方）",
    "agreement_content": PARAGRAPH,
    "cooperation_mode": "联合攻关",
    "solution": PARAGRAPH,
    "expected_results": "形成技术规程一套，建成示范线一条",
    "agreement_amount": Decimal("5000000.00"),
    "implementation_start": date(2026, 7, 1),
    "implementation_end": date(2028, 6, 30),
    "county_contact": "王学斌",
    "county_phone": "0936-8200000",
    "county_report": "县区安排专人全程衔接，双方洽谈三次。",
    "envoy_name": "丁海波",
    "envoy_phone": "13700137000",
}
SCORES: dict[str, Any] = dict.fromkeys(
    ("score_rationality", "score_innovation", "score_indicators", "score_market", "score_plan"),
    Decimal(88),
)
DECIDED: dict[str, Any] = {
    **BID,
    "approved_amount": Decimal("5050505.05"),
    "subsidy": Decimal("1000000.00"),
    "first_payment": Decimal("500000.00"),
    "remaining_payment": Decimal("500000.00"),
    "publicity_number": "张科榜公〔2026〕003号",
    "publicity_until": date(2026, 6, 10),
    "establish_number": "张科榜立〔2026〕001号",
    "established_on": date(2026, 6, 11),
    "paid_by_demander": Decimal("1800000.00"),
    "first_paid_amount": Decimal("500000.00"),
    "first_city_share": Decimal("300000.00"),
    "first_county_share": Decimal("200000.00"),
    "first_paid_on": date(2026, 7, 20),
    "completion_report": PARAGRAPH,
    "acceptance_way": "experts",
    "acceptance": "passed",
    "accepted_on": date(2028, 7, 10),
    "acceptance_opinion": "完成全部考核指标，同意通过验收。",
}
DATA |= {
    "zy_technology_list": {
        "case_title": "2026年试点",
        "today": date(2026, 4, 1),
        "listed_demands": [
            DEMAND,
            {
                **DEMAND,
                "demand_number": "张技需〔2026〕0002号",
                "demand_name": "凹凸棒石基吸附材料改性",
                "field": "凹凸棒石转化利用",
            },
            {
                **DEMAND,
                "demand_number": "张技需〔2026〕0003号",
                "shortage": "shortage",
                "bounty": None,
            },
        ],
    },
    "zy_posting": BID,
    "zy_agreement": BID,
    "zy_county_report": BID,
    "zy_publicity": DECIDED,
    "zy_subsidy": DECIDED,
    "zy_establishment": DECIDED,
    "zy_acceptance": DECIDED,
    "zy_review_summary": {
        **BID,
        "scores": [SCORES, {**SCORES, "score_market": Decimal("76.5")}, {"recused": True}],
        "score_average": Decimal("87.30"),
        "score_spread": Decimal("2.30"),
        "score_count": Decimal(2),
        "score_missing": Decimal(0),
        "score_recused": Decimal(1),
        "review_opinion": "建议支持。",
        "score_opinions": "专家1：技术路线合理。\n专家2：市场前景较好。\n专家3：回避",
        "demander_scores": "技术合理性90；技术创新点88\n意见：符合企业需求。",
    },
    "circular": {
        "circular_number": "市委人才办通〔2026〕1号",
        "circular_title": "关于2026年第二季度督查情况的通报",
        "circular_text": PARAGRAPH,
        "today": date(2026, 7, 1),
        "findings": [
            {
                "finding_unit": "linze",
                "finding_kind": "loose",
                "finding_detail": "联系企业不够经常，问题反馈不及时。",
            }
        ],
    },
    "supervision_circular": {
        "circular_number": "赤科通报〔2026〕001号",
        "circular_title": "关于2026年3月督查情况的通报",
        "circular_text": PARAGRAPH,
        "circular_units": ["linze", "gaotai"],
        "starter_unit": "science_bureau",
        "today": date(2026, 4, 1),
    },
    "supervision_order": {
        "order_number": "督办〔2026〕1号",
        "order_title": "逾期未办结事项",
        "order_units": ["linze", "gaotai"],
        "case_title": "制种玉米花粉高活力低温保存技术",
        "order_basis": "试点工作方案第五部分第三项",
        "order_problem": "对接洽谈逾期五个工作日",
        "order_demand": "三个工作日内完成对接并反馈",
        "order_due": date(2026, 7, 6),
        "order_issuer": "leading_group_office",
        "order_issued_on": date(2026, 7, 1),
    },
}
