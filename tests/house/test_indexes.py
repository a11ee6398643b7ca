"""The lists of decisions and refusals say what the code says."""

from pathlib import Path

import pytest

from tests.indexes import INDEXES, decisions_of


@pytest.mark.parametrize("file", INDEXES, ids=lambda file: file.name)
def test_a_list_is_as_the_code_is(file: Path) -> None:
    assert file.read_text("utf-8") == INDEXES[file](), "make indexes"


def test_a_decision_is_a_paragraph_that_begins_so(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""What.\n\nDecided: this, because\nof :class:`~a.B`.\n\nMore.\n"""\n')
    assert list(decisions_of(module)) == ["This, because of `a.B`."]
