"""What somebody fills in and sends to a case that waits for it. People inside and people outside
send in the same way.

Decided: a bid that the county types in from paper and a bid from the public page are the same
message and leave the same record. Because nobody who judges them later may be able to treat them
differently.
"""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from service.access.people import digest
from service.commands.items.verbs import Checked, agreed, faultless
from service.domain.forms.answers import check_answers
from service.domain.forms.emails import email_given
from service.domain.forms.schema import of_the_case
from service.domain.outside import Upload, query_code, receipt_of, refuse_crowd
from service.domain.people.actor import Actor
from service.domain.vocabulary import CASE_STATES, RECEIVED
from service.engine import Run, Waiting
from service.engine.document import Element
from service.errors import (
    CaseRests,
    ExpressionFailed,
    NobodyWaits,
    NoLongerTaken,
)
from service.store.cases.rows import CaseRow
from service.store.items.rows import AnswerRow, AttachmentRow
from service.store.outside import PublicationRow, SubmissionRow
from service.unit_of_work import Process, UnitOfWork
from service.unit_of_work.settle import settle


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What is sent, and by whom. ``actor`` is None if it comes from outside; ``address`` is then a
    digest.
    """

    payload: Mapping[str, Any]
    actor: Actor | None = None
    files: Sequence[Upload] = ()
    address: str = ""
    kind: str = ""
    publication: int | None = None
    code: str = field(default_factory=query_code, repr=False)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What sending has led to. ``code`` is shown once. It is "" if nobody outside will ask."""

    case_id: int
    receipt: str | None = None
    code: str | None = field(default=None, repr=False)
    replayed: bool = False


def waiting_for(run: Run, name: str) -> Waiting:
    """The wait for a message.

    :raises NobodyWaits: the case does not wait for it.
    """
    for wait in run.waiting():
        if wait.kind == "message" and wait.name == name:
            return wait
    raise NobodyWaits(name)


def awake(work: UnitOfWork, case: CaseRow, name: str) -> Run:
    """The run of a case that can take messages.

    :raises CaseRests: it is suspended. :raises NobodyWaits: it is over.
    """
    if case.status == "suspended":
        raise CaseRests(CASE_STATES[case.status])
    if case.state is None:
        raise NobodyWaits(name)
    return work.restore(case)


def hand_over(work: UnitOfWork, case: CaseRow, run: Run, wait: Waiting, sending: Sending) -> Sent:
    """Give a message to the case that waits for it. The answer is checked and stored, and the
    engine moves on.
    """
    element = run.definition.elements[wait.element]
    clean = agreed(run, wait.task, element, checked_payload(work, case, element, sending))
    answer = keep(work, case, element, clean, sending)
    if element.properties.get("public") != "yes":
        work.record(case, "message_in", actor=sending.actor, element=element.id, name=wait.name)
        settle(work, case, run.fire(wait.task, wait.element, clean))
        return Sent(case_id=case.id)
    name = named(run.desk, element, clean)
    submission, sent = enter_submission(work, case, answer, name, sending)
    work.record(
        case,
        "message_in",
        actor=sending.actor,
        element=element.id,
        name=wait.name,
        submission=submission.id,
        receipt=sent.receipt,
    )
    payload = {**clean, "submission": submission.id, "received_at": work.now}
    settle(work, case, run.fire(wait.task, wait.element, payload))
    return sent


def checked_payload(work: UnitOfWork, case: CaseRow, element: Element, sending: Sending) -> Checked:
    """The answers as the form of a message or start wants them, and all faults by field.

    The form's expressions see those values of the case that the page shows. For people outside the
    page shows none.
    """
    form = work.deployed(case).form(element.form)
    lists = work.lists(case, form)
    given = of_the_case(form, case.data) if sending.actor is not None else {}
    return check_answers(form, sending.payload, given=given, lists=lists)


def sound_payload(
    work: UnitOfWork, case: CaseRow, element: Element, sending: Sending
) -> dict[str, Any]:
    """The answers as :func:`checked_payload` gives them.

    :raises BadAnswers: there are faults.
    """
    return faultless(checked_payload(work, case, element, sending))


def keep(
    work: UnitOfWork, case: CaseRow, element: Element, clean: dict[str, Any], sending: Sending
) -> AnswerRow:
    """Store the answer and its files."""
    refuse_crowd(sending.files)
    actor = sending.actor
    answer = AnswerRow(
        case_id=case.id,
        element=element.id,
        round=1,
        part="message",
        person_id=actor.person_id if actor else None,
        unit_id=actor.unit_id if actor else None,
        at=work.now,
        form=element.form,
        answers=clean,
    )
    work.session.add(answer)
    work.session.flush()
    work.session.add_all(
        AttachmentRow(
            case_id=case.id,
            answer_id=answer.id,
            person_id=answer.person_id,
            at=work.now,
            filename=file.named(),
            content_type=file.content_type[:120],
            size=len(file.content),
            content=file.content,
            digest=file.digest,
        )
        for file in sending.files
    )
    return answer


def named(desk: Any, element: Element, clean: Mapping[str, Any]) -> str:
    """The name of a submission: by the element's property ``subject``, or else the first name that
    was filled in.

    :raises ExpressionFailed: the expression cannot be evaluated.
    """
    text = element.properties.get("subject", "")
    if not text:
        return next(
            (str(value) for key, value in clean.items() if key.endswith("_name") and value), ""
        )
    try:
        name = (
            desk.language(text.removeprefix("="), ChainMap(dict(clean), desk.data))
            if text[0] == "="
            else text
        )
    except ValueError as exc:
        raise ExpressionFailed(element.id, text, str(exc)) from exc
    return str(name or "")


def enter_submission(
    work: UnitOfWork, case: CaseRow, answer: AnswerRow, name: str, sending: Sending
) -> tuple[SubmissionRow, Sent]:
    """Add the submission by which its sender can follow what happens. It has its id afterwards."""
    secret = digest(sending.code)
    email = email_given(work.deployed(case).form(answer.form), answer.answers)
    publication = sending.publication
    kind = sending.kind
    row = SubmissionRow(
        jurisdiction=case.jurisdiction,
        case_id=case.id,
        publication_id=publication,
        answer_id=answer.id,
        kind=kind[:40],
        name=name[:120],
        code_digest=secret,
        address_digest=sending.address,
        email_digest=email_mark(work.process, email) if email is not None else None,
        at=work.now,
        state=RECEIVED,
        state_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row, Sent(case_id=case.id, receipt=receipt_of(secret, work.now), code=sending.code)


def email_mark(process: Process, email: str) -> str:
    """The mark of an e-mail address from outside. By it the sender's submissions can be found, but
    the address cannot be read from it.
    """
    return process.sealed(f"email:{email.strip().lower()}").hex()


def publication_for(work: UnitOfWork, case: CaseRow, message: str) -> PublicationRow | None:
    """The newest publication by which this case asks for a message."""
    return work.session.scalars(
        select(PublicationRow)
        .where(
            PublicationRow.case_id == case.id,
            PublicationRow.message == message,
        )
        .order_by(PublicationRow.id.desc())
        .limit(1)
    ).one_or_none()


def kind_of(publication: PublicationRow | None) -> str:
    """The kind of what is sent by a publication: a bid on a posting, an objection to anything
    else.
    """
    if publication is None:
        return "message"
    if publication.kind == "posting":
        return "bid"
    return "objection"


def refuse_closed(work: UnitOfWork, publication: PublicationRow) -> None:
    """Refuse what is sent by a publication that is not open.

    :raises NoLongerTaken: it is withdrawn, closed or over.
    """
    title = f"“{publication.title}”"
    if publication.message is None:
        raise NoLongerTaken(f"{title}不接收网上提交")
    if publication.state == "withdrawn":
        raise NoLongerTaken(f"{title}已撤榜，不再接收提交。{publication.reason}")
    if publication.state == "closed" or (
        publication.until is not None and work.now >= publication.until
    ):
        raise NoLongerTaken(f"{title}已截止，不再接收提交")
