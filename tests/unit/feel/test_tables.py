"""Decision tables and models."""

from decimal import Decimal

import pytest

from service.feel import FeelError, FeelSyntaxError
from service.feel.tables.decisions import read_decisions

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m">'
D = Decimal
GRADES = [("> 90", '"甲"'), ("> 60", '"乙"'), ("-", '"丙"')]


def table(policy="UNIQUE", rules=GRADES, extra="", values="", default=""):
    """A model with one table over ``分数``."""
    listed = f"<outputValues><text>{values}</text></outputValues>" if values else ""
    other = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    rows = "".join(
        f"<rule><inputEntry><text><![CDATA[{test}]]></text></inputEntry>"
        f"<outputEntry><text>{answer}</text></outputEntry></rule>"
        for test, answer in rules
    )
    return (
        f'{HEAD}<decision id="grade" name="等级">'
        f'<decisionTable hitPolicy="{policy}" {extra}><input>'
        "<inputExpression><text>分数</text></inputExpression>"
        f'</input><output name="等级">{listed}{other}</output>'
        f"{rows}</decisionTable></decision></definitions>"
    ).encode()


@pytest.mark.parametrize(
    ("policy", "extra", "score", "answer"),
    [
        ("FIRST", "", 95, "甲"),
        ("FIRST", "", 70, "乙"),
        ("FIRST", "", 1, "丙"),
        ("RULE ORDER", "", 70, ["乙", "丙"]),
        ("COLLECT", "", 95, ["甲", "乙", "丙"]),
        ("COLLECT", 'aggregation="COUNT"', 70, D(2)),
        ("COLLECT", 'aggregation="MAX"', 95, "甲"),
        ("COLLECT", 'aggregation="MIN"', 95, "丙"),
        ("PRIORITY", "", 95, "丙"),
        ("OUTPUT ORDER", "", 95, ["丙", "乙", "甲"]),
        ("UNIQUE", "", 1, "丙"),
    ],
)
def test_a_hit_policy(policy, extra, score, answer):
    values = '"丙", "乙", "甲"' if policy in ("PRIORITY", "OUTPUT ORDER") else ""
    found = read_decisions(table(policy, extra=extra, values=values))["grade"].evaluate(
        {"分数": score}
    )
    assert found == (sorted(answer) if policy == "NONE" else answer)


def test_collected_numbers_are_added():
    rules = [("> 1", "10"), ("> 2", "0.5")]
    decision = read_decisions(table("COLLECT", rules, 'aggregation="SUM"'))["grade"]
    assert [decision.evaluate({"分数": score}) for score in (1, 2, 3)] == [None, D(10), D("10.5")]


def test_two_rules_of_a_unique_table_are_an_error_that_names_them():
    with pytest.raises(FeelError, match="1、2"):
        read_decisions(table(rules=GRADES[:2]))["grade"].evaluate({"分数": 95})


def test_rules_of_an_any_table_must_agree():
    decision = read_decisions(table("ANY", [("> 1", "1"), ("> 2", "1"), ("> 3", "2")]))["grade"]
    assert decision.evaluate({"分数": 3}) == D(1)
    with pytest.raises(FeelError):
        decision.evaluate({"分数": 4})


def test_the_default_answers_when_no_rule_hits():
    assert (
        read_decisions(table(rules=[("> 90", '"甲"')], default='"无"'))["grade"].evaluate(
            {"分数": 1}
        )
        == "无"
    )
    assert read_decisions(table(rules=[("> 90", '"甲"')]))["grade"].evaluate({"分数": 1}) is None


def test_several_outputs_are_a_context():
    model = HEAD + (
        '<decision id="d" name="d"><decisionTable><input>'
        "<inputExpression><text>a</text></inputExpression></input>"
        '<output name="单位"/><output name="时限"/><rule>'
        "<inputEntry><text>1</text></inputEntry><outputEntry><text>"
        '"科技局"</text></outputEntry><outputEntry><text>a + 4</text></outputEntry>'
        "</rule></decisionTable></decision></definitions>"
    )
    assert read_decisions(model.encode())["d"].evaluate({"a": 1}) == {
        "单位": "科技局",
        "时限": D(5),
    }


MODEL = (
    HEAD
    + """
<inputData id="i" name="amount in yuan"/>
<businessKnowledgeModel id="k" name="share of"><encapsulatedLogic><formalParameter name="x"/>
  <literalExpression><text>x * 0.3 + base</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>
<decision id="first" name="first part">
<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
  <literalExpression><text>share of(amount in yuan)</text></literalExpression></decision>
<decision id="all" name="all parts">
<informationRequirement><requiredDecision href="#first"/></informationRequirement>
  <literalExpression><text>first part + bonus + double(1)</text></literalExpression></decision>
</definitions>"""
).encode()


def test_a_decision_works_out_what_it_requires():
    decision = read_decisions(MODEL)["all"]
    data = {"amount in yuan": 100, "bonus": 1, "base": 0, "first part": 5}
    assert decision.evaluate(data, {"double": lambda x: x * 2}) == D(33)


def test_a_decision_knows_what_it_needs():
    decision = read_decisions(MODEL)["all"]
    assert (decision.names, decision.calls) == ({"amount in yuan", "bonus", "base"}, {"double"})


def test_an_error_in_a_cell_has_the_line_of_the_file():
    model = (
        HEAD + '\n<decision id="d" name="d">\n<literalExpression>'
        "<text>1 +</text></literalExpression></decision>" + "</definitions>"
    )
    with pytest.raises(FeelSyntaxError) as refused:
        read_decisions(model.encode())
    assert refused.value.line == 3


@pytest.mark.parametrize(
    "broken",
    [
        table().replace(b"<outputEntry>", b"<noEntry>").replace(b"</outputEntry>", b"</noEntry>"),
        table().replace(b'hitPolicy="UNIQUE"', b'hitPolicy="GUESS"'),
        MODEL.replace(b"<literalExpression>", b'<literalExpression expressionLanguage="python">'),
    ],
)
def test_a_model_that_cannot_be_run_is_refused(broken):
    with pytest.raises(FeelSyntaxError):
        read_decisions(broken)
