"""Frozen settings, read once from the environment."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.errors import BadSetting

PREFIX = "JIEBANG_"
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may set. ``database_url`` is a SQLAlchemy URL; ``port`` a TCP port; ``log`` is text or json.

    ``rehearsal`` is no variable: ``jiebang serve --rehearsal`` sets it, with the copy's directory and database.
    """

    data_dir: Path = Path("var")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    secret_key: str = ""
    demo: bool = False
    log: str = "text"
    rehearsal: bool = False

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
        return settings if settings.database_url else cls(**{**found, "database_url": settings.embedded_url()})

    def embedded_url(self) -> str:
        """The SQLite database under the data directory."""
        return f"sqlite:///{(self.data_dir / 'jiebang.sqlite').absolute()}"

    def secret(self) -> str:
        """The key that signs what leaves the program; made once and kept in the data directory when unset."""
        if self.secret_key:
            return self.secret_key
        file = self.data_dir / "secret_key"
        if not file.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(secrets.token_urlsafe(48))
        return file.read_text().strip()


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


READERS: Mapping[str, Callable[[str], Any]] = {
    "database_url": _url, "data_dir": Path, "host": str, "port": _port, "secret_key": str, "demo": _switch, "log": _log,
}
