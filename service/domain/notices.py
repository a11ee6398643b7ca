"""Notification channels (通知渠道): valid addresses, and the messages that are sent.

Decided: the address of a robot or a webhook is a secret like its key, because everybody who knows
it can write to that chat. It is entered once; after that only its host is shown.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from service.domain.people.actor import Actor, Holder
from service.domain.people.rights import Right
from service.errors import BadRequest

EMAIL, WEBHOOK, WECOM, DINGTALK = "email", "webhook", "wecom", "dingtalk"
PERSONAL, OF_UNITS = (EMAIL,), (EMAIL, WEBHOOK, WECOM, DINGTALK)
EACH, DAILY, OFF = "each", "daily", "off"
MODES = (EACH, DAILY, OFF)
LONGEST_ADDRESS, LONGEST_EMAIL, LONGEST_LOCAL_PART, LONGEST_SECRET = 500, 254, 64, 200
MAILBOX = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
PLAIN = re.compile(r"[!-~]+")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One attempt to send a message to an address.

    ``id`` is the same in all attempts; ``attempt`` counts them from 1. ``outside``: the message
    goes to a person without an account.
    """

    id: str
    kind: str
    address: str = field(repr=False)
    secret: str = field(repr=False)
    subject: str
    text: str
    link: str
    at: datetime
    attempt: int = 1
    outside: bool = False


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The result of an attempt.

    ``why`` is the reason of a failure, empty if the message was sent. ``away``: the server did not
    answer at all.
    """

    why: str = ""
    away: bool = False


def route(kind: str, address: str) -> str:
    """The server that letters go through. Letters with the same route wait for the same server."""
    if kind == EMAIL:
        return EMAIL
    return urlsplit(address).netloc


def shown(kind: str, address: str) -> str:
    """The part of an address that may be shown and logged."""
    parts = urlsplit(address)
    if kind == EMAIL:
        return address
    return f"{parts.scheme}://{parts.netloc}/…"


def fit_address(kind: str, address: str, kinds: tuple[str, ...] = OF_UNITS) -> str:
    """The address in the form in which it is stored.

    :param kinds: the kinds of channels that are allowed.
    :raises BadRequest: the kind is not allowed, or nothing can be sent to the address.
    """
    if kind not in kinds:
        raise BadRequest(f"没有名为“{kind}”的通知渠道，可选：{'、'.join(kinds)}", field="kind")
    address = address.strip()
    if kind == EMAIL:
        return _fit_mailbox(address)
    _fit_url(address)
    return address


def _fit_mailbox(address: str) -> str:
    if not address.isascii():
        raise BadRequest(
            "邮箱地址只能使用英文字母、数字和符号，请检查是否混入了中文字符或全角符号",
            field="address",
        )
    local_part = address.partition("@")[0]
    is_too_long = len(address) > LONGEST_EMAIL or len(local_part) > LONGEST_LOCAL_PART
    if is_too_long or not MAILBOX.fullmatch(address):
        raise BadRequest("邮箱地址不完整或格式不对，应形如 name@example.gov.cn", field="address")
    return address


def _fit_url(address: str) -> None:
    if len(address) > LONGEST_ADDRESS or not PLAIN.fullmatch(address):
        raise BadRequest(
            f"网址不能为空，不能含空格和中文字符，最长 {LONGEST_ADDRESS} 个字符，请原样复制",
            field="address",
        )
    parts = _split(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadRequest("网址应以 https:// 或 http:// 开头，并写明主机", field="address")
    if parts.username is not None or parts.password is not None:
        raise BadRequest("网址中不能带用户名和密码，请去掉“@”之前的部分", field="address")


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  reading it checks it
    except ValueError as exc:
        raise BadRequest("网址无法识别，请检查主机名和端口", field="address") from exc
    return parts


def fit_secret(secret: str) -> str:
    """The signing key in the form in which it is stored.

    :raises BadRequest: the key is too long, or has characters that such keys do not have.
    """
    secret = secret.strip()
    if secret and (len(secret) > LONGEST_SECRET or not PLAIN.fullmatch(secret)):
        raise BadRequest(
            f"密钥只能是不含空格的英文字母、数字和符号，不超过 {LONGEST_SECRET} 个字符",
            field="secret",
        )
    return secret


def fit_mode(mode: str) -> str:
    """The mode of a channel: how often it sends.

    :raises BadRequest: there is no such mode.
    """
    if mode not in MODES:
        raise BadRequest(f"没有名为“{mode}”的接收方式，可选：{'、'.join(MODES)}", field="mode")
    return mode


def keeps_channel(actor: Actor, jurisdiction: str, holder: Holder, person_id: int | None) -> bool:
    """Whether the actor may set up a channel.

    Everybody sets up their own channels, heads those of their unit, and administrators those of
    all units.

    :param person_id: the person whose channel it is; None if it is a unit's.
    """
    if person_id is not None:
        return person_id == actor.person_id
    if jurisdiction != actor.jurisdiction:
        return False
    if actor.may(Right.KEEP_ALL_CHANNELS):
        return True
    if actor.unit_id is None or not actor.may(Right.KEEP_UNIT_CHANNELS):
        return False
    return holder == Holder.unit(actor.unit_id)
