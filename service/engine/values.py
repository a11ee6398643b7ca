"""What the engine tells its caller: things waited for, sent and passed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Place = tuple[tuple[str, int], ...]
"""Where in which loops something stands, outermost first: (name of the list of results, index)."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One thing the case waits for; a row of the items, timers or subscriptions table.

    ``kind`` is ``user``, ``call``, ``job``, ``timer``, ``message`` or ``signal``. ``name`` is the
    called process, the topic, the name of the message or signal, or the timer's rule (its text, or
    the value of its expression, read afresh each time: a moved date moves the timer). ``since`` is
    the instant at which the wait began, None for work. ``key`` is the value of the correlation key.
    (``task``, ``element``) is unique; the task of a repeating wait changes when it fires.
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
    """Something the diagram threw: ``kind`` is ``message``, ``signal`` or ``error``.

    An ``error`` is one that no boundary event of the process caught: it has ended the run, ``name``
    is its code, and the caller passes it on to the case that called this one.
    """

    kind: str
    name: str
    payload: Any = None
    key: Any = None
    element: str = ""


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A flow node that a token has left. A multi-instance activity passes once per instance (with
    the instance's place) and once as a whole (with the place around it).
    """

    element: str
    place: Place = ()
