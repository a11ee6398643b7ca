"""Copies of a SQLite database, made while it is used, and the way back from a copy.

Decided: a copy is made with SQLite's own backup in one read transaction. So it shows one moment,
whatever is written in the meantime. A copy is restored in one write transaction, so that everybody
who has the database open sees all of it or nothing. PostgreSQL has tools that do this better than
we could; we name them.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from service.errors import BackupRefused
from service.store.operations.database import BUSY_MS
from service.store.operations.migrate import known_revisions

PAGES = 2_000
"""How many pages are copied at a time."""
Progress = Callable[[int, int], None]
"""Is called with the number of pages that are copied and with their total."""


def backup(url: str, file: Path, progress: Progress, *, force: bool = False) -> None:
    """Copy the database to a file that only its owner can read.

    The file appears when it is complete.

    :param force: replace the file if it exists.
    :raises BackupRefused: it is no SQLite database, there is no such database, or the file exists.
    """
    source = _file(url, "pg_dump --format=custom --file={} {}", file)
    if not source.exists():
        raise BackupRefused(f"数据库文件 {source} 不存在，请检查 JIEBANG_DATABASE_URL")
    if file.exists() and not force:
        raise BackupRefused(f"文件 {file} 已存在；如要覆盖，请加 --force")
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(_open(source)) as database, closing(_open(part)) as copy:
            database.execute("BEGIN")
            # The first read fixes the moment that the copy shows.
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            _copy(database, copy, progress)
            copy.execute("PRAGMA journal_mode=DELETE")  # So there is one file and none beside it.
        check_copy(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def copied(url: str, to: str) -> str:
    """The URL of a copy for a rehearsal.

    A SQLite database is copied to ``to``. A PostgreSQL database must already be a copy.

    :raises BackupRefused: the name of the PostgreSQL database does not say that it is a copy.
    """
    source = make_url(url)
    target = Path(make_url(to).database or "")
    if source.get_backend_name() != "sqlite":
        if not str(source.database).endswith("_rehearsal"):
            raise BackupRefused(
                "PostgreSQL 请先用 pg_dump 和 pg_restore 把数据库复制为名称以 _rehearsal 结尾的库，"
                "再让 JIEBANG_DATABASE_URL 指向它，然后以 --rehearsal 启动"
            )
        return url
    for old_file in target.parent.glob(target.name + "*"):
        old_file.unlink()
    backup(url, target, lambda done, total: None)
    return to


def restore(url: str, file: Path, progress: Progress, *, force: bool = False) -> None:
    """Make the database equal to a copy. The copy is checked first.

    :param force: replace the database even if it is not empty.
    :raises BackupRefused: it is no SQLite database, the copy is damaged or of a newer version, or
        the database is not empty.
    """
    target = _file(url, "pg_restore --clean --if-exists --dbname={1} {0}", file)
    check_copy(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(_open(file)) as copy, closing(_open(target)) as database:
        if not force and database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise BackupRefused(
                f"数据库 {target} 不是空的；确定要用备份替换其中全部内容时，请加 --force"
            )
        database.execute("PRAGMA journal_mode=WAL")
        _copy(copy, database, progress)


def check_copy(file: Path) -> None:
    """Refuse a file that is no intact database of this program.

    :raises BackupRefused: the file does not exist, is damaged, or is of a newer version.
    """
    if not file.is_file():
        raise BackupRefused(f"文件 {file} 不存在")
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            integrity = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as exc:
        raise BackupRefused(f"文件 {file} 不是完好的揭榜数据库备份：{exc}") from exc
    if integrity != "ok":
        raise BackupRefused(f"文件 {file} 已损坏：{integrity}")
    if revision is None or revision[0] not in known_revisions():
        raise BackupRefused(f"文件 {file} 来自更新的版本，请先升级本程序")


def _file(url: str, command: str, file: Path) -> Path:
    """The file of a SQLite database.

    :param command: the command to name for a PostgreSQL database; it gets the file and the URL.
    :raises BackupRefused: it is no SQLite database.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        shown = address.set(drivername="postgresql").render_as_string()
        raise BackupRefused(f"PostgreSQL 数据库请用它自带的工具：{command.format(file, shown)}")
    return Path(address.database or "")


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=BUSY_MS / 1000, isolation_level=None)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, progress: Progress) -> None:
    def report(_status: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)

    try:
        source.backup(target, pages=PAGES, progress=report)
    except sqlite3.Error as exc:
        raise BackupRefused(f"复制数据库没有成功，原有内容未变：{exc}") from exc
