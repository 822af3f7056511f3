"""Where results go: each ``-o FORMAT[=PATH]`` one rendering of the same value; results on stdout, all else on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote

from pcsync.cli.renderings import (
    ABOUT,
    ADDED,
    FORMATS,
    INERT,
    LOGS,
    NAMES,
    SUITS,
    Rendering,
    Setting,
    checks_as,
    contrast_as,
    diagnostics_as,
    outcome_as,
    plan_as,
    preview_as,
)
from pcsync.core.diagnostic import Diagnostic
from pcsync.core.errors import UsageError
from pcsync.render.inert import obeyed
from pcsync.render.terminal import Style, safe, style_for, write

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions
    from pcsync.core.checks import CheckReport
    from pcsync.core.contrast import Contrast
    from pcsync.core.picture import Comparison
    from pcsync.core.plan import Plan
    from pcsync.core.state import Progress
    from pcsync.core.symptom import Symptom
    from pcsync.render.outcome import Outcome
    from pcsync.rules.rule import Rule

GIT = ".git"


@dataclass(frozen=True)
class Printer:
    """The outputs one command was asked for; without any, text on stdout."""

    options: GlobalOptions
    outputs: Sequence[str] = ()
    root: Path | None = None

    @cached_property
    def _wanted(self) -> tuple[tuple[str, Path | None], ...]:
        wanted = tuple(parse_output(output) for output in self.outputs) or (("text", None),)
        require_apart(wanted)
        return wanted

    def require_valid(self, *values: str) -> None:
        """Raises UsageError for a format that is none or that suits none of the values (plan, outcome, diagnostics) to come."""
        for form, _ in self._wanted:
            if values and not any(form in SUITS[value] for value in values):
                shown = " or ".join(NAMES[value] for value in values)
                fix = f"one of: {', '.join(SUITS[values[0]])}"
                raise UsageError(f"{form} cannot show {shown}{ABOUT.get(form, '')}", where="-o", fix=fix)

    @cached_property
    def text_on_stdout(self) -> bool:
        """A person reads stdout."""
        return ("text", None) in self._wanted

    def plan(self, plan: Plan, *, unmanaged: bool = False, pictures: Sequence[Comparison] | None = None) -> None:
        """A plan in every wanted format, and the pictures of it where they were made."""
        self._print(lambda form, style: plan_as(form, plan, style, self._setting, unmanaged=unmanaged, pictures=pictures))

    def preview(self, plan: Plan, pictures: Sequence[Comparison]) -> None:
        """The pictures of a plan in every wanted format."""
        self._print(lambda form, style: preview_as(form, plan, pictures, style, self._setting))

    def plan_text(self, plan: Plan) -> None:
        """A plan as text on stdout, whatever else comes later."""
        self._write(sys.stdout, plan_as("text", plan, self.style(sys.stdout), self._setting), "text")

    def diagnostics(self, diagnostics: Sequence[Diagnostic], manifests: int | None = None) -> None:
        """What validation found in every wanted format."""
        self._print(lambda form, style: diagnostics_as(form, diagnostics, manifests, style, self._setting))

    def outcome(self, outcome: Outcome, plan: Plan) -> None:
        """What an apply did of its plan, in every wanted format."""
        self._print(lambda form, style: outcome_as(form, outcome, plan, style, self._setting))

    def checks(self, report: CheckReport) -> None:
        """What checks found in every wanted format."""
        self._print(lambda form, style: checks_as(form, report, style, self._setting))

    def rules(self, rendered: Callable[[str], str]) -> None:
        """The documentation of rules, by format, in every wanted one."""
        self._print(lambda form, _style: safe(rendered(form)) if form == "text" else rendered(form))

    def contrast(self, found: Contrast) -> None:
        """How two sides differ, in every wanted format."""
        self._print(lambda form, style: contrast_as(form, found, style, self._setting))

    def symptoms(self, found: Sequence[Symptom]) -> None:
        """What doctor found in every wanted format."""
        from pcsync.render.symptoms import symptoms_json, symptoms_text

        self._print(lambda form, style: symptoms_json(found) if form == "json" else symptoms_text(found, style))

    def event(self, sort: str, fields: Mapping[str, Any]) -> None:
        """Something that happens now, as a line of every ndjson output; nothing where none is wanted."""
        for path in (path for form, path in self._wanted if form == "ndjson"):
            from pcsync.render.ndjson import line

            self._put("ndjson", path, line(sort, fields))
            sys.stdout.flush()  # a pipe would be filled before its reader sees the first one

    def result(self, text: str) -> None:
        """A text of the command's own on stdout."""
        self._write(sys.stdout, safe(text), "text")

    def warn(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Diagnostics beside the result: on stderr, as text."""
        from pcsync.render.diagnostics import diagnostics_text

        if diagnostics and not self.options.quiet:
            self._write(sys.stderr, diagnostics_text(diagnostics, self.style(sys.stderr), self._source), "text")

    def say(self, line: str) -> None:
        """One line for people on stderr; silent with --quiet."""
        if not self.options.quiet:
            self._write(sys.stderr, safe(line) + "\n", "text")

    def style(self, stream: TextIO) -> Style:
        """How to write on a stream: its width, colours and signs."""
        return style_for(stream, self.options.environment, self.options.color)

    def progress(self) -> Progress:
        """A progress line on stderr where a person watches."""
        from pcsync.render.progress import progress_on

        return progress_on(sys.stderr, self.options.environment, self.style(sys.stderr), self.options.quiet)

    def _print(self, rendering: Rendering) -> None:
        for form, path in self._wanted:
            self._put(form, path, rendering(form, self.style(sys.stdout) if path is None else Style(width=120)))

    def _put(self, form: str, path: Path | None, text: str) -> None:
        """To stdout, or to a file that this command has begun: what it writes there comes one after the other."""
        if path is None:
            self._write(sys.stdout, text, form)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if path in self._begun or form in ADDED else "w", encoding="utf-8") as opened:
            opened.write(text)
        self._begun.add(path)

    @cached_property
    def _begun(self) -> set[Path]:
        return set()

    def _write(self, stream: TextIO, text: str, form: str) -> None:
        """To a stream; in a pipeline's log nothing that came from a manifest or a catalog is obeyed."""
        if form in INERT and obeyed(self.options.environment):
            text = INERT[form](text)
        write(stream, text)

    @cached_property
    def _setting(self) -> Setting:
        return Setting(
            verbose=self.options.verbose > 0,
            prefix=in_repository(self._folder),
            report=report_address(self.options.environment),
            source=self._source,
            rules=self._rules,
        )

    def _rules(self) -> Sequence[Rule]:
        from pcsync.cli.owning import known

        return known(self.options)

    @cached_property
    def _folder(self) -> Path:
        """The project's folder, to which the files of positions are relative."""
        from pcsync.manifests.project import find_project

        if self.root:
            return self.root
        try:
            return find_project(Path.cwd(), Path(self.options.config) if self.options.config else None).parent
        except UsageError:  # a saved plan can be shown anywhere
            return Path.cwd()

    def _source(self, file: str, line: int) -> str | None:
        lines = _lines(self._folder / file)
        return lines[line - 1] if 0 < line <= len(lines) else None


def parse_output(output: str) -> tuple[str, Path | None]:
    """(format, file) of a ``FORMAT[=PATH]``; None for stdout. Raises UsageError."""
    form, _, path = output.partition("=")
    if form not in FORMATS:
        raise UsageError(f"there is no output format {form!r}", where="-o", fix=f"one of: {', '.join(FORMATS)}")
    return form, Path(path) if path else None


def require_apart(wanted: Sequence[tuple[str, Path | None]]) -> None:
    """Raises UsageError where two outputs would be mixed: in one file, or on stdout unless both are lines for a log."""
    paths = [path for _, path in wanted if path]
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(f"two outputs go to {path}", where="-o", fix="give each a file of its own")
    on_stdout = [form for form, path in wanted if path is None]
    whole = [form for form in on_stdout if form not in LOGS]
    if whole and len(on_stdout) > 1:
        raise UsageError(f"{' and '.join(on_stdout)} would be mixed on stdout", where="-o", fix=f"write one to a file: -o {whole[0]}=PATH")


def in_repository(folder: Path) -> str:
    """A folder by its path from the root of the repository it is in, with slashes; "" for the root, or where there is no repository."""
    here = folder.resolve()
    root = next((parent for parent in (here, *here.parents) if (parent / GIT).exists()), here)
    path = here.relative_to(root).as_posix()
    return "" if path == "." else path


def report_address(environment: Mapping[str, str]) -> str:
    """Where this run keeps its report: PCSYNC_REPORT_URL, else the page of the GitHub or Azure pipeline run, else ""."""
    said = environment.get("PCSYNC_REPORT_URL", "")
    github = [environment.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    azure = [environment.get(name, "") for name in ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID")]
    if said:
        return said
    if all(github):
        return f"{github[0]}/{github[1]}/actions/runs/{github[2]}"
    return f"{azure[0].rstrip('/')}/{quote(azure[1])}/_build/results?buildId={azure[2]}" if all(azure) else ""


@lru_cache(maxsize=8)
def _lines(path: Path) -> tuple[str, ...]:
    """The lines as positions count them: read_text makes every line end of YAML a \\n, and splitlines knows more than YAML does."""
    try:
        return tuple(path.read_text(encoding="utf-8-sig", errors="replace").split("\n"))
    except OSError:
        return ()
