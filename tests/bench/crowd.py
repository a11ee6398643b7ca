"""Very many open items in one unit's box, put into the database directly: copies of a real one,
each with its case.
"""

import sqlite3
from pathlib import Path
from typing import Any

CASES_AT_ONCE = 50_000
STATEMENT = """
    WITH RECURSIVE n(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM n WHERE n < :last)
    INSERT INTO {table} ({columns}) SELECT {values} FROM n, {table} WHERE {table}.id = :template
"""
DUE = (
    "strftime('%Y-%m-%d %H:%M:%S', '2026-06-01', "
    "printf('+%d minutes', n * 7919 % 500000)) || '.000000'"
)
CASE = {"id": ":base + n", "title": "'第' || n || '件'"}
ITEM = {
    "id": ":base + n",
    "case_id": ":base + n",
    "task": "printf('%036d', n)",
    "due_at": f"CASE WHEN n % 3 THEN {DUE} END",
    "assignee_id": "CASE WHEN n % 10 = 0 THEN :other END",
    # as in an office where they came one by one; otherwise the clock counts a million meanwhile
    "counted": "1",
}
BASE = 1_000_000_000


def crowd(database: Path, item: int, total: int, other: int) -> None:
    """Multiply an open item until ``total`` stand in its box.

    A third has no due date, the others are due in no particular order; a tenth is claimed by
    ``other`` (a person id).
    """
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-200000"):
        connection.execute(f"PRAGMA {pragma}")
    (case,) = connection.execute("SELECT case_id FROM item WHERE id = ?", (item,)).fetchone()
    connection.execute("BEGIN IMMEDIATE")
    for first in range(1, total, CASES_AT_ONCE):
        span = {"first": first, "last": min(first + CASES_AT_ONCE, total) - 1, "base": BASE}
        copy(connection, "case_", CASE, {**span, "template": case})
        copy(connection, "item", ITEM, {**span, "template": item, "other": other})
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def copy(
    connection: sqlite3.Connection, table: str, made: dict[str, str], given: dict[str, Any]
) -> None:
    """Multiply a row; ``made``: SQL for the columns that differ, in which ``n`` counts from
    ``first`` to ``last``.
    """
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = [made.get(column, f"{table}.{column}") for column in columns]
    connection.execute(
        STATEMENT.format(table=table, columns=", ".join(columns), values=", ".join(values)), given
    )
