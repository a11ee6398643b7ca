"""The encoding: Camunda attributes and our properties. None is ignored without a finding."""

from collections.abc import Iterator, Mapping

from lxml import etree

from service.domain.terms.deadlines import readable
from service.engine.document import CAMUNDA, NS, Element, line_of, tag
from service.gate.deployment import Diagram
from service.gate.flow.events import kind_of, timer_text
from service.gate.table import Spot, rule
from service.gate.words import on, setting, similar

PROPERTIES = frozenset(
    {
        "coUnits",
        "coRule",
        "coForm",
        "coDue",
        "due",
        "clause",
        "basis",
        "results",
        "key",
        "payload",
        "variable",
        "action",
        "form",
        "handOver",
        "batch",
        "restricted",
        "barrier",
        "senders",
        "prefill",
        "subject",
        "start",
        "check",
        "public",
        "sealed",
        "about",
        "columns",
        "shows",
        "recusal",
        "anonymous",
        "namedTo",
        "termBasis",
        "awaited",
        "outcome",
        "outcomeName",
        "outcomeText",
        "tone",
        "returnText",
    }
)
OF_A_PROCESS = frozenset({"number", "title", "concerned"})
VALUES = {
    "basis": ("text", "ours"),
    "handOver": ("unit", "any"),
    "batch": ("yes", "no"),
    "barrier": ("yes", "no"),
    "prefill": ("yes", "no"),
    "start": ("import", "public", "command"),
    "public": ("yes", "no"),
    "coRule": ("all", "any", "none"),
    "termBasis": ("text", "ours"),
    "tone": ("good", "bad", "neutral"),
}
READ = frozenset({"properties", "property", "inputOutput", "inputParameter", "in", "out"})
CODE = frozenset({"executionListener", "taskListener", "connector", "script", "field"})
CODE_ATTRIBUTES = frozenset({"class", "expression", "delegateExpression"})
IGNORED_ATTRIBUTES = frozenset(
    {
        "assignee",
        "candidateUsers",
        "dueDate",
        "followUpDate",
        "formKey",
        "calledElementBinding",
        "variableMappingClass",
        "variableMappingDelegateExpression",
        "resource",
        "mapDecisionResult",
        "errorCodeVariable",
        "errorMessageVariable",
        "skipExpression",
        "formHandlerClass",
    }
)


def _camunda(diagram: Diagram) -> Iterator[etree._Element]:
    """The extension elements of Camunda."""
    return diagram.root.iter(f"{{{CAMUNDA}}}*")


@rule("camunda-code", Diagram)
def camunda_code(diagram: Diagram) -> Iterator[Spot]:
    """Classes, expressions, delegates, listeners, connectors and embedded scripts are refused. A
    diagram computes with FEEL and acts through registered service actions only.
    """
    for node in diagram.root.iter():
        for code in sorted(_code_settings(node)):
            element_id, line = diagram.owner(node)
            yield (
                element_id,
                line,
                f"元素“{element_id}”含有程序代码设置（{code}），系统不会执行；"
                "服务任务请改用扩展属性 action 指定已登记的服务动作",
            )


def _code_settings(node: etree._Element) -> list[str]:
    """The settings of a node that contain program code."""
    prefix = f"{{{CAMUNDA}}}"
    is_camunda = isinstance(node.tag, str) and node.tag.startswith(prefix)
    if not is_camunda:
        return [name for name in CODE_ATTRIBUTES if node.get(f"{prefix}{name}") is not None]
    if tag(node) in CODE:
        return [tag(node)]
    return [name for name in CODE_ATTRIBUTES if node.get(name) is not None]


@rule("mapping-complete", Diagram)
def mapping_complete(diagram: Diagram) -> Iterator[Spot]:
    """Every value that passes to a child case or back is named, with a source and a target (or is
    the business key). With ``variables="all"`` a child case would overwrite its parent's data
    unseen.
    """
    for node in _camunda(diagram):
        if tag(node) not in ("in", "out"):
            continue
        source = node.get("source") or node.get("sourceExpression")
        is_complete = node.get("businessKey") or (node.get("target") and source)
        if node.get("variables") or not is_complete:
            yield (
                *diagram.owner(node),
                f"变量传递（{tag(node)}）应逐个写明来源和目标；请填写 source 和 target",
            )


@rule("extension-ignored", Diagram, "warning")
def extension_ignored(diagram: Diagram) -> Iterator[Spot]:
    """Camunda settings that this system does not read are reported, so that nobody relies on
    them.
    """
    for node in _camunda(diagram):
        if not _is_read(node):
            yield (
                *diagram.owner(node),
                f"设置 camunda:{tag(node)} 在本系统中不起作用；请改用表单、扩展属性或表达式",
            )
    for element in diagram.elements.values():
        for name in sorted(IGNORED_ATTRIBUTES & set(element.attributes)):
            hint = "请删除（办理单位由泳道决定，表单用 formRef）"
            if name == "dueDate":
                hint = f"请改填{setting('due')}"
            yield on(element, f"的 camunda:{name} 在本系统中不起作用；{hint}")


def _is_read(node: etree._Element) -> bool:
    """Whether the system reads an extension element, or another rule reports it."""
    if tag(node) == "inputParameter":
        return len(node) == 0
    if tag(node) in READ | CODE:
        return True
    return any(tag(ancestor) == "inputParameter" for ancestor in node.iterancestors())


@rule("property-unknown", Diagram, "warning")
def property_unknown(diagram: Diagram) -> Iterator[Spot]:
    """Every extension property has a known name. An unknown one is usually a slip of the pen and
    would have no effect.
    """
    for element in diagram.elements.values():
        for name in element.properties:
            if name not in PROPERTIES:
                yield element.id, element.line, _unknown_property(element.id, name, PROPERTIES)
    for process, node in diagram.document.processes.items():
        for name in diagram.document.properties(process):
            if name not in OF_A_PROCESS:
                yield process, line_of(node), _unknown_property(process, name, OF_A_PROCESS)


def _unknown_property(owner: str, name: str, known: frozenset[str]) -> str:
    return f"“{owner}”的扩展属性“{name}”不起作用{similar(name, known)}；请改正或删除"


@rule("property-value", Diagram)
def property_value(diagram: Diagram) -> Iterator[Spot]:
    """Properties with a fixed vocabulary (``basis``, ``handOver``, ``coRule`` …) have one of its
    words as their value.
    """
    for element in diagram.elements.values():
        for name, allowed in VALUES.items():
            value = element.properties.get(name)
            if value is not None and value not in allowed:
                yield on(
                    element, f"的{setting(name)}的值“{value}”无效；请填 {' 或 '.join(allowed)}"
                )


@rule("basis-missing", Diagram, "warning")
def basis_missing(diagram: Diagram) -> Iterator[Spot]:
    """Each step of people has a basis: the policy document (``text``), or an addition of this
    system (``ours``).
    """
    for element in diagram.tasks:
        if "basis" not in element.properties:
            yield on(
                element,
                f"没有说明依据；请填{setting('basis')}："
                "文件条款（text，并填条款）或本系统补充（ours）",
            )


@rule("clause-unknown", Diagram)
def clause_unknown(diagram: Diagram) -> Iterator[Spot]:
    """A step whose basis is the text names the clause. Clause ids are those of the jurisdiction's
    list of clauses, so that an auditor gets the sentence.
    """
    clause_ids = diagram.around.clauses
    for element in diagram.elements.values():
        if element.properties.get("basis") == "text" and not element.clauses:
            yield on(
                element, f"标明有文件依据（basis=text），却没有写条款；请填{setting('clause')}"
            )
        for name in set(element.clauses) - clause_ids:
            hint = similar(name, clause_ids)
            yield on(element, f"引用的政策条款“{name}”不在条款目录中{hint}；请改正条款编号")


@rule("time-unreadable", Diagram)
def time_unreadable(diagram: Diagram) -> Iterator[Spot]:
    """A due (``due``, ``coDue``) and the literal text of a timer can be read: ``P5WD``, ``P30D``,
    ``--12-31``, a date, or ``=expression``. ``R/P3M`` is for a timer only, because a single piece
    of work does not repeat.
    """
    for element in diagram.elements.values():
        for text, line in _unreadable_times(diagram, element):
            yield on(
                element,
                f"的期限“{text}”无法识别；请填 P5WD（5个工作日）、P30D、--12-31、日期或 = 表达式",
                line,
            )


def _unreadable_times(diagram: Diagram, element: Element) -> Iterator[tuple[str, int]]:
    """The texts of dues and timers that cannot be read, each with its line."""
    for name in ("due", "coDue"):
        text = element.properties.get(name, "")
        if text.startswith("R") or not _is_readable(text):
            yield text, element.line
    for definition in diagram.definitions(element):
        _, text, line = timer_text(definition)
        if kind_of(definition) == "timer" and not _is_readable(text):
            yield text, line


def _is_readable(text: str) -> bool:
    """Whether a text is no time at all, an expression, or a time that can be read."""
    return not text or text.startswith("=") or bool(readable(text))


@rule("script-language", Diagram)
def script_language(diagram: Diagram) -> Iterator[Spot]:
    """A script is FEEL and keeps its value in a variable (``camunda:resultVariable``). A diagram
    computes, it does not act.
    """
    for element in diagram.of_kind("scriptTask"):
        node = diagram.xml[element.id]
        if (node.get("scriptFormat") or "").lower() != "feel":
            yield on(element, "的脚本语言不是 feel；请把脚本格式设为 feel，并改写为 FEEL 表达式")
        if not (node.findtext("b:script", namespaces=NS) or "").strip():
            yield on(element, "没有脚本内容；请填写以 = 开头的 FEEL 表达式")
        if not element.attributes.get("resultVariable"):
            yield on(element, f"没有结果变量，计算结果会丢失；请填写{setting('resultVariable')}")


@rule("loop-items", Diagram)
def loop_items(diagram: Diagram) -> Iterator[Spot]:
    """A multi-instance step has either a collection (``camunda:collection``) with the name of one
    entry (``camunda:elementVariable``), or a number (``loopCardinality``), not both.
    """
    for element in diagram.elements.values():
        loop = diagram.loop(element)
        advice = "" if loop is None else _loop_advice(loop)
        if loop is not None and advice:
            yield on(element, advice, line_of(loop))


def _loop_advice(loop: etree._Element) -> str:
    """What a loop lacks, as half a sentence; "" if it is complete."""
    collection = loop.get(f"{{{CAMUNDA}}}collection")
    number = (loop.findtext("b:loopCardinality", namespaces=NS) or "").strip()
    if bool(collection) == bool(number):
        return (
            "是多实例步骤，应写明集合（camunda:collection）"
            "或次数（loopCardinality）之一；请补充或只留一个"
        )
    if collection and not loop.get(f"{{{CAMUNDA}}}elementVariable"):
        return "是多实例步骤，没有给集合中的每一项取名；请填写 camunda:elementVariable"
    return ""


@rule("service-work", Diagram)
def service_work(diagram: Diagram) -> Iterator[Spot]:
    """A service task either carries out a registered action (``action``) with arguments that the
    action has, or is a job for an outside worker (``camunda:type="external"`` with a topic). A
    business rule task names its decision and the variable for the result.
    """
    for element in diagram.of_kind("serviceTask", "businessRuleTask"):
        attributes = element.attributes
        action = element.properties.get("action")
        if element.kind == "businessRuleTask":
            if not attributes.get("decisionRef") or not attributes.get("resultVariable"):
                yield on(element, "没有写明决策（decisionRef）或结果变量（resultVariable）；请补充")
        elif attributes.get("type") == "external":
            if not attributes.get("topic"):
                yield on(element, "是外部任务，却没有主题；请填写 topic")
        elif not action:
            yield on(element, f"没有要做的事；请在{setting('action')}中选择")
        else:
            yield from _unknown_action(element, action, diagram.around.actions)


def _unknown_action(
    element: Element, action: str, actions: Mapping[str, frozenset[str]]
) -> Iterator[Spot]:
    """An action that is not registered, or arguments that it does not have."""
    if action not in actions:
        yield on(element, f"的服务动作“{action}”没有登记{similar(action, actions)}；请改正名称")
        return
    for argument in element.inputs:
        if argument not in actions[action]:
            hint = similar(argument, actions[action])
            yield on(element, f"传给动作“{action}”的参数“{argument}”不存在{hint}；请改正")
