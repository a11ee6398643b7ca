"""Word templates: some paper uses them, and their process supplies the names that they print."""

from collections.abc import Iterator

from service.gate.deployment import Deployment, PaperFile
from service.gate.language.names import supplied
from service.gate.table import Spot, rule
from service.gate.words import similar

GIVEN = frozenset({"today", "case_number", "jurisdiction_name", "answers"})
"""Names that every paper has besides the data of its case."""


@rule("paper-unused", PaperFile, "warning")
def paper_unused(paper: PaperFile) -> Iterator[Spot]:
    """A template replaces one of the same name. Under a name that no paper uses it is never
    printed.
    """
    templates = paper.whole.around.papers
    if paper.file not in templates:
        hint = similar(paper.file, templates)
        yield (
            "",
            0,
            f"没有文书使用模板“{paper.file}”{hint}；请改用已登记的文件名，或先在地区数据中登记",
        )


@rule("paper-name", PaperFile, "warning")
def paper_name(paper: PaperFile) -> Iterator[Spot]:
    """A name that a template prints is one that the data of its cases can hold. Any other stays an
    empty line.
    """
    processes = paper.whole.around.papers.get(paper.file) or ()
    for process in sorted(processes):
        names = _known_names(paper.whole, process)
        if not names:
            continue
        for name in sorted(paper.names - names):
            yield (
                name,
                0,
                f"流程 {process} 的数据中没有“{name}”{similar(name, names)}，"
                "该处将印成空白；请核对名称",
            )


def _known_names(whole: Deployment, process: str) -> frozenset[str]:
    """The names that a paper of a process can print; none if the process is not known."""
    names = whole.around.supplied.get(process, frozenset())
    if process in whole.processes:
        diagram, _ = whole.processes[process]
        names |= supplied(diagram, process)
    if not names:
        return frozenset()
    return names | GIVEN
