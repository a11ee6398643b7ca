"""The content of an attachment."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.errors import NotFound
from service.queries.parts import attachments_of, closed_to, is_own, visible_case
from service.store.items.rows import AttachmentRow
from service.unit_of_work import Runtime


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A file to send."""

    filename: str
    content_type: str
    content: bytes


def attachment(session: Session, runtime: Runtime, actor: Actor, attachment_id: int) -> FileLine:
    """The file, for those who can see its case and may read the content of its step.

    :raises NotFound: there is none, or it is not theirs to see.
    """
    found = session.execute(attachments_of().where(AttachmentRow.id == attachment_id)).one_or_none()
    if found is None:
        raise NotFound("该附件")
    row, _, element, holder, sent = found
    case = visible_case(session, actor, row.case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    if element in closed_to(session, runtime, actor, deployed, case) and not is_own(
        actor, row, holder, sent
    ):
        raise NotFound("该附件")
    return FileLine(filename=row.filename, content_type=row.content_type, content=row.content)
