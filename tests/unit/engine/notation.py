"""A short notation for test diagrams, written out as the BPMN XML that a modeler would save.

A line is ``kind id option=value ...`` or ``a > b > c`` (flows; ``a > b if condition``, ``a > b
default``, named by their condition and ``else``). A line that ends with ``{`` opens an embedded
subprocess, ``}`` closes it. Options with blanks are quoted as in a shell.
"""

import shlex
from xml.sax.saxutils import quoteattr

from lxml import etree

from service.engine.document import BPMN, CAMUNDA

KINDS = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "call": "callActivity",
    "job": "serviceTask",
    "action": "serviceTask",
    "script": "scriptTask",
    "decision": "businessRuleTask",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "xor": "exclusiveGateway",
    "race": "eventBasedGateway",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "receive": "receiveTask",
    "send": "sendTask",
    "boundary": "boundaryEvent",
    "sub": "subProcess",
}
PROPERTIES = ("payload", "variable", "key", "results", "action", "barrier", "number", "start")


def diagram(text: str, process: str = "main") -> bytes:
    """The notation as BPMN XML."""
    return _Writer().write(text, process)


class _Writer:
    def __init__(self) -> None:
        self.root = etree.Element(f"{{{BPMN}}}definitions", nsmap={None: BPMN, "camunda": CAMUNDA})
        self.named: dict[tuple[str, str], str] = {}
        self.flows = 0

    def write(self, text: str, process: str) -> bytes:
        scopes = [self._put(self.root, "process", id=process, name="测试流程", isExecutable="true")]
        defaults: dict[str, str] = {}
        for line in filter(None, (raw.strip() for raw in text.splitlines())):
            words = shlex.split(line)
            if words == ["}"]:
                scopes.pop()
            elif words[0] == "process":
                self._extend(scopes[0], dict(word.split("=", 1) for word in words[1:]))
            elif ">" in words:
                defaults |= self._flow(scopes[-1], line)
            else:
                opens = words[-1] == "{"
                node = self._node(scopes[-1], words[:-1] if opens else words)
                if opens:
                    scopes.append(node)
        for node in self.root.iter():
            if node.get("id") in defaults:
                node.set("default", defaults[node.get("id")])
        return etree.tostring(self.root)

    @staticmethod
    def _put(
        parent: etree._Element, tag: str, text: str | None = None, /, **attributes: str
    ) -> etree._Element:
        node = etree.SubElement(parent, f"{{{BPMN}}}{tag}", attributes)
        node.text = text
        return node

    def _flow(self, scope: etree._Element, line: str) -> dict[str, str]:
        path, _, condition = line.partition(" if ")
        default = path.endswith(" default")
        names = [name.strip() for name in path.removesuffix(" default").split(">")]
        found: dict[str, str] = {}
        for source, target in zip(names, names[1:], strict=False):
            self.flows += 1
            flow = self._put(
                scope,
                "sequenceFlow",
                id=f"flow{self.flows}",
                name=condition.strip() or "else" * default,
                sourceRef=source,
                targetRef=target,
            )
            if condition:
                self._put(flow, "conditionExpression", f"= {condition.strip()}")
            if default:
                found[source] = f"flow{self.flows}"
        return found

    def _node(self, scope: etree._Element, words: list[str]) -> etree._Element:
        kind, ident, *rest = words
        options = {key: value or "yes" for key, _, value in (word.partition("=") for word in rest)}
        node = self._put(scope, KINDS[kind], id=ident, name=ident)
        self._extend(node, options)
        self._attributes(kind, node, options)
        self._event(kind, node, options)
        if "each" in options or "times" in options:
            self._loop(node, options)
        return node

    def _extend(self, node: etree._Element, options: dict[str, str]) -> None:
        parts = "".join(
            f"<camunda:property name={quoteattr(k)} value={quoteattr(options[k])}/>"
            for k in PROPERTIES
            if k in options
        )
        inner = f"<camunda:properties>{parts}</camunda:properties>" if parts else ""
        inputs = "".join(
            f"<camunda:inputParameter name={quoteattr(k[3:])}>"
            f"<![CDATA[{v}]]></camunda:inputParameter>"
            for k, v in options.items()
            if k.startswith("in.")
        )
        inner += f"<camunda:inputOutput>{inputs}</camunda:inputOutput>" if inputs else ""
        for way in ("to", "from"):
            tag = {"to": "in", "from": "out"}[way]
            inner += "".join(
                f"<camunda:{tag} target={quoteattr(k.removeprefix(way + '.'))} "
                f"sourceExpression={quoteattr(v)}/>"
                for k, v in options.items()
                if k.startswith(way + ".")
            )
        if inner:
            wrapped = (
                f'<e xmlns="{BPMN}" xmlns:camunda="{CAMUNDA}">'
                f"<extensionElements>{inner}</extensionElements></e>"
            )
            node.append(etree.fromstring(wrapped)[0])

    def _attributes(self, kind: str, node: etree._Element, options: dict[str, str]) -> None:
        if kind == "boundary":
            node.set("attachedToRef", options["on"])
            node.set("cancelActivity", "false" if "non" in options else "true")
        if kind == "call":
            node.set("calledElement", options["called"])
        if kind == "script":
            node.set("scriptFormat", "feel")
            self._put(node, "script", f"= {options['text']}")
        for name, value in {
            "resultVariable": options.get("result"),
            "decisionRef": options.get("ref"),
            "topic": options.get("topic"),
            "type": "external" if kind == "job" else None,
        }.items():
            if value:
                node.set(f"{{{CAMUNDA}}}{name}", value)

    def _event(self, kind: str, node: etree._Element, options: dict[str, str]) -> None:
        if kind in ("receive", "send"):
            node.set("messageRef", self._declare("message", options["msg"]))
            return
        for option, name in {"msg": "message", "signal": "signal", "error": "error"}.items():
            if option in options:
                self._put(
                    node,
                    f"{name}EventDefinition",
                    **{f"{name}Ref": self._declare(name, options[option])},
                )
        if "terminate" in options:
            self._put(node, "terminateEventDefinition")
        if "timer" in options:
            rule = options["timer"]
            form = (
                "timeCycle"
                if rule.startswith("R")
                else "timeDuration"
                if rule.startswith("P")
                else "timeDate"
            )
            self._put(self._put(node, "timerEventDefinition"), form, rule)

    def _declare(self, kind: str, name: str) -> str:
        if (kind, name) not in self.named:
            ident = self.named[kind, name] = f"{kind}_{len(self.named)}"
            extra = {"errorCode": name} if kind == "error" else {}
            self._put(self.root, kind, id=ident, name=name, **extra)
        return self.named[kind, name]

    def _loop(self, node: etree._Element, options: dict[str, str]) -> None:
        loop = self._put(
            node, "multiInstanceLoopCharacteristics", isSequential=str("seq" in options).lower()
        )
        if "each" in options:
            loop.set(f"{{{CAMUNDA}}}collection", options["each"])
        if "as" in options:
            loop.set(f"{{{CAMUNDA}}}elementVariable", options["as"])
        if "times" in options:
            self._put(loop, "loopCardinality", options["times"])
        if "until" in options:
            self._put(loop, "completionCondition", options["until"])
