"""Letters arrive, whatever their receivers do: real SMTP, real HTTP, that fail, hang, break off and
recover.
"""

import hashlib
import hmac
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from service import post
from service.app import create_runtime
from service.clock import remind, start_clock
from service.commands.notices.channels import ChangeMode, RemoveChannel, SetChannel, TryChannel
from service.commands.notices.delivery import (
    ClaimDelivery,
    NoteSent,
    deliver_notices,
)
from service.commands.operations.retrying import RetryDelivery
from service.commands.operations.upkeep import Upkeep
from service.domain.people.actor import Holder
from service.domain.terms.deadlines import SHANGHAI
from service.domain.vocabulary.notices import DIGEST
from service.errors import BadRequest, Changed, NotAllowed, TooMany
from service.queries.notices.channels import my_channels, parked_deliveries
from service.settings import MailServer
from service.store.cases.rows import JournalRow
from service.store.notices import ChannelRow, DeliveryRow, NoticeRow
from service.store.people.rows import UnitRow
from service.unit_of_work import Runtime, UnitOfWork
from service.unit_of_work.telling import Notice, tell
from tests.api.test_statements import statements
from tests.letters import Mailbox, Receiver, free_port, http_receiver, mail_server
from tests.town import Town


@dataclass(frozen=True)
class Say:
    """Some notices for one holder, in one transaction."""

    case_id: int
    holder: str
    texts: tuple[str, ...]

    def carry_out(self, work: UnitOfWork) -> None:
        case = work.locked_case(self.case_id)
        for text in self.texts:
            tell(work, case, Holder(self.holder), Notice(text=text))


class Office:
    """A town whose installation sends mail, with the far ends of what it sends."""

    def __init__(
        self, town: Town, mailbox: Mailbox, receiver: Receiver, url: str, port: int
    ) -> None:
        self.town, self.mailbox, self.receiver, self.url, self.port = (
            town,
            mailbox,
            receiver,
            url,
            port,
        )
        self.runtime = self.another()
        self.case = town.applied()
        self.unit = self.unit_id("danwei")

    def another(self) -> Runtime:
        """One more process on the same database."""
        server = MailServer(
            host="127.0.0.1",
            port=self.port,
            user="jiebang",
            password="p@ss/word",
            sender="jiebang@example.gov.cn",
        )
        settings = replace(
            self.town.settings, smtp_url=server, public_url="https://jiebang.example.gov.cn"
        )
        return create_runtime(settings, clock=lambda: self.town.now)

    def unit_id(self, part: str) -> int:
        with self.runtime.query() as session:
            login = self.town.actor(f"cf.{part}")
            return session.scalars(select(UnitRow.id).where(UnitRow.id == login.unit_id)).one()

    def person(self, login: str, address: str, mode: str = "each") -> int:
        return self.runtime.perform(
            SetChannel(actor=self.town.actor(login), kind="email", address=address, mode=mode)
        )

    def hook(self, path: str, kind: str = "webhook", secret: str = "", mode: str = "each") -> int:
        """A channel of the unit of cf.danwei."""
        actor = self.town.actor("cf.admin")
        return self.runtime.perform(
            SetChannel(
                actor=actor,
                unit=self.town.actor("cf.danwei").unit_code,
                kind=kind,
                address=self.url + path,
                secret=secret,
                mode=mode,
            )
        )

    def say(self, *texts: str, holder: str = "") -> None:
        self.runtime.perform(Say(self.case, holder or f"unit:{self.unit}", texts))

    def later(self, **span: float) -> int:
        self.town.now += timedelta(**span)
        return deliver_notices(self.runtime)

    def rows(self) -> list[DeliveryRow]:
        with self.runtime.query() as session:
            return list(
                session.scalars(
                    select(DeliveryRow).order_by(DeliveryRow.created_at, DeliveryRow.notice_id)
                )
            )

    def error(self, delivery: DeliveryRow) -> str | None:
        """Why a letter has not arrived, as the ledger of failures has it."""
        found = self.town.failure("delivery", delivery.id)
        return found.error if found is not None else None

    def parked(self, delivery: DeliveryRow) -> bool:
        found = self.town.failure("delivery", delivery.id)
        return found is not None and found.attempt_at is None

    def waiting(self) -> int:
        with self.runtime.query() as session:
            return session.scalars(
                select(func.count())
                .select_from(DeliveryRow)
                .where(DeliveryRow.delivered_at.is_(None))
            ).one()


@pytest.fixture
def office(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(post, "WAIT_SECONDS", 0.7)
    mailbox, receiver = Mailbox(), Receiver()
    with mail_server(mailbox) as port, http_receiver(receiver) as url:
        made = Office(town, mailbox, receiver, url, port)
        yield made
        made.runtime.engine.dispose()


# -- what is written


def test_a_notice_of_a_unit_reaches_its_channels_its_staff_and_heads_once_each(
    office: Office,
) -> None:
    office.person("cf.danwei", "staff@example.gov.cn")
    office.person("cf.kjj", "elsewhere@example.gov.cn")
    office.hook("/unit")
    office.say("请审核。")
    assert deliver_notices(office.runtime) == 2
    assert office.mailbox.to == ["staff@example.gov.cn"]
    assert [body["text"] for body in office.receiver.bodies("/unit")] == ["请审核。"]
    assert office.waiting() == 0


def test_one_person_in_two_parts_is_told_once(office: Office) -> None:
    office.person("cf.kjj.head", "head@example.gov.cn")
    unit = office.town.actor("cf.kjj.head").unit_id

    @dataclass(frozen=True)
    class Both:
        def carry_out(self, work: UnitOfWork) -> None:
            case = work.locked_case(office.case)
            for holder in (Holder.unit(unit), Holder.heads(unit)):
                tell(work, case, holder, Notice(text="逾期", kind="reminder"))

    office.runtime.perform(Both())
    assert [row.text for row in office.rows()] == ["逾期"]


def test_a_reminder_reaches_a_mailbox_with_a_link_to_the_item(office: Office) -> None:
    office.person("cf.danwei", "staff@example.gov.cn")
    item = office.town.item(office.case, "unit_review")
    office.town.now += timedelta(days=4)
    assert remind(office.runtime)
    deliver_notices(office.runtime)
    (mail,) = office.mailbox.mails
    plain, html = (mail.get_body([kind]) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    link = f"https://jiebang.example.gov.cn/items/{item.id}"
    assert link in plain.get_content()
    assert f'href="{link}"' in html.get_content()
    assert "苜蓿草高值化加工技术" in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    (row,) = office.rows()
    assert mail["Message-ID"] == f"<{row.id}@jiebang.example.gov.cn>"
    assert mail["X-Jiebang-Delivery"] == row.id
    assert office.mailbox.users == ["jiebang"]


def test_roles_and_heads_are_reached(office: Office) -> None:
    office.person("cf.ducha", "watch@example.gov.cn")
    office.person("cf.kjj.head", "head@example.gov.cn")
    office.person("cf.kjj", "staff@example.gov.cn")
    office.say("红灯", holder="role:cf:supervisor")
    office.say("请负责人关注", holder=f"head:{office.town.actor('cf.kjj').unit_id}")
    office.say("不是这里", holder="role:zy:supervisor")
    deliver_notices(office.runtime)
    assert sorted(office.mailbox.to) == ["head@example.gov.cn", "watch@example.gov.cn"]


def test_many_notices_of_a_command_cost_one_look_and_one_insert(office: Office) -> None:
    office.hook("/unit")
    office.hook("/other")
    for count in (1, 30):
        with statements(office.town) as sent:
            office.town.runtime.perform(
                Say(office.case, f"unit:{office.unit}", tuple(map(str, range(count))))
            )
        ours = [one.split()[0] for one in sent if "channel" in one or "delivery" in one]
        assert ours == ["SELECT", "INSERT"]
    with statements(office.town) as sent:
        office.town.runtime.perform(Say(office.case, "role:cf:supervisor", ("一", "二")))
    assert [one.split()[0] for one in sent if "channel" in one or "delivery" in one] == ["SELECT"]


def test_without_a_mail_server_mail_is_not_written_and_a_hook_still_is(office: Office) -> None:
    office.person("cf.danwei", "staff@example.gov.cn")
    office.hook("/unit")
    office.town.runtime.perform(Say(office.case, f"unit:{office.unit}", ("请审核。",)))
    assert [row.channel_id for row in office.rows()] == [office.rows()[0].channel_id]
    deliver_notices(office.runtime)
    assert office.mailbox.to == []
    assert len(office.receiver.bodies("/unit")) == 1


def test_what_is_undone_is_not_sent(office: Office) -> None:
    office.hook("/unit")
    with suppress(ZeroDivisionError), office.runtime.transaction():
        office.say("请审核。")
        _ = 1 / 0
    assert office.rows() == []


# -- receivers that fail, hang, break off and recover


def test_whatever_receivers_do_everything_arrives_under_its_id(office: Office) -> None:
    ways = {"/fail": "fail", "/hang": "hang", "/break": "break", "/move": "move"}
    for path in ("/well", *ways):
        office.hook(path)
    office.receiver.behaviour = dict(ways)
    texts = ("一", "二", "三")
    office.say(*texts)
    for _ in range(2):  # whoever shares a server with one that hangs waits for the next tick
        deliver_notices(office.runtime)
    assert [body["text"] for body in office.receiver.bodies("/well")] == list(texts), (
        "nobody else is held up"
    )
    assert office.waiting() == 4 * 3
    for span in (1, 5, 30):
        office.later(minutes=span)
    office.receiver.behaviour.clear()
    office.receiver.released.set()
    office.later(hours=6)
    assert office.waiting() == 0
    for path in ways:
        assert [body["text"] for body in office.receiver.bodies(path)[-3:]] == list(texts)
        ids = office.receiver.ids(path)
        assert len(set(ids)) == 3
        assert ids.count(ids[0]) > 1, "tried again under the same id"
    assert not office.receiver.ids("/elsewhere"), "a redirect is not followed"


def test_an_error_tells_the_number_and_nothing_of_the_answer(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    office.hook("/fail?key=robot-key", secret="hook-secret")
    office.receiver.behaviour["/fail"] = "fail"
    office.say("一")
    deliver_notices(office.runtime)
    (row,) = office.rows()
    assert "500" in (office.error(row) or "")
    assert "secret page" not in (office.error(row) or "")
    said = capfd.readouterr().err
    assert row.id in said
    for secret in ("robot-key", "hook-secret", "p@ss/word"):
        assert secret not in said


def test_a_receiver_that_hangs_is_asked_once_in_a_round_and_holds_up_nobody(office: Office) -> None:
    for number in range(3):
        office.hook(f"/hang{number}")
        office.receiver.behaviour[f"/hang{number}"] = "hang"
    office.person("cf.danwei", "staff@example.gov.cn")
    office.say(*map(str, range(10)))
    started = time.monotonic()
    deliver_notices(office.runtime)
    assert time.monotonic() - started < 4 * post.WAIT_SECONDS
    assert len(office.mailbox.mails) == 10


def test_an_answer_that_trickles_in_is_cut_off(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from socket import create_server

    monkeypatch.setattr(post, "WHOLE_SECONDS", 1.2)
    over = threading.Event()

    def trickle() -> None:
        with listening, listening.accept()[0] as far:
            far.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not over.wait(0.2):
                try:
                    far.sendall(b"x")
                except OSError:
                    return

    listening = create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=trickle)
    thread.start()
    office.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    office.hook("/")
    office.say("一")
    started = time.monotonic()
    deliver_notices(office.runtime)
    over.set()
    thread.join()
    assert time.monotonic() - started < 5
    assert office.waiting() == 1


def test_smtp_down_for_a_day_parks_what_waits_and_a_retry_sends_it(office: Office) -> None:
    office.person("cf.danwei", "staff@example.gov.cn")
    office.port = free_port()
    down = office.another()
    office.say("一", "二")
    attempts = 0
    for _ in range(60):
        office.town.now += timedelta(minutes=30)
        attempts += deliver_notices(down)
    assert 6 <= attempts <= 20, "with back-off"
    with down.query() as session:
        parked = parked_deliveries(session, "cf")
        (line,) = my_channels(session, office.town.actor("cf.danwei"))
    assert [one.subject for one in parked] == [row.subject for row in office.rows()]
    assert (line.parked, line.waiting) == (2, 0)
    assert all(office.parked(row) and office.error(row) for row in office.rows())
    assert deliver_notices(office.runtime) == 0, "parked is parked"
    with pytest.raises(NotAllowed):
        office.runtime.perform(RetryDelivery(actor=office.town.actor("cf.danwei")))
    owner = office.town.actor("cf.owner")
    assert office.runtime.perform(RetryDelivery(actor=owner, delivery_id=parked[0].id)) == 1
    assert office.runtime.perform(RetryDelivery(actor=owner)) == 1
    deliver_notices(office.runtime)
    assert [mail["X-Jiebang-Delivery"] for mail in office.mailbox.mails] == [
        one.id for one in parked
    ]
    assert office.waiting() == 0
    down.engine.dispose()


def test_a_mail_server_that_refuses_is_tried_again(office: Office) -> None:
    office.person("cf.danwei", "staff@example.gov.cn")
    office.mailbox.refuse = "451 later"
    office.say("一")
    deliver_notices(office.runtime)
    assert "451" in (office.error(office.rows()[0]) or "")
    office.mailbox.refuse = ""
    assert office.later(seconds=30) == 0
    assert office.later(seconds=31) == 1
    assert len(office.mailbox.mails) == 1


def test_a_robot_that_says_200_and_refuses_has_not_taken_it(office: Office) -> None:
    office.hook("/robot", kind="wecom")
    office.receiver.behaviour["/robot"] = "robot"
    office.say("一")
    deliver_notices(office.runtime)
    assert "93000" in (office.error(office.rows()[0]) or "")
    assert office.waiting() == 1


# -- clocks


def test_of_several_clocks_one_sends_each_letter(office: Office) -> None:
    paths = [f"/clock{number}" for number in range(5)]
    for path in paths:
        office.hook(path)
    office.say(*map(str, range(8)))
    clocks = [office.another() for _ in range(3)]
    threads = [
        threading.Thread(target=lambda one=one: [deliver_notices(one) for _ in range(3)])
        for one in clocks
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in clocks:
        one.engine.dispose()
    deliver_notices(office.runtime)
    for path in paths:
        assert sorted(body["text"] for body in office.receiver.bodies(path)) == list(
            map(str, range(8))
        )


def test_a_receiver_that_hangs_holds_up_no_timer(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "WAIT_SECONDS", 8.0)
    office.hook("/hang")
    office.receiver.behaviour["/hang"] = "hang"
    office.say("一")
    stop = start_clock(office.runtime)
    try:
        patience(lambda: bool(office.receiver.came))
        office.town.now += timedelta(days=4)  # a reminder is due, while the letter hangs
        patience(lambda: len(office.rows()) > 1)
        assert office.rows()[0].delivered_at is None
    finally:
        office.receiver.released.set()
        stop()


def patience(come: Callable[[], bool]) -> None:
    """Wait until something has come about; a tick comes every two seconds."""
    until = time.monotonic() + 6
    while not come():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_killed_between_claiming_and_noting_it_goes_again_under_its_id(office: Office) -> None:
    office.hook("/unit")
    office.say("一")
    child = os.fork()
    if child == 0:
        _send_and_die(office)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert deliver_notices(office.runtime) == 0, "the lease still runs"
    assert office.later(minutes=3) == 1
    first, again = office.receiver.ids("/unit")
    assert first == again
    assert office.waiting() == 0


def _send_and_die(office: Office) -> None:
    runtime = office.another()
    plain = runtime.send

    def send(*given: Any) -> Any:
        plain(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    runtime.send = send  # type: ignore[method-assign]
    try:
        deliver_notices(runtime)
    finally:
        os._exit(0)


def test_a_late_note_of_an_earlier_attempt_undoes_nothing(office: Office) -> None:
    channel = office.hook("/unit")
    office.say("一")
    first = office.runtime.perform(ClaimDelivery(channel_id=channel))
    assert first is not None
    assert office.runtime.perform(ClaimDelivery(channel_id=channel)) is None, (
        "nobody else takes it meanwhile"
    )
    office.town.now += timedelta(minutes=3)
    second = office.runtime.perform(ClaimDelivery(channel_id=channel))
    assert second is not None
    assert (second.id, second.attempt) == (first.id, 2)
    office.runtime.perform(NoteSent(letter=first, why="late"))
    assert office.error(office.rows()[0]) is None, "another attempt is under way"
    office.runtime.perform(NoteSent(letter=second))
    office.runtime.perform(NoteSent(letter=first, why="later still"))
    assert office.waiting() == 0


# -- forms


def test_a_webhook_verifies(office: Office) -> None:
    office.hook("/signed", secret="correct-horse")
    office.say("一")
    deliver_notices(office.runtime)
    ((_, headers, body),) = office.receiver.came
    stamp = headers["x-jiebang-timestamp"]
    signed = hmac.new(b"correct-horse", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["x-jiebang-signature"] == f"sha256={signed}"
    assert int(stamp) == int(office.town.now.timestamp())
    (said,) = office.receiver.bodies("/signed")
    assert said["id"] == headers["x-jiebang-delivery"]
    assert said["link"] == f"https://jiebang.example.gov.cn/cases/{office.case}"


# -- floods and digests


def test_of_a_flood_twenty_go_one_by_one_and_one_stands_for_the_rest(office: Office) -> None:
    office.hook("/unit")
    office.town.now = office.town.now.replace(minute=0)
    office.say(*map(str, range(50)))
    for _ in range(3):
        office.later(seconds=2)
    office.say(*map(str, range(50, 60)))
    for _ in range(3):
        office.later(seconds=2)
    assert [body["text"] for body in office.receiver.bodies("/unit")] == list(map(str, range(20)))
    office.later(hours=1)
    assert len(office.receiver.bodies("/unit")) == 21
    rest = office.receiver.bodies("/unit")[-1]
    assert "40" in rest["subject"]
    assert rest["link"].endswith("/notices")
    assert {row.told_with for row in office.rows() if row.told_with} == {rest["id"]}
    assert office.waiting() == 0
    office.say("next hour")
    office.later(seconds=2)
    assert office.receiver.bodies("/unit")[-1]["text"] == "next hour"


def morning(office: Office, day: int, hour: int = 8, minute: int = 30) -> datetime:
    office.town.now = datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)
    return office.town.now


def test_a_digest_says_what_is_late_soon_new_and_told_once_a_working_day(office: Office) -> None:
    office.person("cf.danwei", "staff@example.gov.cn", mode="daily")
    office.say("第一条", "第二条")
    morning(office, 3, 8, 29)
    assert deliver_notices(office.runtime) == 0, "not before half past eight"
    morning(office, 3)
    clocks = [office.another() for _ in range(3)]
    threads = [threading.Thread(target=deliver_notices, args=(one,)) for one in clocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in clocks:
        one.engine.dispose()
    office.later(hours=1)
    assert len(office.mailbox.mails) == 1
    assert DIGEST["notices"].format(2) in office.mailbox.text()
    assert "第一条" in office.mailbox.text()
    assert "第二条" in office.mailbox.text()
    assert office.waiting() == 0
    morning(office, 4)
    assert deliver_notices(office.runtime) == 0, "nothing new"
    morning(office, 4, 15)
    office.town.applied("乳品加工")
    for day, parts in ((5, ("soon", "fresh")), (10, ("late", "soon"))):
        morning(office, day)
        assert deliver_notices(office.runtime) == 1
        said = office.mailbox.text()
        assert [
            name for name in ("late", "soon", "fresh", "notices") if DIGEST[name].format(1) in said
        ] == list(parts)
    assert "第一条" not in office.mailbox.text()


def test_no_digest_on_days_off_and_none_when_there_is_nothing_to_say(office: Office) -> None:
    office.person("cf.gangbu", "owner@example.gov.cn", mode="daily")
    office.say("周末的话", holder=f"person:{office.town.actor('cf.gangbu').person_id}")
    for day in (7, 8):  # Saturday, Sunday
        morning(office, day, 12)
        assert deliver_notices(office.runtime) == 0
    morning(office, 9)
    assert deliver_notices(office.runtime) == 1
    morning(office, 10)
    assert deliver_notices(office.runtime) == 0
    assert len(office.mailbox.mails) == 1


def test_changing_the_mode_lets_go_what_waited(office: Office) -> None:
    channel = office.person("cf.danwei", "staff@example.gov.cn", mode="daily")
    actor = office.town.actor("cf.danwei")
    office.say("一")
    assert deliver_notices(office.runtime) == 0
    office.runtime.perform(ChangeMode(actor=actor, channel_id=channel, mode="each"))
    assert deliver_notices(office.runtime) == 1
    office.say("二")
    office.runtime.perform(ChangeMode(actor=actor, channel_id=channel, mode="off"))
    office.say("三")
    assert deliver_notices(office.runtime) == 0
    assert [mail.get_body(["plain"]) is not None for mail in office.mailbox.mails] == [True]
    office.runtime.perform(RemoveChannel(actor=actor, channel_id=channel))
    assert office.rows() == []
    with office.runtime.query() as session:
        said = select(func.count()).where(NoticeRow.kind == "notice")
        assert session.scalar(said) == 3, "the notices stay"


def test_letters_sent_long_ago_are_forgotten_and_what_waits_is_not(office: Office) -> None:
    office.hook("/unit")
    office.say("一")
    deliver_notices(office.runtime)
    office.town.now += timedelta(days=91)
    office.say("二")
    office.runtime.perform(Upkeep())
    assert [row.text for row in office.rows()] == ["二"]


# -- setting them


def test_a_channel_that_goes_while_somebody_is_told_makes_nobody_fail(office: Office) -> None:
    """Both at once, again and again; whoever is told never fails."""
    actor, failed = office.town.actor("cf.danwei"), list[Exception]()

    def speak() -> None:
        for number in range(15):
            try:
                office.say(str(number))
            except Changed:
                continue
            except Exception as exc:
                failed.append(exc)

    speaking = threading.Thread(target=speak)
    speaking.start()
    while speaking.is_alive():
        with suppress(Changed):
            channel = office.person("cf.danwei", "staff@example.gov.cn")
            office.runtime.perform(RemoveChannel(actor=actor, channel_id=channel))
    speaking.join()
    assert failed == []


def test_a_test_message_says_how_it_went(office: Office) -> None:
    channel = office.person("cf.danwei", "staff@example.gov.cn")
    actor = office.town.actor("cf.danwei")
    office.runtime.perform(TryChannel(actor=actor, channel_id=channel))
    with pytest.raises(TooMany):
        office.runtime.perform(TryChannel(actor=actor, channel_id=channel))
    deliver_notices(office.runtime)
    with office.runtime.query() as session:
        (line,) = my_channels(session, actor)
    assert line.sent_at == office.town.now
    with pytest.raises(BadRequest):
        office.town.runtime.perform(TryChannel(actor=actor, channel_id=channel))


def test_the_journal_says_which_channel_and_no_secret(office: Office) -> None:
    office.hook("/robot?key=robot-key", kind="dingtalk", secret="SEC-hook-secret")
    with office.runtime.query() as session:
        facts = [
            row.facts
            for row in session.scalars(select(JournalRow).where(JournalRow.verb == "channel_set"))
        ]
        (row,) = session.scalars(select(ChannelRow))
    assert facts[0]["channel"] == "dingtalk"
    assert "robot-key" not in str(facts)
    assert "hook-secret" not in str(facts)
    assert row.secret == "SEC-hook-secret"
