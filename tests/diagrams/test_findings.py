"""How findings are shown, and that all come at once."""

from dataclasses import replace

from service.gate import Finding, check
from service.gate.words import SETTINGS, setting
from service.gate.work.encoding import OF_A_PROCESS, PROPERTIES
from tests.diagrams.draw import AROUND, diagram, simple, task
from tests.diagrams.pairs_elements import GOOD
from tests.diagrams.pairs_work import owned, routed
from tests.diagrams.test_rules import PAIRS


def test_a_line_for_the_command_line():
    finding = Finding(
        file="cf_project.bpmn",
        element="review",
        line=42,
        rule="unit-unknown",
        severity="error",
        message="…",
    )
    assert finding.line_of_text() == "cf_project.bpmn:42 review [unit-unknown] …"
    assert replace(finding, element="").line_of_text() == "cf_project.bpmn:42 [unit-unknown] …"
    assert (
        replace(finding, severity="warning").line_of_text()
        == "cf_project.bpmn:42 review [unit-unknown] 提示：…"
    )
    assert finding.as_dict() == {
        "file": "cf_project.bpmn",
        "element": "review",
        "line": 42,
        "rule": "unit-unknown",
        "severity": "error",
        "message": "…",
    }


def test_all_findings_come_at_once_in_the_order_of_the_files():
    wrong = task(form="nothing", due="soon", basis="text", coUnits="某局", coRule="most")
    found = check({"b.bpmn": diagram(simple(wrong, "review"), lane="某厅"), "a.bpmn": b""}, AROUND)
    assert [f.file for f in found] == ["a.bpmn"] + ["b.bpmn"] * (len(found) - 1)
    assert {f.rule for f in found} == {
        "file-readable",
        "form-known",
        "time-unreadable",
        "clause-unknown",
        "property-value",
        "unit-unknown",
    }


def test_a_misspelt_name_is_answered_with_the_nearest_one():
    (found,) = check(PAIRS["expression-name"].invalid, AROUND)
    assert "“agreed”" in found.message


def test_names_from_a_form_of_the_same_deployment_count_before_deployed_ones():
    around = replace(AROUND, forms={**AROUND.forms, "paper": {"components": []}})
    assert check(PAIRS["form-source"].valid, around) == []


def test_a_joint_lane_lists_its_leads():
    def led_by(lane: str, groups: str) -> set[str]:
        body = simple(task(more=f' c:candidateGroups="{groups}"'), "review")
        return {f.rule for f in check({"a.bpmn": diagram(body, lane=lane)}, AROUND)} - {
            "unit-unknown"
        }

    assert led_by("市委组织部、市科技局", "市委组织部,市科技局") == set()
    assert led_by("市委组织部", "市委组织部,市科技局") == set()
    assert led_by("市财政局", "市委组织部,市科技局") == {"lane-contradicts"}
    assert led_by("市委组织部、市财政局", "市委组织部,市科技局") == {"lane-contradicts"}


def test_a_hostile_name_does_not_come_back_whole():
    huge = GOOD.replace("审核".encode(), ("审" * 200_000).encode())
    found = check({"a.bpmn": huge.replace(b' c:formRef="opinion"', b"")}, AROUND)
    assert [f.rule for f in found] == ["form-known"]
    assert len(found[0].message) <= 500


def test_a_start_lane_says_who_may_start_and_must_be_known():
    lanes = (
        '<laneSet id="l"><lane id="l1" name="某人"><flowNodeRef>start</flowNodeRef></lane>'
        '<lane id="l2" name="市科技局">'
        "<flowNodeRef>review</flowNodeRef><flowNodeRef>end</flowNodeRef></lane></laneSet>"
    )
    (found,) = check({"a.bpmn": diagram(simple(task(), "review"), lanes=lanes)}, AROUND)
    assert (found.rule, found.element) == ("unit-unknown", "start")


def test_expressions_of_the_process_and_in_properties_are_checked_too():
    assert [f.rule for f in check({"a.bpmn": owned(number="= filing.number")}, AROUND)] == [
        "expression-name"
    ]
    found = check(
        {
            "a.bpmn": routed(
                subject="= nobody", due="= someday", coUnits="市财政局", coDue="= never"
            )
        },
        AROUND,
    )
    assert [f.rule for f in found] == ["expression-name"] * 3


def test_a_setting_is_called_what_the_modeler_calls_it_and_what_the_file_says():
    assert set(SETTINGS) >= PROPERTIES | OF_A_PROCESS
    (found,) = [
        f.message
        for f in check({"a.bpmn": routed(coRule="most")}, AROUND)
        if f.rule == "property-value"
    ]
    assert setting("coRule") in found
    assert setting("coRule").endswith("（coRule）")
