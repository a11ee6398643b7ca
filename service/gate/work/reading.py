"""Steps at which people judge: what else they may read, whose names stay hidden, their table."""

import re
from collections.abc import Iterable, Iterator

from service.engine.document import Element, split_columns, split_shown
from service.gate.deployment import PEOPLES_TASKS, Diagram
from service.gate.table import Spot, rule
from service.gate.words import on, setting, similar

WHERE_PEOPLE_JUDGE = ("shows", "recusal", "anonymous", "columns")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@rule("shows-known", Diagram)
def shows_known(diagram: Diagram) -> Iterator[Spot]:
    """The elements that people who judge at a step may read as well (``shows``) are elements of its
    process. An expression in brackets behind an element limits it to single submissions. A misspelt
    name would show nothing, and they would judge what they cannot see.
    """
    for element in diagram.elements.values():
        shown = split_shown(element.properties.get("shows"))
        if not shown:
            continue
        element_ids = _elements_of(diagram, element.process)
        for name, _ in shown:
            if "(" in name or ")" in name:
                yield on(
                    element,
                    f"的{setting('shows')}“{name}”括号不成对；请写成 环节编号(表达式)，"
                    "各环节之间用顿号分开",
                )
            elif name not in element_ids:
                yield on(
                    element,
                    f"的{setting('shows')}中“{name}”不是本流程的环节{similar(name, element_ids)}；"
                    "请填写环节编号",
                )


def _elements_of(diagram: Diagram, process: str) -> set[str]:
    elements = diagram.elements.values()
    return {element.id for element in elements if element.process == process}


@rule("judging-place", Diagram)
def judging_place(diagram: Diagram) -> Iterator[Spot]:
    """The settings about judging (``shows``, ``recusal``, ``anonymous``, ``columns``) stand at a
    step that people do, because they have no effect anywhere else. Who steps back (``recusal``)
    says so in the form of the step. ``anonymous`` may also stand at a start event: it hides the
    name of the person who starts.
    """
    for element in diagram.elements.values():
        for name in WHERE_PEOPLE_JUDGE:
            if name not in element.properties:
                continue
            if not _may_stand_at(name, element):
                yield on(
                    element, f"设置了{setting(name)}，但它不由人员办理；请移到人员办理的环节上"
                )
            elif name == "recusal" and not element.form:
                yield on(element, f"设置了{setting(name)}，但没有可以填写回避的表单；请选择表单")


def _may_stand_at(name: str, element: Element) -> bool:
    """Whether a setting about judging may stand at an element."""
    if name == "anonymous" and element.kind == "startEvent":
        return True
    return element.kind in PEOPLES_TASKS


@rule("columns-readable", Diagram)
def columns_readable(diagram: Diagram) -> Iterator[Spot]:
    """The table over all cases that are judged at a step has columns (``columns``), each a heading
    and the name of a value of the judged case. So the step names the case that is judged
    (``about``).
    """
    for element in diagram.elements.values():
        text = element.properties.get("columns")
        if text is None:
            continue
        columns = split_columns(text)
        unreadable = _unreadable_headings(columns)
        if unreadable or not columns:
            heading = f"“{unreadable[0] or '（无名）'}”" if unreadable else ""
            yield on(
                element,
                f"的{setting('columns')}{heading}无法识别；"
                "请写成 项目=project_title；单位=unit_name，"
                "等号左边是栏目名称，右边是所审核案件的数据名",
            )
        if "about" not in element.properties:
            yield on(element, f"设置了{setting('columns')}，却没有{setting('about')}；请补充")


def _unreadable_headings(columns: Iterable[tuple[str, str]]) -> list[str]:
    """The headings of columns without a heading or without the name of a value."""
    unreadable = []
    for heading, key in columns:
        if not heading or not _KEY.fullmatch(key):
            unreadable.append(heading)
    return unreadable
