"""``pcsync emulate``: a GeoCatalog on this machine, for the SDK, a browser or a script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from pcsync.cli.options import option
from pcsync.core.errors import UsageError

if TYPE_CHECKING:
    from pcsync.emulator import Fault
    from pcsync.emulator.world import World


@click.group("emulate", invoke_without_command=True)
@option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port to listen on; 0 picks a free one.")
@option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@option("--db", metavar="FILE", default=":memory:", show_default=True, help="SQLite file that keeps the catalog.")
@option("--lro-delay", type=click.FloatRange(0), default=0.0, show_default=True, help="Seconds an operation takes.")
@option("--tombstone", type=click.FloatRange(0), default=45.0, show_default=True, help="Seconds a deleted collection's id answers 409.")
@option("--require-bearer", is_flag=True, help="Answer 401 to requests without a token.")
@option("--unknown", "unknowns", multiple=True, metavar="NAME=CHOICE", help="Decide where the service's behaviour is not known.")
@option("--unknowns", "list_unknowns", is_flag=True, help="List what is not known of the service, with defaults, and leave.")
@option("--seed-from", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Load a folder of JSON first.")
@option("--faults", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Break what this JSON file says.")
@option(
    "--assets", type=click.Choice(["copy", "refer", "placeholder"]), default="copy", show_default=True, help="What becomes of item files."
)
@option("--strict-assets", is_flag=True, help="A file that cannot be read fails its item, as on the service.")
@option(
    "--read",
    "reads",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Let ingestion read this folder.",
)
@option("--mount", "mounts", multiple=True, metavar="URL=DIR", help="Let ingestion read URLs that begin so from this folder.")
@option("--tls", is_flag=True, help="Serve https with a throw-away certificate authority.")
@option("--log", type=click.Choice(["text", "json", "none"]), default="text", show_default=True, help="Request log on stderr.")
@click.pass_context
def command(
    ctx: click.Context,
    port: int,
    host: str,
    db: str,
    lro_delay: float,
    tombstone: float,
    require_bearer: bool,
    unknowns: tuple[str, ...],
    list_unknowns: bool,
    seed_from: Path | None,
    faults: Path | None,
    assets: Literal["copy", "refer", "placeholder"],
    strict_assets: bool,
    reads: tuple[Path, ...],
    mounts: tuple[str, ...],
    tls: bool,
    log: Literal["text", "json", "none"],
) -> None:
    """Serve an emulated GeoCatalog until Ctrl-C.

    pcsync itself needs no server for it: a target whose endpoint is emulator:PATH runs the same emulator in process.
    """
    from pcsync.cli.emulator import emulator, readable

    if ctx.invoked_subcommand is not None:
        ctx.obj = None if db == ":memory:" else Path(db)
        return
    with emulator(), readable(db):
        from pcsync.emulator import Settings
        from pcsync.emulator.seed import SeedError
        from pcsync.emulator.serve import serve
        from pcsync.emulator.unknowns import describe

        if list_unknowns:
            click.echo(describe())
            return
        settings = Settings(
            lro_delay=lro_delay,
            tombstone=tombstone,
            require_bearer=require_bearer,
            unknowns=_pairs(unknowns, "--unknown", "see --unknowns"),
            faults=_faults(faults),
            asset_policy=assets,
            strict_assets=strict_assets,
            read_folders=reads,
            mounts={url: Path(folder) for url, folder in _pairs(mounts, "--mount", "URL=DIR").items()},
        )
        try:
            serve(db if db == ":memory:" else Path(db), settings, host=host, port=port, tls=tls, log=log, seed_from=seed_from)
        except SeedError as wrong:
            raise UsageError(str(wrong), where="--seed-from", fix="mend the file, or take it out of the folder") from wrong


@command.command("snapshot")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def snapshot(db: Path | None, file: Path) -> None:
    """Write the whole catalog of --db, files included, to FILE; a server may go on serving it.

    \b
    pcsync emulate --db catalog.sqlite snapshot before.snapshot
    """
    with _catalog(_given(db, exists=True)) as world:
        from pcsync.emulator import snapshots

        if not file.absolute().parent.is_dir():
            raise UsageError(f"there is no folder {file.absolute().parent}", where=str(file), fix="make it, or name another")
        snapshots.save(world, file)


@command.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(db: Path | None, file: Path) -> None:
    """Put the catalog of --db back as FILE has it; a server that is serving it serves the restored one from then on.

    \b
    pcsync emulate --db catalog.sqlite restore before.snapshot
    """
    with _catalog(_given(db, exists=False)) as world:
        from pcsync.emulator import snapshots

        try:
            snapshots.restore(world, file)
        except snapshots.NotASnapshotError as wrong:
            raise UsageError(str(wrong), where=str(file), fix="name a file that `pcsync emulate --db FILE snapshot` wrote") from wrong


def _given(db: Path | None, exists: bool) -> Path:
    if db is None:
        raise UsageError(
            "there is no catalog in memory to keep", where="--db", fix="name its file before the command: pcsync emulate --db FILE"
        )
    if exists and not db.is_file():
        raise UsageError("there is no such file", where=str(db), fix="name the file that a server was started with")
    return db


@contextmanager
def _catalog(db: Path) -> Iterator[World]:
    """The catalog of a file, whoever else uses it."""
    from pcsync.cli.emulator import emulator, readable

    with emulator(), readable(str(db)):
        from pcsync.emulator import snapshots
        from pcsync.emulator.store import SchemaMismatchError

        try:
            world = snapshots.on_disk(db)
        except SchemaMismatchError as other:
            raise UsageError(str(other), where=str(db), fix="use the version of pcsync that wrote it, or start anew") from other
        try:
            yield world
        finally:
            world.store.close()


def _faults(path: Path | None) -> tuple[Fault, ...]:
    """The faults of a rule file. Raises UsageError with the field that is wrong."""
    from pcsync.emulator.faults import parse_faults

    if path is None:
        return ()
    try:
        return parse_faults(json.loads(path.read_bytes()))
    except ValueError as wrong:
        raise UsageError(str(wrong), where=str(path), fix='such as: [{"effect": "status", "status": 503, "path": "/items$"}]') from wrong


def _pairs(entries: tuple[str, ...], flag: str, hint: str) -> dict[str, str]:
    pairs = [entry.partition("=") for entry in entries]
    if wrong := next((name for name, sign, _ in pairs if not sign), None):
        raise click.BadParameter(f"{wrong!r} has nothing behind it; write NAME=CHOICE ({hint})", param_hint=flag)
    return {name: choice for name, _, choice in pairs}
