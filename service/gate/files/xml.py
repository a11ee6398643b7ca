"""Files as such: their kind, and whether they can be read without danger."""

import re
from collections.abc import Iterator

from service.engine.document import line_of
from service.gate.deployment import Deployment
from service.gate.table import Spot, rule

KNOWN = (".bpmn", ".dmn", ".form", ".docx")
SAFE_NAME = re.compile(r"[^/\\\x00-\x1f]{1,150}")


@rule("file-readable", Deployment)
def file_readable(whole: Deployment) -> Iterator[tuple[str, Spot]]:
    """A file can be read without danger: it is well-formed XML without DOCTYPE and entities, the
    JSON of a form, at most 2 MB, not nested without end, or a Word template with no other marks
    than those that are allowed. No other rule looks at a file that fails here.
    """
    for broken in whole.broken:
        advice = "用建模工具重新导出后再上传"
        if broken.file.endswith(".docx"):
            advice = "改正后再上传"
        yield broken.file, ("", broken.line, f"{broken.why}；请{advice}")


@rule("file-kind", Deployment)
def file_kind(whole: Deployment) -> Iterator[tuple[str, Spot]]:
    """A deployment consists of diagrams (.bpmn), decision tables (.dmn), forms (.form) and Word
    templates (.docx). Another file would be stored and never used, and its owner would not notice.
    """
    for name in whole.files:
        if not name.endswith(KNOWN) or not SAFE_NAME.fullmatch(name):
            yield (
                name,
                (
                    "",
                    0,
                    "只能部署 .bpmn、.dmn、.form 和 .docx 文件，"
                    "文件名不能含目录；请去掉此文件或改正文件名",
                ),
            )


@rule("process-unique", Deployment)
def process_unique(whole: Deployment) -> Iterator[tuple[str, Spot]]:
    """A process id names one process in a deployment, because cases are started by it and call
    activities refer to it.
    """
    files_by_id: dict[str, str] = {}
    for diagram in whole.diagrams:
        for name, node in diagram.document.processes.items():
            if name in files_by_id:
                sentence = (
                    f"流程编号“{name}”在文件 {files_by_id[name]} 中已经使用，请改为不同的编号"
                )
                yield diagram.file, (name, line_of(node), sentence)
            files_by_id.setdefault(name, diagram.file)


@rule("process-missing", Deployment)
def process_missing(whole: Deployment) -> Iterator[tuple[str, Spot]]:
    """A file contains a process. One without cannot be started; it is usually the wrong file or
    only a collaboration.
    """
    for diagram in whole.diagrams:
        if not diagram.document.processes:
            yield diagram.file, ("", 1, "文件中没有流程（process），请确认上传的是 BPMN 2.0 流程图")
