"""The forms of what is sent: mails, webhooks, the robots of 企业微信 and 钉钉, and the calendar."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from icalendar import Calendar

from service.domain.notices import Letter
from service.papers.notices import body, headers, mail, mail_address
from service.papers.terms.feed import feed
from service.queries.terms.deadlines import TermLine

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LETTER = Letter(
    id="9b2e",
    kind="email",
    address="name@example.gov.cn",
    secret="",
    subject="【提醒】苜蓿草\n加工",
    at=NOW,
    text="将于 3月9日 到期 <b>&</b>。",
    link="https://jiebang.example.gov.cn/items/7",
)


def test_a_mail_survives_the_way() -> None:
    sent = bytes(mail(LETTER, "jiebang@example.gov.cn", NOW))
    assert all(octet < 128 for octet in sent), "servers of any age take it"
    found = email.message_from_bytes(sent, policy=email.policy.default)
    assert found["Subject"] == "【提醒】苜蓿草 加工"
    assert (found["From"], found["To"]) == ("jiebang@example.gov.cn", "name@example.gov.cn")
    assert found["Message-ID"] == "<9b2e@jiebang.example.gov.cn>"
    assert (found["Auto-Submitted"], found["X-Jiebang-Delivery"]) == ("auto-generated", "9b2e")
    plain, html = (part.get_content() for part in found.iter_parts())  # type: ignore[attr-defined]
    assert LETTER.text in plain
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in html
    assert LETTER.link in plain
    assert LETTER.link in html


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_robot_takes_plain_text_within_its_limit(kind: str) -> None:
    sent = json.loads(body(replace(LETTER, kind=kind, text="长" * 3000)))
    assert sent.keys() == {"msgtype", "text"}
    assert sent["msgtype"] == "text"
    content = sent["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith(LETTER.link)
    assert "X-Jiebang-Signature" not in headers(replace(LETTER, kind=kind, secret="s"), b"", NOW)


def test_a_robot_with_a_key_gets_time_and_signature() -> None:
    robot = "https://oapi.dingtalk.com/robot/send?access_token=abc"
    whole = replace(LETTER, kind="dingtalk", address=robot, secret="SECx")
    asked = parse_qs(urlsplit(mail_address(whole, NOW)).query)
    stamp = str(int(NOW.timestamp() * 1000))
    signed = base64.b64encode(
        hmac.new(b"SECx", f"{stamp}\nSECx".encode(), hashlib.sha256).digest()
    ).decode()
    assert asked == {"access_token": ["abc"], "timestamp": [stamp], "sign": [signed]}
    assert mail_address(replace(whole, secret=""), NOW) == whole.address
    assert mail_address(replace(whole, kind="wecom"), NOW) == whole.address


def test_a_webhook_gets_json_and_a_signature_only_with_a_key() -> None:
    hook = replace(LETTER, kind="webhook", address="https://example.cn/")
    assert json.loads(body(hook)) == {
        "id": "9b2e",
        "subject": LETTER.subject,
        "text": LETTER.text,
        "link": LETTER.link,
        "at": NOW.isoformat(),
    }
    assert "X-Jiebang-Signature" not in headers(hook, b"{}", NOW)
    signed = headers(replace(hook, secret="correct-horse"), b"{}", NOW)
    stamp = signed["X-Jiebang-Timestamp"]
    expected = hmac.new(b"correct-horse", f"{stamp}.{{}}".encode(), hashlib.sha256).hexdigest()
    assert signed["X-Jiebang-Signature"] == f"sha256={expected}"


def test_a_calendar_reads_back() -> None:
    title = "牧草；种植, 及\n深加工" * 8
    line = TermLine(
        item_id=7,
        name="单位审核",
        case_title=title,
        last_day=date(2026, 12, 31),
        term_basis="text",
        opened_at=NOW,
    )
    sent = feed([line, replace(line, item_id=8)], "https://jiebang.example.gov.cn", "郭敏")
    assert max(map(len, sent.split(b"\r\n"))) <= 75
    found = Calendar.from_ical(sent)
    first, second = found.walk("VEVENT")
    assert (first["uid"], second["uid"]) == (
        "item-7@jiebang.example.gov.cn",
        "item-8@jiebang.example.gov.cn",
    )
    assert first.decoded("dtstart") == date(2026, 12, 31)
    assert first.decoded("dtend") == date(2027, 1, 1)
    assert title in str(first["summary"])
    assert first["url"] == "https://jiebang.example.gov.cn/items/7"
    assert not found.walk("VALARM")
