"""Serving: gunicorn with threads, and the demonstration data of a first look."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from service.app import AHEAD, create_app, create_runtime
from service.clock import start_clock
from service.commands.processes.loading import DEMONSTRATION_PASSWORD, Folder, is_loaded, load
from service.errors import NotMigrated
from service.settings import Settings
from service.store.operations.backup import copied
from service.store.operations.migrate import is_current, migrate

HERE = Path(__file__).parent
THREADS = 8
SHOWN = ("cf.gangbu", "cf.danwei", "cf.hongshan", "cf.kjj", "cf.lxh", "cf.owner", "zy.kjj")


def content() -> Path:
    """The folder of diagrams and forms: beside the package in a checkout, inside it in a wheel."""
    packed = HERE / "content"
    if packed.exists():
        return packed
    return HERE.parent


def serve(settings: Settings, *, clock: bool, rehearsal: bool = False) -> int:
    """Serve until stopped. Returns the exit code.

    With demonstration data the database is migrated and filled first.

    :param clock: whether the clock runs in this process, too.
    :param rehearsal: serve a fresh copy of the data instead, in which time can be moved.
    :raises NotMigrated: the database is not of this version.
    """
    runtime = create_runtime(settings)
    if settings.demo:
        migrate(runtime.engine)
        _demonstrate(settings)
    elif not is_current(runtime.engine):
        raise NotMigrated()
    runtime.engine.dispose()  # workers open connections of their own
    if rehearsal:
        settings = rehearsed(settings)
        print(f"演练模式：数据已复制到 {settings.data_dir}，不影响正式数据", flush=True)
    print(f"揭榜已启动：http://{settings.host}:{settings.port}", flush=True)
    if settings.demo:
        print(f"演示账号（密码 {DEMONSTRATION_PASSWORD}）：{'  '.join(SHOWN)} …", flush=True)
    Server(settings, clock).run()
    return 0


def rehearsed(settings: Settings) -> Settings:
    """The settings of a rehearsal.

    Its database is a fresh copy of the embedded database, or a PostgreSQL copy that somebody made.

    :raises BackupRefused: a PostgreSQL database whose name does not say that it is a copy.
    """
    folder = settings.data_dir / "rehearsal"
    folder.mkdir(parents=True, exist_ok=True)
    copy = copied(settings.database_url, Settings(data_dir=folder).embedded_url())
    (folder / AHEAD).unlink(missing_ok=True)
    return replace(settings, data_dir=folder, database_url=copy, rehearsal=True)


def _demonstrate(settings: Settings) -> None:
    """Load the demonstration data of every jurisdiction that is not loaded yet."""
    runtime = create_runtime(settings)
    for path in sorted((content() / "bpmn").iterdir()):
        if not (path / "manifest.yaml").exists() or is_loaded(runtime, path.name):
            continue
        folder = Folder(path=path, forms=content() / "forms")
        print(load(runtime, folder, people=True), flush=True)
    runtime.engine.dispose()


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our settings: one process with threads. The clock ticks beside them."""

    def __init__(self, settings: Settings, clock: bool) -> None:
        self.settings = settings
        self.clock = clock
        self.stop: Callable[[], None] | None = None
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn our settings."""
        our_settings: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "loglevel": "warning",
            "timeout": 60,
            "proc_name": "jiebang",
            "control_socket_disable": True,
        }
        for name, value in our_settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The program. It is made in the worker, so that no connection is shared."""
        runtime = create_runtime(self.settings)
        if self.clock:
            self.stop = start_clock(runtime)
        return create_app(self.settings, runtime)
