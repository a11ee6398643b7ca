"""A query code that was lost: a new one by mail, or at the counter; and nobody learns who has sent
something.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.commands.notices.delivery import deliver_notices
from service.commands.outside.lost_codes import IssueQueryCode, MailQueryCodes
from service.domain.forms.emails import email_given
from service.domain.notices import Attempt, Letter
from service.domain.outside import PER_EMAIL, PER_HOUR
from service.errors import BadRequest, NoLongerTaken, NotAllowed, NotFound, TooMany
from service.queries.outside import submission
from service.store.cases.rows import JournalRow
from service.store.notices import ChannelRow, DeliveryRow
from service.store.outside import SubmissionRow
from tests.project import Project
from tests.town import Town

EMAIL = "fang@example.org"
CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}\b")


class Post:
    """An installation that sends mail, into a list."""

    def __init__(self, town: Town) -> None:
        self.town, self.letters = town, list[Letter]()
        town.runtime.sends_mail = True
        town.runtime.send = self._send

    def _send(self, settings: Any, letter: Letter, now: Any) -> Attempt:
        self.letters.append(letter)
        return Attempt()

    def ask(self, email: str = EMAIL, kind: str = "", address: str = "a" * 64) -> list[Letter]:
        """Ask for a new code, and what was sent then."""
        self.letters = []
        self.town.runtime.perform(
            MailQueryCodes(jurisdiction="zy", email=email, kind=kind, address=address)
        )
        deliver_notices(self.town.runtime)
        return self.letters


@pytest.fixture
def post(town: Town) -> Post:
    return Post(town)


def bid(town: Town, **answers: Any) -> tuple[Project, str]:
    """A project with a bid that gave an e-mail address, and its query code."""
    project = Project(town).posted()
    return project, project.bid(**answers)


def state(town: Town, code: str) -> str:
    with town.runtime.query() as session:
        return submission(session, code).state


def submissions(town: Town) -> list[SubmissionRow]:
    with town.runtime.query() as session:
        return list(session.scalars(select(SubmissionRow).order_by(SubmissionRow.id)))


def written(town: Town) -> str:
    """All that the database has of letters, channels and the record."""
    with town.runtime.query() as session:
        rows = [
            *session.scalars(select(DeliveryRow)).all(),
            *session.scalars(select(ChannelRow)).all(),
            *session.scalars(select(JournalRow)).all(),
            *session.scalars(select(SubmissionRow)).all(),
        ]
        return str([{c.name: getattr(row, c.key) for c in row.__table__.columns} for row in rows])


def lines(town: Town, verb: str) -> list[JournalRow]:
    with town.runtime.query() as session:
        wanted = select(JournalRow).where(JournalRow.verb == verb).order_by(JournalRow.id)
        return list(session.scalars(wanted))


def test_a_new_code_comes_by_mail_and_the_old_one_is_worth_nothing(town: Town, post: Post) -> None:
    _, old = bid(town)
    (letter,) = post.ask()
    (new,) = CODE.findall(letter.text)
    assert letter.address == EMAIL
    assert letter.link.endswith("/public/query")
    assert letter.outside
    assert state(town, new)
    with pytest.raises(NotFound):
        state(town, old)


def test_the_new_code_stands_nowhere_but_in_the_letter(town: Town, post: Post) -> None:
    bid(town)
    (letter,) = post.ask()
    (new,) = CODE.findall(letter.text)
    assert new not in written(town)
    (line,) = lines(town, "code_renewed")
    assert line.facts["receipt"] != line.facts["replaces"]
    assert line.case_id is not None


def test_a_letter_that_has_to_go_again_brings_the_same_code(town: Town, post: Post) -> None:
    bid(town)
    tries = [Attempt(why="550"), Attempt()]
    town.runtime.send = lambda settings, letter, now: (post.letters.append(letter), tries.pop(0))[1]
    post.ask()
    town.now += timedelta(hours=2)
    deliver_notices(town.runtime)
    first, second = post.letters
    assert CODE.findall(first.text) == CODE.findall(second.text)
    assert state(town, CODE.findall(first.text)[0])


@pytest.mark.parametrize("email", ["FANG@Example.org ", EMAIL])
def test_an_address_is_known_however_it_is_written(town: Town, post: Post, email: str) -> None:
    bid(town)
    assert len(post.ask(email)) == 1


def test_whoever_sent_nothing_gets_nothing_and_no_other_answer(town: Town, post: Post) -> None:
    bid(town)
    assert post.ask("somebody@example.org") == []
    assert post.ask(kind="objection") == []
    assert [line.facts["found"] for line in lines(town, "code_asked")] == [0, 0]
    assert EMAIL not in written(town)


def test_what_was_sent_elsewhere_or_without_an_address_is_not_found(town: Town, post: Post) -> None:
    bid(town, contact_email=None)
    assert [row.email_digest for row in submissions(town)] == [None]
    assert post.ask() == []


def test_each_submission_of_an_address_has_a_letter_of_its_own(town: Town, post: Post) -> None:
    project, first = bid(town)
    second = project.bid()
    found = {CODE.findall(letter.text)[0] for letter in post.ask(kind="bid")}
    assert len(found) == 2
    assert not found & {first, second}
    assert all(state(town, code) for code in found)


def test_asking_too_often_is_refused_alike_whether_anything_is_there(
    town: Town, post: Post
) -> None:
    bid(town)
    for email in (EMAIL, "somebody@example.org"):
        for _ in range(PER_EMAIL):
            post.ask(email)
        with pytest.raises(TooMany):
            post.ask(email, address="b" * 64)
    for number in range(PER_HOUR - 2 * PER_EMAIL):
        post.ask(f"name{number}@example.org")
    with pytest.raises(TooMany) as refused:
        post.ask("another@example.org")
    assert 0 < refused.value.facts["retry_after"] <= 3600
    town.now += timedelta(hours=1, seconds=1)
    assert len(post.ask()) == 1


def test_without_mail_one_is_told_whom_to_ask_and_nothing_changes(town: Town) -> None:
    _, old = bid(town)
    town.runtime.sends_mail = False
    with pytest.raises(NoLongerTaken):
        town.runtime.perform(MailQueryCodes(jurisdiction="zy", email=EMAIL, address="a" * 64))
    assert state(town, old)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"email": "fang"}, BadRequest),
        ({"kind": "else"}, BadRequest),
        ({"jurisdiction": "xx"}, NotFound),
    ],
)
def test_what_cannot_be_looked_for_is_refused(
    town: Town, post: Post, said: dict[str, str], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        town.runtime.perform(
            MailQueryCodes(**{"jurisdiction": "zy", "email": EMAIL, "address": "", **said})
        )
    assert lines(town, "code_asked") == []


def test_any_field_that_a_form_checks_as_an_address_counts(town: Town) -> None:
    form = {
        "components": [
            {"type": "textfield", "key": "note", "id": "a"},
            {
                "type": "group",
                "components": [
                    {
                        "type": "textfield",
                        "key": "mail",
                        "id": "b",
                        "validate": {"validationType": "email"},
                    }
                ],
            },
        ]
    }
    assert email_given(form, {"note": "x@example.org", "mail": EMAIL}) == EMAIL
    assert email_given(form, {"note": "x@example.org", "mail": None}) is None


def opened(town: Town) -> tuple[Project, str]:
    project, code = bid(town)
    project.close()
    project.do("choose_bid")
    return project, code


def issue(town: Town, login: str, reason: str = "当面核对身份证") -> str:
    (row,) = submissions(town)
    issued = town.runtime.perform(
        IssueQueryCode(actor=town.actor(login), submission_id=row.id, reason=reason)
    )
    assert issued.code is not None
    assert issued.receipt is not None
    return issued.code


def test_staff_who_may_read_it_issue_a_new_code_at_the_counter_with_a_reason(town: Town) -> None:
    project, old = bid(town)
    with pytest.raises(NotAllowed):
        issue(town, "zy.kjj")  # bids are sealed
    project.close()
    project.do("choose_bid")
    with pytest.raises(BadRequest):
        issue(town, "zy.kjj", reason=" ")
    new = issue(town, "zy.kjj")
    assert state(town, new)
    with pytest.raises(NotFound):
        state(town, old)
    (line,) = lines(town, "code_renewed")
    assert (line.case_id, line.person_id) == (project.case, town.actor("zy.kjj").person_id)
    assert line.facts["reason"] == "当面核对身份证"
    assert new not in written(town)


@pytest.mark.parametrize("login", ["zy.qiye", "zy.expert1", "cf.kjj"])
def test_nobody_else_issues_a_code(town: Town, login: str) -> None:
    opened(town)
    with pytest.raises((NotAllowed, NotFound)):
        issue(town, login)
