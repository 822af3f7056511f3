"""The project: whether it can be read, its targets and secrets be had, its state be kept, and what earlier applies left behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.doctoring.git import git
from pcsync.cli.doctoring.machine import installed
from pcsync.core.diagnostic import Severity
from pcsync.core.errors import ManifestError, PcsyncError, UsageError
from pcsync.core.symptom import Symptom, failed, ok, warning
from pcsync.render.wording import count

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions
    from pcsync.cli.wiring import Wiring
    from pcsync.manifests.load import Context
    from pcsync.manifests.project import Project

TOPIC = "project"
STATE = ".pcsync"
VAULT = "keyvault:"
FEW = 5  # names of one sort that are shown


def found(options: GlobalOptions) -> tuple[Project | None, list[Symptom]]:
    """The project, None where there is none that can be read."""
    from pcsync.manifests.project import find_project, read_project

    try:
        project = read_project(find_project(Path.cwd(), Path(options.config) if options.config else None), options.environment)
    except UsageError as wrong:
        return None, [failed(TOPIC, "pcsync.yaml", wrong.what, wrong.fix)]
    except ManifestError as wrong:
        return None, [failed(TOPIC, str(it.position), it.what, it.fix) for it in wrong.diagnostics]
    return project, [ok(TOPIC, "pcsync.yaml", f"{project.file}, owner {project.owner}")]


def targets(project: Project, chosen: str | None) -> Iterator[Symptom]:
    """Every target; what is wrong with one that is not asked about is a warning."""
    for name, spec in project.targets.items():
        for it in spec.problems:
            yield (failed if name == chosen else warning)(TOPIC, f"target {name}", f"{it.position}: {it.what}", it.fix)
        if not spec.problems:
            more = ", ".join([*(["protected"] if spec.protected else []), *(["this one is asked below"] if name == chosen else [])])
            yield ok(TOPIC, f"target {name}", spec.endpoint + (f" ({more})" if more else ""))


@dataclass(frozen=True, slots=True)
class Said:
    """What one manifest file needs and lacks: variables that are not there, errors besides, secrets and why one cannot be had."""

    variables: tuple[str, ...]
    errors: int
    secrets: tuple[tuple[str, str], ...]


def said(path: Path, context: Context) -> Said:
    """What one manifest file needs and lacks; key vaults are not asked."""
    from pcsync.manifests.load import load_file

    loaded = load_file(path, context)
    missing = tuple(it.what for it in loaded.diagnostics if it.rule == "variable-unknown")
    errors = sum(it.severity is Severity.ERROR for it in loaded.diagnostics) - len(missing)
    facts = (fact for document in loaded.documents for fact in document.facts.values() if "ref" in fact)
    return Said(missing, errors, tuple((str(fact["ref"]), str(fact.get("missing", ""))) for fact in facts))


def manifests(wiring: Wiring) -> Iterator[Symptom]:
    """The manifest files, the variables that they want, and the secrets."""
    from pcsync.cli.workers import Workers

    files = wiring.project.files()
    for it in wiring.project.problems():
        yield warning(TOPIC, str(it.position), it.what, it.fix)
    workers = Workers(said, files, replace(wiring.context, vault=None))
    try:
        summaries = list(workers.results())
    finally:
        workers.close()
    if errors := sum(it.errors for it in summaries):
        yield failed(TOPIC, "manifests", f"{count(errors, 'error')} in {count(len(files), 'file')}", "pcsync validate says where")
    elif files:
        yield ok(TOPIC, "manifests", f"{count(len(files), 'file')} can be read; pcsync validate asks the rules")
    else:
        yield warning(TOPIC, "manifests", "there are none", "put them where manifests: of pcsync.yaml says, or start with pcsync init")
    lacking = list(dict.fromkeys(what for it in summaries for what in it.variables))
    yield from (failed(TOPIC, "variables", what, f"target {wiring.spec.name}; pcsync validate says where") for what in lacking[:FEW])
    if len(lacking) > FEW:
        yield failed(TOPIC, "variables", f"and {len(lacking) - FEW} more", "pcsync validate")
    yield from secrets(wiring, dict(pair for it in summaries for pair in it.secrets))


def secrets(wiring: Wiring, references: dict[str, str]) -> Iterator[Symptom]:
    """Each secret by its reference, and whether it can be had; a value is never shown."""
    for reference, missing in sorted(references.items()):
        if reference.startswith(VAULT):
            yield _in_vault(wiring, reference)
        elif missing:
            yield failed(TOPIC, f"secret {reference}", missing, "set it where pcsync plan and apply run")
        else:
            yield ok(TOPIC, f"secret {reference}", "is there")


def _in_vault(wiring: Wiring, reference: str) -> Symptom:
    if not installed("keyvault"):
        return failed(TOPIC, f"secret {reference}", "needs the extra keyvault, which is not installed", "pip install 'pcsync[keyvault]'")
    try:
        wiring.secret(reference)
    except PcsyncError as wrong:
        return failed(TOPIC, f"secret {reference}", wrong.what, wrong.fix)
    return ok(TOPIC, f"secret {reference}", "the key vault gives it")


def state(project: Project) -> Iterator[Symptom]:
    """Whether journals, undo files and the emulator can be written."""
    folder = project.root / STATE
    here = folder if folder.exists() else project.root
    try:
        with tempfile.TemporaryFile(dir=here):
            pass
    except OSError as wrong:
        what = f"{here} cannot be written: {wrong.strerror}"
        yield failed(TOPIC, "state folder", what, f"apply keeps its journal in {STATE}: mend its permissions")
    else:
        yield ok(TOPIC, "state folder", f"{folder} can be {'written' if here is folder else 'made'}")
    yield from git(project.root, STATE)


def leftovers(wirings: Sequence[Wiring]) -> Iterator[Symptom]:
    """Applies that did not finish, and one that runs now."""
    from pcsync.cli.journaling import interrupted
    from pcsync.cli.locking import locked
    from pcsync.core.errors import DeadlineError

    for wiring in wirings:
        before: list[str] = []
        interrupted(wiring.project.root, wiring.target).say(before.append)
        fix = f"pcsync apply --resume --target {wiring.spec.name}"
        yield from (warning(TOPIC, f"journal of {wiring.spec.name}", said_, fix) for said_ in before)
        try:
            with locked(wiring.target.endpoint, wiring.project.root):
                pass
        except DeadlineError as wrong:
            yield warning(TOPIC, f"lock of {wiring.spec.name}", wrong.what, wrong.fix)
        except OSError as wrong:
            yield failed(
                TOPIC, f"lock of {wiring.spec.name}", f"cannot be taken: {wrong.strerror} ({wrong.filename})", "mend its permissions"
            )
