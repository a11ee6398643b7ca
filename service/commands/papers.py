"""What the gate needs to know about a jurisdiction's papers (文书), and whether an upload changes
anything.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.gate import Surroundings
from service.gate.deployment import Deployment
from service.gate.language.names import supplied
from service.store.processes.lookups import latest_definitions, newest_contents, rules_of
from service.store.processes.rows import FileRow
from service.unit_of_work import UnitOfWork

WORD_SUFFIX = ".docx"


def templates(rules: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The Word templates of papers, each with the processes that it is for. A paper for every
    process names none.
    """
    processes_by_template: dict[str, frozenset[str]] = {}
    for paper in rules.get("papers") or ():
        name = str(paper["template"])
        process = paper.get("process")
        if name.endswith(WORD_SUFFIX):
            processes_by_template[name] = processes_by_template.get(name, frozenset()) | (
                {str(process)} if process else frozenset()
            )
    return processes_by_template


def with_papers(
    work: UnitOfWork, jurisdiction: str, files: Mapping[str, bytes], around: Surroundings
) -> Surroundings:
    """The surroundings. For Word templates they include what the deployed processes with these
    templates know.
    """
    if not any(name.endswith(WORD_SUFFIX) for name in files):
        return around
    used = templates(rules_of(work.session, jurisdiction))
    processes = frozenset().union(*(used.get(name, frozenset()) for name in files))
    whole = Deployment(
        {
            definition.file: work.process.catalogue.deployed(work.session, definition.id).xml
            for definition in latest_definitions(work.session, jurisdiction)
            if definition.key in processes
        },
        around,
    )
    supplied_by_process = {
        key: supplied(diagram, key)
        for key, (diagram, _) in whole.processes.items()
        if key in processes
    }
    return replace(around, papers=used, supplied=supplied_by_process)


def unchanged(work: UnitOfWork, jurisdiction: str, files: Mapping[str, bytes]) -> bool:
    """Whether the newest deployed content of each file is the same. If it is not, something that
    was replaced is to be put back.
    """
    newest = newest_contents(work.session, jurisdiction, FileRow.name.in_(files))
    return all(newest.get(name) == content for name, content in files.items())
