"""Puts the program together."""

from collections.abc import Callable
from datetime import datetime

import orjson
from flask import Flask, Response

from service import api, web
from service.clock import rehearse
from service.commands.actions import ALL_ACTIONS
from service.commands.cases.waits import deliver
from service.http import problems, requests
from service.http.rehearsal import Rehearsal
from service.http.session import refuse_forged
from service.papers.word.sandbox import names_in
from service.post import keep, send
from service.queries.operations.metrics import metrics
from service.settings import Settings
from service.store.operations.database import open_database
from service.store.operations.migrate import is_current
from service.unit_of_work import Runtime, utc_now

AHEAD = "ahead_seconds"
REQUEST_LIMIT_BYTES = 25_000_000
FORM_LIMIT_BYTES = 2_000_000


def create_runtime(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Runtime:
    """What one process owns.

    In a rehearsal its clock can be moved, and nothing is sent to the outside.
    """
    rehearsed = settings.rehearsal
    return Runtime(
        settings=settings,
        engine=open_database(settings.database_url),
        actions=ALL_ACTIONS,
        deliver=deliver,
        send=keep if rehearsed else send,
        read_template=names_in,
        now=Rehearsal(settings.data_dir / AHEAD, clock, rehearse) if rehearsed else clock,
        machine_now=clock,
    )


def create_app(settings: Settings, runtime: Runtime | None = None) -> Flask:
    """The web program: pages, API, health and figures."""
    app = Flask("service", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret(),
        MAX_CONTENT_LENGTH=REQUEST_LIMIT_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT_BYTES,
        JIEBANG_DEMO=settings.demo,
    )
    app.extensions["jiebang"] = runtime or create_runtime(settings)
    requests.install(app, files_under="/api/v1/public/")
    app.before_request(refuse_forged)
    api.install(app)
    problems.install(app)  # after the interface, whose library brings a renderer of its own
    app.register_blueprint(web.blueprint)
    app.add_url_rule("/healthz", "healthz", lambda: _status(200, "alive"))
    app.add_url_rule("/readyz", "readyz", lambda: _ready(app.extensions["jiebang"]))
    app.add_url_rule("/metrics", "metrics", lambda: _metrics(app.extensions["jiebang"]))
    return app


def _metrics(runtime: Runtime) -> Response:
    return Response(metrics(runtime), content_type="text/plain; version=0.0.4; charset=utf-8")


def _ready(runtime: Runtime) -> Response:
    """Tell whether the database answers and has the newest tables."""
    if is_current(runtime.engine):
        return _status(200, "ready")
    return _status(503, "migrations pending")


def _status(status: int, word: str) -> Response:
    return Response(orjson.dumps({"status": word}), status, mimetype="application/json")
