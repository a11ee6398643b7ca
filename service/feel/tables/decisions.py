"""Decision models: a DMN file becomes decisions that can be asked.

Decided: a decision first works out the decisions it requires; the functions of its business
knowledge models stand in its scope. XML is read without entities, document types or network. DMN
1.1 to 1.5 are told apart by nothing but their namespace, which is ignored.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from lxml import etree

from service.feel.errors import FeelSyntaxError
from service.feel.nodes import NO_FUNCTIONS, Functions, Node, Scope, TooDeep, evaluated
from service.feel.tables.boxed import Boxes, Xml, all_of, child, tag
from service.feel.values import Budget

MAX_FILE = 5_000_000
MAX_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a model."""

    id: str
    name: str
    node: Node
    model: "Model" = field(repr=False)
    required: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The variables it needs from the context, for what it requires included."""
        return self.model.needs(self.id, lambda node: node.names)

    @property
    def calls(self) -> frozenset[str]:
        """The functions it needs from the program or the language, for what it requires
        included.
        """
        return self.model.needs(self.id, lambda node: node.calls)

    def evaluate(
        self,
        context: Mapping[str, Any],
        functions: Functions = NO_FUNCTIONS,
        budget: Budget | None = None,
    ) -> Any:
        """The decision for a context. :raises FeelError: the budget is used up, or rules contradict
        each other.
        """
        return evaluated(
            lambda scope: self.model.decide(self.id, scope, {}),
            Scope(context, functions, budget or Budget()),
        )


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A function that decisions may call."""

    name: str
    node: Node
    knowledge: tuple[str, ...]
    required: tuple[str, ...] = ()


@dataclass(slots=True)
class Model:
    """The decisions and knowledge models of one file, by id."""

    decisions: dict[str, Decision] = field(default_factory=dict)
    knowledge: dict[str, Knowledge] = field(default_factory=dict)

    def needs(
        self,
        part_id: str,
        kind: Callable[[Node], frozenset[str]],
        done: dict[str, frozenset[str]] | None = None,
    ) -> frozenset[str]:
        """What a decision or knowledge model needs from outside; ``done`` holds what is known
        already.
        """
        needs_by_id = {} if done is None else done
        if part_id not in needs_by_id:
            part: Decision | Knowledge = (
                self.decisions[part_id] if part_id in self.decisions else self.knowledge[part_id]
            )
            inside = [other for other in (*part.required, *part.knowledge) if other in self.names]
            own = kind(part.node) - {self.names[other] for other in inside}
            needs_by_id[part_id] = own.union(
                *(self.needs(other, kind, needs_by_id) for other in inside)
            )
        return needs_by_id[part_id]

    @property
    def names(self) -> dict[str, str]:
        """What everything is called, by id."""
        decisions = {part_id: decision.name for part_id, decision in self.decisions.items()}
        return decisions | {
            part_id: knowledge.name for part_id, knowledge in self.knowledge.items()
        }

    def decide(self, decision_id: str, scope: Scope, done: dict[str, Any]) -> Any:
        """Work out a decision, what it requires first; each once."""
        if decision_id not in done:
            decision = self.decisions[decision_id]
            names = {
                self.decisions[required_id].name: self.decide(required_id, scope, done)
                for required_id in decision.required
                if required_id in self.decisions
            }
            inside = scope.inner(names)
            names.update(self.functions(decision.knowledge, inside))
            done[decision_id] = decision.node.run(inside)
        return done[decision_id]

    def functions(self, knowledge_ids: tuple[str, ...], scope: Scope) -> dict[str, Any]:
        """Knowledge models as functions, those they require, and themselves, in their scope."""
        functions: dict[str, Any] = {}
        for knowledge in (
            self.knowledge[knowledge_id]
            for knowledge_id in knowledge_ids
            if knowledge_id in self.knowledge
        ):
            scope.budget.spend()
            inner = self.functions(knowledge.knowledge, scope)
            inner[knowledge.name] = functions[knowledge.name] = knowledge.node.run(
                scope.inner(inner)
            )
        return functions


def read_decisions(xml: bytes) -> Mapping[str, Decision]:
    """The decisions of a DMN file by their id.

    :raises FeelSyntaxError: the file is not safe or not DMN, or one of its expressions is not FEEL;
        line of the file.
    """
    root = parsed(xml)
    names = frozenset(" ".join(name.split()) for name in declared(root))
    boxes = Boxes(names)
    model = Model()
    try:
        for element in root:
            if tag(element) == "decision":
                add_decision(element, boxes, model)
            elif tag(element) == "businessKnowledgeModel":
                add_knowledge(element, boxes, model)
    except TooDeep as problem:
        raise FeelSyntaxError("决策模型嵌套层数过多", 1, 1) from problem
    check_circles(model)
    return model.decisions


def parsed(xml: bytes) -> Xml:
    """The root of a file read safely."""
    if len(xml) > MAX_FILE:
        raise FeelSyntaxError("决策文件过大", 1, 1)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as problem:
        raise FeelSyntaxError("决策文件不是正确的 XML", problem.lineno or 1, 1) from problem
    about: Any = root.getroottree().docinfo
    if about.doctype:
        raise FeelSyntaxError("决策文件不得包含 DOCTYPE", 1, 1)
    if tag(root) != "definitions" or "/DMN/" not in str(etree.QName(root).namespace):
        raise FeelSyntaxError("文件不是 DMN 决策模型", 1, 1)
    return root


def declared(root: Xml) -> Iterator[str]:
    """All names the model gives to anything."""
    for element in root.iter():
        if isinstance(element.tag, str) and (name := element.get("name")):
            yield name


def references(element: Xml, requirement: str, target: str) -> tuple[str, ...]:
    """The ids of what an element requires."""
    targets = (
        child(requirement_element, target) for requirement_element in all_of(element, requirement)
    )
    return tuple(
        target_element.get("href", "").lstrip("#")
        for target_element in targets
        if target_element is not None
    )


def variable_name(element: Xml) -> str:
    """The name under which others see a decision or knowledge model."""
    variable = child(element, "variable")
    name = variable.get("name", "") if variable is not None else ""
    return " ".join((name or element.get("name", "")).split())


def add_decision(element: Xml, boxes: Boxes, model: Model) -> None:
    """Read one decision."""
    decision_id = element.get("id", "")
    model.decisions[decision_id] = Decision(
        decision_id,
        variable_name(element),
        boxes.expression(element),
        model,
        references(element, "informationRequirement", "requiredDecision"),
        references(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def add_knowledge(element: Xml, boxes: Boxes, model: Model) -> None:
    """Read one business knowledge model."""
    model.knowledge[element.get("id", "")] = Knowledge(
        variable_name(element),
        boxes.expression(element),
        references(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def check_circles(model: Model) -> None:
    """:raises FeelSyntaxError: a decision requires itself, or the chain is absurdly long."""
    edges = {part_id: decision.required for part_id, decision in model.decisions.items()}
    edges |= {part_id: knowledge.knowledge for part_id, knowledge in model.knowledge.items()}
    depths: dict[str, int] = {}
    try:
        for part_id in TopologicalSorter(edges).static_order():
            depths[part_id] = 1 + max(
                (depths[other] for other in edges.get(part_id, ())), default=0
            )
    except CycleError as problem:
        raise FeelSyntaxError(f"决策“{problem.args[1][0]}”直接或间接地依赖自身", 1, 1) from problem
    if max(depths.values(), default=0) > MAX_CHAIN:
        raise FeelSyntaxError(f"决策的依赖层数过多，最多 {MAX_CHAIN} 层", 1, 1)
