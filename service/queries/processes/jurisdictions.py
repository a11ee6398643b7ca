"""The jurisdictions that are loaded."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.processes.rows import JurisdictionRow


def jurisdictions(session: Session) -> list[str]:
    """The codes of the jurisdictions."""
    return list(session.scalars(select(JurisdictionRow.code).order_by(JurisdictionRow.code)))
