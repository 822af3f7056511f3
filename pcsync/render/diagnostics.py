"""What validation found, as text: the source lines with what is meant underlined, what is wrong, how to mend it; counts last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.render.flow import flowed
from pcsync.render.frame import Source, frame, no_source
from pcsync.render.terminal import Style, one_line
from pcsync.render.wording import count, listed


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics by file, line and column; what was found twice is said once."""
    return sorted(dict.fromkeys(diagnostics), key=lambda diagnostic: diagnostic.order)


def diagnostics_text(diagnostics: Sequence[Diagnostic], style: Style, source: Source = no_source, manifests: int | None = None) -> str:
    """Every diagnostic, then the verdict; ``manifests`` is how many were looked at."""
    lines = [line for diagnostic in in_order(diagnostics) for line in (*diagnostic_lines(diagnostic, style, source), "")]
    return "\n".join([*lines, verdict(diagnostics, style, manifests)]) + "\n"


def diagnostic_lines(diagnostic: Diagnostic, style: Style, source: Source = no_source) -> Iterator[str]:
    """One diagnostic: position, severity, rule and what; the code frame; the fix."""
    paint = {Severity.ERROR: style.bad, Severity.WARNING: style.warm, Severity.NOTE: style.cool}[diagnostic.severity]
    where, severity = f"{one_line(str(diagnostic.position))}: ", str(diagnostic.severity)
    first, *more = flowed(f"{where}{severity} {one_line(diagnostic.rule)}: {one_line(diagnostic.what)}", style.width)
    rest = first.removeprefix(where + severity)
    yield first if rest == first else f"{where}{paint(severity)}{rest}"
    yield from more
    yield from (style.dim(line) for line in frame(diagnostic, source, style))
    if diagnostic.fix:
        yield from flowed(f"fix: {one_line(diagnostic.fix)}", style.width, "  ")


def verdict(diagnostics: Iterable[Diagnostic], style: Style, manifests: int | None = None) -> str:
    """``2 errors and 1 warning in 2 files``, or that all is well."""
    found = in_order(diagnostics)
    tally = Counter(diagnostic.severity for diagnostic in found)
    looked = "" if manifests is None else f"{count(manifests, 'manifest')}: "
    if not found:
        return style.good(f"{looked}no problems")
    words = listed(count(tally[severity], str(severity)) for severity in Severity if tally[severity])
    files = len({diagnostic.position.file for diagnostic in found})
    return style.bold(f"{looked}{words} in {count(files, 'file')}")
