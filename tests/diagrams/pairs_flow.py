"""Pairs for the rules on references, structure and drawing."""

from tests.diagrams.draw import (
    END,
    START,
    Pair,
    diagram,
    flow,
    flows,
    pair,
    pair_of_nodes,
    properties,
    simple,
    task,
)
from tests.diagrams.pairs_elements import (
    CYCLE,
    ERROR,
    GOOD,
    MESSAGE,
    TIMER,
    WAIT,
    boundary,
    bounded,
    event,
)

CHOICE = '<exclusiveGateway id="choice" default="choice_end"/>'
AGREED = '= agreed = "yes"'


def chosen(gateway: str = CHOICE, second: str | None = None, default: str | None = None) -> str:
    """review > choice, then to ``other`` on a condition, else to the end."""
    return "\n".join(
        (
            START,
            task(),
            gateway,
            task("other"),
            END,
            flows("start>review>choice", "other>end"),
            flow("choice", "other", AGREED) if second is None else second,
            flows("choice>end") if default is None else default,
        )
    )


def called(name: str, process: str = "process") -> bytes:
    """A process that calls another."""
    return diagram(
        simple(f'<callActivity id="call" calledElement="{name}"/>', "call"), process=process
    )


def both(first: str, second: str) -> dict[str, bytes]:
    """Two processes with the processes they call."""
    return {"a.bpmn": called(first, "one"), "b.bpmn": called(second, "two")}


def lanes(*members: str) -> str:
    """One lane per argument, each with its members."""
    inner = "\n".join(
        f'<lane id="lane{i}" name="市科技局">'
        + "".join(f"\n<flowNodeRef>{m}</flowNodeRef>" for m in names.split())
        + "</lane>"
        for i, names in enumerate(members)
    )
    return f'<laneSet id="lanes">{inner}</laneSet>'


def race(first: str) -> str:
    """An event gateway before ``wait`` and another node."""
    return "\n".join(
        (
            START,
            '<eventBasedGateway id="race"/>',
            WAIT,
            first,
            END,
            flows("start>race>wait>end", "race>other>end"),
        )
    )


def looped(results: str) -> str:
    """Two multi-instance tasks."""
    loop = '<multiInstanceLoopCharacteristics c:collection="= [1, 2]" c:elementVariable="x"/>'
    return "\n".join(
        (
            START,
            task("first", inside=loop, results="opinions"),
            task("second", inside=loop, results=results),
            END,
            flows("start>first>second>end"),
        )
    )


def circle(gateway: str, leaving: str) -> str:
    """review > choice > review."""
    return "\n".join(
        (
            START,
            '<exclusiveGateway id="in"/>',
            task(),
            gateway,
            END,
            flows("start>in>review>choice>in"),
            leaving,
        )
    )


BUSY = "\n".join(
    (
        START,
        '<parallelGateway id="split"/>',
        task(),
        task("other"),
        '<exclusiveGateway id="in"/>',
        END,
        flows("start>split>end", "split>in>review>other"),
    )
)
TAKEN = properties(public="yes", form="opinion", variable="bid", sealed="= bid = null")
PUBLIC = event(TAKEN + '<messageEventDefinition id="d" messageRef="m"/>')
OUTSIDE = "\n".join(
    (
        START,
        '<startEvent id="out">\n' + properties(start="public", form="opinion") + "</startEvent>",
        '<exclusiveGateway id="in"/>',
        task(),
        END,
        flows("start>in>review>end", "out>in"),
    )
)


def awaiting(message: str, *, start: str = "", step: str | None = None) -> bytes:
    """A start by the clock for cases that wait for a message; this process waits for ``asked``."""
    said = properties(awaited=message) if not start else properties(awaited=message, start=start)
    clock = CYCLE.replace('"d"', '"c"')
    return diagram(
        "\n".join(
            (
                START,
                f'<startEvent id="due">\n{said}{clock}</startEvent>',
                '<exclusiveGateway id="in"/>',
                WAIT,
                task() if step is None else step,
                END,
                flows("start>in>wait>review>end", "due>in"),
            )
        ),
        before=MESSAGE,
    )


LATE = boundary('<messageEventDefinition id="d" messageRef="m"/>', interrupting=False)

PAIRS: dict[str, Pair] = {
    "id-usable": pair(
        GOOD, diagram(simple(task() + "\n<task/>", "review"), before=""), "", "<task/>"
    ),
    "flow-ends": pair(
        GOOD,
        diagram(simple(task(), "review") + "\n" + flows("review>nowhere")),
        "review_nowhere",
        None,
        "implicit-split",
    ),
    "declared": pair_of_nodes(WAIT, WAIT.replace('"m"', '"n"'), "wait", None, before=MESSAGE),
    "lane-member": pair(
        diagram(simple(task(), "review"), lanes=lanes("start review end")),
        diagram(simple(task(), "review"), lanes=lanes("start review end gone")),
        "lane0",
        ">gone<",
    ),
    "called-known": pair(called("deployed"), called("nothing"), "call"),
    "call-cycle": Pair(
        valid=both("two", "deployed"),
        invalid=both("two", "one"),
        element="one",
        mark='<process id="one"',
    ),
    "default-flow": pair(
        diagram(chosen()), diagram(chosen(default=flow("choice", "end", AGREED))), "choice_end"
    ),
    "executable": pair(
        GOOD, diagram(simple(task(), "review"), attributes=""), "process", '<process id="process"'
    ),
    "scope-ends": pair(
        GOOD,
        diagram("\n".join((task(), END, flows("review>end")))),
        "process",
        '<process id="process"',
    ),
    "start-single": pair(
        diagram(
            "\n".join(
                (
                    START,
                    '<startEvent id="again">' + properties(start="import") + "</startEvent>",
                    '<exclusiveGateway id="in"/>',
                    task(),
                    END,
                    flows("start>in>review>end", "again>in"),
                )
            )
        ),
        diagram(
            simple(task(), "review") + '\n<startEvent id="again"/>\n<exclusiveGateway id="g"/>\n'
            '<endEvent id="end2"/>' + flows("again>g>end2")
        ),
        "again",
    ),
    "public-form": pair_of_nodes(
        PUBLIC,
        PUBLIC.replace('<c:property name="form" value="opinion"/>', ""),
        "wait",
        before=MESSAGE,
    ),
    "awaited-message": pair(awaiting("asked"), awaiting("aksed"), "due"),
    "unreachable": pair(
        GOOD,
        diagram(simple(task(), "review") + "\n" + task("other") + "\n" + flows("other>end")),
        "other",
    ),
    "dead-end": pair(diagram(chosen()), diagram(chosen().replace(flows("other>end"), "")), "other"),
    "flow-direction": pair(
        GOOD,
        diagram(simple(task(), "review") + "\n" + flows("end>review")),
        "end_review",
        None,
        "implicit-split",
        "busy-cycle",
    ),
    "implicit-split": pair(
        GOOD,
        diagram(
            "\n".join(
                (START, task(), task("other"), END, flows("start>review>end", "review>other>end"))
            )
        ),
        "review",
    ),
    "gateway-condition": pair(
        diagram(chosen()), diagram(chosen(gateway='<exclusiveGateway id="choice"/>')), "choice_end"
    ),
    "gateway-default": pair(
        diagram(chosen()),
        diagram(
            chosen(
                gateway='<exclusiveGateway id="choice"/>',
                default=flow("choice", "end", '= agreed = "no"'),
            )
        ),
        "choice",
    ),
    "condition-place": pair(
        diagram(chosen()),
        diagram(
            simple(task(), "review").replace(flows("review>end"), flow("review", "end", AGREED))
        ),
        "review_end",
    ),
    "event-gateway": pair(
        diagram(
            race(event(TIMER).replace('"wait"', '"other"').replace('"d"', '"d2"')), before=MESSAGE
        ),
        diagram(race(task("other")), before=MESSAGE),
        "other",
    ),
    "busy-cycle": pair(
        diagram(
            circle(
                '<exclusiveGateway id="choice" default="choice_in"/>', flow("choice", "end", AGREED)
            )
        ),
        diagram(BUSY.replace(flows("review>other"), flows("review>other>review"))),
        "review",
        None,
        "dead-end",
    ),
    "results-unique": pair(diagram(looped("others")), diagram(looped("opinions")), "second"),
    "boundary-returns": pair(
        diagram(bounded(LATE), before=MESSAGE),
        diagram(
            bounded(LATE)
            .replace(flows("late>aside"), flow("late", "review", ""))
            .replace(flow("late", "review", ""), flows("late>review"))
            .replace('<endEvent id="aside"/>', ""),
            before=MESSAGE,
        ),
        "late",
    ),
    "boundary-host": pair(
        diagram(bounded(boundary(TIMER))),
        diagram(
            bounded(
                boundary(TIMER),
                host='<scriptTask id="review" scriptFormat="feel" c:resultVariable="x">\n'
                "<script>= 1</script></scriptTask>",
            )
        ),
        "late",
    ),
    "drawing-missing": pair(GOOD, diagram(simple(task(), "review"), drawn=False), "review"),
}

SPLIT = '<parallelGateway id="split"/>'


def meeting(split: str, join: str) -> bytes:
    """Two branches that split and meet."""
    first = flow("split", "one", AGREED) if "exclusive" in split else flows("split>one")
    return diagram(
        "\n".join(
            (
                START,
                task(),
                split,
                task("one"),
                task("two"),
                join,
                END,
                task("three"),
                flows("start>review>split", "split>two>join>three>end", "one>join"),
                first,
            )
        )
    )


CHOOSE = '<exclusiveGateway id="split" default="split_two"/>'
JOIN = '<parallelGateway id="join"/>'
MERGE = '<exclusiveGateway id="join"/>'
PAIRS |= {
    "deadlock": pair(meeting(SPLIT, JOIN), meeting(CHOOSE, JOIN), "join"),
    "doubled-token": pair(meeting(CHOOSE, MERGE), meeting(SPLIT, MERGE), "three"),
    "dead-step": pair(
        meeting(CHOOSE, MERGE),
        diagram(
            "\n".join(
                (
                    START,
                    SPLIT,
                    task(),
                    '<endEvent id="over"><terminateEventDefinition id="d"/></endEvent>',
                    JOIN,
                    task("three"),
                    '<exclusiveGateway id="again" default="again_end"/>',
                    END,
                    flow("again", "join", AGREED),
                    flows("start>split>review>over", "split>join>three>again>end"),
                )
            )
        ),
        "three",
    ),
}


MORE = [
    (
        "id-usable",
        pair(
            GOOD,
            diagram(simple(task(), "review"), before='<message id="review" name="x"/>'),
            "review",
            '<userTask id="review"',
            "schema-valid",
        ),
    ),
    ("id-usable", pair(GOOD, diagram(simple(task("审核"), "审核")), "审核")),
    (
        "declared",
        pair_of_nodes(
            event('<signalEventDefinition id="d" signalRef="s"/>'),
            event('<signalEventDefinition id="d" signalRef="t"/>'),
            "wait",
            "signalEventDefinition",
            before='<signal id="s" name="all"/>',
        ),
    ),
    (
        "declared",
        pair(
            diagram(bounded(boundary('<errorEventDefinition id="d" errorRef="e"/>')), before=ERROR),
            diagram(bounded(boundary('<errorEventDefinition id="d" errorRef="f"/>')), before=ERROR),
            "late",
            "errorEventDef",
        ),
    ),
    (
        "scope-ends",
        pair(
            GOOD,
            diagram("\n".join((START, task(), flows("start>review")))),
            "process",
            '<process id="process"',
        ),
    ),
    ("public-form", pair_of_nodes(PUBLIC, event(TAKEN + TIMER), "wait", before=MESSAGE)),
    (
        "public-form",
        pair_of_nodes(
            PUBLIC,
            PUBLIC.replace('<c:property name="variable" value="bid"/>', ""),
            "wait",
            before=MESSAGE,
        ),
    ),
    (
        "public-form",
        pair(
            diagram(OUTSIDE),
            diagram(OUTSIDE.replace('<c:property name="form" value="opinion"/>', "")),
            "out",
        ),
    ),
    (
        "awaited-message",
        pair(
            awaiting("answered"),
            awaiting("asked", step=task(awaited="asked")),
            "review",
        ),
    ),
    ("awaited-message", pair(awaiting("asked"), awaiting("asked", start="command"), "due")),
    (
        "start-single",
        pair(
            diagram(OUTSIDE),
            diagram(
                OUTSIDE.replace(
                    START,
                    START.replace("/>", ">")
                    + properties(start="public", form="opinion")
                    + "</startEvent>",
                )
            ),
            "out",
        ),
    ),
    (
        "boundary-host",
        pair(
            diagram(bounded(boundary(TIMER))),
            diagram(
                bounded(boundary(TIMER)).replace('attachedToRef="review"', 'attachedToRef="end"')
            ),
            "late",
            None,
            "unreachable",
        ),
    ),
]
"""Other ways to break these rules."""
