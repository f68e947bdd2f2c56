"""What is wrong with a case: one clear message a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong, and where; ``row`` counts as a spreadsheet does, the header being row 1.

    A page has a ``line`` in place of row and column.
    """

    file: str
    row: int
    column: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        """File, row, column and message, leaving out what does not apply."""
        place = [
            self.file,
            f"row {self.row}" if self.row else "",
            f"column {self.column}" if self.column else "",
            f"line {self.line}" if self.line else "",
        ]
        return f"{', '.join(part for part in place if part)}: {self.message}"


class CaseError(Exception):
    """A case with findings; nothing is computed from it."""

    status = 1

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep the findings in the order of file and row."""
        self.findings = tuple(sorted(set(findings)))
        super().__init__("\n".join(map(str, self.findings)))


class UnusableError(CaseError):
    """Input that cannot be read at all: no such case, not a table, not UTF-8."""

    status = 2

    def __init__(self, file: str, message: str) -> None:
        """Name the one file at fault."""
        super().__init__([Finding(file, 0, "", message)])

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> UnusableError:
        """One error for all that cannot be read."""
        error = cls("", "")
        CaseError.__init__(error, findings)
        return error
