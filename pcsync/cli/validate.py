"""``pcsync validate``: every problem of every manifest, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import GlobalOptions, credential, option, output, target

if TYPE_CHECKING:
    from pcsync.core.diagnostic import Diagnostic


@click.command("validate")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@target
@credential
@option("--live", is_flag=True, help="Also ask the target's catalog: identities, sources, mosaics, thumbnails, ranges. Nothing is written.")
@option("--all-targets", is_flag=True, help="Check them as each target of the project sees them.")
@option("--fail-level", type=click.Choice(["error", "warning"]), default="error", show_default=True, help="What makes the exit code 3.")
@option("--select", multiple=True, metavar="RULE", help="Only these rules: ids, sets (render) or patterns (render-color*); repeatable.")
@option("--ignore", multiple=True, metavar="RULE", help="Not these rules; repeatable.")
@option("--stac-schemas", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Schemas of STAC extensions, by URL.")
@option("--no-cache", is_flag=True, help="Look at every file anew, whatever earlier runs found (.pcsync/cache).")
@output
@click.pass_obj
def command(
    options: GlobalOptions,
    files: tuple[Path, ...],
    target: str | None,
    endpoint: str | None,
    credential: str,
    live: bool,
    all_targets: bool,
    fail_level: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    stac_schemas: Path | None,
    no_cache: bool,
    outputs: tuple[str, ...],
) -> int:
    """Check the manifests, all of them or FILES, without touching a catalog or needing a network (but for --live).

    Exit code 3 when there is an error; everything found in one run, with file, line, column and what to do. The rules, with examples:
    pcsync explain.
    """
    from pcsync.cli.checking import Wanted, check_files
    from pcsync.cli.printing import Printer
    from pcsync.core.errors import ManifestError, UsageError

    if live and all_targets:
        raise UsageError("--live asks one catalog", where="--all-targets", fix="name it with --target")
    printer = Printer(options, outputs)
    printer.require_valid("diagnostics")
    wanted = Wanted(select, ignore, stac_schemas, not no_cache)
    count, diagnostics = check_files(options, files, target, all_targets, wanted)
    if live and not any(_fails(it, {"error"}) for it in diagnostics):  # a catalog has nothing to say about what it would refuse
        from pcsync.cli.live import check_live

        diagnostics = sorted([*diagnostics, *check_live(options, files, target, endpoint, credential, wanted)], key=lambda it: it.order)
    printer.diagnostics(diagnostics, count)
    failing = {"error"} if fail_level == "error" else {"error", "warning"}
    return ManifestError.exit_code if any(_fails(it, failing) for it in diagnostics) else 0


def _fails(diagnostic: Diagnostic, failing: set[str]) -> bool:
    return str(diagnostic.severity) in failing
