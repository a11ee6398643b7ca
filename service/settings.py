"""The settings of the program. They are read from the environment once and never change."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from service.errors import BadSetting, Unwritable

PREFIX = "JIEBANG_"
SHORTEST_SECRET = 32
"""The smallest number of characters in a key."""
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """The server that takes outgoing mail.

    ``tls``: the connection is encrypted from its beginning; ``starttls``: after a greeting.
    ``sender`` is the address from which mail is sent.
    """

    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    sender: str = ""
    tls: bool = False
    starttls: bool = False


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings that an operator can make.

    - ``database_url`` is a SQLAlchemy URL.
    - ``port`` is a TCP port.
    - ``log`` is text or json.
    - ``smtp_url`` is the mail server. Without it no mail is sent.
    - ``public_url`` is the beginning of links in messages.
    - ``rehearsal`` is no variable. ``jiebang serve --rehearsal`` sets it, together with the folder
      and the database of the copy.
    """

    data_dir: Path = Path("var")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    secret_key: str = field(default="", repr=False)
    demo: bool = False
    log: str = "text"
    rehearsal: bool = False
    smtp_url: MailServer | None = None
    public_url: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings in the ``JIEBANG_*`` variables.

        :raises BadSetting: a variable is unknown, or its value cannot be read.
        """
        values: dict[str, Any] = {}
        for name in sorted(environment):
            if name.startswith(PREFIX):
                values[name.removeprefix(PREFIX).lower()] = _value(name, environment[name])
        settings = cls(**values)
        if settings.database_url:
            return settings
        return replace(settings, database_url=settings.embedded_url())

    @property
    def address(self) -> str:
        """The beginning of links to this installation, without a slash at its end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def embedded_url(self) -> str:
        """The URL of the SQLite database in the data folder."""
        return f"sqlite:///{(self.data_dir / 'jiebang.sqlite').absolute()}"

    def secret(self) -> str:
        """The key that signs what leaves the program.

        If the operator has set none, it is made once and stored in the data folder.

        :raises BadSetting: the file with the key is empty or cut off.
        :raises Unwritable: the file cannot be written.
        """
        if self.secret_key:
            return self.secret_key
        file = self.data_dir / "secret_key"
        if not file.exists():
            try:
                self._make_secret(file)
            except OSError as exc:
                raise Unwritable(str(self.data_dir)) from exc
        secret = file.read_text().strip()
        if len(secret) < SHORTEST_SECRET:
            raise BadSetting(
                PREFIX + "SECRET_KEY",
                f"密钥文件 {file} 是空的或不完整；请从备份恢复它，"
                "或删除该文件后重新启动（会生成新密钥，所有人需要重新登录，已发出的查询码失效）",
            )
        return secret

    def _make_secret(self, file: Path) -> None:
        """Write a new key into a file.

        If two processes start at once, both use the key of the faster one: a complete file gets the
        name, and only one file can have it.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"secret_key.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as out:
                out.write(secrets.token_urlsafe(48))
                out.flush()
                os.fsync(out.fileno())
            with suppress(FileExistsError):
                os.link(draft, file)
        finally:
            draft.unlink()


def _value(name: str, text: str) -> Any:
    """The value of a variable.

    :raises BadSetting: the variable is unknown, or its value cannot be read.
    """
    reader = READERS.get(name.removeprefix(PREFIX).lower())
    if reader is None:
        names = "、".join(PREFIX + key.upper() for key in READERS)
        raise BadSetting(name, f"没有这个设置。可用的设置：{names}")
    try:
        return reader(text.strip())
    except ValueError as exc:
        raise BadSetting(name, str(exc)) from exc


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"“{text}”不是 1 到 65535 之间的端口号")
    return int(text)


def _secret(text: str) -> str:
    if text and len(text) < SHORTEST_SECRET:
        raise ValueError(f"密钥至少 {SHORTEST_SECRET} 个字符；不设置时系统自动生成并保存在数据目录")
    return text


def _switch(text: str) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise ValueError(f"“{text}”不是开关值，请填 1 或 0")
    return text.lower() in TRUE


def _log(text: str) -> str:
    if text not in {"text", "json"}:
        raise ValueError(f"“{text}”不是日志格式，请填 text 或 json")
    return text


def _url(text: str) -> str:
    if not text.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
        raise ValueError("只支持 sqlite: 和 postgresql: 开头的数据库地址")
    return text


def _mail_server(text: str) -> MailServer | None:
    """The mail server in a URL. No error repeats the URL, because it may have a password."""
    if not text:
        return None
    parts, port, options = _mail_address(text)
    host = _mail_host(parts)
    if unknown := set(options) - {"from", "starttls"}:
        raise ValueError(f"有 {len(unknown)} 个不认识的参数，只能有 from 和 starttls")
    tls = parts.scheme == "smtps"
    user = unquote(parts.username or "")
    sender = _sender(options, user)
    starttls = _switch(options.get("starttls", "0"))
    if tls and starttls:
        raise ValueError("smtps:// 已经加密，不能再加 starttls")
    usual_port = 465 if tls else 587 if starttls else 25
    return MailServer(
        host=host,
        port=port or usual_port,
        user=user,
        password=unquote(parts.password or ""),
        sender=sender,
        tls=tls,
        starttls=starttls,
    )


def _mail_address(text: str) -> tuple[SplitResult, int | None, dict[str, str]]:
    """The parts of a mail server's URL, its port, and its options.

    :raises ValueError: the URL, the port or the options cannot be read.
    """
    try:
        parts = urlsplit(text)
        options = dict(
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        )
        return parts, parts.port, options
    except ValueError:
        raise ValueError(
            "无法识别，应形如 smtp://用户名:密码@主机:端口?from=发件人&starttls=1"
        ) from None


def _mail_host(parts: SplitResult) -> str:
    """The host of a mail server.

    :raises ValueError: there is no host, or there is a path or a fragment. The latter often means
        that the password has special characters that were not written as %xx.
    """
    has_more = parts.path.strip("/") or parts.fragment
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or has_more:
        raise ValueError(
            "应以 smtp:// 或 smtps:// 开头并写明主机，不带路径；用户名和密码中的特殊字符要写成 %xx"
        )
    return parts.hostname


def _sender(options: Mapping[str, str], user: str) -> str:
    """The address from which mail is sent: the option ``from``, or else the user."""
    sender = options.get("from") or user
    if not re.fullmatch(r"[!-~]+@[!-~]+", sender):
        raise ValueError("缺少发件人邮箱，请写成 ?from=邮箱地址")
    return sender


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    has_more = parts.query or parts.fragment or "@" in parts.netloc
    is_web_address = parts.scheme in {"http", "https"} and parts.hostname
    if text and (has_more or not is_web_address):
        raise ValueError(
            "应为本系统对外的网址，形如 https://jiebang.example.gov.cn，不带参数、用户名和密码"
        )
    return text.rstrip("/")


READERS: Mapping[str, Callable[[str], Any]] = {
    "database_url": _url,
    "data_dir": Path,
    "host": str,
    "port": _port,
    "secret_key": _secret,
    "demo": _switch,
    "log": _log,
    "smtp_url": _mail_server,
    "public_url": _public_url,
}
