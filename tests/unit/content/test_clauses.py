"""Traceability: every step names the sentence it carries out, and every clause is carried or openly
pending.

The rules are the program's own (service/domain/processes.py): the page and these tests cannot
disagree.
"""

import re
from dataclasses import replace

import pytest

from service.domain.processes import CoverageStep, Fault, Policy
from service.domain.terms.deadlines import term_basis
from service.queries.processes.coverage import steps_of


def policy_of(folder):
    """The folder's clauses, narrowings and document, as they are loaded."""
    return Policy.read(
        {**folder.manifest, "document": {**folder.manifest["document"], "text": folder.source}}
    )


def coverage_of(folder):
    return policy_of(folder).assess(steps_of(folder.elements))


def test_each_correction_mends_something_in_the_document(folder):
    for correction in folder.manifest["document"]["corrections"]:
        assert correction["found"] in folder.source, correction
        assert correction["why"]


def test_a_clause_is_listed_once(folder):
    assert len(folder.clauses) == len(folder.manifest["clauses"])


def test_each_clause_is_quoted_verbatim_and_carried_or_pending(folder):
    pending = {ident: (Fault("nobody"),) for ident in folder.manifest["pending"]}
    wrong = {one.clause.id: one.faults for one in coverage_of(folder).clauses if one.faults}
    assert wrong == pending


def test_each_routed_element_rests_on_a_clause_or_says_what_we_added(folder):
    assert {one.step.id: one.faults for one in coverage_of(folder).steps if one.faults} == {}


def test_each_quoted_sentence_stands_in_the_document(folder):
    """Of every element, routed or not: starts and ends quote too."""
    policy = policy_of(folder)
    quotes = {
        e.id: step.quote for e in folder.elements for step in [_step(documentation=e.documentation)]
    }
    assert [ident for ident, quote in quotes.items() if quote and not policy.says(quote)] == []


def remarks(element):
    return [line for line in element.documentation.split("\n") if line.startswith("说明：")]


def test_what_rests_on_the_text_quotes_a_clause_and_what_only_remarks_is_ours(folder):
    """Of every element that says a basis, routed or not."""
    said = [e for e in folder.elements if "basis" in e.properties]
    texts = {e.id for e in said if e.properties["basis"] == "text"}
    quoting = {e.id for e in said if not e.documentation.startswith("说明：")}
    assert said
    assert texts == quoting


def test_what_the_document_does_not_rule_by_our_own_remark_is_ours(folder):
    admitted = re.compile("原文未规定|原文只规定|为本系统补充|年[^，；。]*为本系统默认")
    assert [
        e.id
        for e in folder.elements
        if e.properties.get("basis") == "text"
        and e.id not in PERIODS_ARE_OURS
        and any(admitted.search(line) for line in remarks(e))
    ] == []


PERIODS_ARE_OURS = {"study"}
"""The document asks for the step from time to time (定期); how often is ours."""


def test_a_term_is_the_documents_only_where_its_sentence_gives_it(folder):
    declared = {e.id for e in folder.elements if e.properties.get("termBasis") == "text"}
    assert declared == {"cf": {"annual_report"}, "zy": set()}[folder.code]
    for element in folder.elements:
        if element.id in declared:
            assert element.properties["basis"] == "text"
            assert "年底前" in element.documentation.partition("\n")[0]


def test_a_step_of_the_text_with_a_term_of_ours_says_that_the_term_is_ours(folder):
    ours = [
        e
        for e in folder.elements
        if e.properties.get("basis") == "text"
        and term_basis(e.term_basis, e.properties.get("due") or e.timer) == "ours"
    ]
    assert ours
    assert [e.id for e in ours if not any("为本系统默认" in line for line in remarks(e))] == []


def test_a_narrowing_says_why(folder):
    assert [one for one in folder.manifest["narrowings"] if not one["why"]] == []


POLICY = Policy.read(
    {
        "document": {
            "text": "甲单位会同**乙单位**办\n理此事。\n丙单位协助。",
            "corrections": [{"found": "丙单位", "read_as": "丁单位"}],
        },
        "clauses": [
            {
                "id": "X-1",
                "title": "办理",
                "text": "甲单位会同乙单位办理此事。",
                "leads": ["甲单位"],
                "co_units": ["乙单位"],
                "others": ["专家"],
            }
        ],
    }
)
NARROWING = {"clause": "X-1", "unit": "乙单位", "means": "second", "why": "另行办理"}


def _step(**said):
    given = {
        "process": "p",
        "id": "first",
        "kind": "userTask",
        "name": "办理",
        "leads": ("甲单位",),
        "co_units": ("乙单位",),
        "clauses": ("X-1",),
        "basis": "text",
        "documentation": "甲单位会同乙单位办理此事。",
    }
    return CoverageStep(**{**given, **said})


def _joint(*leads):
    return replace(POLICY, clauses={"X-1": replace(POLICY.clauses["X-1"], leads=leads)})


def _narrowed(**said):
    return replace(
        POLICY, narrowings=Policy.read({"narrowings": [{**NARROWING, **said}]}).narrowings
    )


def faults(policy, *steps):
    """What is missing at the clause, and at the first step."""
    found = policy.assess(steps)
    return [f.code for f in found.clauses[0].faults], [
        f.code for f in found.steps[0].faults
    ] if steps else []


@pytest.mark.parametrize(
    ("step", "clause", "at_step"),
    [
        (_step(), [], []),
        (_step(leads=("专家",)), ["lead"], []),
        (_step(leads=("丙单位",)), ["lead"], ["actor"]),
        (_step(co_units=()), ["units"], []),
        (_step(co_units=("乙单位", "丙单位")), [], ["co_unit"]),
        (_step(basis="ours"), ["nobody"], ["remark"]),
        (_step(basis="ours", documentation="说明：本系统补充。"), ["nobody"], []),
        (_step(basis=""), ["nobody"], ["basis"]),
        (_step(clauses=()), ["nobody"], ["clause", "actor", "co_unit"]),
        (_step(clauses=("X-1", "X-2")), [], ["unknown"]),
        (_step(documentation="说明：没有原文。"), [], ["quote"]),
        (_step(documentation="乙单位会同甲单位办理此事。"), [], ["sentence"]),
        (_step(documentation="丁单位协助。\n说明：扫描有误。"), [], []),
    ],
)
def test_what_is_missing_is_found_at_the_clause_and_at_the_step(step, clause, at_step):
    assert faults(POLICY, step) == (clause, at_step)


def test_a_clause_nobody_carries_or_whose_text_is_not_in_the_document_is_found():
    assert faults(POLICY)[0] == ["nobody"]
    misquoted = replace(
        POLICY, clauses={"X-1": replace(POLICY.clauses["X-1"], text="甲单位办理此事。")}
    )
    assert faults(misquoted, _step())[0] == ["sentence"]


def test_each_of_joint_leads_leads_a_step():
    both = _joint("甲单位", "丙单位")
    assert faults(both, _step())[0] == ["lead"]
    assert faults(both, _step(), _step(id="second", leads=("丙单位",)))[0] == []
    assert faults(both, _step(leads=("甲单位", "丙单位")))[0] == []


def test_one_step_of_the_leads_asks_exactly_the_units_not_several_in_parts():
    two = replace(
        POLICY, clauses={"X-1": replace(POLICY.clauses["X-1"], co_units=("乙单位", "丙单位"))}
    )
    assert faults(two, _step(), _step(id="second", co_units=("丙单位",)))[0] == ["units"]
    assert faults(two, _step(co_units=("丙单位", "乙单位")))[0] == []


def test_a_narrowing_holds_where_the_unit_has_its_share_in_another_step_or_another_name_has_it():
    alone = _step(co_units=())
    assert faults(_narrowed(), alone)[0] == ["narrowing"]
    assert faults(_narrowed(), alone, _step(id="second", leads=("乙单位",), co_units=()))[0] == []
    assert faults(_narrowed(means="乙单位所属处室"), _step(co_units=("乙单位所属处室",))) == (
        [],
        [],
    )


def test_the_shares_count_what_is_in_order():
    found = POLICY.assess([_step(), _step(id="second", basis="")])
    assert found.shares == {"clauses": (1, 1), "steps": (1, 2)}
