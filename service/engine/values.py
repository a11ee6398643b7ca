"""What the engine tells its caller: what a case waits for, what it sent and what it passed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Place = tuple[tuple[str, int], ...]
"""The loop entries in which something stands, outermost first: (name of the list, index)."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing for which the case waits: a row of the items, timers or subscriptions table.

    - ``task`` and ``element`` together are unique. The task of a repeating wait changes when it
      fires.
    - ``kind`` is ``user``, ``call``, ``job``, ``timer``, ``message`` or ``signal``.
    - ``name`` is the called process, the topic, the name of the message or signal, or the rule of
      the timer. A rule is a text, or the value of an expression. The expression is evaluated each
      time, so that a moved date moves the timer.
    - ``since`` is the instant at which the wait began; None for work.
    - ``key`` is the value of the correlation key.
    """

    task: str
    element: str
    kind: str
    name: Any = None
    since: datetime | None = None
    key: Any = None
    place: Place = ()


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Something that the diagram threw. ``kind`` is ``message``, ``signal`` or ``error``.

    An ``error`` was caught by no boundary event of the process and has ended the run. Its ``name``
    is the error code. The caller passes it on to the case that called this one.
    """

    kind: str
    name: str
    payload: Any = None
    key: Any = None
    element: str = ""


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A flow node that a token has left.

    A multi-instance activity is passed once for each instance, with the place of the instance, and
    once as a whole, with the place around it.
    """

    element: str
    place: Place = ()
