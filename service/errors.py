"""All refusals of the program.

The first line of a class's docstring is the RFC 9457 title. ``code`` and ``status`` are constants
of the class. The constructor takes facts and makes the sentence that people read.

Decided: there is one root class, one module, one renderer for JSON and one for pages. Because a
caller must be able to treat all refusals alike, instead of knowing which room a refusal comes from.
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

SHOWN_ERRORS = 5
"""How many errors of a form the sentence of a refusal repeats."""


class Refused(Exception):
    """The request was understood and is refused."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts

    @classmethod
    def title(cls) -> str:
        """The RFC 9457 title: the first line of the class's docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0].rstrip(".")


class BadSetting(Refused):
    """A setting is unknown or malformed."""

    code, status = "bad_setting", 500

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"环境变量 {name} 有误：{why}", name=name)


class Unwritable(Refused):
    """The folder of the data cannot be written to."""

    code, status = "unwritable", 500

    def __init__(self, folder: str) -> None:
        sentence = (
            f"数据目录 {folder} 无法写入；"
            "请用有写入权限的账号启动，或用 JIEBANG_DATA_DIR 指定另一个目录"
        )
        super().__init__(sentence, folder=folder)


class NotOpen(Refused):
    """What was addressed is no longer open."""

    code, status = "not_open", 409

    def __init__(self, what: str = "该事项") -> None:
        super().__init__(f"{what}已经办结或被收回，请刷新后再看", what=what)


class Stuck(Refused):
    """The process can neither go on nor wait."""

    code, status = "stuck", 500

    def __init__(self, why: str) -> None:
        super().__init__(f"流程无法继续：{why}，请流程管理员检查流程图", why=why)


class Uncaught(Stuck):
    """No boundary event catches an error."""

    code, status = "uncaught", 500


class ExpressionFailed(Refused):
    """An expression in a diagram could not be evaluated."""

    code, status = "expression_failed", 422

    def __init__(self, element: str, expression: str, why: str) -> None:
        sentence = f"元素 {element} 的表达式 {expression} 无法计算：{why}"
        super().__init__(sentence, element=element, expression=expression)


class StateUnreadable(Refused):
    """A stored case state cannot be restored."""

    code, status = "state_unreadable", 500

    def __init__(self, why: str) -> None:
        super().__init__(f"案件状态无法恢复：{why}", why=why)


class NotMigrated(Refused):
    """The database does not have this version's tables."""

    code, status = "not_migrated", 503

    def __init__(self) -> None:
        super().__init__("数据库不是本版本的结构，请先运行 jiebang migrate")


class BackupRefused(Refused):
    """The database cannot be copied or put back."""

    code, status = "backup_refused", 409


class BundleMissing(Refused):
    """The browser bundle has not been built."""

    code, status = "bundle_missing", 503

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"找不到前端文件：{folder}/manifest.json。请先运行 make frontend", folder=folder
        )


class UnsafeXml(Refused):
    """The XML is malformed, too large, or tries to reach outside itself."""

    code, status = "unsafe_xml", 422

    def __init__(self, file: str, why: str, line: int = 0) -> None:
        place = f"文件 {file} 第 {line} 行" if line else f"文件 {file}"
        super().__init__(f"{place}：{why}", file=file, line=line, why=why)


class BadDeployment(Refused):
    """The deployment has findings; nothing was stored."""

    code, status = "bad_deployment", 422

    def __init__(self, findings: Sequence[dict[str, Any]]) -> None:
        super().__init__(
            f"部署检查发现 {len(findings)} 个问题，未部署任何内容", findings=list(findings)
        )


class BadAnswers(Refused):
    """The answers do not fit the form."""

    code, status = "bad_answers", 422

    def __init__(self, errors: dict[str, list[str]], **facts: Any) -> None:
        first_errors = list(errors.items())[:SHOWN_ERRORS]
        parts = [f"{key}：{'，'.join(sentences)}".lstrip("：") for key, sentences in first_errors]
        sentence = f"填写内容有 {len(errors)} 处不符合要求：{'；'.join(parts)}"
        super().__init__(sentence, errors=errors, **facts)


class NotSignedIn(Refused):
    """Nobody is signed in."""

    code, status = "not_signed_in", 401

    def __init__(self, sentence: str = "请先登录") -> None:
        super().__init__(sentence)


class NotAllowed(Refused):
    """This person may not do that."""

    code, status = "not_allowed", 403

    def __init__(self, sentence: str = "您没有办理此事项的权限") -> None:
        super().__init__(sentence)


class NotFound(Refused):
    """There is no such thing here."""

    code, status = "not_found", 404

    def __init__(self, what: str = "所请求的内容") -> None:
        super().__init__(f"{what}不存在，或不属于您所在的地区和单位", what=what)


class Changed(Refused):
    """Somebody else was faster."""

    code, status = "changed", 409

    def __init__(
        self, sentence: str = "该事项刚刚被他人更新，请刷新后核对；您填写的内容仍保留在页面上"
    ) -> None:
        super().__init__(sentence)

    @classmethod
    def by_oneself(cls, what: str = "该事项") -> "Changed":
        """The refusal if the same person was faster, in another window."""
        return cls(
            f"您已在另一个页面更新过{what}，请刷新后核对；您在本页填写的内容仍保留，刷新后可以恢复"
        )


class DatabaseAway(Refused):
    """The database does not answer."""

    code, status = "database_away", 503

    def __init__(self) -> None:
        super().__init__(
            "数据库暂时无法连接，本次操作可能没有生效，"
            "请稍后刷新核对后重试；您填写的内容仍保留在页面上"
        )


class NoSpace(Refused):
    """The database has no space left; nothing was changed."""

    code, status = "no_space", 503

    def __init__(self) -> None:
        super().__init__(
            "服务器存储空间不足，本次操作没有保存；"
            "您填写的内容仍保留在页面上，请通知系统管理员清理后重试"
        )


class StillWaiting(Refused):
    """The lead may not finish yet: co-operating units have not answered."""

    code, status = "still_waiting", 409

    def __init__(self, units: Sequence[str]) -> None:
        super().__init__(
            f"配合单位尚未反馈：{'、'.join(units)}。如需提前办结，请填写理由", units=list(units)
        )


class NotOffered(Refused):
    """The verb is not offered on this item now."""

    code, status = "not_offered", 409

    def __init__(self, verb: str, why: str) -> None:
        super().__init__(why, verb=verb)


class Unresolved(Refused):
    """A lane or co-operating unit does not lead to anybody."""

    code, status = "unresolved", 409

    def __init__(self, element: str, name: str, why: str) -> None:
        super().__init__(
            f"环节“{element}”的办理单位“{name}”无法确定：{why}。"
            "请流程管理员或系统管理员补充单位数据后重试",
            element=element,
            name=name,
        )


class CaseRests(Refused):
    """The case is not running."""

    code, status = "case_rests", 409

    def __init__(self, state: str) -> None:
        super().__init__(f"案件{state}，目前不能办理，也不接收消息", state=state)


class HasChildren(Refused):
    """Cases that this one has started are still running."""

    code, status = "has_children", 409

    def __init__(self, count: int) -> None:
        super().__init__(
            f"还有 {count} 件子案件在办，将一并终止，不能恢复；确定时请勾选“一并终止子案件”",
            count=count,
        )


class NobodyWaits(Refused):
    """No case waits for this message now."""

    code, status = "nobody_waits", 409

    def __init__(self, name: str) -> None:
        super().__init__(f"目前没有环节在等待消息“{name}”，未作任何处理", name=name)


class NoLongerTaken(Refused):
    """What was made public takes nothing (any more)."""

    code, status = "no_longer_taken", 409


class TooMany(Refused):
    """Too many attempts."""

    code, status = "too_many", 429

    def __init__(self, seconds: int) -> None:
        super().__init__(f"尝试次数过多，请 {seconds} 秒后再试", retry_after=seconds)


class BadRequest(Refused):
    """The request cannot be read."""

    code, status = "bad_request", 422

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence, **facts)


class CannotMention(Refused):
    """A remark names people whom it cannot reach."""

    code, status = "cannot_mention", 422

    def __init__(self, unknown: Sequence[str], blind: Sequence[str]) -> None:
        reasons = []
        if unknown:
            reasons.append(f"没有名为{_quoted(unknown)}的人员")
        if blind:
            reasons.append(f"{_quoted(blind)}看不到此事项")
        super().__init__(
            f"{'；'.join(reasons)}，不能在批注中提及；请改为能查看此事项的人员，或去掉“@”",
            field="text",
            unknown=list(unknown),
            blind=list(blind),
        )


def _quoted(names: Iterable[str]) -> str:
    return "、".join(f"“{name}”" for name in names)


class NotJson(Refused):
    """The body of the request is not JSON."""

    code, status = "not_json", 400

    def __init__(self) -> None:
        super().__init__("请求体不是有效的 JSON，请检查后重新提交")


class KeyReused(Refused):
    """The Idempotency-Key belongs to another request."""

    code, status = "key_reused", 422

    def __init__(self, key: str) -> None:
        super().__init__(f"幂等键“{key}”已用于另一项内容不同的请求，请为新的请求换一个键", key=key)


class BadData(Refused):
    """A data file of a jurisdiction cannot be loaded."""

    code, status = "bad_data", 422

    def __init__(self, file: str, problems: Iterable[str]) -> None:
        sentences = list(problems)
        super().__init__(
            f"数据文件 {file} 有 {len(sentences)} 处问题：{'；'.join(sentences)}",
            file=file,
            problems=sentences,
        )


class BadSheet(Refused):
    """The workbook has errors; nothing was stored."""

    code, status = "bad_sheet", 422

    def __init__(self, errors: int, findings: Sequence[dict[str, Any]]) -> None:
        super().__init__(
            f"表中有 {errors} 处错误，没有保存任何一行，请按提示改正后重新上传",
            findings=list(findings),
        )
