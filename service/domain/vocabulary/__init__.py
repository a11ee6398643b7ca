"""The words that people read for the codes of the program.

Words stand only here and in refusals. All other code uses codes.
"""

VERBS = {
    "claim": "签收",
    "release": "取消签收",
    "draft": "暂存",
    "complete": "办结",
    "contribute": "反馈",
    "send_back": "退回",
    "withdraw": "撤回",
    "comment": "批注",
    "attach": "添加附件",
    "extend": "申请延期",
    "urge": "催办",
    "suspend": "挂起",
    "resume": "恢复",
    "terminate": "终止",
}

JOURNAL = {
    **VERBS,
    "start": "发起",
    "start_skipped": "定时发起跳过一次",
    "open": "到达",
    "close": "关闭",
    "message_in": "收到消息",
    "message_out": "发出消息",
    "timer": "到期触发",
    "number": "取号",
    "publish": "公布",
    "unpublish": "停止公布",
    "reply": "答复",
    "extension": "延期审批",
    "remind": "提醒",
    "urge_many": "批量催办",
    "calendar": "载入放假调休安排",
    "due_change": "期限调整",
    "timer_change": "计时调整",
    "notify": "通知",
    "finish": "办理完毕",
    "retitle": "案件更名",
    "outcome": "结果",
    "pass": "经过",
    "stop": "停止",
    "deploy": "部署",
    "load": "载入数据",
    "list": "发布清单",
    "reproject": "重建待办",
    "backfill": "补录",
    "child": "启动子案件",
    "child_end": "子案件结束",
    "child_failed": "子案件出错，没有环节接手，请流程管理员处理",
    "account_open": "开通账号",
    "account_invite": "生成激活码",
    "account_activate": "激活账号",
    "account_deactivate": "停用账号",
    "account_reactivate": "恢复账号",
    "demands_enter": "技术需求入库",
    "demands_mark": "技术需求状态变更",
    "demand_add": "登记技术需求",
    "demand_change": "修改技术需求",
    "demand_withdraw": "撤出技术需求",
    "demand_merge": "合并技术需求",
    "demands_import": "导入技术需求",
    "channel_set": "设置通知渠道",
    "channel_mode": "更改接收方式",
    "channel_remove": "删除通知渠道",
    "feed_open": "生成日历订阅地址",
    "feed_close": "停用日历订阅地址",
    "delivery_retry": "重新发送停放的通知",
    "retry": "重试",
    "code_asked": "找回查询码的请求",
    "code_renewed": "补发查询码，原查询码失效",
}

REMARKS = {"comment": "批注", "urge": "催办", "extension": "延期"}

NEW_CALENDAR = "按新公布的放假调休安排重算"

FACTS = {
    "due_from": "原为 {}",
    "due_to": "调整为 {}",
    "reason": "理由：{}",
    "number": "编号 {}",
    "outcome": "{}",
    "title": "《{}》",
    "title_before": "原名《{}》",
    "filename": "文件 {}",
    "text": "{}",
    "above": "随上级案件《{}》",
    "error": "错误 {}",
    "login": "账号 {}",
}

PARTS = {"lead": "牵头", "cooperate": "配合", "message": "反馈", "copy": "抄送"}

ITEM_STATES = {
    "open": "待办",
    "done": "已办结",
    "unanswered": "未反馈",
    "excused": "免于反馈",
    "cancelled": "已收回",
}

TERMINATED = "已终止"

TONES = {"good": "正面", "bad": "负面", "neutral": "中性"}

CASE_STATES = {
    "running": "办理中",
    "finished": "已办结",
    "suspended": "已挂起",
    "terminated": "已终止",
}

ROLE_NAMES = {
    "staff": "经办",
    "head": "单位负责人",
    "applicant": "揭榜人",
    "demander": "需求方",
    "bidder": "揭榜方",
    "expert": "专家",
    "envoy": "驻企特派员",
    "supervisor": "督查",
    "owner": "流程管理员",
    "admin": "系统管理员",
}

WITHOUT_RIGHT = {
    "SEE_BOARD": "督查页面供督查人员、流程管理员和系统管理员使用",
    "URGE_MANY": "只有督查人员可以批量催办",
    "OPEN_ORDERS": "督办单和通报由督查人员提出",
    "READ_PROCESSES": "只有流程管理员可以查看和修改流程",
    "DEPLOY": "只有本地区的流程管理员可以部署流程",
    "STEER_CASES": "只有本地区的流程管理员可以挂起、恢复或终止案件",
    "SEE_OPERATIONS": "运行状况供流程管理员和系统管理员查看",
    "RETRY": "重试由流程管理员或系统管理员办理",
    "RESEND_NOTICES": "重新发送停放的通知由系统管理员或流程管理员办理",
    "LOAD_CALENDARS": "只有系统管理员可以载入放假调休安排",
    "MOVE_TIME": "只有系统管理员可以在演练中移动时间",
}
"""By right: the sentence for people who do not have it."""

ACCOUNT_VERBS = {"invite": "生成激活码", "deactivate": "停用", "reactivate": "恢复"}

ACCOUNT_WHY = {
    "inactive": "账号已停用",
    "active": "账号正在使用",
    "mine": "不能停用自己的账号",
    "activated": "账号已经激活；忘记密码的，由系统管理员重新生成激活码",
}

ACCOUNT_STATES = {"waiting": "待激活", "active": "在用", "stopped": "已停用"}

DEMAND_VERBS = {"add": "登记", "change": "修改", "withdraw": "撤出", "merge": "合并"}

DEMAND_CHANGES = {
    "declared": "企业申报入库",
    "contributed": "摸底征集入库",
    "added": "登记入库",
    "imported": "导入入库",
    "changed": "修改",
    "merged": "合并",
    "selected": "列为拟立项",
    "posted": "张榜",
    "listed": "退回在库",
    "withdrawn": "撤出",
}

DEMAND_STATES = {
    "listed": "在库",
    "selected": "拟立项",
    "posted": "已张榜",
    "merged": "已合并",
    "withdrawn": "已撤出",
}

RESTS_WITH_PARENT = "随上级案件挂起，请恢复上级案件"

LIGHTS = {"green": "正常", "yellow": "临期", "red": "逾期"}

STEP_STATES = {
    "done": "已完成",
    "open": "办理中",
    "late": "已逾期",
    "waiting": "等待中",
    "ahead": "未开始",
    "possible": "视情况可能有",
    "left": "已收回",
}

WRITTEN_DAY = "{0.year}年{0.month}月{0.day}日"

BASES = {"text": "文件条款", "ours": "本系统补充"}

TERMS = {
    "text": ("期限依文件", "依文件"),
    "ours": ("期限为本系统默认", "系统默认"),
    "case": ("期限由本案另行确定", "本案另定"),
}
"""Who set a term, in full and short."""

REMARK = "说明："
"""The beginning of our own remarks in a diagram's documentation. The text before it is quoted."""

COVERAGE = {
    "sentence": "引文与文件原文不一致",
    "nobody": "没有环节承办",
    "lead": "牵头单位没有牵头任何环节",
    "units": "没有一个牵头环节列全配合单位，也没有声明调整",
    "narrowing": "声明的调整没有落到任何环节",
    "basis": "没有说明依据",
    "clause": "没有写明条款",
    "unknown": "条款不在目录中",
    "quote": "没有引用原文",
    "remark": "本系统补充，却没有说明理由",
    "actor": "办理单位不是条款所列的单位",
    "co_unit": "配合单位不是条款所列的单位",
}

BOXES = {
    "todo": "待办",
    "claimed": "已签收",
    "contribute": "待反馈",
    "done": "已办",
    "copied": "抄送我的",
    "started": "我发起的",
}

CLOCK = "系统定时"
THIS_DEMAND = "该需求"
ABOVE = "上级案件"
NAMELESS = "姓名不公开"
"""Stands for a name if the reader may not be told who has a step or answered there."""
PERSONAL_DATA = "（个人信息，不予显示）"
"""Stands for personal data if the reader only sees an answer because they judge by it."""
PERSONS = "个人（揭榜人、需求方、专家等）"

ORDER = {
    "title": "《{case}》的“{item}”",
    "problem": "《{case}》的“{item}”应于 {day} 前办结{whose}，至今没有办结。",
    "text": "请立即办理，并在督办单规定的时限内书面反馈办理情况和整改措施。",
}

CIRCULAR = {
    "title": "关于{0.year}年{0.month}月督查情况的通报",
    "text": "截至{day}，各单位在办事项 {open} 件，其中临期 {yellow} 件、逾期 {red} 件；"
    "{period}办结 {done} 件，未反馈 {unanswered} 件。\n",
    "bad": "以下单位办理不及时：\n{lines}\n请上述单位立即整改，并按要求反馈整改情况。\n",
    "line": "{name}：逾期 {red} 件，未反馈 {unanswered} 件，按时率 {rate}。",
    "none_bad": "没有单位逾期或未反馈。\n",
    "good": "按时率 100% 的单位：{names}。\n",
}

EXTENSION = {
    "asked": "申请延期至 {day}：{reason}",
    "granted": "准予延期至 {day}。{opinion}",
    "refused": "不予延期。{opinion}",
    "closed": "事项已经办结，无需延期。",
    "told": "【延期】《{case}》的“{item}”（{who}）：{text}",
    "title": "延期申请：{item}（{case}）",
}

WORKBOOK_WANTED = "请选择填好的 .xlsx 文件"
CALENDAR_WANTED = "请选择放假调休安排文件（YAML 或 .xlsx）"

STOPPED = {
    "timer": "计时",
    "start": "定时发起",
    "message": "案件间消息",
    "reminder": "提醒",
    "part": "批量工作",
    "delivery": "对外通知",
}
FAILURES = ("reminder", "part")

JOBS = {"recompute": "按新日历重算期限", "urge": "批量催办"}

CAME_LATE = "逾期 {} 个工作日"

STAGES = {
    "waiting": "未到期",
    "late": "逾期未交",
    "submitted": "已提交",
    "reviewed": "已审核",
    "assessed": "已评估",
    "replaced": "由结题报告代替",
}

PERIODS = {"month": "本月", "quarter": "本季度", "year": "本年", "all": "全部"}

RECEIVED = "已收到，等待处理"
ENDED = "{}（该事项已终止办理，如有疑问请与发布单位联系）"

OUTSIDE = "外部提交（{}）"

PAPER_WHY = {  # the reasons why a paper cannot be made
    "ahead": "办理到“{}”环节后可以生成",
    "readers": "仅限{}生成和查看",
    "closed": "含有您不能查看的办理内容，不能生成",
    "missing": "模板 {} 尚未部署，请流程管理员部署",
}

PROVISIONAL_TITLE = "{process}（{starter}）"
WRONG_TITLE = "案件名称：必填，且不超过 {} 字，请填写"

LEDGER = {  # the nine columns of 附件4, in their order
    "serial": "序号",
    "project_category": "项目类别",
    "project_title": "项目名称",
    "applicant_name": "揭榜人（团队）名称",
    "phone": "联系电话",
    "term": "项目执行期",
    "brief": "项目简要内容",
    "progress": "项目进展",
    "suggestions": "意见建议及需协调事项",
}

BACKFILL = {  # the columns for a project that is taken over
    **LEDGER,
    "filing_number": "备案编号",
    "login": "揭榜人账号",
    "project_start": "执行期起",
    "project_end": "执行期止",
}

DIFFERENCES = {
    "line_missing": "办理记录缺少第 {seq} 行",
    "line_changed": "办理记录第 {seq} 行被改动过",
    "chain_end": "办理记录应有 {lines} 行，现有 {found} 行，或末行被替换",
    "anchor": "办理记录与当日锚定不符：应有 {lines} 行，现有 {found} 行，可能有案件被整体删除",
    "unreadable": "无法恢复或读取：{why}",
    "status": "状态为 {status}，与流程状态不符",
    "item_missing": "环节 {element} 正在办理，却没有待办事项 {rest}",
    "item_extra": "环节 {element} 已不在办理，却仍有待办事项 {rest}",
    "counts": "督查统计与事项不符：单位 {unit}，{mark}，记有 {kept} 件，实有 {found} 件",
    "due": "环节 {element} 的期限与规则不符：{rest}",
    "timer_missing": "环节 {element} 应有计时，却没有：{rest}",
    "timer_extra": "环节 {element} 有多余或错误的计时：{rest}",
    "message_missing": "环节 {element} 在等待消息，却没有登记：{rest}",
    "message_extra": "环节 {element} 有多余或错误的消息登记：{rest}",
    "child_missing": "环节 {element} 在等待子案件，却没有这件案件：{rest}",
    "child_extra": "子案件 {rest} 仍在办理，本案件却已不再等待它",
    "child_untold": "子案件 {rest} 已经结束，等待它的环节 {element} 却没有收到通知",
    "orphan": "{column} 指向不存在的 {target}，共 {count} 行",
}
