"""Validity against the BPMN 2.0 schema that is a part of SpiffWorkflow.

Decided: one compiled schema per process, used under a lock, because lxml keeps the error log on the
validator: two threads would read each other's errors.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from threading import Lock
from typing import Any

from lxml import etree

from service.engine.document import line_of, tag
from service.gate.deployment import Diagram
from service.gate.table import Spot, rule

LOCK = Lock()
NAMESPACE = re.compile(r"\{[^{}]*\}")
SUBJECT = re.compile(r"^Element '([^']*)'(?:, attribute '([^']*)')?: ")
SENTENCES = (
    (re.compile(r"This element is not expected"), "不应出现在此处，请删除或移到正确的位置"),
    (re.compile(r"Missing child element"), "缺少下级元素，请补充"),
    (re.compile(r"The attribute '([^']*)' is required but missing"), "缺少必填属性 {0}，请补充"),
    (re.compile(r"The attribute '([^']*)' is not allowed"), "不允许有属性 {0}，请删除"),
    (
        re.compile(r"The value '([^']*)' is not|'([^']*)' is not a valid value"),
        "的值不符合要求，请改正",
    ),
)


@rule("schema-valid", Diagram)
def schema_valid(diagram: Diagram) -> Iterator[Spot]:
    """A diagram follows the BPMN 2.0 schema, so that every modeler can open it and nothing in it is
    ambiguous. All errors are reported, each with the schema's own message for whoever made the tool
    that wrote the file.
    """
    errors = _errors(diagram.root)
    if not errors:
        return
    nodes = {}
    for node in diagram.root.iter():
        nodes[line_of(node), tag(node)] = node
    for line, message in errors:
        plain = NAMESPACE.sub("", message)
        subject = SUBJECT.match(plain)
        element_id = ""
        if subject and (line, subject[1]) in nodes:
            element_id, _ = diagram.owner(nodes[line, subject[1]])
        yield element_id, line, sentence(plain)


def sentence(plain: str) -> str:
    """A schema message in Chinese, with the message itself behind it.

    :param plain: the message without namespaces.
    """
    where = _where(plain)
    for pattern, text in SENTENCES:
        if match := pattern.search(plain):
            return f"{where} {text.format(*match.groups())}（{plain}）"
    return f"{where} 不符合 BPMN 2.0 规范，请按括号中的说明改正（{plain}）"


def _where(plain: str) -> str:
    """The element and attribute that a schema message is about, in Chinese."""
    subject = SUBJECT.match(plain)
    if not subject:
        return "文件内容"
    element, attribute = subject.groups()
    if not attribute:
        return f"元素 {element}"
    return f"元素 {element} 的属性 {attribute}"


def _errors(root: etree._Element) -> list[tuple[int, str]]:
    """The line and the message of each error."""
    schema = _schema()
    with LOCK:
        schema.validate(root)
        log: Any = schema.error_log
        return [(error.line, error.message) for error in log]


@cache
def _schema() -> etree.XMLSchema:
    folder_in_package = files("SpiffWorkflow.bpmn.parser").joinpath("schema")
    with as_file(folder_in_package) as folder:
        tree = etree.parse(str(folder / "BPMN20.xsd"))
        return etree.XMLSchema(tree)
