"""Which items and files are somebody's own."""

from sqlalchemy.orm import Session

from service.access.cases import sees
from service.domain.people.actor import Actor
from service.domain.people.holder import Holder
from service.errors import NotAllowed, NotFound
from service.store.cases.rows import CaseRow
from service.store.items.rows import AttachmentRow, ItemRow
from service.store.outside import SubmissionRow


def require_own(session: Session, actor: Actor, case: CaseRow, item: ItemRow) -> None:
    """Go on only with an item that is this person's work.

    :raises NotFound: they cannot see its case. :raises NotAllowed: they see it, but the item is
        another's.
    """
    here = case.jurisdiction == actor.jurisdiction
    if here and item.holder in actor.holders:
        return
    if not here or not sees(session, actor, case.id):
        raise NotFound("该事项")
    raise NotAllowed("该事项不属于您或您所在的单位，您可以查看但不能办理")


def is_own(
    actor: Actor | None, row: AttachmentRow, holder: Holder | None, sent: SubmissionRow | None
) -> bool:
    """Whether somebody attached a file, or it belongs to their work, or to what they sent when they
    had no account.
    """
    if actor is None:
        return False
    mine = {row.person_id, sent.person_id if sent is not None else None}
    return actor.person_id in mine or holder in actor.holders
