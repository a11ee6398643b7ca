"""A data directory with the bench's jurisdiction, and a real ``jiebang serve`` process over it."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from time import monotonic, sleep

from service.app import create_runtime
from service.commands.processes.loading import Folder, load
from service.settings import Settings
from service.store.operations.migrate import migrate

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SECONDS_TO_START, SECONDS_TO_STOP = 60, 20


def settings_of(folder: Path) -> Settings:
    """Settings of a data directory."""
    return Settings(data_dir=folder, database_url=Settings(data_dir=folder).embedded_url())


def prepare(folder: Path) -> None:
    """Fill a data directory: the bench's jurisdiction and those that come with the program, with
    their people.
    """
    runtime = create_runtime(settings_of(folder))
    migrate(runtime.engine)
    load(runtime, Folder(path=HERE / "jurisdiction", forms=HERE / "forms"), people=True)
    for manifest in sorted((ROOT / "bpmn").glob("*/manifest.yaml")):
        load(runtime, Folder(path=manifest.parent, forms=ROOT / "forms"), people=True)
    runtime.engine.dispose()


class Office:
    """A copy of a prepared data directory; served on a port of its own between :meth:`open` and
    :meth:`close`.
    """

    def __init__(self, base: Path, folder: Path) -> None:
        shutil.copytree(base, folder)
        self.folder, self.port = folder, 0
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        return self.folder / "jiebang.sqlite"

    def open(self) -> "Office":
        """Serve.

        :raises RuntimeError: the server did not come up; with the end of its log.
        """
        self.port = free_port()
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("JIEBANG_")
        }
        environment |= {"JIEBANG_DATA_DIR": str(self.folder), "JIEBANG_PORT": str(self.port)}
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "service", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        deadline = monotonic() + SECONDS_TO_START
        while not self._ready():
            if self._server.poll() is not None or monotonic() > deadline:
                self.close()
                raise RuntimeError(
                    f"jiebang serve did not come up:\n{(self.folder / 'log').read_text()[-3000:]}"
                )
            sleep(0.1)
        return self

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def close(self) -> None:
        """Stop the server, by its process id."""
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                for worker in self.workers():
                    os.kill(worker, 9)
                self._server.kill()
            self._server = None

    def workers(self) -> list[int]:
        """The process ids of the server's workers."""
        if self._server is None:
            return []
        children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def worker_mib(self) -> float:
        """Resident memory of the largest worker, in MiB."""
        return max(_resident_kib(pid) for pid in self.workers()) / 1024

    def sizes(self) -> dict[str, int]:
        """Bytes that each table takes with its indexes, in a packed copy of the database."""
        copy = self.folder / "packed.sqlite"
        copy.unlink(missing_ok=True)
        with sqlite3.connect(self.database) as source:
            source.execute("VACUUM INTO ?", (str(copy),))
        source.close()
        packed = sqlite3.connect(copy)
        found = dict(
            packed.execute(
                "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) "
                "FROM dbstat s LEFT JOIN sqlite_master m"
                " ON m.name = s.name GROUP BY 1"
            )
        )
        packed.close()
        copy.unlink()
        return found


def _resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
