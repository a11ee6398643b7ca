"""Settings are read once; what is unknown or malformed is refused with its name."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from service.errors import BadSetting, Unwritable
from service.settings import Settings


def test_defaults_point_to_an_embedded_database(tmp_path: Path) -> None:
    settings = Settings.read({"JIEBANG_DATA_DIR": str(tmp_path), "PATH": "/usr/bin"})
    assert settings.database_url == f"sqlite:///{tmp_path}/jiebang.sqlite"
    assert (settings.port, settings.demo) == (8000, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIEBANG_PRT", "8000"),
        ("JIEBANG_PORT", "eighty"),
        ("JIEBANG_PORT", "70000"),
        ("JIEBANG_DEMO", "maybe"),
        ("JIEBANG_LOG", "xml"),
        ("JIEBANG_DATABASE_URL", "mysql://x"),
    ],
)
def test_an_unknown_or_malformed_variable_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Settings.read({name: value})
    assert refused.value.facts["name"] == name


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings.read({"JIEBANG_DATA_DIR": str(tmp_path)})
    assert settings.secret() == settings.secret()
    assert len(settings.secret()) > 40
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_secret_that_cannot_be_kept_names_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings.read({"JIEBANG_DATA_DIR": str(tmp_path / "file")})
    with pytest.raises(Unwritable) as refused:
        settings.secret()
    assert refused.value.facts["folder"] == str(tmp_path / "file")


def test_a_mail_server_is_read_and_its_password_not_shown() -> None:
    settings = Settings.read(
        {
            "JIEBANG_SMTP_URL": "smtp://user%40a:p%40ss%2Fword@mail.example.cn?from=jiebang@example.cn&starttls=1",
            "JIEBANG_SECRET_KEY": "key-of-the-installation-0123456789",
        }
    )
    assert settings.smtp_url is not None
    assert (settings.smtp_url.user, settings.smtp_url.password) == ("user@a", "p@ss/word")
    assert (settings.smtp_url.port, settings.smtp_url.starttls, settings.smtp_url.tls) == (
        587,
        True,
        False,
    )
    assert settings.smtp_url.sender == "jiebang@example.cn"
    assert "p@ss" not in repr(settings)
    assert "key-of-the" not in repr(settings)
    secure = Settings.read(
        {"JIEBANG_SMTP_URL": "smtps://jiebang@example.cn:x@mail.example.cn"}
    ).smtp_url
    assert secure is None or (secure.port, secure.tls) == (465, True)


@pytest.mark.parametrize(
    "value",
    [
        "mail.example.cn",
        "http://mail.example.cn?from=a@b",
        "smtp://user:s3cret@?from=a@b",
        "smtp://user:s3cret@host",
        "smtp://user:s3cret@host:port?from=a@b",
        "smtp://user:s3cret@host?from=a@b&password=s3cret",
        "smtps://user:s3cret@host?from=a@b&starttls=1",
        "smtp://user:s3cret@host/path?from=a@b",
        "smtp://s3cret@[host",
        "smtp://user:s3cret@host?from=a@b&starttls=maybe",
    ],
)
def test_a_malformed_mail_server_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Settings.read({"JIEBANG_SMTP_URL": value})
    assert "s3cret" not in refused.value.sentence


def test_links_begin_with_the_public_address() -> None:
    assert Settings.read({"JIEBANG_PORT": "8001"}).address == "http://127.0.0.1:8001"
    assert (
        Settings.read({"JIEBANG_PUBLIC_URL": "https://a.example.cn/"}).address
        == "https://a.example.cn"
    )
    for value in ("a.example.cn", "ftp://a.cn", "https://u:p@a.cn", "https://a.cn?x=1"):
        with pytest.raises(BadSetting):
            Settings.read({"JIEBANG_PUBLIC_URL": value})


def test_processes_that_start_at_once_use_one_secret(tmp_path: Path) -> None:
    start = Barrier(8)

    def secret(_: int) -> str:
        start.wait()
        return Settings(data_dir=tmp_path / "var").secret()

    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(secret, range(8)))
    assert len(secrets) == 1
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret_key"]


@pytest.mark.parametrize("content", ["", "  \n", "cut off"])
def test_a_secret_that_is_empty_or_cut_off_is_not_used(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(BadSetting):
        Settings(data_dir=tmp_path).secret()


def test_a_secret_that_is_too_short_to_be_one_is_refused() -> None:
    with pytest.raises(BadSetting):
        Settings.read({"JIEBANG_SECRET_KEY": "secret"})
