"""Dates, terms and sizes as people read them.

The functions are pure: the current time and the calendar are passed in.
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
UNITS = ("年", "个月", "周", "日")
TIME = Markup('<time datetime="{}" title="{}">{}</time>')
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
    """The lines of the journal for reading, each with a number.

    Lines that differ only in the unit count as one. The number says how many they were.
    """
    groups: dict[tuple[object, ...], list[JournalLine]] = {}
    for line in journal:
        common: tuple[object, ...] = (line.at, id(line))
        if line.verb in {"open", "close"}:
            common = (line.at, line.verb, line.text)
        groups.setdefault(common, []).append(line)
    return [(lines[0], len(lines)) for lines in groups.values()]


def sections(
    form: Mapping[str, Any] | None, values: Mapping[str, Any], before: Mapping[str, Any]
) -> list[tuple[str, list[AnswerPart], bool]]:
    """Answers by the outermost groups of their form.

    Returns the title of each group, its lines, and whether all lines only repeat what the form was
    given.
    """
    lines = [part for part in compared_parts(form, values, before) if not _is_group_title(part)]
    groups = [(title, list(parts)) for title, parts in groupby(lines, _group_of)]
    return [(title, parts, all(map(_only_repeats, parts))) for title, parts in groups]


def _is_group_title(part: AnswerPart) -> bool:
    """Whether the line is the title of an outermost group."""
    return part.kind == "group" and part.label == part.group


def _group_of(part: AnswerPart) -> str:
    return part.group


def _only_repeats(part: AnswerPart) -> bool:
    return part.before is None and (part.fixed or part.kind == "group")


def moment(at: datetime | None, now: datetime) -> Markup:
    """An instant such as ``11月21日 18:46``, with the full instant as the title of the element.

    The year is added if it is not the current year. None gives no element.
    """
    if at is None:
        return Markup("")
    here = local(at)
    year = "" if here.year == local(now).year else f"{here.year}年"
    day = f"{here.month}月{here.day}日"
    full = f"{here.year}年{day} {here:%H:%M:%S}"
    return TIME.format(_timestamp(here), full, f"{year}{day} {here:%H:%M}")


def _timestamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def full_moment(at: datetime) -> str:
    """An instant such as ``2026年12月31日 09:05 星期四``."""
    here = local(at)
    return f"{WRITTEN_DAY.format(here)} {here:%H:%M} 星期{WEEKDAYS[here.weekday()]}"


def term(due_at: datetime | None, now: datetime) -> Markup:
    """The end of a term such as ``11月27日（周五）``, with the instant as the title of the element.

    The hour is added if the term ends within the day. None gives no element.
    """
    if due_at is None:
        return Markup("")
    day = last_day(due_at)
    year = "" if day.year == local(now).year else f"{day.year}年"
    weekday = WEEKDAYS[day.weekday()]
    text = f"{year}{day.month}月{day.day}日（周{weekday}） {hour_of(due_at)}"
    return TIME.format(_timestamp(local(due_at)), f"截止 {closing(due_at)}", text.rstrip())


def closing(until: datetime) -> str:
    """The end of a term or a publication. The end of a day is written as 24:00."""
    return f"{WRITTEN_DAY.format(last_day(until))} {hour_of(until) or '24:00'}"


def remaining(due_at: datetime | None, now: datetime, calendar: Calendar) -> str:
    """The rest of a term, or how long it is overdue.

    Both are counted in working days, and a long rest in days. Without a term the text is empty.
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
    """Where a term comes from, in short, with the full text as title. Empty without a term."""
    if basis not in TERMS:
        return Markup("")
    full, short = TERMS[basis]
    return Markup('<span class="muted" title="{}">{}</span>').format(full, short)


def rule_words(rule: str | None) -> str:
    """The rule of a term in words, such as 5 个工作日, 30 日, 每年 12 月 31 日前 or 每 3 个月.

    The text is empty if the term is a single day.
    """
    parts = [_part_in_words(part) for part in (rule or "").split(";")]
    if len(parts) > 1:
        return f"配合单位期限后 {parts[1]}"
    return parts[0]


def usual_term(line: NextLine) -> str:
    """The usual term of the next step, such as 一般 5 个工作日（系统默认）. Empty for an end."""
    if line.kind == "case":
        return "另立案件办理"
    if line.kind not in {"step", "lead", "wait"}:
        return ""
    if line.term is None:
        return "无期限"
    repeated = REPEATED.fullmatch(line.term)
    words = round_words(repeated[2]) if repeated else rule_words(line.term)
    if not words:
        if line.kind == "wait":
            return "等待"
        return "期限届时确定"
    usual = "一般 " if words[0].isdigit() and not repeated else ""
    return f"{usual}{words}（{TERMS[line.term_basis][1]}）"


def round_words(rule: str) -> str:
    """How often rounds begin, such as 每季度一轮 or 每 2 个月一轮."""
    words = TURNS.get(rule) or rule_words(rule).removesuffix("前")
    if not words:
        return ""
    if words.startswith("每"):
        return f"{words}一轮"
    return f"每 {words}一轮"


def _part_in_words(rule: str) -> str:
    """One part of a rule in words. The text is empty if the part is no rule."""
    if match := WORKDAYS.fullmatch(rule):
        return f"{match[1]} 个工作日"
    if match := YEARLY.fullmatch(rule):
        return f"每年 {int(match[1])} 月 {int(match[2])} 日前"
    if rule.startswith("R/"):
        repeated = _part_in_words(rule.removeprefix("R/"))
        return f"每 {repeated}".replace("每 每", "每").removesuffix("前")
    if not rule.startswith("P"):
        return ""
    match = TERM.fullmatch(rule)
    numbers = zip(match.groups(), UNITS, strict=True) if match else ()
    return "".join(f"{number} {unit}" for number, unit in numbers if number)


def yuan(amount: Decimal) -> str:
    """An amount with two decimals and thousands separators."""
    return f"{amount:,.2f}"


def figure(value: object) -> object:
    """A value as a table shows it. A number of five digits or more has thousands separators."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return functions.figure(Decimal(value))
    return value


def size(octets: int) -> str:
    """The size of a file.

    :param octets: the size in bytes.
    """
    kilobytes = octets / 1024
    if kilobytes < 1:
        return f"{octets} 字节"
    if kilobytes < 1024:
        return f"{kilobytes:.0f} KB"
    return f"{kilobytes / 1024:.1f} MB"
