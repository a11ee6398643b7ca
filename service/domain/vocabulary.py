"""The words of the field, as people read them. Codes stand in the program, words only here and in errors."""

VERBS = {
    "claim": "签收", "release": "取消签收", "draft": "暂存", "complete": "办结", "contribute": "反馈",
    "send_back": "退回", "withdraw": "撤回", "comment": "批注", "attach": "添加附件",
    "suspend": "挂起", "resume": "恢复", "terminate": "终止",
}

JOURNAL = {
    **VERBS,
    "start": "发起", "open": "到达", "close": "关闭", "message_in": "收到消息", "message_out": "发出消息",
    "timer": "到期触发", "number": "取号", "publish": "公布", "notify": "通知", "finish": "办理完毕",
    "pass": "经过", "stop": "停止", "deploy": "部署", "load": "载入数据", "list": "发布清单",
}

FACTS = {"reason": "理由：{}", "number": "编号 {}", "title": "《{}》", "filename": "文件 {}", "text": "{}"}

PARTS = {"lead": "牵头", "cooperate": "配合", "message": "反馈"}

ITEM_STATES = {
    "open": "待办", "done": "已办结", "unanswered": "未反馈", "excused": "免于反馈", "cancelled": "已收回",
}

CASE_STATES = {"running": "办理中", "finished": "已办结", "suspended": "已挂起", "terminated": "已终止"}

LIGHTS = {"green": "正常", "yellow": "临期", "red": "逾期"}

STEP_STATES = {"done": "已完成", "open": "办理中", "late": "已逾期", "waiting": "等待中", "ahead": "未开始"}

BASES = {"text": "文件条款", "ours": "本系统补充"}

BOXES = {
    "todo": "待办", "claimed": "已签收", "contribute": "待反馈", "done": "已办",
    "copied": "抄送我的", "started": "我发起的",
}

CLOCK = "系统定时"
