"""What validation has to say about a manifest, and where exactly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pcsync.core.source import Position


class Severity(StrEnum):
    """How much a diagnostic matters: an error stops plan and apply, a warning is shown, a note explains."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem in a manifest: rule id, where, what, and how to mend it.

    ``pointer`` is the JSON pointer of the value inside its resolved document ("" is the document itself). ``end`` is the column behind
    the last character that is meant, in line ``end_line`` (0: the position's own line); 0 where that is not known.
    """

    rule: str
    severity: Severity
    what: str
    position: Position
    pointer: str = ""
    fix: str = ""
    end: int = 0
    end_line: int = 0

    @property
    def last_line(self) -> int:
        """The line where what is meant ends, as far as that is known."""
        return max(self.end_line, self.position.line)

    def __str__(self) -> str:
        head = f"{self.position}: {self.severity} {self.rule}: {self.what}"
        return f"{head}\n  fix: {self.fix}" if self.fix else head

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sort key: by file, line, column, then rule and text, so that a run always prints the same."""
        return (self.position.file, self.position.line, self.position.column, self.rule, self.what)
