"""What is fit to be an address, and what of it may be shown."""

import pytest

from service.domain.notices import Letter, fit_address, fit_secret, route, shown
from service.errors import BadRequest


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "name@example.gov.cn"),
        ("email", "first.last+tag@mail.a-b.cn"),
        ("email", "o'neill@example.com"),
        ("webhook", "https://example.gov.cn/hook?a=1"),
        ("webhook", "http://10.0.0.8:8080/hook"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6"),
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abc"),
        ("webhook", "http://[::1]:80/"),
    ],
)
def test_what_can_be_sent_to_is_taken(kind: str, address: str) -> None:
    assert fit_address(kind, f" {address} ") == address


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", ""),
        ("email", "name"),
        ("email", "name@"),
        ("email", "name@host"),
        ("email", "a b@example.cn"),
        ("email", "name@example.cn\nBcc: all@example.cn"),
        ("email", "名字@example.cn"),
        ("email", "a..b@example.cn"),
        ("email", ".a@example.cn"),
        ("email", "name＠example.cn"),
        ("email", f"{'a' * 65}@example.cn"),
        ("email", f"a@{'b' * 260}.cn"),
        ("email", "a@-b.cn"),
        ("webhook", ""),
        ("webhook", "example.cn/hook"),
        ("webhook", "ftp://example.cn/"),
        ("webhook", "file:///etc/passwd"),
        ("webhook", "https://user:word@example.cn/"),
        ("webhook", "https://user@example.cn/"),
        ("webhook", "https:///x"),
        ("webhook", "https://example.cn:99999/"),
        ("webhook", "https://example.cn/a b"),
        ("webhook", "https://例子.cn/"),
        ("webhook", "https://example.cn/\r\nHost: other"),
        ("webhook", "https://example.cn/" + "a" * 500),
        ("webhook", "http://[::1/"),
        ("fax", "123"),
    ],
)
def test_what_cannot_be_sent_to_is_refused(kind: str, address: str) -> None:
    with pytest.raises(BadRequest):
        fit_address(kind, address)


def test_a_person_has_mail_only() -> None:
    with pytest.raises(BadRequest):
        fit_address("webhook", "https://example.cn/", ("email",))


def test_of_a_robot_only_the_host_is_shown() -> None:
    assert (
        shown("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a")
        == "https://qyapi.weixin.qq.com/…"
    )
    assert shown("email", "name@example.gov.cn") == "name@example.gov.cn"


def test_letters_with_one_server_have_one_route() -> None:
    assert route("email", "a@example.cn") == route("email", "b@example.org")
    assert (
        route("webhook", "https://a.cn/1")
        == route("wecom", "https://a.cn/2")
        != route("wecom", "https://b.cn/2")
    )


@pytest.mark.parametrize("secret", ["a b", "密钥", "a" * 201])
def test_a_key_of_other_characters_is_refused(secret: str) -> None:
    with pytest.raises(BadRequest):
        fit_secret(secret)


def test_a_letter_does_not_show_its_secrets(letter: Letter) -> None:
    assert "key=" not in repr(letter)
    assert "SEC" not in repr(letter)


@pytest.fixture
def letter() -> Letter:
    from datetime import UTC, datetime

    return Letter(
        id="1",
        kind="dingtalk",
        address="https://example.cn/?key=k",
        secret="SEC",
        subject="",
        text="",
        link="",
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )
