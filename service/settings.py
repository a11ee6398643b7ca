"""Frozen settings, read once from the environment."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from service.errors import BadSetting, Unwritable

PREFIX = "JIEBANG_"
SHORTEST_SECRET = 32
"""Characters."""
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed in. ``tls``: from the first octet; ``starttls``: after a greeting;
    ``sender``: From.
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
    """What an operator may set. ``database_url`` is a SQLAlchemy URL; ``port`` a TCP port; ``log``
    is text or json.

    ``smtp_url`` is the mail server, without which no mail is sent; ``public_url`` what links in
    messages begin with; ``rehearsal`` is no variable: ``jiebang serve --rehearsal`` sets it, with
    the copy's directory and database.
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
        """Settings from ``JIEBANG_*`` variables.

        :raises BadSetting: a variable is unknown or its value cannot be read.
        """
        found: dict[str, Any] = {}
        for name in sorted(environment):
            if name.startswith(PREFIX):
                found[name.removeprefix(PREFIX).lower()] = _value(name, environment[name])
        settings = cls(**found)
        return (
            settings
            if settings.database_url
            else cls(**{**found, "database_url": settings.embedded_url()})
        )

    @property
    def address(self) -> str:
        """What links to this installation begin with, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def embedded_url(self) -> str:
        """The SQLite database under the data directory."""
        return f"sqlite:///{(self.data_dir / 'jiebang.sqlite').absolute()}"

    def secret(self) -> str:
        """The key that signs what leaves the program; made once and kept in the data directory when
        unset.

        :raises BadSetting: the file that keeps it is empty or cut off.
        :raises Unwritable: it cannot be kept.
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
        """Write a new key. Of two processes that start at once, one gives the key and both use it:
        a file that is complete gets the name that only one can have.
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
    reader = READERS.get(name.removeprefix(PREFIX).lower())
    if reader is None:
        known = "、".join(PREFIX + key.upper() for key in READERS)
        raise BadSetting(name, f"没有这个设置。可用的设置：{known}")
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
    """A mail server; no sentence repeats what was given, for a password stands in it."""
    if not text:
        return None
    parts, port, options = _mail_address(text)
    host = _mail_host(parts)
    if unknown := set(options) - {"from", "starttls"}:
        raise ValueError(f"有 {len(unknown)} 个不认识的参数，只能有 from 和 starttls")
    tls, user = parts.scheme == "smtps", unquote(parts.username or "")
    sender = _sender(options, user)
    starttls = _switch(options.get("starttls", "0"))
    if tls and starttls:
        raise ValueError("smtps:// 已经加密，不能再加 starttls")
    return MailServer(
        host=host,
        port=port or (465 if tls else 587 if starttls else 25),
        user=user,
        password=unquote(parts.password or ""),
        sender=sender,
        tls=tls,
        starttls=starttls,
    )


def _mail_address(text: str) -> tuple[SplitResult, int | None, dict[str, str]]:
    """The parts of a mail server's address; its port and its options, which may be wrong too."""
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
    """The host. A path or fragment is often a sign of the password that should have been %xx."""
    if (
        parts.scheme not in {"smtp", "smtps"}
        or not parts.hostname
        or parts.path.strip("/")
        or parts.fragment
    ):
        raise ValueError(
            "应以 smtp:// 或 smtps:// 开头并写明主机，不带路径；用户名和密码中的特殊字符要写成 %xx"
        )
    return parts.hostname


def _sender(options: Mapping[str, str], user: str) -> str:
    """Whom mail comes from: who was named, else who signs in."""
    sender = options.get("from") or user
    if not re.fullmatch(r"[!-~]+@[!-~]+", sender):
        raise ValueError("缺少发件人邮箱，请写成 ?from=邮箱地址")
    return sender


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    if text and not (parts.scheme in {"http", "https"} and parts.hostname and plain):
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
