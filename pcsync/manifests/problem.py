"""A problem whose place is still an origin: positions are looked up only when there is something to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.source import Origin


@dataclass(frozen=True, slots=True)
class Problem:
    """Rule id, what, the origin of the value concerned, fix; ``pointer`` is the value's place in its resolved document.

    ``key`` points at the value's key instead (an unknown key, one too many).
    """

    rule: str
    what: str
    origin: Origin
    fix: str = ""
    pointer: str = ""
    severity: Severity = Severity.ERROR
    key: bool = False

    def diagnostic(self, root: Path) -> Diagnostic:
        """The problem with file, line and column."""
        from pcsync.manifests.positions import extent, key_extent  # composes files with PyYAML, which good files never need

        at = key_extent(self.origin, root) if self.key else extent(self.origin, root)
        return Diagnostic(self.rule, self.severity, self.what, at.position, self.pointer, self.fix, at.end, at.end_line)


def did_you_mean(name: str, known: Iterable[str], instead: str = "") -> str:
    """A hint at the nearest known name; ``instead``, or the known names, where nothing is near."""
    import difflib  # only where something is wrong

    names = sorted(known)
    lowered = {choice.lower(): choice for choice in names}
    near = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    if near:
        return f"did you mean {lowered[near[0]]}?"
    return instead or (f"known are: {', '.join(names)}" if names else "none is known")
