"""The process is killed (SIGKILL) anywhere within a request that carries an Idempotency-Key, and
the request is sent again: its effect happened once, whatever the moment.
"""

import os
import signal
from typing import Any

from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from service.app import create_app, create_runtime
from service.store.items.rows import AnswerRow
from tests.samples import ANSWERS
from tests.town import Town

MOST = 60


def send(app: Any, token: str, item: int) -> TestResponse:
    return app.test_client().post(
        f"/api/v1/items/{item}/complete",
        json={"answers": ANSWERS["unit_review"]},
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"},
    )


def killed_before(town: Town, statement: int, token: str, item: int) -> bool:
    """Send in a child process that kills itself before its n-th statement or commit; False when it
    got to the end.
    """
    child = os.fork()
    if child == 0:
        runtime = create_runtime(town.settings, clock=lambda: town.now)
        left = [statement]

        def count(*_: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        for moment in ("before_cursor_execute", "commit"):
            event.listen(runtime.engine, moment, count)
        try:
            send(create_app(town.settings, runtime), token, item)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_killed_anywhere_and_sent_again_the_effect_happens_once(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    signed_in = town.app.test_client().post(
        "/api/v1/tokens", json={"login": "cf.danwei", "password": "jiebang"}
    )
    token = signed_in.get_json()["token"]
    for statement in range(1, MOST):
        if not killed_before(town, statement, token, item):
            break
        assert town.open(case) == ["unit_review"], (
            f"half done after a kill before statement {statement}"
        )
    else:
        raise AssertionError("the request never came to its end")
    assert statement > 10
    again = send(town.app, token, item)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert town.open(case) == ["department_review"]
    with town.runtime.query() as session:
        assert session.scalar(select(func.count()).where(AnswerRow.element == "unit_review")) == 1
