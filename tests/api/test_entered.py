"""What a completion asks of somebody who follows it: how many files of the program it enters.

Meant is the plainest one: a lead finishes a step, the next step opens, nobody is told by another
channel, no message goes to another case.
"""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from tests.api.conftest import Http
from tests.samples import ANSWERS
from tests.town import Town

PROGRAM = Path(__file__).resolve().parents[2] / "service"
MOST_FILES = 37


def test_completing_an_item_enters_few_files(http: Http, town: Town) -> None:
    first, second = town.applied("甲"), town.applied("乙")
    danwei = http("cf.danwei")
    town.complete("cf.danwei", first, "unit_review")  # what is read once per process has been read
    item = town.item(second, "unit_review").id
    danwei.headers["Idempotency-Key"] = "once"
    entered: set[str] = set()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            entered.add(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        danwei.post(f"/items/{item}/complete", {"answers": ANSWERS["unit_review"]})
    finally:
        sys.setprofile(None)
    ours = sorted(file for file in entered if Path(file).is_relative_to(PROGRAM))
    assert town.open(second) == ["department_review"]
    assert "verbs.py" in {Path(file).name for file in ours}
    assert len(ours) <= MOST_FILES, "\n".join(ours)
