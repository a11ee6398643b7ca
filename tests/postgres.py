"""A throw-away PostgreSQL: started for the first test that asks, gone after the last.

It sorts by the rules of Chinese, not by code points, so that nothing comes to rest on the order of
a plain C locale.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

HOW_TO_GET = (
    "No PostgreSQL server (15 or later) on this machine: "
    "install it (Debian, Ubuntu: apt-get install "
    "postgresql; macOS: brew install postgresql) or put its bin folder on PATH."
)
STARTS_WITHIN_SECONDS = 60
WATCHED = (
    "exec 3<&0; (read -r _ <&3; "
    'kill -INT $$) & exec "$@"'
)  # it ends with the tests, however those end
LOCALE = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh")


def binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``: the newest of Debian's, else the one on PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3])
    )
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Cluster:
    """A server with a folder and a socket of its own, reachable by nobody else. It refuses to run
    as root.
    """

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        self.binaries, self.fsync = folder, "on" if fsync else "off"
        self.home = Path(tempfile.mkdtemp(prefix="jiebang-pg-"))  # a socket's path may not be long
        self.as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.home, owner.pw_uid, owner.pw_gid)
            self.as_user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self._run(
            "initdb", "--no-sync", "--auth=trust", "--username=postgres", *LOCALE, "-D", self.data
        )
        self.start()

    @property
    def data(self) -> str:
        return str(self.home / "data")

    def url(self, name: str) -> str:
        """The address of a database, as an operator would write it."""
        return f"postgresql://postgres@/{name}?host={self.home}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.home,
            "fsync": self.fsync,
            "full_page_writes": self.fsync,
            "max_wal_size": "256MB",
            "shared_buffers": "64MB",
        }
        chosen = [f"-c{name}={value}" for name, value in settings.items()]
        with (self.home / "log").open("ab") as log:
            self.server = subprocess.Popen(
                ["sh", "-c", WATCHED, "sh", self.binaries / "postgres", "-D", self.data, *chosen],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.home,
                start_new_session=True,
                **self.as_user,
            )
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while not self._answers():
            if self.server.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.home / "log").read_text())
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._let_go()
        shutil.rmtree(self.home)

    def crash(self) -> None:
        """Kill every process of the server at once, as a power cut would."""
        os.killpg(self.server.pid, signal.SIGKILL)
        self._let_go()

    def _let_go(self) -> None:
        """Close what the server is watched by: it shuts down fast (SIGINT)."""
        assert self.server.stdin is not None
        self.server.stdin.close()
        self.server.wait(STARTS_WITHIN_SECONDS)

    def create(self, name: str, template: str = "template1") -> str:
        """A new database; gives its address."""
        self._say("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever still uses it."""
        self._say("DROP DATABASE {} WITH (FORCE)", name)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _say(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.binaries / program, *arguments],
            capture_output=True,
            text=True,
            cwd=self.home,
            check=False,
            **self.as_user,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
