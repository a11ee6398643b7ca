"""What is sent to people's channels: a mail, signed JSON, and what the robots of group chats take.

Robots are sent plain text and not Markdown, because titles come from outside and must not become
links of their own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlsplit

import orjson
from markupsafe import escape

from service.domain.notices import DINGTALK, WECOM, Letter

if TYPE_CHECKING:
    from email.message import EmailMessage

ROBOT_BYTES = 2000
"""企业微信 takes 2048 bytes of text."""
OPEN, SIGN = "打开办理：{}", "【揭榜】"
FOOT = "此邮件由揭榜系统自动发出，请勿直接回复。接收方式在系统页面右上角的“设置”中更改。"
LOOK_UP, NO_ANSWER = "打开查询页面", "此邮件由揭榜系统自动发出，请勿直接回复。"
HTML = (
    '<!doctype html><html lang="zh-CN"><body><p>{}</p><p><a href="{}">{}</a></p>'
    "<p><small>{}</small></p></body></html>"
)


def mail(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """A mail, plain and as simple HTML, in the form that servers of any age take. Its Message-ID is
    the letter's id.
    """
    from email.message import EmailMessage
    from email.utils import format_datetime

    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.address
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.id}@{urlsplit(letter.link).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Jiebang-Delivery"] = letter.id
    act, foot = (LOOK_UP, NO_ANSWER) if letter.outside else (OPEN.partition("：")[0], FOOT)
    message.set_content(f"{letter.text}\n\n{act}：{letter.link}\n\n-- \n{foot}\n", cte="base64")
    text = escape(letter.text).replace("\n", "<br>")
    message.add_alternative(
        HTML.format(text, escape(letter.link), act, foot), subtype="html", cte="base64"
    )
    return message


def body(letter: Letter) -> bytes:
    """The JSON for a webhook or a robot."""
    if letter.kind in {WECOM, DINGTALK}:
        return orjson.dumps({"msgtype": "text", "text": {"content": _robot_text(letter)}})
    return orjson.dumps(
        {
            "id": letter.id,
            "subject": letter.subject,
            "text": letter.text,
            "link": letter.link,
            "at": letter.at.isoformat(),
        }
    )


def _robot_text(letter: Letter) -> str:
    """Subject, text and link, with the text cut where the robot would refuse it."""
    end = f"\n{OPEN.format(letter.link)}"
    whole = f"{SIGN}{letter.subject}\n{letter.text}"
    room = ROBOT_BYTES - len(end.encode())
    if len(whole.encode()) > room:
        whole = whole.encode()[: room - 3].decode(errors="ignore") + "…"
    return whole + end


def mail_address(letter: Letter, now: datetime) -> str:
    """Where it goes; that of a 钉钉 robot with a key carries the time and the signature of it."""
    if letter.kind != DINGTALK or not letter.secret:
        return letter.address
    stamp = round(now.timestamp() * 1000)
    signed = hmac.digest(letter.secret.encode(), f"{stamp}\n{letter.secret}".encode(), "sha256")
    joint = "&" if "?" in letter.address else "?"
    return f"{letter.address}{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(signed))}"


def headers(letter: Letter, content: bytes, now: datetime) -> dict[str, str]:
    """The id, and for a webhook with a key the time and ``sha256=`` HMAC-SHA256 of ``time.body`` in
    hexadecimal.
    """
    lines = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Jiebang",
        "X-Jiebang-Delivery": letter.id,
    }
    if letter.secret and letter.kind not in {WECOM, DINGTALK}:
        stamp = str(int(now.timestamp()))
        signed = hmac.new(
            letter.secret.encode(), f"{stamp}.".encode() + content, hashlib.sha256
        ).hexdigest()
        lines |= {"X-Jiebang-Timestamp": stamp, "X-Jiebang-Signature": f"sha256={signed}"}
    return lines
