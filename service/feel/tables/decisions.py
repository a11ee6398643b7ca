"""Decision models: a DMN file becomes decisions that can be evaluated.

Decided: a decision first works out the decisions it requires; the functions of its business
knowledge models stand in its scope. XML is read without entities, document types or network. DMN
1.1 to 1.5 differ only in their namespace here, and the version in it is ignored.
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
    """One decision of a model.

    ``required`` are the ids of the decisions it requires, ``knowledge`` those of the business
    knowledge models.
    """

    id: str
    name: str
    node: Node
    model: "Model" = field(repr=False)
    required: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The variables that it and its requirements need from the context."""
        return self.model.needs(self.id, lambda node: node.names, {})

    @property
    def calls(self) -> frozenset[str]:
        """The functions that it and its requirements need from the program or the language."""
        return self.model.needs(self.id, lambda node: node.calls, {})

    def evaluate(
        self,
        context: Mapping[str, Any],
        functions: Functions = NO_FUNCTIONS,
        budget: Budget | None = None,
    ) -> Any:
        """The value of the decision for a context.

        :raises FeelError: the budget is used up, or rules contradict each other.
        """
        scope = Scope(context, functions, budget or Budget())
        return evaluated(lambda scope: self.model.decide(self.id, scope, {}), scope)


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
        needed_by: Callable[[Node], frozenset[str]],
        needs_by_id: dict[str, frozenset[str]],
    ) -> frozenset[str]:
        """The names that a decision or knowledge model needs from outside the model.

        :param needed_by: tells what a single node needs.
        :param needs_by_id: results so far; the new ones are added.
        """
        if part_id in needs_by_id:
            return needs_by_id[part_id]
        part: Decision | Knowledge = (
            self.decisions[part_id] if part_id in self.decisions else self.knowledge[part_id]
        )
        names = self.names
        own_needs = needed_by(part.node)
        inherited_needs: frozenset[str] = frozenset()
        for required_id in (*part.required, *part.knowledge):
            if required_id in names:
                own_needs -= {names[required_id]}
                inherited_needs |= self.needs(required_id, needed_by, needs_by_id)
        needs_by_id[part_id] = own_needs | inherited_needs
        return needs_by_id[part_id]

    @property
    def names(self) -> dict[str, str]:
        """The name of each decision and knowledge model, by id."""
        names = {}
        for decision_id, decision in self.decisions.items():
            names[decision_id] = decision.name
        for knowledge_id, knowledge in self.knowledge.items():
            names[knowledge_id] = knowledge.name
        return names

    def decide(self, decision_id: str, scope: Scope, values_by_id: dict[str, Any]) -> Any:
        """The value of a decision. The decisions that it requires are worked out first.

        :param values_by_id: values so far, so that each decision is worked out once.
        """
        if decision_id in values_by_id:
            return values_by_id[decision_id]
        decision = self.decisions[decision_id]
        names: dict[str, Any] = {}
        for required_id in decision.required:
            if required_id in self.decisions:
                required = self.decisions[required_id]
                names[required.name] = self.decide(required_id, scope, values_by_id)
        inner_scope = scope.inner(names)
        names.update(self.functions(decision.knowledge, inner_scope))
        values_by_id[decision_id] = decision.node.run(inner_scope)
        return values_by_id[decision_id]

    def functions(self, knowledge_ids: tuple[str, ...], scope: Scope) -> dict[str, Any]:
        """Knowledge models as functions, by name.

        The scope of each function contains the functions that it requires, and itself.
        """
        functions: dict[str, Any] = {}
        for knowledge_id in knowledge_ids:
            if knowledge_id not in self.knowledge:
                continue
            scope.budget.spend()
            knowledge = self.knowledge[knowledge_id]
            names = self.functions(knowledge.knowledge, scope)
            function = knowledge.node.run(scope.inner(names))
            names[knowledge.name] = function
            functions[knowledge.name] = function
        return functions


def read_decisions(xml: bytes) -> Mapping[str, Decision]:
    """The decisions of a DMN file by their id.

    :raises FeelSyntaxError: the file is not safe or not DMN, or one of its expressions is not FEEL;
        line of the file.
    """
    root = parsed(xml)
    names = frozenset(one_line(name) for name in declared(root))
    boxes, model = Boxes(names), Model()
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


def one_line(name: str) -> str:
    """A name with single blanks between its words."""
    return " ".join(name.split())


def parsed(xml: bytes) -> Xml:
    """The root of a file.

    :raises FeelSyntaxError: the file is too large, not XML, not safe or not DMN.
    """
    if len(xml) > MAX_FILE:
        raise FeelSyntaxError("决策文件过大", 1, 1)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as problem:
        raise FeelSyntaxError("决策文件不是正确的 XML", problem.lineno or 1, 1) from problem
    document: Any = root.getroottree().docinfo
    if document.doctype:
        raise FeelSyntaxError("决策文件不得包含 DOCTYPE", 1, 1)
    namespace = str(etree.QName(root).namespace)
    if tag(root) != "definitions" or "/DMN/" not in namespace:
        raise FeelSyntaxError("文件不是 DMN 决策模型", 1, 1)
    return root


def declared(root: Xml) -> Iterator[str]:
    """All names in the model, of whatever element."""
    for element in root.iter():
        name = element.get("name") if isinstance(element.tag, str) else None
        if name:
            yield name


def references(element: Xml, requirement: str, target: str) -> tuple[str, ...]:
    """The ids that the requirements of an element point to."""
    ids = []
    for requirement_element in all_of(element, requirement):
        target_element = child(requirement_element, target)
        if target_element is not None:
            ids.append(target_element.get("href", "").lstrip("#"))
    return tuple(ids)


def variable_name(element: Xml) -> str:
    """The name under which others see a decision or knowledge model."""
    variable = child(element, "variable")
    name = "" if variable is None else variable.get("name", "")
    return one_line(name or element.get("name", ""))


def add_decision(element: Xml, boxes: Boxes, model: Model) -> None:
    """Add one decision to the model."""
    decision_id = element.get("id", "")
    model.decisions[decision_id] = Decision(
        id=decision_id,
        name=variable_name(element),
        node=boxes.expression(element),
        model=model,
        required=references(element, "informationRequirement", "requiredDecision"),
        knowledge=references(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def add_knowledge(element: Xml, boxes: Boxes, model: Model) -> None:
    """Add one business knowledge model to the model."""
    knowledge_id = element.get("id", "")
    model.knowledge[knowledge_id] = Knowledge(
        name=variable_name(element),
        node=boxes.expression(element),
        knowledge=references(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def check_circles(model: Model) -> None:
    """Check what decisions and knowledge models require.

    :raises FeelSyntaxError: a decision requires itself, or the chain is too long.
    """
    required_by_id = {}
    for decision_id, decision in model.decisions.items():
        required_by_id[decision_id] = decision.required
    for knowledge_id, knowledge in model.knowledge.items():
        required_by_id[knowledge_id] = knowledge.knowledge
    try:
        longest = longest_chain(required_by_id)
    except CycleError as problem:
        circle = problem.args[1]
        raise FeelSyntaxError(f"决策“{circle[0]}”直接或间接地依赖自身", 1, 1) from problem
    if longest > MAX_CHAIN:
        raise FeelSyntaxError(f"决策的依赖层数过多，最多 {MAX_CHAIN} 层", 1, 1)


def longest_chain(required_by_id: Mapping[str, tuple[str, ...]]) -> int:
    """The length of the longest chain of requirements.

    :raises CycleError: something requires itself.
    """
    depths: dict[str, int] = {}
    for part_id in TopologicalSorter(required_by_id).static_order():
        required_ids = required_by_id.get(part_id, ())
        required_depth = max((depths[required_id] for required_id in required_ids), default=0)
        depths[part_id] = required_depth + 1
    return max(depths.values(), default=0)
