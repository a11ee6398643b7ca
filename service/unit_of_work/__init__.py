"""What the process owns, what one command owns, and the door through which every change passes.

From the ground: :mod:`.catalogue` (what is deployed, kept in memory); :mod:`.process` (settings,
database, clock); :mod:`.work` (a session and a moment for whoever looks, and for a command locks,
journal and outbox); what writes a case down (:mod:`.terms`, :mod:`.children`, :mod:`.opening`,
:mod:`.settle`) and tells people (:mod:`.telling`); on top the door (:mod:`.door`: perform, query,
once).

Where the rows of a case differ from what its engine says, :mod:`.compare` finds it.

Decided: every change is a command that passes through the door in one database transaction; the
only commit in the program stands there. Because an auditor must be able to say that nothing was
ever half done, instead of trusting each view to get its own transaction right.
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
