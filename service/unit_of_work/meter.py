"""What this process has done, counted: commands by name and outcome, and how long they took."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import perf_counter

from service.errors import Refused

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Meter:
    """Counters of commands; ``outcome`` is ``done``, a refusal's code, or ``bug``. Durations in
    seconds.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._places: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BOUNDS) + 1))
        self._seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def measured(self, command: str) -> Iterator[None]:
        """Count what happens inside as one command."""
        started, outcome = perf_counter(), "bug"
        try:
            yield
            outcome = "done"
        except Refused as exc:
            outcome = exc.code
            raise
        finally:
            self._count(command, outcome, perf_counter() - started)

    def _count(self, command: str, outcome: str, seconds: float) -> None:
        with self._lock:
            self._outcomes[command, outcome] += 1
            self._places[command][bisect_left(BOUNDS, seconds)] += 1
            self._seconds[command] += seconds

    def lines(self) -> Iterator[str]:
        """The counters as Prometheus text."""
        with self._lock:
            outcomes, seconds = dict(self._outcomes), dict(self._seconds)
            places = {command: list(found) for command, found in self._places.items()}
        yield "# TYPE jiebang_commands_total counter"
        for (command, outcome), count in sorted(outcomes.items()):
            yield f'jiebang_commands_total{{command="{command}",outcome="{outcome}"}} {count}'
        yield "# TYPE jiebang_command_seconds histogram"
        for command, found in sorted(places.items()):
            for place, bound in enumerate((*BOUNDS, "+Inf"), 1):
                yield (
                    f'jiebang_command_seconds_bucket{{command="{command}",le="{bound}"}} '
                    f"{sum(found[:place])}"
                )
            yield f'jiebang_command_seconds_sum{{command="{command}"}} {seconds[command]:.6f}'
            yield f'jiebang_command_seconds_count{{command="{command}"}} {sum(found)}'
