"""What is wrong with a case: one clear message a finding, by the rule that it breaks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from analysis.keys import nearest

UNUSABLE = frozenset(
    {
        *("no-file", "not-utf8", "empty-file", "not-a-table", "not-toml", "wrong-columns"),
        *("misshapen-file", "unknown-case", "misnamed-cases", "request"),
    }
)
"""Rules of which a breach means that a file, or what was asked for, cannot be used at all."""


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong, and where; what the ``rule`` is for stands in ``rules.toml``.

    ``row`` counts as a spreadsheet does, the header being row 1; of a file that is no table it is the line.
    ``value`` is what is wrong there, as far as it is one thing.
    """

    file: str
    row: int
    column: str
    message: str
    rule: str = field(kw_only=True)
    value: str = field(default="", kw_only=True)

    def __str__(self) -> str:
        """File, row, column and message, leaving out what does not apply."""
        what = "column" if self.file.endswith(".csv") else "entry"
        place = [self.file, self.place, f"{what} {self.column}" if self.column else ""]
        return f"{', '.join(part for part in place if part)}: {self.message}"

    @property
    def place(self) -> str:
        """The row, or the line, in words."""
        return f"{'row' if self.file.endswith('.csv') else 'line'} {self.row}" if self.row else ""

    @property
    def cells(self) -> frozenset[tuple[str, int, str]]:
        """The cells of a table in which it stands."""
        columns = self.column.split(", ") if self.row and self.column else ()
        return frozenset((self.file, self.row, column) for column in columns)


@dataclass(frozen=True)
class Problem:
    """A finding before it is known where it stands."""

    rule: str
    message: str
    value: str = ""

    def at(self, file: str, row: int = 0, column: str = "") -> Finding:
        """The finding at a place."""
        return Finding(file, row, column, self.message, rule=self.rule, value=self.value)


def unknown_key(name: str, known: Collection[str], among: str = "") -> Problem:
    """That there is no such key, with the nearest of those that are ``known``."""
    return Problem("unknown-key", f"there is no key '{name}'{among}{nearest(name, known)}", name)


class CaseError(Exception):
    """A case with findings; nothing is computed from it."""

    status = 1

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings in the order of file and row."""
        self.findings = tuple(sorted(set(findings)))
        super().__init__("\n".join(map(str, self.findings)))


class UnusableError(CaseError):
    """Input that cannot be read at all: no such case, not a table, not UTF-8."""

    status = 2

    def __init__(self, file: str, message: str, rule: str = "request") -> None:
        """Name the one file at fault."""
        super().__init__([Finding(file, 0, "", message, rule=rule)])

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> UnusableError:
        """One error for all that is wrong where something cannot be read."""
        error = cls("", "")
        CaseError.__init__(error, findings)
        return error


def error_of(findings: Sequence[Finding]) -> CaseError:
    """The error for all findings of a case."""
    return UnusableError.of(findings) if status_of(findings) == UnusableError.status else CaseError(findings)


def status_of(findings: Collection[Finding]) -> int:
    """The exit status that findings mean: 0 none, 1 some, 2 some of which a file cannot be used at all."""
    if any(finding.rule in UNUSABLE for finding in findings):
        return UnusableError.status
    return CaseError.status if findings else 0
