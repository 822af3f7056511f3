"""Offline checking of manifest files, side by side where there are many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.examining import Examination, SchemaFolder, places
from pcsync.cli.owning import Own, own_rules
from pcsync.cli.verdicts import Look, Looking, Shelf, keep, taken
from pcsync.cli.workers import Workers, worth_workers
from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.errors import UsageError
from pcsync.core.source import Origin, step
from pcsync.manifests.load import Context, conflicts, context
from pcsync.manifests.project import Project, find_project, read_project
from pcsync.rules.book import rules
from pcsync.rules.choice import Choice, require_known, unknown
from pcsync.rules.suppression import IDLE

STORE = Path(".pcsync") / "schemas"

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run of validation was asked for: rules to select and to ignore, a folder of STAC extension schemas; ``cache``: verdicts of
    earlier runs count."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    stac_schemas: Path | None = None
    cache: bool = False


def check_files(
    options: GlobalOptions, files: Sequence[Path], target: str | None, all_targets: bool, wanted: Wanted = Wanted()
) -> tuple[int, list[Diagnostic]]:
    """How many files were checked, and every problem found, sorted by place and each once."""
    project = read_project(find_project(Path.cwd(), Path(options.config) if options.config else None), options.environment)
    chosen = chosen_files(project, files)
    names = list(project.targets) if all_targets else [target]
    own = own_rules(project)
    examination = examining(project, wanted, own)
    found = in_all([set(check(project, name, chosen, options, examination, cache=wanted.cache)) for name in names])
    found.update(unknown_rules(project, own))
    found.update(own.diagnostics)
    return len(chosen), sorted(found, key=lambda it: it.order)


def in_all(found: Sequence[set[Diagnostic]]) -> set[Diagnostic]:
    """What was found for one target or another; a suppression is idle only where it hides nothing for any of them."""
    idle = set[Diagnostic].intersection(*({it for it in one if it.rule == IDLE} for one in found))
    return idle.union(*({it for it in one if it.rule != IDLE} for one in found))


def beforehand(project: Project) -> tuple[Examination, list[Diagnostic]]:
    """All rules of a project for a command that is about something else, and what is wrong with its own ones."""
    own = own_rules(project)
    return examining(project, Wanted(), own), [*unknown_rules(project, own), *own.diagnostics]


def examining(project: Project, wanted: Wanted, own: Own) -> Examination:
    """The rules of a run. Raises UsageError for a rule that there is none of."""
    for name, patterns in (("--select", wanted.select), ("--ignore", wanted.ignore)):
        if patterns:
            require_known(name, patterns, (*rules(), *own.rules))
    choice = Choice(wanted.select, wanted.ignore, tuple(project.rules.items()))
    return Examination(choice, datetime.now(UTC), SchemaFolder(wanted.stac_schemas or _store(project)), own.policies, project.plugins)


def _store(project: Project) -> Path | None:
    """Where pcsync schema fetch puts schemas, if it ever did."""
    folder = project.root / STORE
    return folder if folder.is_dir() else None


def unknown_rules(project: Project, own: Own) -> Iterator[Diagnostic]:
    """Names under ``rules:`` of pcsync.yaml that stand for no rule."""
    for pattern, fix in unknown(project.rules, (*rules(), *own.rules)) if project.rules else ():
        origin = Origin(project.file.name, f"/rules{step(pattern)}")
        at = places(project.root).key(origin)
        what = f"there is no rule {pattern!r}"
        yield Diagnostic("project-unknown-rule", Severity.WARNING, what, at.position, origin.pointer, fix, at.end, at.end_line)


def check(
    project: Project, target: str | None, files: Sequence[Path], options: GlobalOptions, examination: Examination, *, cache: bool = False
) -> Iterator[Diagnostic]:
    """The problems of some files as one target of the project sees them; whether that target can be reached does not matter."""
    from pcsync.kinds.attaching import ATTACHING

    known = project.targets.get(target or project.default_target or "")
    spec = replace(known, problems=()) if known else project.target(target)
    setting = context(project, spec, options.environment, ATTACHING)
    if worth_workers(files):
        _ = examination.engine  # made here, worker processes have it from the start; few files that are all known take none
    looks = looked(Looking(examination, shelf_of(examination, setting, options.environment) if cache else None), files, setting)
    examined = [it.examined for it in looks]
    documents = [document for one in examined for document in one.documents]
    complete = len(files) >= len(project.files()) and set(files) >= set(project.files())
    yield from (it for one in examined for it in one.diagnostics)
    yield from conflicts(documents, setting, complete=complete)
    yield from examination.across(examined, setting, complete=complete)


def shelf_of(examination: Examination, context: Context, environ: Mapping[str, str]) -> Shelf | None:
    """Where the verdicts of such a run are kept; None where they cannot be."""
    from pcsync.cli.sealed import sealing_key
    from pcsync.cli.standing import standing

    of, key = standing(examination, context), sealing_key(environ)
    return Shelf(context.project.root, of, key) if of and key else None


def looked(looking: Looking, files: Sequence[Path], context: Context) -> list[Look]:
    """What was found in each file; verdicts that are new are kept."""
    if looking.shelf:
        taken(looking.shelf)  # read here, worker processes have it from the start
    workers = Workers(looking, files, context)
    try:
        looks = list(workers.results())
    finally:
        workers.close()
    if looking.shelf:
        keep(looking.shelf, looks, complete=len(files) >= len(context.project.files()))
    return looks


def chosen_files(project: Project, files: Sequence[Path]) -> list[Path]:
    """The files that were named, else all manifests of the project. Raises UsageError for one that is not there."""
    return [_existing(path) for path in files] or list(project.files())


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"there is no file {path}", fix="name manifest files, or none to check the whole project")
    return path.absolute()
