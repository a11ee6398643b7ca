"""The REST interface: JSON in and out, one wing per subject, the schema beside its view.

Views catch no refusals.
"""

from typing import Any

from apispec import BasePlugin
from flask import Flask
from flask_smorest import Api

from service.api import cases, outside, registry, takeover, terms
from service.api.items import attachments, items
from service.api.notices import channels, notices
from service.api.operations import clock, docs, rehearsal
from service.api.papers import ledgers, papers
from service.api.people import accounts, tokens
from service.api.processes import coverage, deployments, processes
from service.api.supervision import board, campaigns, orders
from service.http.requests import make_checkable, make_repeatable

# The responses of these endpoints are not kept for a repeated request. Most are secrets, which are
# stored nowhere. Moving the time takes many transactions. A batch keeps a response for each item.
UNKEPT = frozenset(
    {
        "tokens.make_token",
        "accounts.invite",
        "channels.open_feed",
        "public.bid",
        "public.objection",
        "public.apply",
        "rehearsal.forward",
        "items.batch",
    }
)

# These endpoints take forms. They can be checked, so that people get all errors at once, those of
# the page and those of the server.
OF_FORMS = frozenset(
    {
        "items.complete",
        "items.contribute",
        "processes.start",
        "cases.message",
        "demands.add_demand",
        "demands.change_demand",
        "public.bid",
        "public.objection",
        "public.apply",
    }
)

SPECIFICATION = {
    "API_TITLE": "揭榜 Jiebang",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "除登录和公开（/public）外均需 `Authorization: Bearer`。"
            "错误为 application/problem+json。"
            "除登录外的 POST 均可带 `Idempotency-Key`，24 小时内重发得到同一结果。"
            "提交表单的 POST 可带 `check_only=true`：只核对，不办理，有问题时一次列全。"
        },
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    },
}


class OneLineSummaries(BasePlugin):
    """Makes one line of each summary, because summaries come from docstrings, which wrap."""

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Join the lines of each operation's summary."""
        for operation in (operations or {}).values():
            if "summary" in operation:
                operation["summary"] = " ".join(operation["summary"].split())


def install(app: Flask) -> None:
    """Register the interface under ``/api/v1``."""
    app.config.update(SPECIFICATION)
    api = Api(app, spec_kwargs={"extra_plugins": [OneLineSummaries()]})
    for module in (
        tokens,
        processes,
        takeover,
        items,
        cases,
        attachments,
        deployments,
        ledgers,
        papers,
        coverage,
        registry,
        accounts,
        channels,
        notices,
        outside,
        rehearsal,
        terms,
        board,
        orders,
        clock,
        campaigns,
    ):
        api.register_blueprint(module.blueprint, url_prefix="/api/v1")
    app.register_blueprint(docs.blueprint, url_prefix="/api/v1")
    make_checkable(app, OF_FORMS)
    make_repeatable(app, "/api/v1", but=UNKEPT)
    app.extensions["jiebang_api"] = api
