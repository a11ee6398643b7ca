"""Pairs for the rules on files, schema, elements and events."""

from tests.diagrams.draw import (
    END,
    START,
    Pair,
    diagram,
    flows,
    form,
    pair,
    pair_of_nodes,
    simple,
    task,
    text,
)

GOOD = diagram(simple(task(), "review"))
MESSAGE = '<message id="m" name="asked"/>'
ERROR = '<error id="e" name="失败" errorCode="failed"/>'
WAIT = (
    '<intermediateCatchEvent id="wait"><messageEventDefinition '
    'id="d" messageRef="m"/></intermediateCatchEvent>'
)
TIMER = (
    '<timerEventDefinition id="d"><timeDuration xsi:type="tFormalExpression">P3D</timeDuration>'
    "</timerEventDefinition>"
)
CYCLE = (
    '<timerEventDefinition id="d"><timeCycle '
    'xsi:type="tFormalExpression">R/P3M</timeCycle></timerEventDefinition>'
)


def sub(inner: str, *, kind: str = "subProcess", more: str = "") -> str:
    """A subprocess ``part``."""
    return f'<{kind} id="part" name="部分"{more}>\n{inner}\n</{kind}>'


INNER = "\n".join(
    (
        '<startEvent id="in"/>',
        task(),
        '<endEvent id="out"/>',
        flows("in>review>out"),
    )
)


def bounded(boundary: str, *, host: str | None = None) -> str:
    """A task with a boundary event ``late`` that leads to an end of its own."""
    return "\n".join(
        (
            simple(host or task(), "review"),
            boundary,
            '<endEvent id="aside"/>',
            flows("late>aside"),
        )
    )


def event(inside: str) -> str:
    """A catch event ``wait``."""
    return f'<intermediateCatchEvent id="wait">\n{inside}</intermediateCatchEvent>'


def boundary(inside: str, *, interrupting: bool = True) -> str:
    """A boundary event ``late`` on ``review``."""
    cancel = "" if interrupting else ' cancelActivity="false"'
    return f'<boundaryEvent id="late" attachedToRef="review"{cancel}>\n{inside}</boundaryEvent>'


THROW = '<intermediateThrowEvent id="jump"/>'


def thrown(definition: str) -> str:
    """A throw event ``jump``."""
    return f'<intermediateThrowEvent id="jump">\n{definition}</intermediateThrowEvent>'


def two(second: str) -> dict[str, bytes]:
    """Two diagrams, the second with a process of that id."""
    return {"a.bpmn": GOOD, "b.bpmn": diagram(simple(task(), "review"), process=second)}


WITH_FAILURE = (
    bounded(
        '<boundaryEvent id="late" attachedToRef="part">'
        '<errorEventDefinition id="d" errorRef="e"/></boundaryEvent>',
        host=sub(
            '<startEvent id="in"/>\n<endEvent id="out">'
            '<errorEventDefinition id="d2" errorRef="e"/></endEvent>\n' + flows("in>out")
        ),
    )
    .replace("start>review", "")
    .replace('targetRef="review"', 'targetRef="part"')
    .replace('sourceRef="review"', 'sourceRef="part"')
)

PAIRS: dict[str, Pair] = {
    "file-readable": Pair(
        valid={"a.bpmn": GOOD},
        invalid={"a.bpmn": GOOD.replace(b"</process>", b"</prozess>")},
        element="",
        mark="</prozess>",
    ),
    "file-kind": Pair(
        valid={"a.bpmn": GOOD},
        invalid={"a.bpmn": GOOD, "a.txt": b"?"},
        element="",
        mark=None,
        file="a.txt",
    ),
    "process-unique": Pair(
        valid=two("other"),
        invalid=two("process"),
        element="process",
        mark='<process id="process"',
        file="b.bpmn",
    ),
    "process-missing": Pair(
        valid={"a.bpmn": GOOD},
        element="",
        mark="<definitions",
        invalid={"a.bpmn": GOOD[: GOOD.index(b"<process")] + b"</definitions>"},
    ),
    "schema-valid": pair(
        GOOD, GOOD.replace(b'<endEvent id="end"/>', b'<endEvent id="end" colour="red"/>'), "end"
    ),
    "element-supported": pair(
        GOOD,
        diagram(
            "\n".join(
                (
                    START,
                    '<choreographyTask id="review" initiatingParticipantRef="x">'
                    "<participantRef>x</participantRef>"
                    "<participantRef>y</participantRef><messageFlowRef>"
                    "z</messageFlowRef></choreographyTask>",
                    END,
                    flows("start>review>end"),
                )
            ),
            lanes="",
        ),
        "review",
        None,
        "flow-ends",
        "unreachable",
        "dead-end",
        "drawing-missing",
        "drawing-orphan",
        "schema-valid",
    ),
    "marker-supported": pair_of_nodes(task(), task(more=' isForCompensation="true"'), "review"),
    "event-position": pair_of_nodes(
        WAIT,
        event('<terminateEventDefinition id="d"/>'),
        "wait",
        "terminateEventDefinition",
        before=MESSAGE,
    ),
    "event-definition": pair_of_nodes(
        WAIT, event('<messageEventDefinition id="d"/>'), "wait", "messageEventDef", before=MESSAGE
    ),
    "event-interrupting": pair(
        diagram(bounded(boundary(CYCLE, interrupting=False))),
        diagram(bounded(boundary(CYCLE))),
        "late",
        "timeCycle",
    ),
    "error-caught": pair(
        diagram(WITH_FAILURE, before=ERROR),
        diagram(
            WITH_FAILURE.replace('<errorEventDefinition id="d" errorRef="e"/>', TIMER), before=ERROR
        ),
        "out",
    ),
}
FORMS = {"paper.form": form(text())}
PAIRS["unserved"] = pair_of_nodes(
    '<serviceTask id="work" name="取号" c:resultVariable="n"><extensionElements><c:properties>'
    '<c:property name="action" value="number"/></c:properties><c:inputOutput>'
    '<c:inputParameter name="format">="filing"</c:inputParameter></c:inputOutput>'
    "</extensionElements></serviceTask>",
    '<serviceTask id="work" name="外部作业" c:type="external" c:topic="scan"/>',
    "work",
)

UNSUPPORTED: dict[str, Pair] = {
    "ad-hoc": pair(
        diagram(simple(sub(INNER), "part")),
        diagram(simple(sub(INNER, kind="adHocSubProcess"), "part")),
        "part",
        None,
        "flow-ends",
        "unreachable",
        "dead-end",
        "drawing-orphan",
        "lane-member",
    ),
    "transaction": pair(
        diagram(simple(sub(INNER), "part")),
        diagram(simple(sub(INNER, kind="transaction"), "part"), lanes=""),
        "part",
        None,
        "flow-ends",
        "unreachable",
        "dead-end",
        "drawing-orphan",
    ),
    "link-event": pair_of_nodes(
        THROW, thrown('<linkEventDefinition id="d" name="x"/>'), "jump", "linkEventDefinition"
    ),
    "compensation": pair_of_nodes(
        THROW, thrown('<compensateEventDefinition id="d"/>'), "jump", "compensateEventDef"
    ),
    "complex-gateway": pair_of_nodes(
        '<exclusiveGateway id="choice"/>',
        '<complexGateway id="choice"/>',
        "choice",
        None,
        "flow-ends",
        "unreachable",
        "dead-end",
        "lane-member",
    ),
    "standard-loop": pair_of_nodes(
        task(), task(inside='\n<standardLoopCharacteristics id="again"/>'), "review", 'id="again"'
    ),
    "conditional-event": pair_of_nodes(
        WAIT,
        event(
            '<conditionalEventDefinition id="d"><condition '
            'xsi:type="tFormalExpression">=true</condition>'
            "</conditionalEventDefinition>"
        ),
        "wait",
        "conditionalEventDefinition",
        before=MESSAGE,
    ),
    "escalation-event": pair_of_nodes(
        THROW, thrown('<escalationEventDefinition id="d"/>'), "jump", "escalationEventDef"
    ),
    "data-object": pair(
        GOOD, diagram(simple(task() + '\n<dataObject id="paper"/>', "review")), "paper"
    ),
    "correlation-property": pair(
        GOOD,
        diagram(
            simple(task(), "review"),
            before='<correlationProperty id="p"><correlationPropertyRetrievalExpression '
            'messageRef="m"><messagePath>x</messagePath></correlationPropertyRetrievalExpression>'
            "</correlationProperty>\n" + MESSAGE,
        ),
        "p",
    ),
}
"""Elements that are refused by name, each with what to draw instead."""
MORE = [
    (
        "marker-supported",
        pair(
            diagram(simple(sub(INNER), "part")),
            diagram(simple(task("other"), "other") + sub(INNER, more=' triggeredByEvent="true"')),
            "part",
            None,
            "unreachable",
            "dead-end",
            "drawing-missing",
        ),
    ),
    (
        "event-definition",
        pair_of_nodes(
            WAIT,
            event(
                '<messageEventDefinition id="d" messageRef="m"/>'
                '<messageEventDefinition id="d2" messageRef="m"/>'
            ),
            "wait",
            before=MESSAGE,
        ),
    ),
    (
        "event-interrupting",
        pair(
            diagram(bounded(boundary('<errorEventDefinition id="d" errorRef="e"/>')), before=ERROR),
            diagram(
                bounded(
                    boundary('<errorEventDefinition id="d" errorRef="e"/>', interrupting=False)
                ),
                before=ERROR,
            ),
            "late",
        ),
    ),
]
"""Other ways to break these rules."""
