"""Word templates: used by some paper, and filled with what their process knows."""

from collections.abc import Iterator

from service.gate.deployment import Deployment, PaperFile
from service.gate.language.names import supplied
from service.gate.table import Spot, rule
from service.gate.words import similar

GIVEN = frozenset({"today", "case_number", "jurisdiction_name", "answers"})
"""What every paper knows besides its case's data."""


@rule("paper-unused", PaperFile, "warning")
def paper_unused(paper: PaperFile) -> Iterator[Spot]:
    """A template replaces one of the same name; under a name that no paper uses it is never
    printed.
    """
    known = paper.whole.around.papers
    if paper.file not in known:
        near = similar(paper.file, known)
        yield (
            "",
            0,
            f"没有文书使用模板“{paper.file}”{near}；请改用已登记的文件名，或先在地区数据中登记",
        )


@rule("paper-name", PaperFile, "warning")
def paper_name(paper: PaperFile) -> Iterator[Spot]:
    """A name that a template prints is one that a case's data can hold; any other stays an empty
    line.
    """
    for process in sorted(paper.whole.around.papers.get(paper.file) or ()):
        known = _known(paper.whole, process)
        for name in sorted(paper.names - known) if known else ():
            yield (
                name,
                0,
                f"流程 {process} 的数据中没有“{name}”{similar(name, known)}，"
                "该处将印成空白；请核对名称",
            )


def _known(whole: Deployment, process: str) -> frozenset[str]:
    """The names that a process's data can hold; none when the process is not known."""
    names = whole.around.supplied.get(process, frozenset())
    if process in whole.processes:
        names |= supplied(whole.processes[process][0], process)
    if names:
        return names | GIVEN
    return names
