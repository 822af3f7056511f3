"""The two sides of ``pcsync diff``: what their names stand for, and reading them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.planning import selection
from pcsync.cli.wiring import EMULATOR, Wiring, elsewhere
from pcsync.core.contrast import Contrast, Side, plan_contrast
from pcsync.core.errors import UsageError
from pcsync.core.resource import CATALOG_SCOPE
from pcsync.kinds import KINDS
from pcsync.reconcile.contrasting import contrast
from pcsync.reconcile.sight import Selection

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions
    from pcsync.cli.printing import Printer
    from pcsync.manifests.project import Project


def are_plans(names: Sequence[str]) -> bool:
    """The names are those of plan files. Raises UsageError where only one is."""
    files = [Path(name).is_file() for name in names]
    if any(files) and not all(files):
        plan, other = names if files[0] else reversed(names)
        raise UsageError(f"{plan} is a file and {other} is none", where="diff", fix="name two saved plans, or two catalogs")
    return all(files)


def of_plans(a: str, b: str, only: Sequence[str]) -> Contrast:
    """What changed from one saved plan to another."""
    from pcsync.cli.saved import read

    first, second = Path(a), Path(b)
    sides = [Side(name, _digest(path)) for name, path in zip(_apart(first, second), (first, second), strict=True)]
    return plan_contrast((sides[0], read(first)), (sides[1], read(second)), selection(only))


def _apart(a: Path, b: Path) -> tuple[str, str]:
    """File names, with their folders where those alone tell them apart."""
    return (a.name, b.name) if a.name != b.name else (str(a), str(b))


def _digest(path: Path) -> str:
    from pcsync.cli.saved import read
    from pcsync.core.document import digest

    return f"digest {digest(read(path))}"


def project_of(options: GlobalOptions) -> Project:
    """The project that knows the targets. Raises UsageError, ManifestError."""
    from pcsync.manifests.project import find_project, read_project

    return read_project(find_project(Path.cwd(), Path(options.config) if options.config else None), options.environment)


def wiring_of(project: Project, name: str, environment: Mapping[str, str], credential: str) -> Wiring:
    """A side by the name of a target, or by its endpoint. Raises UsageError, ManifestError."""
    if name in project.targets:
        spec = project.target(name)
    elif "://" in name or name.startswith(EMULATOR):
        known = next(iter(project.targets.values()))
        spec = replace(elsewhere(project, known.name, name), name=name)
    else:
        spec = project.target(name)  # which says what there is
    return Wiring(project, spec, environment, credential)


async def of_catalogs(a: Wiring, b: Wiring, printer: Printer, only: Sequence[str], concurrency: int) -> Contrast:
    """How two catalogs differ."""
    if a.spec.endpoint == b.spec.endpoint:
        raise UsageError(f"{a.spec.name} and {b.spec.name} are one catalog ({a.spec.endpoint})", where="diff", fix="name two catalogs")
    for side in (a, b):
        require_there(side)
    chosen = selection(only)
    async with a.catalog(a.credential, concurrency) as ours, b.catalog(b.credential, concurrency) as theirs:
        return await contrast(
            (_side(a), ours.reader()),
            (_side(b), theirs.reader()),
            KINDS,
            scopes=scopes(chosen) if chosen else None,
            chosen=chosen,
            concurrency=concurrency,
            progress=printer.progress(),
        )


def require_there(side: Wiring) -> None:
    """Raises UsageError for an emulated catalog that nobody has made: an empty one would be made by looking, and hide a slip of the pen."""
    path = side.spec.endpoint.removeprefix(EMULATOR)
    if side.spec.endpoint.startswith(EMULATOR) and not (side.project.root / path).exists():
        raise UsageError(f"there is no emulated catalog at {path}", where=side.spec.name, fix="name another, or apply to it first")


def scopes(chosen: Selection) -> Iterable[str]:
    """The collections that a selection is about, and the catalog where it names something of it."""
    return {key.collection for key in chosen.keys} | ({CATALOG_SCOPE} if chosen.kinds else set())


def _side(wiring: Wiring) -> Side:
    return Side(wiring.spec.name, wiring.spec.endpoint)
