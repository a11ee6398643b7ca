"""Pairs for the rules on routing, encoding, expressions, forms and decisions."""

from typing import Any

from tests.diagrams.draw import (
    END,
    START,
    Pair,
    diagram,
    flow,
    flows,
    form,
    pair,
    pair_of_nodes,
    properties,
    simple,
    task,
    text,
)
from tests.diagrams.pairs_elements import GOOD, MESSAGE, TIMER, event
from tests.diagrams.pairs_flow import chosen

SCRIPT = (
    '<scriptTask id="sum" scriptFormat="feel" '
    'c:resultVariable="total">\n<script>= 1 + 2</script></scriptTask>'
)
ACTION = properties(action="number")
LOOP = '\n<multiInstanceLoopCharacteristics c:collection="= [1, 2]" c:elementVariable="x"/>'
DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
    id="d" name="d" namespace="urn:test">
<decision id="grade" name="grade"><variable name="grade"/>
<decisionTable id="t" hitPolicy="UNIQUE">
<input id="i"><inputExpression id="ie"><text>amount</text></inputExpression></input>
<output id="o" name="grade"/>
<rule id="r"><inputEntry id="e"><text>&gt; 1</text></inputEntry>
<outputEntry id="f"><text>"A"</text></outputEntry></rule>
</decisionTable></decision>
</definitions>"""


def routed(**given: str) -> bytes:
    """One task with these properties."""
    return diagram(simple(task(**given), "review"))


def broken(rule_element: str = "review", mark: str | None = None, *also: str, **given: str) -> Pair:
    """A task that breaks a rule by its properties."""
    return pair(GOOD, routed(**given), rule_element, mark, *also)


def came_of(**given: str) -> bytes:
    """A milestone with these properties."""
    node = (
        f'<intermediateThrowEvent id="milestone">\n{properties(**given)}</intermediateThrowEvent>'
    )
    return diagram(simple(node, "milestone"))


def owned(**given: str) -> bytes:
    """A process with properties of its own."""
    return GOOD.replace(b"<laneSet", properties(**given).encode() + b"<laneSet", 1)


def with_attributes(more: str) -> bytes:
    """One task with these attributes."""
    return diagram(simple(task(more=more), "review"))


def service(inside: str, more: str = "") -> str:
    """A service task ``act``."""
    return f'<serviceTask id="act" c:resultVariable="result"{more}>\n{inside}</serviceTask>'


def argument(name: str, value: str) -> str:
    """A service task with an argument."""
    return service(
        "<extensionElements><c:properties><c:property "
        "name='action' value='number'/></c:properties>\n"
        "<c:inputOutput>\n"
        f'<c:inputParameter name="{name}">{value}</c:inputParameter>'
        "\n</c:inputOutput></extensionElements>"
    )


def call(inside: str) -> bytes:
    """A call activity."""
    return diagram(
        simple(
            f'<callActivity id="call" calledElement="deployed"><extensionElements>\n{inside}\n'
            "</extensionElements></callActivity>",
            "call",
        )
    )


def sent_by(**given: str) -> bytes:
    """A catch event with properties."""
    return diagram(
        simple(
            event(properties(**given) + '<messageEventDefinition id="d" messageRef="m"/>'), "wait"
        ),
        before=MESSAGE,
    )


def papers(*components: dict[str, Any], **more: Any) -> dict[str, bytes]:
    """A form file alone."""
    return {"paper.form": form(*components, **more)}


def of_form(
    element: str,
    mark: str,
    *components: dict[str, Any],
    valid: dict[str, Any] | None = None,
    also: frozenset[str] = frozenset(),
    **more: Any,
) -> Pair:
    """A pair of forms."""
    return Pair(
        valid=papers(text(), *([valid] if valid else [])),
        invalid=papers(*components, **more),
        element=element,
        mark=mark,
        file="paper.form",
        also=also,
    )


def decided(decision: str, table: str = DECISION) -> dict[str, bytes]:
    """A business rule task after a form, and its table."""
    node = f'<businessRuleTask id="grade" c:decisionRef="{decision}" c:resultVariable="result"/>'
    body = "\n".join((START, task(), node, END, flows("start>review>grade>end")))
    return {"a.bpmn": diagram(body), "t.dmn": table.encode()}


def branch(condition: str) -> bytes:
    """A gateway with this condition."""
    return diagram(chosen(second=flow("choice", "other", condition)))


def shown(key: str) -> dict[str, bytes]:
    """A task whose form shows a value of the case."""
    return {
        "a.bpmn": diagram(simple(task(form="paper"), "review")),
        "paper.form": form(text(), text(key, readonly=True)),
    }


PAIRS: dict[str, Pair] = {
    "lead-single": pair(GOOD, diagram(simple(task(), "review"), lane=None), "review"),
    "unit-unknown": pair(GOOD, diagram(simple(task(), "review"), lane="市科技厅"), "review"),
    "lane-contradicts": pair(
        with_attributes(' c:candidateGroups="市科技局,市财政局"'),
        with_attributes(' c:candidateGroups="市委组织部,市财政局"'),
        "review",
    ),
    "form-known": pair(GOOD, diagram(simple(task(form=None), "review")), "review"),
    "senders-form": pair(
        sent_by(senders="揭榜人", form="opinion", variable="answer"),
        sent_by(senders="揭榜人", variable="answer"),
        "wait",
    ),
    "check-form": pair(
        sent_by(form="opinion", check="= if amount &lt; 0 then agreed else null"),
        sent_by(check="= null"),
        "wait",
    ),
    "camunda-code": pair_of_nodes(service(ACTION), service(ACTION, ' c:class="x.Y"'), "act"),
    "mapping-complete": pair(
        call('<c:in source="case_id" target="parent"/>'),
        call('<c:in source="case_id"/>'),
        "call",
        "<c:in source=",
    ),
    "extension-ignored": pair(GOOD, with_attributes(' c:assignee="someone"'), "review"),
    "property-unknown": broken(coUnit="市财政局"),
    "property-value": pair(routed(handOver="any"), routed(handOver="all"), "review"),
    "outcome-event": pair(
        came_of(outcome="filed", tone="good", outcomeName="已备案"),
        routed(outcome="filed", tone="good"),
        "review",
    ),
    "outcome-code": pair(
        came_of(outcome="filed", tone="good", outcomeName="已备案"),
        came_of(outcome="已备案", tone="good", outcomeName="已备案"),
        "milestone",
    ),
    "basis-missing": pair(
        GOOD, GOOD.replace(b'name="basis" value="ours"', b'name="barrier" value="yes"'), "review"
    ),
    "clause-unknown": pair(
        routed(basis="text", clause="CF-1.1"), routed(basis="text", clause="CF-1.9"), "review"
    ),
    "time-unreadable": pair(routed(due="P5WD"), routed(due="5天"), "review"),
    "script-language": pair_of_nodes(SCRIPT, SCRIPT.replace("feel", "python"), "sum"),
    "loop-items": pair_of_nodes(
        task(inside=LOOP),
        task(inside="\n<multiInstanceLoopCharacteristics/>"),
        "review",
        "multiInstance",
    ),
    "service-work": pair_of_nodes(service(ACTION), service(""), "act"),
    "shows-known": pair(
        routed(shows="start、review(amount)"), routed(shows="strat、review(amount)"), "review"
    ),
    "judging-place": pair(
        diagram(simple(task(anonymous="= amount = null", namedTo="市委组织部"), "review")),
        sent_by(anonymous="= case_id = null"),
        "wait",
    ),
    "columns-readable": pair(
        routed(about="= case_id", columns="项目=project_title；单位=unit_name"),
        routed(about="= case_id", columns="项目=project_title；单位"),
        "review",
    ),
    "expression-equals": pair(branch('= agreed = "yes"'), branch('agreed = "yes"'), "choice_other"),
    "expression-syntax": pair(
        branch('= agreed = "yes"'), branch("= agreed and and"), "choice_other"
    ),
    "expression-name": pair(
        branch('= agreed = "yes"'), branch('= agreeed = "yes"'), "choice_other"
    ),
    "form-source": Pair(
        valid=shown("starter"), invalid=shown("startre"), element="review", mark='id="review"'
    ),
    "expression-function": pair(
        branch("= count([amount]) > 1"), branch("= cuont([amount]) > 1"), "choice_other"
    ),
    "variable-name": pair_of_nodes(SCRIPT, SCRIPT.replace("total", "case_id"), "sum"),
    "form-id": Pair(
        valid=papers(text()),
        invalid={"paper.form": form(text(), name="other")},
        element="other",
        mark='"id"',
        file="paper.form",
    ),
    "form-key": of_form("名称", '"key"', text("名称")),
    "form-key-unique": of_form("title", '"key": "title"', text(), text()),
    "form-component": of_form(
        "h", '"h"', {"type": "html", "id": "h", "content": "<b>x</b>"}, text()
    ),
    "form-condition": of_form(
        "other",
        '"hide"',
        text(),
        text("other", conditional={"hide": "= titel = null"}),
        valid=text("other", conditional={"hide": "= title = null"}),
    ),
    "form-comparison": of_form(
        "other",
        '"other"',
        text(),
        {"type": "datetime", "subtype": "date", "id": "d", "key": "done", "dateLabel": "完成日期"},
        text("other", conditional={"hide": '= done > date("2026-06-30")'}),
        valid=text("other", conditional={"hide": '= title > "2026-06-30"'}),
    ),
    "form-circle": of_form(
        "title",
        '"title"',
        text(conditional={"hide": '= other = "no"'}),
        text("other", conditional={"hide": '= title = "no"'}),
        valid=text("other", conditional={"hide": "= title = null"}),
    ),
    "form-list": of_form(
        "f",
        '"valuesKey"',
        {
            "type": "select",
            "id": "f",
            "key": "f",
            "label": "领域",
            "valuesKey": "field",
            "properties": {"list": "field"},
        },
        valid={
            "type": "select",
            "id": "f",
            "key": "f",
            "label": "领域",
            "valuesKey": "fields",
            "properties": {"list": "fields"},
        },
    ),
    "form-secret": of_form("password", '"key": "password"', text("password")),
    "decision-readable": Pair(
        valid=decided("grade"),
        invalid=decided("grade", DECISION.replace("UNIQUE", "SOMETIMES")),
        element="",
        mark="hitPolicy",
        file="t.dmn",
        also=frozenset({"decision-known"}),
    ),
    "decision-known": Pair(
        valid=decided("grade"), invalid=decided("grades"), element="grade", mark='id="grade"'
    ),
    "decision-names": Pair(
        valid=decided("grade"),
        invalid=decided("grade", DECISION.replace("amount", "amuont")),
        element="grade",
        mark='id="grade"',
    ),
}

MORE = [
    ("expression-equals", broken(check="amount", mark='name="check"')),
    ("expression-name", broken(check="= amuont", mark='name="check"')),
    ("expression-name", broken(mark='name="shows"', shows="review(amuont)")),
    ("expression-syntax", broken(mark='name="shows"', shows="review(amount and and)")),
    ("expression-equals", broken(mark='name="recusal"', recusal="agreed")),
    ("shows-known", broken(shows="review(amount")),
    (
        "judging-place",
        pair(GOOD, diagram(simple(task(form=None, recusal="= true"), "review")), "review"),
    ),
    ("columns-readable", broken(columns="项目=project_title")),
    ("columns-readable", broken(about="= case_id", columns="项目=项目名称")),
    ("unit-unknown", broken(anonymous="= amount = null", namedTo="市委组织")),
    (
        "unit-unknown",
        pair(routed(coUnits="各县区、市财政局"), routed(coUnits="各县区、市财政厅"), "review"),
    ),
    (
        "outcome-event",
        pair(
            came_of(outcome="filed", tone="good", outcomeName="已备案"),
            came_of(outcome="filed", outcomeName="已备案"),
            "milestone",
        ),
    ),
    (
        "outcome-event",
        pair(
            came_of(outcome="filed", tone="good", outcomeName="已备案"),
            came_of(outcome="filed", tone="good"),
            "milestone",
        ),
    ),
    (
        "outcome-event",
        pair(
            came_of(outcome="filed", tone="good", outcomeName="已备案"),
            came_of(tone="good"),
            "milestone",
        ),
    ),
    (
        "property-value",
        pair(
            routed(coUnits="各县区", coRule="any"),
            routed(coUnits="各县区", coRule="most"),
            "review",
        ),
    ),
    (
        "unit-unknown",
        pair(
            sent_by(senders="揭榜人", form="opinion", variable="answer"),
            sent_by(senders="揭榜方", form="opinion", variable="answer"),
            "wait",
        ),
    ),
    (
        "mapping-complete",
        pair(
            call('<c:in source="amount" target="amount"/>').replace(b"amount", b"case_id", 1),
            call('<c:in variables="all"/>'),
            "call",
            "variables=",
        ),
    ),
    (
        "property-unknown",
        pair(
            owned(number="= case_id"), owned(numbre="= case_id"), "process", '<process id="process"'
        ),
    ),
    ("clause-unknown", pair(routed(basis="text", clause="CF-1.1"), routed(basis="text"), "review")),
    (
        "time-unreadable",
        pair_of_nodes(event(TIMER), event(TIMER.replace("P3D", "3d")), "wait", "timeDuration"),
    ),
    (
        "service-work",
        pair_of_nodes(argument("format", "filing"), argument("fromat", "filing"), "act"),
    ),
    ("lead-single", pair(GOOD, diagram(simple(task(), "review"), lane="各县区"), "review")),
    ("form-known", pair(GOOD, diagram(simple(task(form="opinions"), "review")), "review")),
]
"""Other ways to break these rules."""
