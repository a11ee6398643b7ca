"""Plausible answers for the forms of 赤峰, so that a test states only what it is about."""

from typing import Any

ANSWERS: dict[str, dict[str, Any]] = {
    "apply": {
        "project_title": "苜蓿草高值化加工技术", "project_category": "agriculture",
        "directions": ["牧草种植及深加工技术项目"], "managing_department": "红山区科技局",
        "project_start": "2026-03-01", "project_end": "2028-12-31", "applicant_kind": "person",
        "applicant_name": "白晓光", "phone": "13800138000", "workplace": "红山区农业技术推广中心",
        "approach": "引进专家团队", "goals": "建成一条示范线", "milestones": "2026年完成中试",
    },
    "plan": {
        "plan_filled_on": "2026-03-02", "team_profile": "单位技术骨干三人", "research_basis": "已有两年试种数据",
        "research_content": "干燥与制粒工艺", "research_methods": "对比试验", "innovation": "低温干燥",
        "schedule": "分三年实施",
    },
    "unit_review": {"unit_conclusion": "agree", "unit_opinion": "同意申报"},
    "department_review": {
        "department_conclusion": "agree", "department_opinion": "同意推荐", "recommendation_number": "红科〔2026〕1号",
        "recommendation_date": "2026-03-05", "recommendation": "项目可行，予以推荐",
    },
    "initial_review": {
        "initial_conclusion": "agree", "initial_opinion": "初审合格", "bound_copies_received": True,
        "discs_received": True,
    },
    "open_round": {"round_title": "2026年第一批"},
    "decide": {"filing_decision": "filed", "filing_opinion": "同意备案"},
    "ledger": {
        "reporter": "白晓光", "reporter_phone": "13800138000", "ledger_filled_on": "2026-06-05",
        "brief": "苜蓿草加工", "progress": "完成设备选型",
    },
    "coordinate": {"coordination_outcome": "settled", "coordination_reply": "已协调电力部门增容"},
    "tracking": {"closing_reason": "completed", "completed_on": "2028-12-01", "closing_note": "任务完成"},
    "post_agriculture": {"agriculture_directions": [{"direction": "牧草种植及深加工技术项目"}]},
    "post_high_tech": {"high_tech_directions": [{"direction": "节能降碳技术项目"}]},
    "contribution": {"opinion": "支持"},
}
LEDGER = ANSWERS["ledger"]
