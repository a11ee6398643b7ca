"""Reads the boxed expressions of a decision model: XML becomes nodes of the language."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lxml import etree

from service.feel import loops
from service.feel.errors import FeelSyntaxError
from service.feel.expressions import parse, parse_unary
from service.feel.grammar.builder import call_by_name, function_node, list_node
from service.feel.nodes import Node
from service.feel.tables.decision_table import AGGREGATIONS, POLICIES, Input, Output, Rule, Table

NOTHING = Node(lambda scope: None)
Xml = etree._Element
FEEL_LANGUAGE = "FEEL"


def tag(element: Xml) -> str:
    """The name of an element without its namespace; "" for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def child(element: Xml | None, *names: str) -> Xml | None:
    """The first child with one of these names; None if there is none."""
    if element is None:
        return None
    for candidate in element:
        if tag(candidate) in names:
            return candidate
    return None


def all_of(parent: Xml, name: str) -> list[Xml]:
    """All children with this name."""
    return [element for element in parent if tag(element) == name]


def names_of(elements: list[Xml]) -> tuple[str, ...]:
    """The ``name`` of each element; "" where it has none."""
    return tuple(element.get("name", "") for element in elements)


def line_of(element: Xml | None) -> int:
    """The line of an element in the file; 0 if it is not known."""
    line = None if element is None else element.sourceline
    return line if isinstance(line, int) else 0


def text_in(element: Xml | None) -> str:
    """The text of an expression or of tests; "" if there is none."""
    text_element = child(element, "text")
    if text_element is None:
        return ""
    return (text_element.text or "").strip()


@contextmanager
def placed(element: Xml | None) -> Iterator[None]:
    """Give a syntax error that is raised inside the line of ``element`` in the file."""
    try:
        yield
    except FeelSyntaxError as error:
        raise FeelSyntaxError(error.sentence, line_of(element), error.column) from error


class Boxes:
    """Reads the boxed expressions of one model.

    ``names`` are the names of the model. They may contain blanks and signs.
    """

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def expression(self, parent: Xml | None) -> Node:
        """The boxed expression inside an element; null if it has none.

        :raises FeelSyntaxError: its text is not FEEL; the line is that of the XML file.
        """
        box = child(parent, *BOX_READERS)
        if box is None:
            return NOTHING
        return self.read(box)

    def read(self, box: Xml) -> Node:
        """One boxed expression."""
        reader = BOX_READERS[tag(box)]
        return reader(self, box)

    def read_all(self, parent: Xml) -> list[Node]:
        """All boxed expressions directly inside an element."""
        return [self.read(element) for element in parent if tag(element) in BOX_READERS]

    def feel(self, element: Xml | None) -> Node:
        """The FEEL text inside an element; null if it has none."""
        text = text_in(element)
        if not text:
            return NOTHING
        with placed(element):
            return parse(text, self.names).node

    def tests(self, element: Xml | None) -> Node | None:
        """The unary tests inside an element; None if it has none."""
        text = text_in(element)
        if not text:
            return None
        with placed(element):
            return parse_unary(text, self.names).node

    def literal(self, box: Xml) -> Node:
        """A literal expression. :raises FeelSyntaxError: it is in another language."""
        language = box.get("expressionLanguage", FEEL_LANGUAGE)
        if not language.upper().rstrip("/").endswith(FEEL_LANGUAGE):
            raise FeelSyntaxError(f"不支持表达式语言“{language}”，请使用 FEEL", line_of(box), 1)
        return self.feel(box)

    def context(self, box: Xml) -> Node:
        """Named entries. If the last one has no name, it is the result."""
        entries, result = [], None
        for entry in all_of(box, "contextEntry"):
            variable = child(entry, "variable")
            value = self.expression(entry)
            if variable is None:
                result = value
            else:
                entries.append((variable.get("name", ""), value))
        if result is None:
            return loops.context(entries)
        return loops.result_of(entries, result)

    def invocation(self, box: Xml) -> Node:
        """A function call with named arguments."""
        function = self.expression(box)
        arguments = {}
        for binding in all_of(box, "binding"):
            parameter = child(binding, "parameter")
            name = "" if parameter is None else parameter.get("name", "")
            arguments[name] = self.expression(binding)
        return call_by_name(function, arguments)

    def function(self, box: Xml) -> Node:
        """A function definition. One that is not written in FEEL gives null."""
        if box.get("kind", FEEL_LANGUAGE) != FEEL_LANGUAGE:
            return NOTHING
        names = names_of(all_of(box, "formalParameter"))
        return function_node(names, self.expression(box))

    def listed(self, box: Xml) -> Node:
        """A list of boxed expressions."""
        return list_node(self.read_all(box))

    def relation(self, box: Xml) -> Node:
        """Rows with named columns: a list of contexts."""
        columns = names_of(all_of(box, "column"))
        rows = []
        for row in all_of(box, "row"):
            cells = self.read_all(row)
            entries = list(zip(columns, cells, strict=True))
            rows.append(loops.context(entries))
        return list_node(rows)

    def table(self, box: Xml) -> Node:
        """A decision table.

        :raises FeelSyntaxError: a row is incomplete, or the hit policy is unknown.
        """
        policy = POLICIES.get(box.get("hitPolicy", "UNIQUE"))
        aggregation = box.get("aggregation", "")
        if policy is None or aggregation not in ("", *AGGREGATIONS):
            raise FeelSyntaxError("不认识决策表的命中策略", line_of(box), 1)
        inputs = [self.input(element) for element in all_of(box, "input")]
        outputs = [self.output(element) for element in all_of(box, "output")]
        rules = []
        for row in all_of(box, "rule"):
            rules.append(self.rule(row, len(inputs), len(outputs)))
        table = Table(
            policy=policy,
            aggregation=aggregation,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            rules=tuple(rules),
        )
        return table.node()

    def input(self, element: Xml) -> Input:
        """An input column."""
        expression = child(element, "inputExpression")
        allowed = child(element, "inputValues")
        return Input(
            value=self.feel(expression),
            allowed=self.tests(allowed),
            label=text_in(expression),
        )

    def output(self, element: Xml) -> Output:
        """An output column."""
        ranking = None
        values = text_in(child(element, "outputValues"))
        if values:
            with placed(element):
                ranking = parse(f"[{values}]", self.names).node
        default = child(element, "defaultOutputEntry")
        return Output(
            name=element.get("name", ""),
            ranking=ranking,
            default=None if default is None else self.feel(default),
        )

    def rule(self, element: Xml, input_count: int, output_count: int) -> Rule:
        """A row.

        :raises FeelSyntaxError: it has not one cell for each column.
        """
        test_cells = all_of(element, "inputEntry")
        answer_cells = all_of(element, "outputEntry")
        tests = tuple(self.tests(cell) or ALWAYS_TRUE for cell in test_cells)
        answers = tuple(self.feel(cell) for cell in answer_cells)
        if len(tests) != input_count or len(answers) != output_count:
            raise FeelSyntaxError("决策表的一条规则缺少单元格", line_of(element), 1)
        return Rule(tests, answers)


ALWAYS_TRUE = Node(lambda scope: True)
BoxReader = Callable[[Boxes, Xml], Node]
BOX_READERS: dict[str, BoxReader] = {
    "literalExpression": Boxes.literal,
    "context": Boxes.context,
    "invocation": Boxes.invocation,
    "functionDefinition": Boxes.function,
    "encapsulatedLogic": Boxes.function,
    "list": Boxes.listed,
    "relation": Boxes.relation,
    "decisionTable": Boxes.table,
}
