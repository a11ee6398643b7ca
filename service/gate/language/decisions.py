"""Decision tables: they can be read, and the decisions that tasks name exist."""

from collections.abc import Iterator, Mapping
from functools import cache

from service.feel import FeelError
from service.feel.tables.decisions import Decision, read_decisions
from service.gate.deployment import Deployment, Diagram, TableFile
from service.gate.language.names import supplied
from service.gate.table import Spot, rule
from service.gate.words import on, similar


def _decisions(whole: Deployment) -> Mapping[str, Decision]:
    """The decisions of all files that can be read, by id."""
    decisions: dict[str, Decision] = {}
    for table in whole.tables:
        try:
            decisions.update(read_decisions(table.data))
        except FeelError:
            continue
    return decisions


@rule("decision-readable", TableFile)
def decision_readable(table: TableFile) -> Iterator[Spot]:
    """A file of decision tables is DMN, and the program can evaluate its tables, hit policies and
    cells.
    """
    try:
        decisions = read_decisions(table.data)
    except FeelError as problem:
        yield "", problem.line or 1, f"决策表无法读取：{problem}；请改正后重新上传"
        return
    if not decisions:
        yield "", 1, "文件中没有决策；请确认上传的是 DMN 决策表"


@rule("decision-known", Diagram)
def decision_known(diagram: Diagram) -> Iterator[Spot]:
    """A business rule task refers to a decision of this deployment. Tables are deployed together
    with the diagram that uses them, so that a running case keeps the version it began with.
    """
    decisions = _decisions(diagram.whole)
    for element in diagram.of_kind("businessRuleTask"):
        name = element.attributes.get("decisionRef")
        if name and name not in decisions:
            yield on(
                element,
                f"引用的决策“{name}”不在此次部署中{similar(name, decisions)}；请一并上传决策表",
            )


@rule("decision-names", Diagram)
def decision_names(diagram: Diagram) -> Iterator[Spot]:
    """Every name that a decision reads is supplied by the process that uses the decision."""
    decisions = _decisions(diagram.whole)
    supplied_to = cache(lambda process: supplied(diagram, process))
    for element in diagram.of_kind("businessRuleTask"):
        decision = decisions.get(element.attributes.get("decisionRef", ""))
        if decision is None:
            continue
        names = supplied_to(element.process)
        for name in sorted(decision.names - names):
            hint = similar(name, names)
            yield on(
                element, f"的决策需要“{name}”，流程中没有提供它的表单或变量{hint}；请补充或改正"
            )
