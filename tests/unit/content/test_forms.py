"""Forms: the documents' own headings, in components that browser and server both check."""

import re

import pytest

from service.gate.work.routing import CO_FORM

TYPES = {
    "textfield",
    "textarea",
    "number",
    "datetime",
    "select",
    "radio",
    "checklist",
    "taglist",
    "checkbox",
    "expression",
    "group",
    "dynamiclist",
    "text",
    "separator",
}
SILENT = {"group", "text", "separator", "dynamiclist"}
ANNEX3 = (
    "项目类别 项目名称 揭榜人及电话 揭榜人单位（盖章） 项目起止时间 填报时间 归口管理部门（盖章）"
    " 项目执行情况 （一）项目指标、任务完成情况 （二）"
    "项目取得的成果及创新性 （三）项目取得的经济社会效益情况"
    " 项目组织管理情况 （一）项目参加人员任务分工情况 "
    "（二）项目计划安排和执行情况 （三）组织管理经验"
    " 下一步工作思路 存在问题及意见"
)
HEADINGS = {
    "cf_annex3_annual": ANNEX3,
    "cf_annex3_final": ANNEX3,
    "cf_annex2": "揭榜人及电话 揭榜人单位（盖章） 填报时间 项目基本信息 "
    "项目类别 项目名称 归口管理部门 项目起止时间"
    " 揭榜人（团队）情况 项目研究基础和现状 项目研究内容 项目研究方法和路线 项目创新点和先进性"
    " 项目进度安排和阶段目标 其他",
    "cf_annex4": "归口管理部门 填报人 电话 填报时间 项目类别 项目名称 揭榜人（团队）名称 联系电话"
    " 项目执行期 项目简要内容 项目进展 意见建议及需协调事项",
}
"""In the document's order. What stands on the cover and again below stands once in a form; the
paper prints both.
"""


def components(schema):
    """In the order in which they are read."""
    for component in schema["components"]:
        yield component
        yield from components({"components": component.get("components", ())})


def labels(schema):
    return [c.get("label") or c.get("dateLabel") for c in components(schema)]


def test_the_id_is_the_file_name_and_the_version_is_ours(form):
    name, schema = form
    assert (schema["id"], schema["type"], schema["schemaVersion"]) == (name, "default", 19)


def test_only_the_agreed_components_are_used(form):
    assert {c["type"] for c in components(form[1])} <= TYPES


def test_ids_and_keys_are_unique_and_ascii(form):
    ids = [c["id"] for c in components(form[1])]
    keys = [c["key"] for c in components(form[1]) if c["type"] not in SILENT]
    assert len(set(ids)) == len(ids)
    assert len(set(keys)) == len(keys)
    paths = [c["path"] for c in components(form[1]) if c["type"] == "dynamiclist"]
    assert [key for key in [*keys, *paths] if not re.fullmatch(r"[a-z][a-z0-9_]*", key)] == []


def test_every_label_is_chinese(form):
    for component in components(form[1]):
        text = component.get("label") or component.get("dateLabel") or component.get("text") or ""
        assert re.search(r"[\u4e00-\u9fff]", text), component["id"]


def test_every_pattern_says_in_chinese_what_is_wrong(form):
    for component in components(form[1]):
        rules = component.get("validate", {})
        if "pattern" in rules:
            re.compile(rules["pattern"])
            assert re.search(r"[\u4e00-\u9fff]", rules["patternErrorMessage"])


def test_a_choice_has_options_a_known_list_or_an_expression(form):
    from .conftest import FOLDERS

    known = {named["name"] for folder in FOLDERS for named in folder.manifest["lists"]}
    for component in components(form[1]):
        if component["type"] in ("select", "radio", "checklist", "taglist"):
            listed = component.get("valuesKey")
            given = [
                key for key in ("values", "valuesKey", "valuesExpression") if component.get(key)
            ]
            assert len(given) == 1, component["id"]
            if listed:
                assert listed in known
                assert component["properties"]["list"] == listed


def test_a_hidden_rule_holds_its_ground_against_null(form):
    """A browser treats a null result as a match: a rule that compares must settle the empty case
    first.
    """
    for component in components(form[1]):
        rule = component.get("conditional", {}).get("hide", "")
        for name in re.findall(r"(\w+) !?= \"", rule):
            assert f"{name} = null or" in rule, component["id"]


def test_a_text_that_hides_when_absent_hides_when_empty(form):
    """A browser fills an absent text with "", so a rule about null alone would show the field."""
    texts = {c["key"] for c in components(form[1]) if c["type"] in ("textfield", "textarea")}
    for component in components(form[1]):
        rule = component.get("conditional", {}).get("hide", "")
        for name in re.findall(r"(\w+) = null", rule):
            assert name not in texts or f'{name} = ""' in rule, component["id"]


@pytest.mark.parametrize("name", sorted(HEADINGS))
def test_an_annex_has_the_documents_headings_in_their_order(forms, name, squeezed):
    from .conftest import FOLDERS

    document = next(folder for folder in FOLDERS if folder.code == "cf").corrected
    headings = HEADINGS[name].split()
    assert [heading for heading in headings if squeezed(heading) not in document] == []
    assert (
        list(dict.fromkeys(label for label in labels(forms[name]) if label in headings)) == headings
    )


def test_every_form_a_diagram_names_is_deployed_with_it(folder):
    named = {e.form for e in folder.elements if e.form}
    named |= {e.properties.get("coForm", CO_FORM) for e in folder.elements if e.co_units}
    assert named == set(folder.manifest["deploy"]["forms"])


def test_every_step_of_people_has_a_form(folder):
    assert [e.id for e in folder.elements if e.kind == "userTask" and not e.form] == []


def test_the_form_travels_with_the_diagram(folder):
    for element in folder.elements:
        if "formRef" in element.attributes:
            assert element.attributes["formRefBinding"] == "deployment", element.id
