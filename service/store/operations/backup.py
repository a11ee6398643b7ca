"""Copying a SQLite database while it is used, and putting a copy back.

Decided: SQLite's own backup in one read transaction, so that the copy is one moment whatever is
written meanwhile, and back again the same way, in one write transaction, so that whoever has the
database open sees all of it or nothing. PostgreSQL has tools that do this better than we could; we
name them.
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
Told = Callable[[int, int], None]
"""Hears of pages done and their total."""


def backup(url: str, file: Path, told: Told, *, force: bool = False) -> None:
    """Copy the database to a file, which only its owner can read; it appears when it is complete.

    :raises BackupRefused: not SQLite, no such database, or the file is there already and not to be
        replaced.
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
        with closing(_open(source)) as one, closing(_open(part)) as other:
            one.execute("BEGIN")
            one.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on one moment
            _copy(one, other, told)
            other.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        check_copy(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def copied(url: str, to: str) -> str:
    """The address of a copy to rehearse with: made anew at ``to`` for SQLite; a PostgreSQL copy
    somebody has made.

    :raises BackupRefused: a PostgreSQL database whose name does not say that it is a copy.
    """
    source, target = make_url(url), Path(make_url(to).database or "")
    if source.get_backend_name() != "sqlite":
        if not str(source.database).endswith("_rehearsal"):
            raise BackupRefused(
                "PostgreSQL 请先用 pg_dump 和 pg_restore 把数据库复制为名称以 _rehearsal 结尾的库，"
                "再让 JIEBANG_DATABASE_URL 指向它，然后以 --rehearsal 启动"
            )
        return url
    for left in target.parent.glob(target.name + "*"):
        left.unlink()
    backup(url, target, lambda done, total: None)
    return to


def restore(url: str, file: Path, told: Told, *, force: bool = False) -> None:
    """Make the database equal to a copy, which is checked first.

    :raises BackupRefused: not SQLite; the copy is damaged or of a newer version; the database holds
        something.
    """
    target = _file(url, "pg_restore --clean --if-exists --dbname={1} {0}", file)
    check_copy(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(_open(file)) as one, closing(_open(target)) as other:
        if not force and other.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise BackupRefused(
                f"数据库 {target} 不是空的；确定要用备份替换其中全部内容时，请加 --force"
            )
        other.execute("PRAGMA journal_mode=WAL")
        _copy(one, other, told)


def check_copy(file: Path) -> None:
    """Refuse a file that is not a sound database of ours.

    :raises BackupRefused: with the reason.
    """
    if not file.is_file():
        raise BackupRefused(f"文件 {file} 不存在")
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as exc:
        raise BackupRefused(f"文件 {file} 不是完好的揭榜数据库备份：{exc}") from exc
    if found != "ok":
        raise BackupRefused(f"文件 {file} 已损坏：{found}")
    if revision is None or revision[0] not in known_revisions():
        raise BackupRefused(f"文件 {file} 来自更新的版本，请先升级本程序")


def _file(url: str, command: str, file: Path) -> Path:
    found = make_url(url)
    if found.get_backend_name() != "sqlite":
        shown = found.set(drivername="postgresql").render_as_string()
        raise BackupRefused(f"PostgreSQL 数据库请用它自带的工具：{command.format(file, shown)}")
    return Path(found.database or "")


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=BUSY_MS / 1000, isolation_level=None)


def _copy(one: sqlite3.Connection, other: sqlite3.Connection, told: Told) -> None:
    try:
        one.backup(other, pages=PAGES, progress=lambda _, left, total: told(total - left, total))
    except sqlite3.Error as exc:
        raise BackupRefused(f"复制数据库没有成功，原有内容未变：{exc}") from exc
