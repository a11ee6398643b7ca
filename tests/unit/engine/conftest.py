"""Traps: while any engine test runs, nothing may write into a token's or a workflow's data."""

from typing import Any

import pytest
from SpiffWorkflow.task import Task
from SpiffWorkflow.workflow import Workflow


class Trap(dict[str, Any]):
    """A dictionary that stays empty."""

    def _refuse(self, *args: Any, **kw: Any) -> Any:
        raise AssertionError(f"write into a token's data: {args} {kw}")

    __setitem__ = setdefault = _refuse

    def update(self, *args: Any, **kw: Any) -> None:
        if any(args) or kw:
            self._refuse(*args, **kw)

    def __deepcopy__(self, memo: Any) -> "Trap":
        return Trap()


def _guarded() -> property:
    def get(self: Any) -> Any:
        return self.__dict__["data"]

    def put(self: Any, value: Any) -> None:
        assert not value, f"data set to {value}"
        self.__dict__["data"] = Trap()

    return property(get, put)


@pytest.fixture(autouse=True)
def no_data_in_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any write into ``Task.data`` or ``Workflow.data`` fails the test."""
    monkeypatch.setattr(Task, "data", _guarded(), raising=False)
    monkeypatch.setattr(Workflow, "data", _guarded(), raising=False)
