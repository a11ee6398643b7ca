"""Boxed expressions of a decision model: from XML to the nodes of the language."""

from collections.abc import Callable

from lxml import etree

from service.feel import loops
from service.feel.errors import FeelSyntaxError
from service.feel.expressions import parse, parse_unary
from service.feel.grammar.builder import call_with
from service.feel.nodes import Function, Node, joined
from service.feel.tables.decision_table import POLICIES, Input, Output, Rule, Table

NOTHING = Node(lambda scope: None)
Xml = etree._Element
FEEL_LANGUAGE = "FEEL"


def tag(element: Xml) -> str:
    """The name of an element without its namespace; "" for a comment."""
    if not isinstance(element.tag, str):
        return ""
    return etree.QName(element).localname


def child(element: Xml | None, *names: str) -> Xml | None:
    """The first child with one of these names."""
    if element is None:
        return None
    return next((inner for inner in element if tag(inner) in names), None)


def all_of(element: Xml, name: str) -> list[Xml]:
    """All children with this name."""
    return [inner for inner in element if tag(inner) == name]


def line_of(element: Xml) -> int:
    """The line in the file."""
    if not isinstance(element.sourceline, int):
        return 0
    return element.sourceline


def text_in(element: Xml | None) -> str:
    """The text of an expression or of tests."""
    text = child(element, "text")
    if text is None:
        return ""
    return (text.text or "").strip()


class Boxes:
    """Reads the boxed expressions of one model, whose ``names`` may contain blanks and signs."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def expression(self, parent: Xml | None) -> Node:
        """The boxed expression inside an element; null when it has none.

        :raises FeelSyntaxError: its text is not FEEL; the line is that of the XML file.
        """
        if parent is None:
            return NOTHING
        box = child(parent, *BOXES_READ)
        if box is None:
            return NOTHING
        return BOXES_READ[tag(box)](self, box)

    def feel(self, element: Xml | None) -> Node:
        """A text of FEEL inside an element."""
        text = text_in(element)
        if text:
            return self.placed(element, lambda: parse(text, self.names).node)
        return NOTHING

    def tests(self, element: Xml | None) -> Node | None:
        """Unary tests inside an element; None without any."""
        text = text_in(element)
        if not text:
            return None
        return self.placed(element, lambda: parse_unary(text, self.names).node)

    @staticmethod
    def placed(element: Xml | None, read: Callable[[], Node]) -> Node:
        """Read a text; an error gets the line in the file."""
        try:
            return read()
        except FeelSyntaxError as error:
            line = line_of(element) if element is not None else 0
            raise FeelSyntaxError(error.sentence, line, error.column) from error

    def literal(self, box: Xml) -> Node:
        """A literal expression. :raises FeelSyntaxError: it is in another language."""
        language = box.get("expressionLanguage", FEEL_LANGUAGE)
        if not language.upper().rstrip("/").endswith(FEEL_LANGUAGE):
            raise FeelSyntaxError(f"不支持表达式语言“{language}”，请使用 FEEL", line_of(box), 1)
        return self.feel(box)

    def context(self, box: Xml) -> Node:
        """Named entries; a last one without a name is the result."""
        entries = []
        result = None
        for entry in all_of(box, "contextEntry"):
            variable = child(entry, "variable")
            if variable is None:
                result = self.expression(entry)
            else:
                entries.append((variable.get("name", ""), self.expression(entry)))
        if result is None:
            return loops.context(entries)
        return loops.result_of(entries, result)

    def invocation(self, box: Xml) -> Node:
        """A function called by the names of its parameters."""
        function = self.expression(box)
        given = {}
        for binding in all_of(box, "binding"):
            parameter = child(binding, "parameter")
            given[parameter.get("name", "") if parameter is not None else ""] = self.expression(
                binding
            )
        return call_with(
            function,
            list(given.values()),
            lambda scope: {name: part.run(scope) for name, part in given.items()},
        )

    def function(self, box: Xml) -> Node:
        """A function definition; one that is not written in FEEL gives null."""
        names = tuple(parameter.get("name", "") for parameter in all_of(box, "formalParameter"))
        if box.get("kind", FEEL_LANGUAGE) != FEEL_LANGUAGE:
            return NOTHING
        body = self.expression(box)
        return joined(
            lambda scope: Function(names, body.run, scope, body.depth), [body.without(*names)]
        )

    def listed(self, box: Xml) -> Node:
        """A list of boxed expressions."""
        items = [BOXES_READ[tag(inner)](self, inner) for inner in box if tag(inner) in BOXES_READ]
        return joined(lambda scope: [item.run(scope) for item in items], items)

    def relation(self, box: Xml) -> Node:
        """Rows with named columns: a list of contexts."""
        columns = [column.get("name", "") for column in all_of(box, "column")]
        rows = [
            loops.context(
                list(
                    zip(
                        columns,
                        [
                            BOXES_READ[tag(cell)](self, cell)
                            for cell in row
                            if tag(cell) in BOXES_READ
                        ],
                        strict=True,
                    )
                )
            )
            for row in all_of(box, "row")
        ]
        return joined(lambda scope: [row.run(scope) for row in rows], rows)

    def table(self, box: Xml) -> Node:
        """A decision table. :raises FeelSyntaxError: a row is incomplete, or the hit policy is
        unknown.
        """
        policy = POLICIES.get(box.get("hitPolicy", "UNIQUE"))
        aggregation = box.get("aggregation", "")
        if policy is None or aggregation not in ("", "SUM", "MIN", "MAX", "COUNT"):
            raise FeelSyntaxError("不认识决策表的命中策略", line_of(box), 1)
        inputs = tuple(self.input(part) for part in all_of(box, "input"))
        outputs = tuple(self.output(part) for part in all_of(box, "output"))
        rules = tuple(self.rule(part, len(inputs), len(outputs)) for part in all_of(box, "rule"))
        return Table(policy, aggregation, inputs, outputs, rules).node()

    def input(self, element: Xml) -> Input:
        """A column of questions."""
        question = child(element, "inputExpression")
        return Input(
            self.feel(question), self.tests(child(element, "inputValues")), text_in(question)
        )

    def output(self, element: Xml) -> Output:
        """A column of answers."""
        values = text_in(child(element, "outputValues"))
        ranking = None
        if values:
            ranking = self.placed(element, lambda: parse(f"[{values}]", self.names).node)
        default = child(element, "defaultOutputEntry")
        return Output(
            element.get("name", ""), ranking, self.feel(default) if default is not None else None
        )

    def rule(self, element: Xml, inputs: int, outputs: int) -> Rule:
        """A row."""
        tests = tuple(self.tests(entry) or NEVER_ASKED for entry in all_of(element, "inputEntry"))
        answers = tuple(self.feel(entry) for entry in all_of(element, "outputEntry"))
        if len(tests) != inputs or len(answers) != outputs:
            raise FeelSyntaxError("决策表的一条规则缺少单元格", line_of(element), 1)
        return Rule(tests, answers)


NEVER_ASKED = Node(lambda scope: True)
BOXES_READ: dict[str, Callable[[Boxes, Xml], Node]] = {
    "literalExpression": Boxes.literal,
    "context": Boxes.context,
    "invocation": Boxes.invocation,
    "functionDefinition": Boxes.function,
    "encapsulatedLogic": Boxes.function,
    "list": Boxes.listed,
    "relation": Boxes.relation,
    "decisionTable": Boxes.table,
}
