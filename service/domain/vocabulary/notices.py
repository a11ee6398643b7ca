"""The words of notices and of the ways in which they are sent."""

NOTICE_KINDS = {
    "notice": "通知",
    "reminder": "提醒",
    "urge": "催办",
    "order": "督办",
    "circular": "通报",
    "extension": "延期",
    "arrival": "新到",
    "returned": "退回",
    "answer": "反馈",
    "outcome": "结果",
    "mention": "提到您",
}

NOTICE_SUBJECT = "【{kind}】{case}"

NEWS = {
    "arrival": "“{item}”待办理{due}。《{case}》",
    "asked": "{leads}请您单位配合“{item}”{due}。《{case}》",
    "leading": "牵头单位",
    "due": "，截止 {day}",
    "returned": "“{item}”被{who}退回{due}：{why}《{case}》",
    "again": "“{item}”需要重新办理{due}：{why}《{case}》",
    "nobody": "《{case}》的“{item}”已到{unit}，但该单位没有在用的账号可以办理，请尽快安排人员。",
    "gone": "您签收的“{item}”已被收回，不需要再办理。《{case}》",
    "answered": "{unit}已反馈“{item}”，{rest}。《{case}》",
    "owing": "还有 {} 个单位未反馈",
    "all_answered": "配合单位已全部反馈",
    "outcome": "《{case}》：{outcome}{more}",
    "more": "。{}",
    "mention": "{who}在“{item}”的批注中提到您：{text}《{case}》",
    "suspend": "《{case}》已挂起，期限暂停。理由：{reason}",
    "resume": "《{case}》已恢复办理。理由：{reason}",
    "with_parent": "随上级案件《{}》终止",
}

CHANNEL_KINDS = {
    "email": "电子邮件",
    "webhook": "Webhook",
    "wecom": "企业微信群机器人",
    "dingtalk": "钉钉群机器人",
}

CHANNEL_MODES = {"each": "逐条即时发送", "daily": "每个工作日 8:30 汇总发送", "off": "暂停发送"}

FLOOD = {
    "subject": "【通知】另有 {count} 条，见收件箱",
    "text": "最近一小时的通知较多，以上已逐条发送 {each} 条，"
    "另有 {count} 条，请登录系统，在“通知”中查看。",
}

TRIAL = {
    "subject": "【测试】通知渠道已接通",
    "text": "这是一条测试消息，收到即表示通知可以送达。如非您或您单位设置，请忽略。",
}

DIGEST = {
    "subject": "【每日汇总】{day}：{parts}",
    "between": "，",
    "heading": "{}：",
    "late": "逾期 {} 项",
    "soon": "两个工作日内到期 {} 项",
    "fresh": "新到 {} 项",
    "notices": "通知 {} 条",
    "item": "· {item}（{case}）",
    "notice": "· {}",
    "due": "，截止 {day}",
    "more": "· 另有 {} 项",
}

URGE = "【催办】{who}催办《{case}》的“{item}”：{message}"

URGED = "{who}已于 {day} 催办过，同一事项一个工作日内不重复催办，{again}起可以再次催办"

REMINDERS = {
    "half": "【提醒】《{case}》的“{item}”办理期限今天过半，截止 {day}。",
    "eve": "【提醒】《{case}》的“{item}”将于 {day} 到期，还有一个工作日。",
    "due": "【提醒】《{case}》的“{item}”今天（{day}）到期，请及时办结。",
    "late": "【逾期】《{case}》的“{item}”应于 {day} 前办结，已逾期 {late} 个工作日，请立即办理。",
}

OF_OTHERS = {
    "late": "【逾期】{who}的“{item}”应于 {day} 前办结，已逾期 {late} 个工作日。《{case}》",
    "urge": "【催办】{urger}催办{who}的“{item}”：{message}《{case}》",
}
"""The sentences about a person's work for others: for their heads and for 督查."""

LOST_CODE = {
    "subject": "【揭榜】新的查询码",
    "text": "您好！按在“找回查询码”页面提出的请求，为“{about}”（{day}提交）重新生成了查询码：\n\n"
    "{code}\n\n"
    "原查询码已经失效，回执号改为 {receipt}。请妥善保存，凭它可以查询处理结果。\n"
    "如果不是您本人提出的，请与受理单位联系。",
}
"""The letter to a person outside who has lost their query code."""
