"""What the process owns (:class:`Runtime`) and what one command owns (:class:`UnitOfWork`).

Decided: every change is a command that passes through :meth:`Runtime.perform` in one database
transaction; the only commit in the program stands there. Because an auditor must be able to say
that nothing was ever half done, instead of trusting each view to get its own transaction right.
"""

from service.unit_of_work.catalogue import Deployed
from service.unit_of_work.runtime import Command, Runtime
from service.unit_of_work.work import Action, UnitOfWork

__all__ = ["Action", "Command", "Deployed", "Runtime", "UnitOfWork"]
