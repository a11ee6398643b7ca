"""Dates, terms and sizes as people read them. Pure: the present moment and the calendar are passed
in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from markupsafe import Markup

from service.domain import functions
from service.domain.terms.deadlines import (
    REPEATED,
    TERM,
    WORKDAYS,
    YEARLY,
    Calendar,
    hour_of,
    last_day,
    local,
    workdays_between,
)
from service.domain.vocabulary import TERMS, WRITTEN_DAY
from service.papers.word.answers import AnswerPart, compared_parts
from service.queries.cases.lines import JournalLine
from service.queries.processes.lines import NextLine

FAR_DAYS = 90
WEEKDAYS = "一二三四五六日"
TURNS = {"P1M": "每月", "P3M": "每季度", "P6M": "每半年", "P1Y": "每年"}
NOTICES = {
    "claimed": "已签收，可以办理。",
    "released": "已取消签收，本单位其他人可以签收。",
    "completed": "已办结，案件已转入下一环节。",
    "contributed": "已反馈，牵头单位可以看到。",
    "sent_back": "已退回。",
    "backfilled": "补录完成，项目已直接进入跟榜。",
    "withdrawn": "已撤回，事项重新回到您的待办。",
    "suspended": "案件已挂起，期间不能办理，期限不触发。",
    "resumed": "案件已恢复办理。",
    "terminated": "案件已终止。",
    "commented": "批注已添加。",
    "attached": "附件已添加。",
    "started": "案件已发起，填写的内容已暂存在第一个环节。",
    "account_opened": "账号已开通，请生成激活码交给本人。",
    "account_deactivated": "账号已停用，登录和未用的激活码随即失效。",
    "account_reactivated": "账号已恢复。",
    "activated": "密码已设置，您已登录。",
    "demand_added": "需求已登记入库。",
    "demand_changed": "修改已保存，修改前后的内容见变更记录。",
    "templates_deployed": "模板已部署，此后生成的文书都用新模板。",
    "demand_withdrawn": "需求已撤出，登记内容和变更记录保留。",
    "demand_merged": "两项需求已合并，以本项为准；两份登记都保留。",
    "demands_imported": "导入完成，各项需求已编号入库。",
    "submitted": "案件已发起，申报内容已提交。",
    "message": "已提交。",
    "calendar_loaded": "放假调休安排已载入，未到期的期限正在重算。",
    "calendar_same": "文件内容与已载入的安排相同，没有变化。",
    "retried": "已重新安排，几秒内再试。",
    "extended": "延期申请已提交，审批结果会通知您。",
    "ordered": "督办单已送达被督查单位。",
    "circulated": "通报初稿已提交，等待定稿和审核。",
    "urging": "正在逐件催办，一个工作日内催办过的会跳过；进度见本页。",
    "urged": "已催办，对方会收到通知。",
    "rehearsed": "时间已移动，途中到期的事项都已处理。",
    "channel_set": "通知渠道已保存，建议发一条测试消息。",
    "channel_mode": "接收方式已更改。",
    "channel_tried": "测试消息已提交，几秒内发出；刷新本页可看到结果。",
    "channel_removed": "通知渠道已删除。",
    "feed_closed": "日历订阅地址已停用，原地址不再有效。",
    "no_previous": "前面没有待办事项了。",
    "no_next": "后面没有待办事项了。",
    "signed_out": "您已退出登录。",
}


def gathered(journal: Sequence[JournalLine]) -> list[tuple[JournalLine, int]]:
    """The record for reading: lines that only differ in the unit they concern are one, with how
    many they were.
    """
    lines_by_likeness: dict[tuple[object, ...], list[JournalLine]] = {}
    for line in journal:
        alike = (
            (line.at, line.verb, line.text)
            if line.verb in {"open", "close"}
            else (line.at, id(line))
        )
        lines_by_likeness.setdefault(alike, []).append(line)
    return [(lines[0], len(lines)) for lines in lines_by_likeness.values()]


def sections(
    form: Mapping[str, Any] | None, values: Mapping[str, Any], before: Mapping[str, Any]
) -> list[tuple[str, list[AnswerPart], bool]]:
    """Answers by the outermost groups of their form: the title, the lines, and whether they only
    repeat what the form was given, unchanged.
    """
    lines = [
        part
        for part in compared_parts(form, values, before)
        if part.kind != "group" or part.label != part.group
    ]
    return [
        (title, parts, all(map(_only_repeats, parts)))
        for title, parts in ((title, list(of)) for title, of in groupby(lines, _group_of))
    ]


def _group_of(part: AnswerPart) -> str:
    return part.group


def _only_repeats(part: AnswerPart) -> bool:
    return part.before is None and (part.fixed or part.kind == "group")


def moment(at: datetime | None, now: datetime) -> Markup:
    """``11月21日 18:46`` (with the year when it is another one), the full instant as title."""
    if at is None:
        return Markup("")
    here = local(at)
    year = "" if here.year == local(now).year else f"{here.year}年"
    full = f"{here.year}年{here.month}月{here.day}日 {here:%H:%M:%S}"
    text = f"{year}{here.month}月{here.day}日 {here:%H:%M}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        here.isoformat(timespec="seconds"), full, text
    )


def full_moment(at: datetime) -> str:
    """``2026年12月31日 09:05 星期四``."""
    here = local(at)
    return f"{WRITTEN_DAY.format(here)} {here:%H:%M} 星期{WEEKDAYS[here.weekday()]}"


def term(due_at: datetime | None, now: datetime) -> Markup:
    """``11月27日（周五）`` for a term, with the hour where it ends within the day; its instant as
    title. Nothing when there is none.
    """
    if due_at is None:
        return Markup("")
    day = last_day(due_at)
    year = "" if day.year == local(now).year else f"{day.year}年"
    full = f"截止 {closing(due_at)}"
    text = f"{year}{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}） {hour_of(due_at)}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        local(due_at).isoformat(timespec="seconds"), full, text.rstrip()
    )


def closing(until: datetime) -> str:
    """The last moment of a term or a publication: one that ends with its day ends at 24:00."""
    return f"{WRITTEN_DAY.format(last_day(until))} {hour_of(until) or '24:00'}"


def remaining(due_at: datetime | None, now: datetime, calendar: Calendar) -> str:
    """What is left of a term in working days, or how long it is overdue; "" when there is no
    term.
    """
    if due_at is None:
        return ""
    today = local(now).date()
    last = last_day(due_at)
    if due_at <= now:
        late = workdays_between(last, today, calendar)
        if late:
            return f"已逾期 {late} 个工作日"
        return "已逾期"
    if last == today:
        return "今天到期"
    if (last - today).days > FAR_DAYS:
        return f"还有 {(last - today).days} 天"
    left = workdays_between(today, last, calendar)
    if left:
        return f"还剩 {left} 个工作日"
    return "下一个工作日前到期"


def whose_term(basis: str) -> Markup:
    """Whose term it is, in short, in full as title; nothing without a term."""
    if basis not in TERMS:
        return Markup("")
    full, short = TERMS[basis]
    return Markup('<span class="muted" title="{}">{}</span>').format(full, short)


def rule_words(rule: str | None) -> str:
    """How a term was set: 5 个工作日, 30 日, 每年 12 月 31 日前, 每 3 个月; nothing for a single
    day.
    """
    parts = [_one_rule(part) for part in (rule or "").split(";")]
    if len(parts) > 1:
        return f"配合单位期限后 {parts[1]}"
    return parts[0]


def usual_term(line: NextLine) -> str:
    """How long something that comes next usually takes: 一般 5 个工作日（系统默认）; "" for an
    end.
    """
    if line.kind not in {"step", "lead", "wait"}:
        if line.kind == "case":
            return "另立案件办理"
        return ""
    if line.term is None:
        return "无期限"
    repeated = REPEATED.fullmatch(line.term)
    term = round_words(repeated[2]) if repeated else rule_words(line.term)
    if not term:
        if line.kind == "wait":
            return "等待"
        return "期限届时确定"
    usual = "一般 " if term[0].isdigit() and not repeated else ""
    return f"{usual}{term}（{TERMS[line.term_basis][1]}）"


def round_words(rule: str) -> str:
    """How often something comes round: 每季度一轮, 每 2 个月一轮."""
    turn = TURNS.get(rule) or rule_words(rule).removesuffix("前")
    if not turn:
        return ""
    return f"{turn if turn.startswith('每') else f'每 {turn}'}一轮"


def _one_rule(rule: str) -> str:
    if match := WORKDAYS.fullmatch(rule):
        return f"{match[1]} 个工作日"
    if match := YEARLY.fullmatch(rule):
        return f"每年 {int(match[1])} 月 {int(match[2])} 日前"
    if rule.startswith("R/"):
        return f"每 {_one_rule(rule[2:])}".replace("每 每", "每").removesuffix("前")
    match = None
    if rule.startswith("P"):
        match = TERM.fullmatch(rule)
    units = zip(match.groups(), ("年", "个月", "周", "日"), strict=True) if match else ()
    return "".join(f"{number} {unit}" for number, unit in units if number)


def yuan(amount: Decimal) -> str:
    """An amount to the cent, in groups of three."""
    return f"{amount:,.2f}"


def figure(value: object) -> object:
    """A value as a table shows it: a number of five digits or more in groups of three."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return functions.figure(Decimal(value))
    return value


def size(octets: int) -> str:
    """A file size."""
    if octets < 1024:
        return f"{octets} 字节"
    if octets < 1024 * 1024:
        return f"{octets / 1024:.0f} KB"
    return f"{octets / 1024 / 1024:.1f} MB"
