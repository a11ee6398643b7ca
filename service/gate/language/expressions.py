"""Expressions: they are FEEL, they can be read, and all their names and functions are known."""

import re
from collections.abc import Iterator
from functools import cache

from service.feel import Expression, FeelSyntaxError, parse
from service.feel.functions import BUILTINS
from service.gate.deployment import Diagram
from service.gate.language.formulas import Formula, formulas
from service.gate.language.names import fields, supplied, written
from service.gate.table import Spot, rule
from service.gate.words import on, similar

VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def _parsed(diagram: Diagram) -> Iterator[tuple[Formula, Expression]]:
    """The expressions that can be read."""
    for formula in formulas(diagram):
        try:
            yield formula, _parse(diagram, formula)
        except FeelSyntaxError:
            continue


def _parse(diagram: Diagram, formula: Formula) -> Expression:
    long_names = frozenset(name for name in diagram.around.functions if " " in name)
    return parse(formula.body, names=long_names)


@rule("expression-equals", Diagram)
def expression_equals(diagram: Diagram) -> Iterator[Spot]:
    """Conditions, collections, completion conditions, scripts and payloads begin with ``=``, the
    mark of FEEL. Without it other tools take them for text or for another language.
    """
    for formula in formulas(diagram):
        if formula.sure and not formula.text.startswith("="):
            yield (
                formula.element,
                formula.line,
                f"{formula.what}“{formula.text}”缺少开头的等号；请写成“= {formula.text}”",
            )


@rule("expression-syntax", Diagram)
def expression_syntax(diagram: Diagram) -> Iterator[Spot]:
    """Every expression is FEEL that can be read."""
    for formula in formulas(diagram):
        try:
            _parse(diagram, formula)
        except FeelSyntaxError as problem:
            yield (
                formula.element,
                formula.line + max(problem.line - 1, 0),
                f"{formula.quoted}不是正确的 FEEL 表达式：{problem}；请改正",
            )


@rule("expression-name", Diagram)
def expression_name(diagram: Diagram) -> Iterator[Spot]:
    """Every name that an expression uses is supplied: by a form of its process, a computed step, a
    message, a loop, a mapping, or by the case itself. A misspelt name would always be null and the
    wrong branch would be taken.
    """

    @cache
    def supplied_to(process: str) -> frozenset[str]:
        owner, _ = diagram.whole.processes[process]
        return supplied(owner, process)

    for formula, expression in _parsed(diagram):
        if not formula.process:
            continue
        names = supplied_to(formula.process) | formula.extra
        for name in sorted(expression.names - names):
            yield (
                formula.element,
                formula.line,
                f"{formula.quoted}用到的“{name}”没有来源"
                f"（表单、变量、消息或传入变量都不提供）{similar(name, names)}；请改正",
            )


@rule("form-source", Diagram, "warning")
def form_source(diagram: Diagram) -> Iterator[Spot]:
    """A field that is only shown (``readonly``) shows the value that the case has under its key, so
    something in the process supplies it. Otherwise it would always be empty.
    """
    supplied_to = cache(lambda process: supplied(diagram, process))
    for element in diagram.tasks:
        names = supplied_to(element.process)
        for key, component in fields(diagram, element).items():
            if component.get("readonly") is not True or "expression" in component:
                continue
            if key not in names:
                label = component.get("label") or key
                yield on(
                    element,
                    f"的表单“{element.form}”只读栏目“{label}”（{key}）没有来源，会一直是空的"
                    f"{similar(key, names)}；请改正键名，或由前面的表单、脚本提供",
                )


@rule("expression-function", Diagram)
def expression_function(diagram: Diagram) -> Iterator[Spot]:
    """Every function that an expression calls is built into FEEL or registered by the program."""
    functions = diagram.around.functions | set(BUILTINS)
    for formula, expression in _parsed(diagram):
        for name in sorted(expression.calls - functions):
            yield (
                formula.element,
                formula.line,
                f"{formula.what}调用的函数“{name}”不存在{similar(name, functions)}；请改正",
            )


@rule("variable-name", Diagram)
def variable_name(diagram: Diagram) -> Iterator[Spot]:
    """Variables that a diagram writes have English names, so that every expression and outside tool
    can read them. None overwrites a variable that every case has (its number, its starter).
    """
    for element, setting, name in written(diagram):
        if not VARIABLE.fullmatch(name):
            yield on(
                element,
                f"的 {setting}“{name}”不是英文变量名；请只用字母、数字和下划线，并以字母开头",
            )
        elif name in diagram.around.names:
            yield on(element, f"的 {setting}“{name}”会覆盖系统变量；请换一个名称")
