"""A small project that asks for bids and objections from outside, for tests of the public side."""

from typing import Any

from service.commands.processes.deployments import Deploy
from tests.diagrams.draw import END, START, diagram, flows, form, properties, task, text
from tests.town import Town

NUMBER = "测揭榜〔2026〕1号"
BID: dict[str, Any] = {
    "bidder_name": "河西节水研究所",
    "contact_phone": "13900001111",
    "solution": "膜下滴灌自动控制",
    "quote": 350000,
}
OBJECTION: dict[str, Any] = {
    "objector_name": "孙明",
    "objector_phone": "13900002222",
    "objection_text": "业绩不实",
}
INSIDE = (
    "赵内部",
    "评分九十一",
    "内部意见",
    "13900001111",
    "河西节水",
    "膜下滴灌",
    "祁连",
    "13900002222",
    "不实",
)
"""What stands in the case and must not be seen outside."""
MUST = {"validate": {"required": True}}
FORMS = {
    "try_plan.form": form(text("topic", **MUST), text("inner_opinion"), name="try_plan"),
    "try_bid.form": form(
        {**text("bidder_name", **MUST), "label": "揭榜方"},
        {**text("contact_phone", **MUST), "label": "联系电话"},
        {**text("solution"), "label": "解决方案"},
        {
            "type": "number",
            "id": "q",
            "key": "quote",
            "label": "报价",
            "validate": {"required": True, "min": 1},
        },
        name="try_bid",
    ),
    "try_objection.form": form(
        {**text("objector_name", **MUST), "label": "异议人"},
        {**text("objector_phone", **MUST), "label": "联系方式"},
        {**text("objection_text", **MUST), "label": "异议内容"},
        name="try_objection",
    ),
    "try_score.form": form(text("score_opinion"), name="try_score"),
    "try_share.form": form(text("opinion"), name="try_share"),
    "try_demand.form": form(
        {**text("demand_name", **MUST), "label": "需求名称"},
        {**text("contact_name", **MUST), "label": "联系人"},
        name="try_demand",
    ),
}
MESSAGES = '<message id="m_bid" name="try_bid"/><message id="m_object" name="try_objection"/>'


def service(name: str, action: str, result: str = "", **given: str) -> str:
    """A service task with its arguments."""
    said = properties(action=action, basis="ours").removesuffix("</extensionElements>")
    inputs = "".join(
        f'<c:inputParameter name="{key}">{value}</c:inputParameter>' for key, value in given.items()
    )
    kept = f' c:resultVariable="{result}"' if result else ""
    return (
        f'<serviceTask id="{name}" name="{name}"{kept}>'
        f"{said}<c:inputOutput>{inputs}</c:inputOutput>"
        "</extensionElements></serviceTask>"
    )


def taken(name: str, host: str, message: str, form: str, variable: str, **more: str) -> str:
    """A message that may come from outside."""
    said = properties(public="yes", form=form, variable=variable, senders="市科技局", **more)
    return (
        f'<boundaryEvent id="{name}" name="提交" '
        f'attachedToRef="{host}" cancelActivity="false">{said}'
        f'<messageEventDefinition id="d_{name}" messageRef="{message}"/></boundaryEvent>'
    )


def script(name: str, result: str, formula: str) -> str:
    return (
        f'<scriptTask id="{name}" name="{name}" scriptFormat="feel" c:resultVariable="{result}">'
        f"<script>= {formula}</script></scriptTask>"
    )


PROJECT = diagram(
    "\n".join(
        (
            START,
            task("prepare", form="try_plan"),
            service(
                "post",
                "publish",
                "posting",
                kind="posting",
                title="= topic",
                text="面向全国征集",
                number=NUMBER,
                until="P10D",
                message="try_bid",
                details='= {"所属领域": "现代农业", "榜单金额": 500000}',
            ),
            task("collect", form="try_score", restricted="市科技局"),
            taken(
                "bid",
                "collect",
                "m_bid",
                "try_bid",
                "bid",
                sealed="= chosen = null",
                restricted="市科技局",
            ),
            script("keep", "bids", "append(if bids = null then [] else bids, bid)"),
            service("thank", "reply", to="= bid.submission", text="已受理，等待评审"),
            '<endEvent id="kept"/>',
            script("choose", "chosen", "true"),
            service("close", "close_publication", publication="= posting", state="closed"),
            service(
                "announce",
                "publish",
                "publicity",
                kind="publicity",
                title='= topic + "拟立项公示"',
                text="公示期五个工作日",
                until="P5WD",
                message="try_objection",
            ),
            task("publicity_open", form="try_score"),
            taken(
                "objection",
                "publicity_open",
                "m_object",
                "try_objection",
                "objection",
                subject="= objector_name",
            ),
            '<endEvent id="objected"/>',
            END,
            flows(
                "start>prepare>post>collect>choose>close>announce>publicity_open>end",
                "bid>keep>thank>kept",
                "objection>objected",
            ),
        )
    ),
    before=MESSAGES,
    process="try_project",
)
DECLARE = diagram(
    "\n".join(
        (
            '<startEvent id="start" name="申报">'
            f"{properties(start='public', form='try_demand', subject='= demand_name')}"
            "</startEvent>",
            task("review", form="try_score"),
            service("answer", "reply", to="= submission", text="已入库"),
            END,
            flows("start>review>answer>end"),
        )
    ),
    process="try_demand",
)


EACH = '<multiInstanceLoopCharacteristics c:collection="= experts" c:elementVariable="expert"/>'
LANES = (
    '<laneSet id="lanes"><lane id="experts" name="专家"><flowNodeRef>appraise</flowNodeRef></lane>'
    '<lane id="office" name="市科技局">'
    + "".join(
        f"<flowNodeRef>{name}</flowNodeRef>" for name in ("start", "name", "open", "review", "end")
    )
    + "</lane></laneSet>"
)
SCORING = diagram(
    "\n".join(
        (
            START,
            script("name", "experts", '["zy.expert1", "zy.expert2"]'),
            task(
                "appraise",
                form="try_score",
                inside=EACH,
                sealed="= opened = null",
                coUnits="市财政局",
                coForm="try_share",
                results="scores",
            ),
            script("open", "opened", "true"),
            task("review", form="try_score"),
            END,
            flows("start>name>appraise>open>review>end"),
        )
    ),
    lanes=LANES,
    process="try_scoring",
)


def deploy(town: Town, project: bytes = PROJECT, scoring: bytes = SCORING) -> None:
    """Put the three diagrams in force in 张掖."""
    town.runtime.perform(
        Deploy(
            actor=town.actor("zy.owner"),
            jurisdiction="zy",
            files={
                **FORMS,
                "try_project.bpmn": project,
                "try_demand.bpmn": DECLARE,
                "try_scoring.bpmn": scoring,
            },
        )
    )


def posted(town: Town, topic: str = "祁连牧区节水灌溉") -> int:
    """A case whose posting is open."""
    deploy(town)
    case = town.start("try_project", "zy.kjj", topic)
    town.complete("zy.kjj", case, "prepare", topic="节水灌溉关键技术", inner_opinion="内部意见")
    return case
