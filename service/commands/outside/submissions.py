"""What somebody without an account sends: a bid on a posting, an objection to a notice, or the
start of a case.

Decided: it is accepted or refused within the request, never queued, and under the case's lock. The
instant at which it arrived counts, not the next tick of the clock. Because whoever bids in the last
second must know where they stand, and two bids at the same time must both be there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Any

from sqlalchemy import func, select

from service.access.people import digest
from service.commands.cases.messages import (
    Sending,
    Sent,
    awake,
    enter_submission,
    hand_over,
    keep,
    kind_of,
    named,
    refuse_closed,
    sound_payload,
    waiting_for,
)
from service.domain.outside import PER_HOUR, Upload, query_code, receipt_of
from service.engine import Run
from service.errors import CaseRests, KeyReused, NobodyWaits, NoLongerTaken, NotFound, TooMany
from service.store.items.rows import AnswerRow, AttachmentRow
from service.store.outside import PublicationRow, SubmissionRow
from service.store.processes.lookups import latest_definition
from service.unit_of_work import UnitOfWork
from service.unit_of_work.opening import TITLE_LIMIT, new_case
from service.unit_of_work.settle import settle

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class FromOutside:
    """Something from outside.

    ``address`` is a digest, ``key`` the Idempotency-Key, and ``code`` the query code that belongs
    to the key. So the same request finds what it did before.
    """

    payload: Mapping[str, Any]
    files: Sequence[Upload] = ()
    address: str
    key: str = ""
    code: str = field(default_factory=query_code, repr=False)

    def sending(self, kind: str, publication: int | None = None) -> Sending:
        """The same, as the rest of the program takes it."""
        return Sending(
            payload=self.payload,
            files=self.files,
            address=self.address,
            code=self.code,
            kind=kind,
            publication=publication,
        )

    def repeated(self, work: UnitOfWork, kind: str) -> Sent | None:
        """The result of this request if it came before, otherwise None.

        :raises KeyReused: its key belongs to another request.
        """
        row = work.session.scalar(
            select(SubmissionRow).where(SubmissionRow.code_digest == digest(self.code))
        )
        if row is None:
            return None
        case = work.locked_case(row.case_id)
        answer = work.session.get_one(AnswerRow, row.answer_id)
        element = work.deployed(case).definition.elements[answer.element]
        kept_digests = set(
            work.session.scalars(
                select(AttachmentRow.digest).where(AttachmentRow.answer_id == answer.id)
            )
        )
        sending = self.sending(kind)
        payload = sound_payload(work, case, element, sending)
        if payload != answer.answers or kept_digests != {file.digest for file in self.files}:
            raise KeyReused(self.key)
        return Sent(
            case_id=case.id,
            receipt=receipt_of(row.code_digest, row.at),
            code=self.code,
            replayed=True,
        )

    def refuse_flood(self, work: UnitOfWork, kind: str) -> None:
        """Refuse if this address has sent too much of this kind within the hour.

        :raises TooMany: it tells when the next one is allowed.
        """
        recent = select(func.count(), func.min(SubmissionRow.at)).where(
            SubmissionRow.address_digest == self.address,
            SubmissionRow.at > work.now - HOUR,
            SubmissionRow.kind == kind,
        )
        count, first = work.session.execute(recent).one()
        if self.address and count >= PER_HOUR:
            raise TooMany(max(1, ceil((first + HOUR - work.now).total_seconds())))


@dataclass(frozen=True, kw_only=True)
class SubmitFromOutside(FromOutside):
    """Send a bid (揭榜) or an objection (异议) by a publication.

    :raises NotFound: there is no such publication. :raises NoLongerTaken: it is over or withdrawn,
        or its case is suspended.
    """

    publication_id: int

    def carry_out(self, work: UnitOfWork) -> Sent:
        owner = work.session.scalar(
            select(PublicationRow.case_id).where(PublicationRow.id == self.publication_id)
        )
        if owner is None:
            raise NotFound("该公开事项")
        case = work.locked_case(owner)
        publication = work.session.get_one(
            PublicationRow, self.publication_id, populate_existing=True
        )
        kind = kind_of(publication)
        if (before := self.repeated(work, kind)) is not None:
            return before
        refuse_closed(work, publication)
        self.refuse_flood(work, kind)
        try:
            run = awake(work, case, str(publication.message))
            wait = waiting_for(run, str(publication.message))
        except (NobodyWaits, CaseRests) as exc:
            raise NoLongerTaken(
                f"“{publication.title}”目前不接收提交，如有疑问请与发布单位联系"
            ) from exc
        if run.definition.elements[wait.element].properties.get("public") != "yes":
            raise NoLongerTaken(f"“{publication.title}”不接收网上提交，请与发布单位联系")
        return hand_over(work, case, run, wait, self.sending(kind, publication.id))


@dataclass(frozen=True, kw_only=True)
class StartFromOutside(FromOutside):
    """Start a case from outside (技术需求申报、账号注册). The process must have a start for this.

    :raises NotFound: there is no such process.
    """

    jurisdiction: str
    process: str

    def carry_out(self, work: UnitOfWork) -> Sent:
        if (before := self.repeated(work, self.process)) is not None:
            return before
        row = latest_definition(work.session, self.jurisdiction, self.process)
        definition = (
            work.process.catalogue.deployed(work.session, row.id).definition
            if row is not None
            else None
        )
        if row is None or definition is None or definition.public_start is None:
            raise NotFound(f"公开申报 {self.process} ")
        self.refuse_flood(work, self.process)
        case = new_case(work, row, row.name[:TITLE_LIMIT])
        element = definition.elements[definition.public_start]
        sending = self.sending(self.process)
        clean = sound_payload(work, case, element, sending)
        desk = work.desk(case)
        name = named(desk, element, clean)
        case.title = case.data["case_title"] = (f"{row.name}（{name}）" if name else row.name)[
            :TITLE_LIMIT
        ]
        submission, sent = enter_submission(
            work, case, keep(work, case, element, clean, sending), name, sending
        )
        case.data.update({**clean, "submission": submission.id})
        work.record(
            case,
            "start",
            element=element.id,
            title=case.title,
            version=row.version,
            submission=submission.id,
            receipt=sent.receipt,
        )
        settle(work, case, Run.start(definition, desk, element.id))
        return sent
