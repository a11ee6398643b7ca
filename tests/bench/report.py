"""The table of a run: what, how much, what it must reach, and whether it does."""

from collections.abc import Mapping
from typing import Any

MUST = {
    "complete_over_floor": 3,
    "sql_per_completion": 10,
    "todo_1m_over_1k": 1.5,
    "step_1000_over_10": 1.2,
    "child_50_over_5": 1.2,
    "board_over_list": 5,
    "tick_100k_over_1k": 1.5,
    "due_now_s": 2,
    "case_kib": 12,
    "worker_mib": 120,
}
"""Not more than this (a ratio, statements, KiB or MiB)."""

ROWS = (
    ("floor: engine and one durable transaction, ms", "floor_ms"),
    ("- the engine's part, ms", "floor_engine_ms"),
    ("- the transaction's part, ms", "floor_store_ms"),
    ("complete an item, ms", "complete_ms"),
    ("complete an item / floor", "complete_over_floor"),
    ("SQL statements per completion", "sql_per_completion"),
    ("transactions per completion", "transactions_per_completion"),
    ("start a case, ms", "start_ms"),
    ("open an item, ms", "open_item_ms"),
    ("open a case, ms", "open_case_ms"),
    ("a paper of three answers (Word), ms", "paper_ms"),
    ("a paper / floor", "paper_over_floor"),
    ("who am I (the lightest request), ms", "who_am_i_ms"),
    ("list todo, 1,000 open, ms", "todo_1k_ms"),
    ("list todo, 100,000 open, ms", "todo_100k_ms"),
    ("list todo, 1,000,000 open, ms", "todo_1m_ms"),
    ("list todo, 1,000,000 / 1,000", "todo_1m_over_1k"),
    ("step after 10 rounds, ms", "step_10_ms"),
    ("step after 1,000 rounds, ms", "step_1000_ms"),
    ("step after 1,000 / 10 rounds", "step_1000_over_10"),
    ("open an item after 10 rounds, ms", "open_10_ms"),
    ("open an item after 1,000 rounds, ms", "open_1000_ms"),
    ("step of a child, parent with 5 children and 20 demands, ms", "child_5_ms"),
    ("step of a child, parent with 50 children and 200 demands, ms", "child_50_ms"),
    ("step of a child, 50 / 5 children", "child_50_over_5"),
    ("own step of a parent with 5 children, ms", "parent_5_ms"),
    ("own step of a parent with 50 children, ms", "parent_50_ms"),
    ("start a case with 50 children, ms", "start_pilot_50_ms"),
    ("supervision board, 1,000,000 open over 100 units, ms", "board_ms"),
    ("list todo in the same run, ms", "board_list_ms"),
    ("supervision board / list todo", "board_over_list"),
    ("what is overdue, first 20 of 1,000,000, ms", "board_late_ms"),
    ("unit table of a year, ms", "board_units_ms"),
    ("nightly figures, 1,000 open, ms", "night_1k_ms"),
    ("nightly figures, 1,000,000 open, ms", "night_1m_ms"),
    ("nightly figures, 1,000,000 / 1,000", "night_1m_over_1k"),
    ("counting 100,000 changed items, s", "count_100k_s"),
    ("due timers set off by two clocks, each once", "timers"),
    ("- per second", "timers_per_s"),
    ("- what falls due meanwhile is late by, s", "due_now_s"),
    ("a tick with ten due, 1,000 waiting, ms", "tick_1k_ms"),
    ("a tick with ten due, 100,000 waiting, ms", "tick_100k_ms"),
    ("a tick, 100,000 / 1,000 waiting", "tick_100k_over_1k"),
    ("cases finished per second, 1 client", "cases_per_s_1"),
    ("cases finished per second, 4 clients", "cases_per_s_4"),
    ("KiB per finished case", "case_kib"),
    ("memory of a worker, MiB", "worker_mib"),
)


def table(
    figures: Mapping[str, float], samples: Mapping[str, list[float]], settings: Mapping[str, Any]
) -> str:
    """The run as a Markdown table, with what it ran on."""
    lines = ["| what | figure | nine in ten below | must reach | |", "|---|---:|---:|---:|---|"]
    for label, name in ROWS:
        tail = f"{_ninth(samples[name]):.2f}" if name in samples else ""
        lines.append(
            f"| {label} | {figures[name]:.2f} | {tail} | "
            f"{_must(name)} | {_mark(name, figures[name])} |"
        )
    lines += [
        f"| - of this `{name.removeprefix('case_kib_')}` | {kib:.2f} | | | |"
        for name, kib in sorted(figures.items(), key=lambda row: -row[1])
        if name.startswith("case_kib_") and kib >= 0.05
    ]
    lines += [
        "",
        *(f"- {name}: {_said(value)}" for name, value in settings.items() if name != "samples"),
    ]
    return "\n".join(lines)


def _ninth(values: list[float]) -> float:
    return sorted(values)[int(0.9 * (len(values) - 1))]


def _must(name: str) -> str:
    return f"≤ {MUST[name]}" if name in MUST else ""


def _mark(name: str, figure: float) -> str:
    if name not in MUST:
        return ""
    return "reached" if figure <= MUST[name] else "**not reached**"


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return " → ".join(_said(inner) for inner in value)
    return f"{value:.2f}" if isinstance(value, float) else str(value)
