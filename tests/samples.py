"""Plausible answers for the forms of 赤峰, so that a test states only what it is about."""

from typing import Any

ANSWERS: dict[str, dict[str, Any]] = {
    "apply": {
        "project_title": "苜蓿草高值化加工技术",
        "project_category": "agriculture",
        "directions": ["牧草种植及深加工技术项目"],
        "managing_department": "红山区科技局",
        "project_start": "2026-03-01",
        "project_end": "2028-12-31",
        "applicant_kind": "person",
        "applicant_name": "白晓光",
        "phone": "13800138000",
        "workplace": "红山区农业技术推广中心",
        "approach": "引进专家团队",
        "goals": "建成一条示范线",
        "milestones": "2026年完成中试",
    },
    "plan": {
        "plan_filled_on": "2026-03-02",
        "team_profile": "单位技术骨干三人",
        "research_basis": "已有两年试种数据",
        "research_content": "干燥与制粒工艺",
        "research_methods": "对比试验",
        "innovation": "低温干燥",
        "schedule": "分三年实施",
    },
    "unit_review": {"unit_conclusion": "agree", "unit_opinion": "同意申报"},
    "department_review": {
        "department_conclusion": "agree",
        "department_opinion": "同意推荐",
        "recommendation_number": "红科〔2026〕1号",
        "recommendation_date": "2026-03-05",
        "recommendation": "项目可行，予以推荐",
    },
    "initial_review": {
        "initial_conclusion": "agree",
        "initial_opinion": "初审合格",
        "bound_copies_received": True,
        "discs_received": True,
    },
    "open_round": {"round_title": "2026年第一批"},
    "decide": {"filing_decision": "filed", "filing_opinion": "同意备案"},
    "ledger": {
        "reporter": "白晓光",
        "reporter_phone": "13800138000",
        "ledger_filled_on": "2026-06-05",
        "brief": "苜蓿草加工",
        "progress": "完成设备选型",
    },
    "coordinate": {"coordination_outcome": "settled", "coordination_reply": "已协调电力部门增容"},
    "tracking": {
        "closing_reason": "completed",
        "completed_on": "2028-12-01",
        "closing_note": "任务完成",
    },
    "post_agriculture": {"agriculture_directions": [{"direction": "牧草种植及深加工技术项目"}]},
    "post_high_tech": {"high_tech_directions": [{"direction": "节能降碳技术项目"}]},
    "contribution": {"opinion": "支持"},
}
LEDGER = ANSWERS["ledger"]
REPORT: dict[str, Any] = {
    "report_filled_on": "2026-12-20",
    "indicators_done": "完成年度指标",
    "achievements": "形成加工工艺一套",
    "benefits": "带动农户三十户",
    "staff_duties": "分工明确",
    "plan_execution": "按计划执行",
    "management_experience": "每月例会",
    "next_steps": "扩大示范",
    "problems": "无",
}
AUDIT: dict[str, Any] = {"audit_conclusion": "agree", "audit_opinion": "属实，同意上报"}
SCORES: dict[str, Any] = {
    "political_quality": 90,
    "research_score": 90,
    "transfer_score": 85,
    "benefit_score": 80,
    "talent_score": 80,
    "exchange_score": 80,
}
ASSESSMENT: dict[str, Any] = {
    "assessment_conclusion": "agree",
    "assessment_opinion": "完成任务",
    "report_copies_received": True,
    "report_discs_received": True,
    "political_comment": "担当作为",
    "effect_comment": "成效明显",
    **SCORES,
}
FAILED: dict[str, Any] = {
    **dict.fromkeys(ASSESSMENT),
    "assessment_conclusion": "reject",
    "assessment_opinion": "未完成",
}
for _round in ("annual", "final"):
    ANSWERS |= {
        f"{_round}_report": REPORT,
        f"{_round}_audit": AUDIT,
        f"{_round}_assessment": ASSESSMENT,
        f"{_round}_result": {"reported_on": "2027-01-20", "assessment_report": "评估结果如下"},
        f"{_round}_incentive": {
            "incentives": ["commend"],
            "incentive_persons": "白晓光",
            "incentive_opinion": "予以嘉奖",
        },
    }
ANSWERS |= {
    "study": {"study_conclusion": "smooth", "study_opinion": "进展顺利"},
    "policy_support": {"given_support": ["guidance"], "support_detail": "派专家指导两次"},
    "publicity": {
        "publicity_content": ["technology"],
        "publicity_ways": ["media"],
        "publicity_detail": "市电视台播出",
    },
    "closing_decision": {
        "closing_decision": "continue",
        "extended_end": "2029-12-31",
        "closing_opinion": "尚可完成",
    },
}
SUPPORT: dict[str, Any] = {"proposed_support": ["finance"], "support_reason": "中试成功，需贷款"}
BREAKTHROUGH: dict[str, Any] = {
    "breakthrough_title": "低温干燥",
    "breakthrough_on": "2027-05-01",
    "breakthrough_detail": "能耗降低三成",
}
DEMAND: dict[str, Any] = {
    "demand_name": "玉米制种去雄机器人",
    "demander_name": "金张掖种业有限公司",
    "demander_kind": "高新技术企业",
    "county": "ganzhou",
    "field": "育种制种",
    "kind": "技术研发",
    "shortage": "bottleneck",
    "problem": "人工去雄费工费时",
    "indicators": "去雄率不低于99%",
    "total_amount": 6000000,
    "bounty": 3000000,
    "months": 24,
    "ownership": "双方共有",
    "bidder_requirements": "有农机研发经历",
    "contact_name": "钱伟",
    "contact_phone": "13900000001",
}
PROBLEM: dict[str, Any] = {
    "problem_title": "试验田不足",
    "problem_source": "临泽县",
    "problem_detail": "需协调试验用地二百亩",
}
ANSWERS |= {
    "declare": DEMAND,
    "review_demand": {"county_conclusion": "agree", "county_opinion": "情况属实"},
    "confirm_enterprise": {"registration_conclusion": "agree", "registration_opinion": "企业在册"},
    "confirm_cadre": {"registration_conclusion": "agree", "registration_opinion": "系本单位干部"},
    "name_responsible": {"responsible_note": "明确到人"},
    "campaign": {
        "campaign_ways": ["meeting"],
        "campaign_plan": "印发方案",
        "campaign_detail": "召开动员会",
    },
    "survey": {"survey_ways": ["forum"], "survey_detail": "座谈六场"},
    "compile_list": {"deduplicated": True, "technology_list_note": "合并两项"},
    "argue": {
        "argument_experts": "田野、任静",
        "argued_on": "2026-05-20",
        "site_visit_needed": "no",
        "argument_summary": "需求真实",
    },
    "visit_site": {"visit_experts": "田野", "visited_on": "2026-05-25"},
    "propose": {"proposal_opinion": "择优列入"},
    "settle_list": {"settled_on": "2026-06-01", "settlement_opinion": "同意张榜"},
    "select_more": {"more_opinion": "同意增补"},
    "plan_inspections": {"inspection_plan": "每季度实地督查一次"},
    "inspect": {
        "inspected_on": "2026-06-05",
        "inspection_detail": "查看台账、走访企业",
        "circulate": "no",
    },
    "draft_circular": {
        "circular_title": "第二季度督查通报",
        "circular_text": "个别单位联系企业不紧密",
    },
    "approve_circular": {"circular_conclusion": "agree", "circular_objection": "同意"},
    "resolve_problem": {"problem_outcome": "solved", "problem_resolution": "由县里调剂土地"},
    "review_incentives": {"incentive_review": "奖优罚劣"},
    "evaluate_pilot": {
        "evaluation_conclusion": "passed",
        "pilot_count_reason": "首轮从严",
        "evaluation_report": "达到预期",
    },
    "promote": {
        "mechanism_improvements": "固化流程",
        "promotion_plan": "全市推开",
        "promoted_from": "2028-01-01",
    },
    "study_failure": {"not_passed_decision": "end", "not_passed_opinion": "总结教训"},
}
FINDING: dict[str, Any] = {
    "finding_unit": "linze",
    "finding_kind": "loose",
    "finding_detail": "三个月未走访",
}
RESPONSIBLE: dict[str, Any] = {
    "responsible_people": [
        {
            "leader_name": "张某",
            "leader_post": "副局长",
            "officer_name": "李某",
            "officer_phone": "13900000002",
        }
    ]
}
BID: dict[str, Any] = {
    "bidder_name": "河西智能农机团队",
    "organization": "河西农机研究所",
    "bidder_kind": "team",
    "leader_name": "方敏",
    "contact_phone": "13700000001",
    "contact_email": "fang@example.org",
    "solution": "视觉识别加机械臂",
    "innovation_points": "去雄刀头自适应",
    "cooperation_mode": "联合研发",
    "expected_results": "样机两台",
    "technical_targets": "去净率百分之九十五",
    "economic_targets": "每亩省工三百元",
    "market_prospects": "制种面积百万亩",
    "execution_plan": "三家分工，按季检查",
    "team": "博士五人",
    "schedule": "两年三阶段",
    "quote": 2800000,
}
POINTS = {
    f"score_{name}": 80 for name in ("rationality", "innovation", "indicators", "market", "plan")
}
ANSWERS |= {
    "fill_demand": DEMAND,
    "prepare_posting": {
        "bids_close_at": "2026-04-01T17:30:00+08:00",
        "demander_account": "zy.qiye",
    },
    "assign_envoy": {
        "envoy_account": "zy.envoy",
        "envoy_name": "丁海波",
        "envoy_phone": "13600000001",
    },
    "envoy_arrives": {"service_plan": "每周走访一次"},
    "mobilise": {"mobilisation_ways": ["online"], "mobilisation_detail": "发布榜单"},
    "decide_posting": {
        "posting_decision": "extend",
        "bids_close_at": "2026-07-01T17:30:00+08:00",
        "posting_reason": "扩大征集范围",
    },
    "choose_bid": {"choice_decision": "chosen", "chosen_bid_no": 1, "choice_reason": "方案成熟"},
    "negotiate": {
        "agreement_outcome": "reached",
        "negotiation_note": "洽谈两次",
        "agreement_content": "联合研发去雄机器人",
        "cooperation_mode": "联合研发",
        "solution": "视觉识别加机械臂",
        "expected_results": "样机两台",
        "agreement_amount": 2800000,
        "implementation_start": "2026-05-01",
        "implementation_end": "2028-04-30",
    },
    "confirm_agreement": {"agreement_confirmed": "agree", "confirmation_opinion": "同意"},
    "report_county": {
        "county_contact": "王学斌",
        "county_phone": "13600000002",
        "county_report": "衔接到位",
    },
    "form_panel": {"experts": ["zy.expert1", "zy.expert2", "zy.expert3"]},
    "score": {"recused": False, **POINTS, "score_opinion": "方案可行"},
    "demander_score": {
        **{f"demander_{key}": 90 for key in POINTS},
        "demander_score_opinion": "符合需求",
    },
    "summarise_review": {"review_opinion": "建议支持"},
    "head_decision": {
        "decision": "support",
        "approved_amount": 3000000,
        "decision_opinion": "同意支持",
        "count_reason": "首批立项，其余陆续评审",
    },
    "investigate": {
        "investigation_detail": "调阅材料、走访企业",
        "objection_upheld": "dismissed",
        "investigation_reply": "不实",
    },
    "talent_policy": {"talent_policies": ["project"], "talent_policy_detail": "列入人才项目"},
    "incorporate": {"plan_name": "2026年市级科技计划", "incorporation_note": "按专项管理"},
    "sign_agreement": {
        "signed_on": "2026-04-20",
        "agreement_amount": 2800000,
        "implementation_start": "2026-05-01",
        "implementation_end": "2028-04-30",
        "signing_note": "三方到场",
    },
    "submit_vouchers": {
        "paid_by_demander": 1800000,
        "last_paid_on": "2026-04-21",
        "vouchers_note": "转账凭证两张",
    },
    "verify_funding": {"funding_conclusion": "sufficient", "funding_opinion": "凭证属实"},
    "decide_shortfall": {
        "shortfall_decision": "top_up",
        "shortfall_opinion": "补足后再拨付",
        "funding_approved_by": "魏建平",
        "funding_reason": "企业资金周转",
    },
    "pay_first": {
        "first_paid_amount": 300000,
        "first_city_share": 200000,
        "first_county_share": 100000,
        "first_paid_on": "2026-05-06",
        "first_payment_note": "拨款单一张",
    },
    "implement": {"completed_on": "2028-04-01", "completion_report": "样机通过测试"},
    "yearly_check": {
        "checked_on": "2027-05-10",
        "check_conclusion": "normal",
        "check_detail": "进展正常",
    },
    "exceptional_check": {
        "checked_on": "2027-05-10",
        "check_conclusion": "slow",
        "check_detail": "样机试制推迟",
    },
    "coordinate_problem": {"coordination_result": "settled", "coordination_detail": "已调剂试验田"},
    "accept_project": {
        "acceptance_way": "experts",
        "accepted_on": "2028-05-10",
        "acceptance": "passed",
        "acceptance_opinion": "达到指标",
    },
    "rectify": {"rectified_on": "2028-07-01", "rectification_report": "已补做可靠性试验"},
    "pay_final": {
        "final_paid_amount": 300000,
        "final_city_share": 150000,
        "final_county_share": 150000,
        "final_paid_on": "2028-05-20",
        "final_payment_note": "拨款单一张",
    },
    "recover": {
        "recovery_amount": 300000,
        "recovery_due": "2028-09-01",
        "recovery_reason": "未达到任何指标",
    },
}
