"""Settings are read once; what is unknown or malformed is refused with its name."""

from pathlib import Path

import pytest

from service.errors import BadSetting
from service.settings import Settings


def test_defaults_point_to_an_embedded_database(tmp_path: Path) -> None:
    settings = Settings.read({"JIEBANG_DATA_DIR": str(tmp_path), "PATH": "/usr/bin"})
    assert settings.database_url == f"sqlite:///{tmp_path}/jiebang.sqlite"
    assert (settings.port, settings.demo) == (8000, False)


@pytest.mark.parametrize(("name", "value"), [
    ("JIEBANG_PRT", "8000"), ("JIEBANG_PORT", "eighty"), ("JIEBANG_PORT", "70000"), ("JIEBANG_DEMO", "maybe"),
    ("JIEBANG_LOG", "xml"), ("JIEBANG_DATABASE_URL", "mysql://x"),
])
def test_an_unknown_or_malformed_variable_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Settings.read({name: value})
    assert refused.value.facts["name"] == name


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings.read({"JIEBANG_DATA_DIR": str(tmp_path)})
    assert settings.secret() == settings.secret()
    assert len(settings.secret()) > 40
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
