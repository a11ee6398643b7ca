"""What the process owns, what one command owns, and the door through which every change passes.

The modules, from the ground up:

- :mod:`.catalogue` keeps in memory what is deployed.
- :mod:`.process` has the settings, the database and the clock.
- :mod:`.work` gives a session and a moment to whoever reads. For a command it also has locks, the
  journal and the outbox.
- :mod:`.terms`, :mod:`.children`, :mod:`.opening`, :mod:`.outcomes` and :mod:`.settle` write a case
  down. :mod:`.news` and :mod:`.telling` tell people.
- :mod:`.door` is the door: perform, query and once.
- :mod:`.compare` finds where the rows of a case differ from what its run says.

Decided: every change is a command that passes through the door in one database transaction, and the
only commit in the program stands there. Because an auditor must be able to say that nothing was
ever half done. Instead of trusting each view to get its own transaction right.
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
