"""Where results go: each ``-o FORMAT[=PATH]`` one rendering of the same value; results on stdout, all else on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pcsync.core.diagnostic import Diagnostic
from pcsync.core.errors import UsageError
from pcsync.core.state import Progress
from pcsync.render.terminal import Style, safe, style_for, write

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions
    from pcsync.core.plan import Plan
    from pcsync.render.outcome import Outcome

FORMATS = ("text", "json")
Rendering = Callable[[Style], str]
"""A value as text for a stream of that style."""


@dataclass(frozen=True)
class Printer:
    """The outputs one command was asked for; without any, text on stdout."""

    options: GlobalOptions
    outputs: Sequence[str] = ()
    root: Path | None = None

    @cached_property
    def _wanted(self) -> tuple[tuple[str, Path | None], ...]:
        return tuple(parse_output(output) for output in self.outputs) or (("text", None),)

    def require_valid(self) -> None:
        """Raises UsageError for a format that is none, before any work is done."""
        _ = self._wanted

    @cached_property
    def text_on_stdout(self) -> bool:
        """A person reads stdout."""
        return ("text", None) in self._wanted

    def plan(self, plan: Plan, *, unmanaged: bool = False) -> None:
        """A plan in every wanted format."""
        from pcsync.render.json import plan_json
        from pcsync.render.text import plan_text

        def text(style: Style) -> str:
            return plan_text(plan, style, verbose=self.options.verbose > 0, unmanaged=unmanaged)

        self._print({"text": text, "json": lambda _: plan_json(plan)})

    def plan_text(self, plan: Plan) -> None:
        """A plan to read before it is applied, whatever is wanted of the outcome."""
        from pcsync.render.text import plan_text

        write(sys.stdout, plan_text(plan, self.style(sys.stdout), verbose=self.options.verbose > 0))

    def diagnostics(self, diagnostics: Sequence[Diagnostic], manifests: int | None = None) -> None:
        """What validation found in every wanted format."""
        from pcsync.render.diagnostics import diagnostics_text
        from pcsync.render.json import diagnostics_json

        def text(style: Style) -> str:
            return diagnostics_text(diagnostics, style, self._source, manifests)

        self._print({"text": text, "json": lambda _: diagnostics_json(diagnostics, manifests)})

    def outcome(self, outcome: Outcome) -> None:
        """What an apply did in every wanted format."""
        from pcsync.render.json import outcome_json
        from pcsync.render.outcome import outcome_text

        self._print({"text": lambda style: outcome_text(outcome, style), "json": lambda _: outcome_json(outcome)})

    def warn(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Diagnostics beside the result: on stderr, as text."""
        from pcsync.render.diagnostics import diagnostics_text

        if diagnostics and not self.options.quiet:
            write(sys.stderr, diagnostics_text(diagnostics, self.style(sys.stderr), self._source))

    def say(self, line: str) -> None:
        """One line for people on stderr; silent with --quiet."""
        if not self.options.quiet:
            write(sys.stderr, safe(line) + "\n")

    def style(self, stream: TextIO) -> Style:
        """How to write on a stream: its width, colours and signs."""
        return style_for(stream, self.options.environment, self.options.color)

    def progress(self) -> Progress:
        """A progress line on stderr where a person watches."""
        from pcsync.render.progress import progress_on

        return progress_on(sys.stderr, self.options.environment, self.style(sys.stderr), self.options.quiet)

    def _print(self, renderings: Mapping[str, Rendering]) -> None:
        for form, path in self._wanted:
            if path is None:
                write(sys.stdout, renderings[form](self.style(sys.stdout)))
            else:
                _save(path, renderings[form](Style(width=120)))

    def _source(self, file: str, line: int) -> str | None:
        lines = _lines((self.root or Path.cwd()) / file)
        return lines[line - 1] if 0 < line <= len(lines) else None


def parse_output(output: str) -> tuple[str, Path | None]:
    """(format, file) of a ``FORMAT[=PATH]``; None for stdout. Raises UsageError."""
    form, _, path = output.partition("=")
    if form not in FORMATS:
        raise UsageError(f"there is no output format {form!r}", where="-o", fix=f"one of: {', '.join(FORMATS)}")
    return form, Path(path) if path else None


def _save(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@lru_cache(maxsize=8)
def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text(encoding="utf-8-sig", errors="replace").splitlines())
    except OSError:
        return ()
