"""The contents of notices for each channel: mails, signed JSON, and texts for robots of chats.

Robots get plain text and not Markdown, because titles come from outside and must not become links.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlsplit

import orjson
from markupsafe import escape

from service.domain.notices import DINGTALK, WECOM, Letter

if TYPE_CHECKING:
    from email.message import EmailMessage

ROBOTS = frozenset({WECOM, DINGTALK})
ROBOT_BYTES = 2000
"""The largest size of a text for a robot. 企业微信 takes 2048 bytes."""
SIGN = "【揭榜】"
OPEN_ITEM = "打开办理"
LOOK_UP = "打开查询页面"
NO_ANSWER = "此邮件由揭榜系统自动发出，请勿直接回复。"
FOOT = f"{NO_ANSWER}接收方式在系统页面右上角的“设置”中更改。"
HTML = (
    '<!doctype html><html lang="zh-CN"><body><p>{}</p><p><a href="{}">{}</a></p>'
    "<p><small>{}</small></p></body></html>"
)


def mail(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """A mail as plain text and simple HTML, in a form that mail servers of any age take.

    Its Message-ID is the id of the letter.
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
    action, foot = (LOOK_UP, NO_ANSWER) if letter.outside else (OPEN_ITEM, FOOT)
    plain = f"{letter.text}\n\n{action}：{letter.link}\n\n-- \n{foot}\n"
    message.set_content(plain, cte="base64")
    text = escape(letter.text).replace("\n", "<br>")
    html = HTML.format(text, escape(letter.link), action, foot)
    message.add_alternative(html, subtype="html", cte="base64")
    return message


def body(letter: Letter) -> bytes:
    """The JSON for a webhook or a robot."""
    content: dict[str, Any]
    if letter.kind in ROBOTS:
        content = {"msgtype": "text", "text": {"content": _robot_text(letter)}}
    else:
        content = {
            "id": letter.id,
            "subject": letter.subject,
            "text": letter.text,
            "link": letter.link,
            "at": letter.at.isoformat(),
        }
    return orjson.dumps(content)


def _robot_text(letter: Letter) -> str:
    """Subject, text and link. The text is cut where the robot would refuse it."""
    link = f"\n{OPEN_ITEM}：{letter.link}"
    text = f"{SIGN}{letter.subject}\n{letter.text}"
    room = ROBOT_BYTES - len(link.encode())
    if len(text.encode()) > room:
        text = text.encode()[: room - 3].decode(errors="ignore") + "…"
    return text + link


def mail_address(letter: Letter, now: datetime) -> str:
    """The address of the letter.

    That of a 钉钉 robot with a key has the time and the signature of the time.
    """
    if letter.kind != DINGTALK or not letter.secret:
        return letter.address
    milliseconds = round(now.timestamp() * 1000)
    signed_text = f"{milliseconds}\n{letter.secret}"
    digest = hmac.digest(letter.secret.encode(), signed_text.encode(), "sha256")
    signature = quote_plus(base64.b64encode(digest))
    joint = "&" if "?" in letter.address else "?"
    return f"{letter.address}{joint}timestamp={milliseconds}&sign={signature}"


def headers(letter: Letter, content: bytes, now: datetime) -> dict[str, str]:
    """The HTTP headers, with the id of the letter.

    A webhook with a key also gets the time in seconds, and ``sha256=`` with the HMAC-SHA256 of
    ``time.body`` in hexadecimal.
    """
    values = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Jiebang",
        "X-Jiebang-Delivery": letter.id,
    }
    if letter.secret and letter.kind not in ROBOTS:
        seconds = str(int(now.timestamp()))
        signed_text = f"{seconds}.".encode() + content
        signature = hmac.new(letter.secret.encode(), signed_text, hashlib.sha256).hexdigest()
        values["X-Jiebang-Timestamp"] = seconds
        values["X-Jiebang-Signature"] = f"sha256={signature}"
    return values
