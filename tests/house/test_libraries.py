"""Each library stands in the rooms that need it, and nowhere else."""

from collections.abc import Iterator

import pytest

from tests.house.source import PROGRAM, Source, broken, caught

WEB_ROOMS = (
    "service/http/",
    "service/api/",
    "service/web/",
    "service/app.py",
    "service/server.py",
    "service/cli.py",
)
DATABASE_ROOMS = (
    "service/store/",
    "service/unit_of_work/",
    "service/access/",
    "service/queries/",
    "service/commands/",
)
WORD_FILES = ("service/papers/",)
BORDERS: dict[str, tuple[str, ...]] = {
    "SpiffWorkflow": ("service/engine/",),
    "sqlalchemy": DATABASE_ROOMS,
    "alembic": ("service/store/",),
    "psycopg": ("service/store/",),
    "sqlite3": ("service/store/",),
    "flask": WEB_ROOMS,
    "werkzeug": WEB_ROOMS,
    "jinja2": (*WEB_ROOMS, *WORD_FILES),
    "docx": WORD_FILES,
    "docxtpl": WORD_FILES,
    "flask_smorest": ("service/api/", "service/http/", "service/app.py"),
    "marshmallow": ("service/api/", "service/http/", "service/app.py"),
    "click": ("service/cli.py",),
    "argparse": (),
    "prometheus_client": (
        "service/unit_of_work/door.py",
        "service/queries/operations/metrics.py",
    ),
    "gunicorn": ("service/server.py",),
    "apscheduler": ("service/clock.py",),
    "lark": ("service/feel/",),
    "lxml": ("service/engine/", "service/gate/", "service/feel/"),
    "defusedxml": ("service/domain/archives.py",),
    "openpyxl": ("service/papers/",),
    "icalendar": ("service/papers/",),
    "smtplib": ("service/post.py",),
    "chinese_calendar": ("service/domain/",),
    "xml": (),
    "pickle": (),
    "importlib": ("service/gate/files/",),  # the schema that comes with a library
    "pkgutil": (),
    "runpy": (),
    "builtins": (),
    "marshal": (),
    "shelve": (),
    "requests": (),
    "httpx": (),
}


def borders(source: Source) -> Iterator[str]:
    for node, module in source.imports():
        library = module.partition(".")[0]
        if library in BORDERS and not source.under(*BORDERS[library]):
            yield source.at(
                node, f"{library} belongs in {', '.join(BORDERS[library]) or 'no room at all'}"
            )


def importers(library: str, sources: list[Source]) -> set[str]:
    return {
        s.path for s in sources for _, module in s.imports() if module.partition(".")[0] == library
    }


def test_every_library_stays_behind_its_border():
    assert broken(borders) == []


def test_passwords_are_hashed_in_one_module():
    assert len(importers("argon2", PROGRAM)) <= 1


def test_a_second_module_that_hashes_passwords_is_noticed():
    text = "from argon2 import PasswordHasher"
    assert (
        len(importers("argon2", [Source("service/a.py", text), Source("service/b.py", text)])) == 2
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("service/store/projection.py", "from SpiffWorkflow import Workflow"),
        ("service/engine/run.py", "import sqlalchemy.orm"),
        ("service/web/pages.py", "from sqlalchemy import select"),
        ("service/queries/inbox.py", "from flask import g"),
        ("service/domain/people.py", "from werkzeug.security import generate_password_hash"),
        ("service/gate/language/names.py", "import lark"),
        ("service/app.py", "from apscheduler.schedulers.background import BackgroundScheduler"),
        ("service/web/diagrams.py", "from lxml import etree"),
        ("service/web/pages.py", "from openpyxl import Workbook"),
        ("service/engine/document.py", "import xml.etree.ElementTree"),
        ("service/store/types.py", "import pickle"),
    ],
)
def test_a_library_in_the_wrong_room_is_noticed(path, text):
    assert caught(borders, text, path)


def test_a_library_in_its_room_is_fine():
    assert not caught(
        borders, "from lxml import etree\nimport SpiffWorkflow.bpmn", "service/engine/document.py"
    )
