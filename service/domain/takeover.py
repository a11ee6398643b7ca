"""Projects that began before this program and are taken over from a workbook (补录)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REMARKS_SHOWN = 1_000


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A remark on a cell or, if ``row`` is None, on the sheet. It says what to do.

    An error stops the import, a warning does not.
    """

    row: int | None
    column: str
    severity: str
    message: str


@dataclass(frozen=True, kw_only=True)
class SheetEntry:
    """One row: its number in the sheet, and its values by key (texts, dates or None)."""

    row: int
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The rows of a workbook, and the remarks on them."""

    rows: Sequence[SheetEntry]
    remarks: Sequence[Remark]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The result of a check: the number of rows, and all remarks in the order of the rows."""

    rows: int
    remarks: Sequence[Remark]

    @property
    def errors(self) -> int:
        """The number of remarks that stop the import."""
        return sum(remark.severity == "error" for remark in self.remarks)

    @property
    def warnings(self) -> int:
        """The number of remarks that do not stop the import."""
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
