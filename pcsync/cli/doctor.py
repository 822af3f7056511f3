"""``pcsync doctor``: what a support person asks first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import GlobalOptions, credential, output, target
from pcsync.core.errors import AuthenticationError, PcsyncError

if TYPE_CHECKING:
    from pcsync.cli.wiring import Wiring
    from pcsync.core.symptom import Symptom
    from pcsync.manifests.project import Project


@click.command("doctor")
@target
@credential
@output
@click.pass_obj
def command(options: GlobalOptions, target: str | None, endpoint: str | None, credential: str, outputs: tuple[str, ...]) -> int:
    """Look at this installation, the project and the catalog, and say what is wrong and what to do. Changes nothing.

    Secrets are named and never shown. Exit code 0, also with warnings; 1 when something failed; 8 when the catalog does not take the
    token, or none can be had.
    """
    from pcsync.cli.printing import Printer
    from pcsync.core.symptom import Health

    printer = Printer(options, outputs)
    printer.require_valid("symptoms")
    found = list(symptoms(options, target, endpoint, credential))
    printer.symptoms(found)
    if any(it.refused for it in found):
        return AuthenticationError.exit_code
    return int(any(it.health is Health.FAILED for it in found))


def symptoms(options: GlobalOptions, target: str | None, endpoint: str | None, credential: str) -> Iterator[Symptom]:
    """Everything in order; what cannot be looked at without something that failed is left out."""
    from pcsync.cli.doctoring import project as look
    from pcsync.cli.doctoring.machine import machine

    yield from machine(options.environment)
    project, said = look.found(options)
    yield from said
    if project is None:
        return
    wiring, wrong = wired(options, project, target, endpoint, credential)
    yield from look.targets(project, wiring.spec.name if wiring else target or project.default_target)
    yield from wrong
    yield from look.state(project)
    if wiring is None:
        return
    yield from look.manifests(wiring)
    yield from look.leftovers([replace(wiring, spec=spec) for spec in project.targets.values() if not spec.problems])
    from pcsync.cli.doctoring.catalog import visited

    yield from visited(wiring, credential)


def wired(
    options: GlobalOptions, project: Project, target: str | None, endpoint: str | None, credential: str
) -> tuple[Wiring | None, list[Symptom]]:
    """The wiring of the target that is asked about; None, and why, where there is none. Its own problems are told with the targets."""
    from pcsync.cli.wiring import Wiring, elsewhere
    from pcsync.core.errors import ManifestError
    from pcsync.core.symptom import failed

    try:
        spec = elsewhere(project, target, endpoint) if endpoint else project.target(target)
    except ManifestError:
        return None, []
    except PcsyncError as wrong:
        return None, [failed("project", "target", wrong.what, wrong.fix)]
    return Wiring(project, spec, options.environment, credential), []
