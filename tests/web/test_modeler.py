"""The process owner's desk: versions, the modeler with our settings, the form editor."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from service.commands.actions import ALL_ACTIONS
from service.web.site.bundle import DIST, Bundle
from tests.town import ROOT, Town
from tests.web.conftest import LEVELS, Desk, Sit, kept_by_browser

OWNER = "cf.owner"
INSERT = """() => {
  const modeler = jiebang.modeler, registry = modeler.get('elementRegistry'),
    modeling = modeler.get('modeling');
  const [before, after] = ['initial_review', 'initially_passed'].map((id) => registry.get(id));
  const flow = before.outgoing.find((one) => one.target === after);
  const step = modeler.get('elementFactory').createShape({ type: 'bpmn:UserTask' });
  modeling.createShape(step,
    { x: (before.x + before.width + after.x) / 2, y: before.y + 40 }, flow);
  modeling.updateProperties(step, { id: 'joint_review', name: '联合复核' });
  modeler.get('selection').select(step);
}"""
WALK = """async () => {
  const modeler = jiebang.modeler, registry = modeler.get('elementRegistry'),
    popup = modeler.get('popupMenu');
  const breath = () => new Promise((go) => setTimeout(go, 30));
  const kinds = new Map(registry.getAll().map((one) =>
    [[one.type, one.businessObject.eventDefinitions?.[0]?.$type,
      one.businessObject.loopCharacteristics].join(' '), one]));
  for (const one of kinds.values()) {
    modeler.get('selection').select(one);
    await breath();
    document.querySelectorAll('.bio-properties-panel-group-header:not(.open) '
      + '.bio-properties-panel-group-header-title')
      .forEach((title) => title.click());
    popup.open(one, 'bpmn-replace', { x: 300, y: 200 });
    await breath();
    popup.close();
  }
  const said = [...document.querySelectorAll('main [title], main [aria-label], main [placeholder]')]
    .flatMap((one) => [one.title, one.getAttribute('aria-label'), one.placeholder])
    .filter((text) => /[A-Za-z]{3}/.test(text ?? '') && !/[\\u4e00-\\u9fff]/.test(text));
  return { kinds: kinds.size, untranslated: [...jiebang.untranslated], titles: [...new Set(said)] };
}"""

EDIT = """([setting, text]) => {
  const field = jiebang.editor.get('formFieldRegistry').getAll()
    .find((one) => one.key === 'initial_conclusion');
  jiebang.editor.get('modeling').editFormField(field, setting, text);
}"""
BARRIERS = "levels => axe.run({exclude: ['.djs-container', '.fjs-form-editor']}, {runOnly: levels})"


def open_editor(desk: Desk, path: str) -> Page:
    """Open one of the editors and wait until it stands."""
    desk.page.goto(desk.address + path)
    desk.page.wait_for_selector("[data-modeler][data-ready], [data-form-editor][data-ready]")
    return desk.page


def open_process(desk: Desk, name: str) -> Page:
    """Open the newest version of a process from the list."""
    desk.page.goto(desk.address + "/processes")
    desk.page.get_by_role("link", name=re.compile(f"修改.*“{name}”")).click()
    desk.page.wait_for_selector("[data-modeler][data-ready]")
    return desk.page


def choose(page: Page, label: str, *names: str) -> None:
    """Search in a group of checkboxes and tick."""
    for name in names:
        page.get_by_label(f"查找{label}", exact=True).fill(name)
        page.get_by_role("group", name=re.compile(f"^{label}")).get_by_label(name).first.check()


def checked(page: Page) -> list[str]:
    """Press 检查 and read the list of findings."""
    with page.expect_response(lambda answer: "check_only" in answer.url):
        page.get_by_role("button", name="检查").click()
    expect(page.locator("#findings-title")).to_be_focused()
    return page.locator("[data-list] .finding").all_inner_texts()


def deployed(page: Page) -> str:
    """Press 部署, confirm, and read what the page says."""
    page.get_by_role("button", name="部署", exact=True).click()
    page.get_by_role("button", name="确认部署").click()
    said = page.locator(".notice-success[data-message]")
    expect(said).to_be_visible()
    return said.inner_text()


def version(town: Town, case: int) -> int:
    return town.case(OWNER, case).version


@pytest.fixture
def at_desk(sit: Sit) -> Desk:
    return sit(OWNER)


def test_an_owner_inserts_a_step_and_the_old_case_keeps_its_version(
    at_desk: Desk, town: Town
) -> None:
    old = town.applied("老案件")
    page = open_process(at_desk, "揭榜项目")
    page.evaluate(INSERT)
    page.select_option("#bio-properties-panel-basis", "text")
    assert [text for text in checked(page) if "formRef" in text]
    assert [text for text in checked(page) if "clause" in text]
    spots = page.evaluate("""() =>
      ['initial_review', 'joint_review', 'initially_passed'].map((id) => {
      const { x, width } = jiebang.modeler.get('elementRegistry').get(id);
      return [x, x + width];
    })""")
    assert spots[0][1] < spots[1][0] < spots[1][1] < spots[2][0], (
        "the drawing made room for the step"
    )
    note = page.locator(".finding-note")
    assert note.count() == 1
    assert "没有指定表单" in note.inner_text()

    choose(page, "配合单位", "市农牧局", "红山区科技局")
    page.select_option("#bio-properties-panel-form", "contribution")
    choose(page, "条款", "CF-2.2.2")
    expect(page.locator("blockquote")).to_contain_text(
        "市科技局初审合格并通过联席会议审核后予以备案"
    )
    assert checked(page) == []
    page.get_by_role("button", name="部署", exact=True).click()
    question = page.locator("dialog[open]")
    expect(question).to_contain_text("第 2 版")
    expect(question).to_contain_text("第 1 版 1 件")
    expect(question).to_contain_text("新增 2 处：“联合复核”")
    expect(question).to_contain_text("修改 1 处")
    page.get_by_role("button", name="取消").click()
    assert "第 2 版" in deployed(page)

    new = town.reviewed("新案件")
    assert (version(town, old), version(town, new)) == (1, 2)
    assert town.open(new) == ["joint_review"]
    assert {item.part for item in town.items(new, "joint_review", part="cooperate")} == {
        "cooperate"
    }
    town.contribute("cf.zhuguan", new, "joint_review")
    town.contribute("cf.hongshan", new, "joint_review")
    town.complete("cf.kjj", new, "joint_review", opinion="同意")
    town.complete("cf.danwei", old, "unit_review")
    town.complete("cf.hongshan", old, "department_review")
    town.complete("cf.kjj", old, "initial_review")
    town.complete("cf.lxh", town.round(), "decide", filing_decision="refused")
    assert town.row(old).status == "finished"
    assert version(town, old) == 1

    page.goto(at_desk.address + "/processes")
    rows = page.locator("section", has=page.locator("#process-cf_project")).locator("tbody tr")
    assert [
        (row.get_attribute("data-version"), row.locator("[data-running]").inner_text())
        for row in rows.all()
    ] == [("2", "1"), ("1", "0")]


def test_nothing_on_the_modeler_is_english(at_desk: Desk) -> None:
    said = open_process(at_desk, "揭榜项目").evaluate(WALK)
    assert said["kinds"] > 15
    assert said["untranslated"] == []
    assert said["titles"] == ["Powered by bpmn.io"]
    assert at_desk.complaints == []


def test_what_is_opened_and_saved_unchanged_is_no_new_version(at_desk: Desk) -> None:
    page = open_process(at_desk, "揭榜项目")
    lanes = """() => Object.fromEntries(jiebang.modeler.get('elementRegistry')
      .filter((one) => one.type === 'bpmn:Lane')
        .map((one) => [one.id, one.businessObject.flowNodeRef.map((step) => step.id).sort()]))"""
    before = page.evaluate(lanes)
    assert checked(page) == []
    assert page.evaluate(lanes) == before
    page.get_by_role("button", name="部署", exact=True).click()
    expect(page.locator("dialog[open]")).to_contain_text("没有变化")


def test_a_step_moved_inside_a_subprocess_is_led_by_the_lane_it_is_drawn_in(at_desk: Desk) -> None:
    page = open_process(at_desk, "揭榜项目")
    page.evaluate("""() => {
      const [registry, modeling] = ['elementRegistry', 'modeling']
        .map((name) => jiebang.modeler.get(name));
      modeling.moveElements([registry.get('coordinate')], { x: 4, y: 0 });
    }""")
    checked(page)
    lane = page.evaluate("""() => jiebang.modeler.get('elementRegistry').get('coordinate')
        .businessObject.lanes.map((one) => one.name)""")
    assert lane == ["市科技局"]


def test_drawings_not_deployed_come_back(at_desk: Desk) -> None:
    page = open_process(at_desk, "揭榜项目")
    page.evaluate(INSERT)
    kept_by_browser(page, "joint_review")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("[data-modeler][data-ready]")
    page.get_by_role("button", name="恢复这些修改").click()
    page.wait_for_function("() => jiebang.modeler.get('elementRegistry').get('joint_review')")
    expect(page.get_by_text("有未部署的修改")).to_be_visible()


def test_a_diagram_is_taken_home_and_brought_back(at_desk: Desk, tmp_path: Path) -> None:
    page = open_process(at_desk, "设榜")
    page.locator("summary", has_text="下载").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="BPMN 文件", exact=True).click()
    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    assert file.name == "cf_board.bpmn"
    page.locator("summary", has_text="下载").click()
    with page.expect_download() as picture:
        page.get_by_role("button", name="SVG 图片").click()
    assert "<svg" in Path(picture.value.path()).read_text()
    page = open_editor(at_desk, "/processes/modeler")
    page.set_input_files("[data-files]", file)
    expect(page.locator("[data-title]")).to_have_text("设榜")
    assert checked(page) == []
    page.set_input_files(
        "[data-files]", {"name": "x.bpmn", "mimeType": "text/xml", "buffer": b"<no"}
    )
    expect(page.locator(".notice-danger")).to_contain_text("不能作为流程图打开")


def test_a_form_is_changed_and_deployed_with_its_process(at_desk: Desk, town: Town) -> None:
    page = open_editor(at_desk, "/processes/form-editor?form=cf_initial_review")
    types = page.evaluate("() => Object.keys(jiebang.editor.get('formFields')._formFields)")
    assert not {"html", "iframe", "documentPreview"} & set(types)
    for setting, text in (("label", "初审结论（修订）"), ("key", "结论")):
        page.evaluate(EDIT, [setting, text])
    assert any("英文标识" in text for text in checked(page))
    page.get_by_role("button", name="撤销").click()
    assert checked(page) == []
    assert "揭榜项目 第 2 版" in deployed(page)
    assert version(town, town.applied()) == 2


@pytest.mark.parametrize("login", ["cf.kjj", "cf.admin"])
def test_processes_are_the_owners(sit: Sit, login: str) -> None:
    desk = sit(login)
    assert desk.page.get_by_role("navigation").get_by_text("流程").count() == 0
    for path in (
        "/processes",
        "/processes/modeler",
        "/processes/form-editor",
        "/processes/choices.json",
    ):
        answer = desk.page.goto(desk.address + path)
        assert answer is not None
        assert answer.status == 403


def test_only_the_form_editor_may_write_styles(at_desk: Desk) -> None:
    for path, loose in (
        ("/processes", False),
        ("/processes/modeler", False),
        ("/processes/form-editor", True),
    ):
        answer = at_desk.page.goto(at_desk.address + path)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert ("'unsafe-inline'" in policy) is loose
        assert "script-src 'self';" in policy


@pytest.mark.parametrize(
    "path", ["/processes", "/processes/modeler", "/processes/form-editor?form=cf_annex1"]
)
def test_the_owners_pages_are_no_barriers(sit: Sit, axe: str, path: str) -> None:
    desk = sit(OWNER, bypass_csp=True)
    page = desk.page
    page.goto(desk.address + path)
    if "editor" in path or "modeler" in path:
        open_editor(desk, path)
        page.evaluate("""() => {
          const modeler = jiebang.modeler;
          if (modeler)
            modeler.get('selection').select(modeler.get('elementRegistry').get('first_step'));
        }""")
        checked(page)
    page.evaluate(axe)
    found = page.evaluate(BARRIERS, LEVELS)
    assert [
        (one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]
    ] == []


@pytest.mark.parametrize(
    ("path", "mark"),
    [
        ("/processes/modeler", ".bjs-powered-by"),
        ("/processes/form-editor?form=cf_unit_review", ".fjs-powered-by-link"),
    ],
)
def test_the_makers_mark_stays(at_desk: Desk, path: str, mark: str) -> None:
    page = open_editor(at_desk, path)
    page.locator(mark).scroll_into_view_if_needed()
    assert page.evaluate(
        """mark => {
        const box = document.querySelector(mark).getBoundingClientRect();
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return Boolean(top.closest(mark));
    }""",
        mark,
    )


def test_on_a_phone_the_list_is_read_and_the_modeler_asks_for_room(sit: Sit) -> None:
    desk = sit(OWNER, "phone")
    for path in ("/processes", "/processes/modeler", "/processes/form-editor"):
        desk.page.goto(desk.address + path)
        expect(desk.page.get_by_text("需要更大的屏幕")).to_be_visible()
        assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    desk.page.goto(desk.address + "/processes")
    expect(desk.page.get_by_text("第 1 版").first).to_be_visible()
    assert desk.complaints == []


@pytest.mark.parametrize("entry", ["modeler", "form-editor"])
def test_the_editors_are_built(entry: str) -> None:
    if not (DIST / "manifest.json").is_file():
        pytest.skip("The front end has not been built: run make frontend.")
    assert Bundle().tags(entry)
    assert json.loads((DIST / "manifest.json").read_text())


def test_what_must_fit_together_and_who_may_read_are_settings_of_a_step_and_of_a_message(
    at_desk: Desk,
) -> None:
    page = open_process(at_desk, "揭榜项目")
    page.evaluate(
        "() => jiebang.modeler.get('selection')"
        ".select(jiebang.modeler.get('elementRegistry').get('apply'))"
    )
    rule = page.get_by_label("跨字段校验")
    assert "project_end <= project_start" in rule.input_value()
    rule.fill("=if project_end = nul then 1 else null")
    assert [text for text in checked(page) if "expression-name" in text or "nul" in text]
    for element, settings in {
        "apply": ["check", "restricted", "sealed", "subject", "prefill"],
        "feedback_received": ["check", "restricted", "sealed", "public"],
    }.items():
        page.evaluate(
            "id => jiebang.modeler.get('selection')"
            ".select(jiebang.modeler.get('elementRegistry').get(id))",
            element,
        )
        for setting in settings:
            expect(page.locator(f"[data-entry-id={setting}]")).to_have_count(1)


def test_every_action_and_argument_has_a_chinese_name() -> None:
    fields = (ROOT / "service/web/frontend/src/modeler/fields.js").read_text("utf-8")
    words = {
        *ALL_ACTIONS,
        *(name for action in ALL_ACTIONS.values() for name in action.arguments),
    }
    assert [
        word for word in sorted(words) if not re.search(rf"\b{word}: '[\u4e00-\u9fff]", fields)
    ] == []
