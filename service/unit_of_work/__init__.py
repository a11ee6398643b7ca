"""What the process owns, what one command owns, and the door through which every change passes.

From the ground: :mod:`.process` (settings, clock, what is deployed); :mod:`.work` (a session and a
moment for whoever looks, and for a command locks, journal and outbox); what writes a case down
(:mod:`.opening`, :mod:`.terms`, :mod:`.children`, :mod:`.settle`) and tells people
(:mod:`.telling`); on top the door (:mod:`.door`: perform, query, once).

Decided: every change is a command that passes through :meth:`Runtime.perform` in one database
transaction; the only commit in the program stands there. Because an auditor must be able to say
that nothing was ever half done, instead of trusting each view to get its own transaction right.
"""

from service.unit_of_work.catalogue import Deployed
from service.unit_of_work.door import Command, Runtime
from service.unit_of_work.process import NamedAction, Process, utc_now
from service.unit_of_work.work import Reading, UnitOfWork

__all__ = [
    "Command",
    "Deployed",
    "NamedAction",
    "Process",
    "Reading",
    "Runtime",
    "UnitOfWork",
    "utc_now",
]
