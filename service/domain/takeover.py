"""Taking over projects that were running before this program was (补录): rows of a workbook, and
remarks on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REMARKS_SHOWN = 1_000


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What is wrong with a cell, or (``row`` None) the sheet, and what to do; a warning does not
    stop the import.
    """

    row: int | None
    column: str
    severity: str
    message: str


@dataclass(frozen=True, kw_only=True)
class SheetEntry:
    """One row: its number in the sheet, and its values by key (text, dates, None)."""

    row: int
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What was read of a workbook."""

    rows: Sequence[SheetEntry]
    remarks: Sequence[Remark]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The result of a check: how many rows, all remarks by row. Nothing is stored by it."""

    rows: int
    remarks: Sequence[Remark]

    @property
    def errors(self) -> int:
        """How many remarks stop the import."""
        return sum(remark.severity == "error" for remark in self.remarks)

    @property
    def warnings(self) -> int:
        """How many remarks do not."""
        return len(self.remarks) - self.errors

    @property
    def shown(self) -> Sequence[Remark]:
        """The remarks that a caller sees: the first thousand, errors first."""
        ordered = sorted(
            self.remarks, key=lambda remark: (remark.severity != "error", remark.row or 0)
        )
        return ordered[:REMARKS_SHOWN]

    @property
    def acceptable(self) -> bool:
        """Whether the rows can be taken over."""
        return self.rows > 0 and not self.errors
