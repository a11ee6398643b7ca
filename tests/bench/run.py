"""One run: everything in turn, then a table and ``var/bench.json``."""

import logging
import os
import platform
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import monotonic
from types import FrameType
from typing import Any

import orjson
import structlog

from service.server import THREADS
from tests.bench import measures
from tests.bench.clocks import clocks
from tests.bench.families import families
from tests.bench.floor import Floor
from tests.bench.measures import QUICK, WHOLE, Figures, Place, Samples, Size
from tests.bench.office import HERE, ROOT, prepare
from tests.bench.report import table
from tests.bench.supervision import supervision

RATIOS = {
    "complete_over_floor": ("complete_ms", "floor_ms"),
    "paper_over_floor": ("paper_ms", "floor_ms"),
    "todo_1m_over_1k": ("todo_1m_ms", "todo_1k_ms"),
    "todo_100k_over_1k": ("todo_100k_ms", "todo_1k_ms"),
    "step_1000_over_10": ("step_1000_ms", "step_10_ms"),
    "child_50_over_5": ("child_50_ms", "child_5_ms"),
    "board_over_list": ("board_ms", "board_list_ms"),
    "night_1m_over_1k": ("night_1m_ms", "night_1k_ms"),
    "tick_100k_over_1k": ("tick_100k_ms", "tick_1k_ms"),
}
SIZES = {"1k": 1_000, "100k": 100_000, "1m": 1_000_000}


def main() -> int:
    """Measure, print, write. 0 when the run came to its end, whatever the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    signal.signal(signal.SIGTERM, _stop)
    quick = os.environ.get("QUICK", "") not in ("", "0")
    began, loads = monotonic(), [os.getloadavg()[0]]
    with _place() as place:
        figures, samples, sentences = _measured(place, QUICK if quick else WHOLE)
    loads.append(os.getloadavg()[0])
    figures |= {name: median(values) for name, values in samples.items()}
    figures |= {name: figures[over] / figures[under] for name, (over, under) in RATIOS.items()}
    settings = {
        **_settings(QUICK if quick else WHOLE),
        "quick": quick,
        "load_average": loads,
        "seconds": round(monotonic() - began),
        "samples": {name: len(values) for name, values in samples.items()},
    }
    written = {
        "figures": {name: round(value, 3) for name, value in sorted(figures.items())},
        "settings": settings,
        "statements": sentences,
    }
    file = ROOT / "var" / "bench.json"
    file.write_bytes(orjson.dumps(written, option=orjson.OPT_INDENT_2))
    shown = table(figures, samples, settings)
    file.with_suffix(".md").write_text(shown + "\n")
    print(shown, flush=True)
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _place() -> Iterator[Place]:
    """Room on the disk where a data directory would be; gone afterwards."""
    (ROOT / "var").mkdir(exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    try:
        prepare(room / "base")
        yield Place(base=room / "base", room=room)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _measured(place: Place, size: Size) -> tuple[Figures, Samples, dict[str, list[str]]]:
    figures, sentences = measures.statements(place)
    _say("statements counted")
    office, floor = (
        place.office("main"),
        Floor(place.room / "floor", HERE / "jurisdiction" / "bench.bpmn"),
    )
    try:
        samples = measures.latency(office.open(), floor, size)
        _say("one request after the other")
        figures |= measures.throughput(office, size) | measures.memory(office)
        _say("1 client, 4 clients")
    finally:
        office.close()
        floor.close()
    samples |= measures.rounds(place, size)
    _say("10 and 1,000 rounds")
    samples |= families(place, size)
    _say("5 and 50 children")
    samples |= measures.listing(place, size, SIZES)
    _say("1,000, 100,000 and 1,000,000 open items")
    counting, boards = supervision(place, size, {name: SIZES[name] for name in ("1k", "1m")})
    figures, samples = figures | counting, samples | boards
    _say("supervision at 1,000 and 1,000,000 open items")
    clocked, ticks = clocks(place, size, {name: SIZES[name] for name in ("1k", "100k")})
    figures, samples = figures | clocked, samples | ticks
    return figures, samples, sentences


def _say(done: str) -> None:
    print(f"measured: {done}", flush=True)


def _settings(size: Size) -> dict[str, Any]:
    packages = ("SpiffWorkflow", "SQLAlchemy", "Flask", "gunicorn")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": _revision(),
        "processors": os.cpu_count(),
        "machine": f"{platform.machine()} {platform.system()} {platform.release()}",
        "processor": _processor(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: version(name) for name in packages},
        "database": "SQLite, WAL, synchronous=FULL",
        "server": f"gunicorn, 1 worker, {THREADS} threads, with clock",
        "answer": "one text field of 200 Chinese characters per step (600 bytes)",
        "size": {name: getattr(size, name) for name in size.__dataclass_fields__},
    }


def _revision() -> str:
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def _processor() -> str:
    found = [
        line
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return found[0].partition(":")[2].strip() if found else "unknown"
