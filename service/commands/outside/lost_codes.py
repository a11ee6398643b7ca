"""A lost query code (查询码): a new one by mail to the address given with the submission, or at the
counter. The old one is worth nothing then.

Decided: the new code is stored nowhere, like the first one. It follows from the letter's id by a
key outside the database, and is written into the letter when it is sent. Only its digest is stored,
because whoever reads the database must not find a code.

Decided: whoever asks gets the same answer whether anything was found or not. Requests are counted
in the same way, by where they come from and by the address they name. Because one could otherwise
learn here who has bid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from sqlalchemy import ColumnElement, Select, select

from service.access.cases import closed_to, own_only, sees
from service.access.people import digest
from service.commands.cases.messages import Sent, email_mark
from service.commands.outside.submissions import HOUR
from service.domain.notices import EACH, EMAIL, fit_address
from service.domain.outside import (
    ASKED_FOR,
    CODE_HERE,
    OTHER,
    PER_EMAIL,
    PER_HOUR,
    code_of_letter,
    query_code,
    receipt_of,
)
from service.domain.people.actor import Actor, Holder
from service.domain.terms.deadlines import local
from service.domain.vocabulary import WRITTEN_DAY
from service.domain.vocabulary.notices import LOST_CODE
from service.errors import BadRequest, NoLongerTaken, NotAllowed, NotFound, TooMany
from service.store.cases.rows import CaseRow, JournalRow
from service.store.items.rows import AnswerRow
from service.store.notices import ChannelRow, DeliveryRow
from service.store.outside import PublicationRow, SubmissionRow
from service.store.processes.rows import DefinitionRow, JurisdictionRow
from service.unit_of_work import UnitOfWork

LOOKED_BACK = 2000
"""The number of lines of the record that are searched for earlier requests."""
MOST_LETTERS = 5
ASKED, RENEWED = "code_asked", "code_renewed"


@dataclass(frozen=True, kw_only=True)
class MailQueryCodes:
    """Send new query codes to the address that submissions gave. The answer does not tell whether
    there are any.

    ``kind`` is one of ``ASKED_FOR``, or "" for all. ``address`` is a digest of where the request
    comes from.

    :raises BadRequest: this is no e-mail address, or there is no such kind. :raises NoLongerTaken:
        this installation sends no mail. :raises TooMany: there were too many requests.
    """

    jurisdiction: str
    email: str = field(repr=False)
    kind: str = ""
    address: str = ""

    def carry_out(self, work: UnitOfWork) -> None:
        if not work.process.sends_mail:
            raise NoLongerTaken(
                "本系统没有开通邮件，不能在网上找回查询码；请携带有效证件到受理单位，由工作人员补发"
            )
        email = self._address()
        if self.kind and self.kind not in ASKED_FOR:
            raise BadRequest("没有这一类提交，请重新选择", field="kind")
        if work.session.get(JurisdictionRow, self.jurisdiction) is None:
            raise NotFound(f"地区 {self.jurisdiction} ")
        mark = email_mark(work.process, email)
        self._refuse_often(work, mark)
        submissions = work.session.execute(self._wanted(mark)).all()
        work.record(
            None,
            ASKED,
            jurisdiction=self.jurisdiction,
            sender=self.address,
            email=mark,
            found=len(submissions),
        )
        for submission_id, case_id in sorted(submissions, key=lambda row: (row.case_id, row.id)):
            self._send(work, submission_id, case_id, email)

    def _address(self) -> str:
        try:
            return fit_address(EMAIL, self.email)
        except BadRequest as exc:
            raise BadRequest(exc.sentence, field="email") from exc

    def _wanted(self, mark: str) -> Select[int, int]:
        return (
            select(SubmissionRow.id, SubmissionRow.case_id)
            .where(
                SubmissionRow.email_digest == mark,
                SubmissionRow.jurisdiction == self.jurisdiction,
                *self._of_kind(),
            )
            .order_by(SubmissionRow.id.desc())
            .limit(MOST_LETTERS)
        )

    def _of_kind(self) -> Sequence[ColumnElement[bool]]:
        named = [kind for kind in ASKED_FOR if kind != OTHER]
        if self.kind == OTHER:
            return (SubmissionRow.kind.not_in(named),)
        if not self.kind:
            return ()
        return (SubmissionRow.kind == self.kind,)

    def _refuse_often(self, work: UnitOfWork, mark: str) -> None:
        lines = work.session.execute(
            select(JournalRow.at, JournalRow.verb, JournalRow.facts)
            .where(JournalRow.jurisdiction == self.jurisdiction, JournalRow.case_id.is_(None))
            .order_by(JournalRow.seq.desc())
            .limit(LOOKED_BACK)
        )
        requests = [
            (line.at, line.facts)
            for line in lines
            if line.verb == ASKED and line.at > work.now - HOUR
        ]
        _refuse_more(work.now, requests, "sender", self.address, PER_HOUR)
        _refuse_more(work.now, requests, "email", mark, PER_EMAIL)

    def _send(self, work: UnitOfWork, submission_id: int, case_id: int, email: str) -> None:
        letter_id = work.process.catalogue.new_id()
        code = code_of_letter(work.process.sealed, letter_id)
        row, receipt = _renew(work, submission_id, case_id, code)
        channel = _channel(work, row, email)
        work.session.add(
            DeliveryRow(
                id=letter_id,
                jurisdiction=row.jurisdiction,
                channel_id=channel.id,
                subject=LOST_CODE["subject"],
                text=LOST_CODE["text"].format(
                    about=_about(work, row),
                    day=WRITTEN_DAY.format(local(row.at)),
                    receipt=receipt,
                    code=CODE_HERE,
                ),
                path="/public/query",
                created_at=work.now,
                attempt_at=work.now,
            )
        )


@dataclass(frozen=True, kw_only=True)
class IssueQueryCode:
    """Give a new query code to somebody who has come to the counter, with a reason. Staff who may
    read the submission do this.

    :raises NotFound: there is no such submission in a case that they see. :raises NotAllowed: they
        may not read it. :raises BadRequest: the reason is missing.
    """

    actor: Actor
    submission_id: int
    reason: str

    def carry_out(self, work: UnitOfWork) -> Sent:
        reason = self.reason.strip()
        if not reason:
            raise BadRequest("请填写补发的理由和核对了什么证件", field="reason")
        row = work.session.get(SubmissionRow, self.submission_id)
        if row is None or not sees(work.session, self.actor, row.case_id) or own_only(self.actor):
            raise NotFound("该提交")
        self._allow(work, row)
        code = query_code()
        row, receipt = _renew(work, row.id, row.case_id, code, actor=self.actor, reason=reason)
        return Sent(case_id=row.case_id, receipt=receipt, code=code)

    def _allow(self, work: UnitOfWork, row: SubmissionRow) -> None:
        if not self.actor.works_for_unit:
            raise NotAllowed("查询码由受理单位的工作人员补发")
        case = work.locked_case(row.case_id)
        closed = closed_to(work.session, work.process, self.actor, work.deployed(case), case)
        answer = work.session.get(AnswerRow, row.answer_id)
        if answer is not None and closed.hides(answer.element, row.id):
            raise NotAllowed("这份提交目前不能由您查看，不能补发查询码")


def _renew(
    work: UnitOfWork,
    submission_id: int,
    case_id: int,
    code: str,
    *,
    actor: Actor | None = None,
    reason: str = "",
) -> tuple[SubmissionRow, str]:
    """Replace the code by a new one. Returns the submission and its new receipt."""
    case = work.locked_case(case_id)
    row = work.session.get_one(
        SubmissionRow, submission_id, with_for_update=True, populate_existing=True
    )
    before = receipt_of(row.code_digest, row.at)
    row.code_digest = digest(code)
    receipt = receipt_of(row.code_digest, row.at)
    work.record(
        case,
        RENEWED,
        actor=actor,
        submission=row.id,
        receipt=receipt,
        replaces=before,
        reason=reason,
    )
    return row, receipt


def _channel(work: UnitOfWork, row: SubmissionRow, email: str) -> ChannelRow:
    """The channel to the sender of a submission."""
    holder = Holder.sender(row.id)
    channel = work.session.scalar(
        select(ChannelRow).where(
            ChannelRow.holder == holder, ChannelRow.kind == EMAIL, ChannelRow.address == email
        )
    )
    if channel is not None:
        return channel
    new_channel = ChannelRow(
        jurisdiction=row.jurisdiction,
        holder=holder,
        kind=EMAIL,
        address=email,
        mode=EACH,
        digest_at=work.now,
    )
    work.session.add(new_channel)
    work.session.flush()
    return new_channel


def _about(work: UnitOfWork, row: SubmissionRow) -> str:
    """What was submitted to: the title of the publication, or the name of the process."""
    if row.publication_id is not None:
        return work.session.get_one(PublicationRow, row.publication_id).title
    named = (
        select(DefinitionRow.name)
        .join(CaseRow, CaseRow.definition_id == DefinitionRow.id)
        .where(CaseRow.id == row.case_id)
    )
    return work.session.scalars(named).one()


def _refuse_more(
    now: datetime,
    requests: Sequence[tuple[datetime, Mapping[str, object]]],
    name: str,
    mine: str,
    most: int,
) -> None:
    """Refuse if as many requests of the last hour as are allowed have the same mark.

    :raises TooMany: it tells when the next one is allowed.
    """
    same = [at for at, facts in requests if mine and facts[name] == mine]
    if len(same) >= most:
        raise TooMany(max(1, ceil((min(same) + HOUR - now).total_seconds())))
