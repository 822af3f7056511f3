"""``pcsync emulate``: a GeoCatalog on this machine, for the SDK, a browser or a script."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from pcsync.cli.options import option


@click.command("emulate")
@option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port to listen on; 0 picks a free one.")
@option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@option("--db", metavar="FILE", default=":memory:", show_default=True, help="SQLite file that keeps the catalog.")
@option("--lro-delay", type=click.FloatRange(0), default=0.0, show_default=True, help="Seconds an operation takes.")
@option("--tombstone", type=click.FloatRange(0), default=45.0, show_default=True, help="Seconds a deleted collection's id answers 409.")
@option("--require-bearer", is_flag=True, help="Answer 401 to requests without a token.")
@option("--unknown", "unknowns", multiple=True, metavar="NAME=CHOICE", help="Decide where the service's behaviour is not known.")
@option("--unknowns", "list_unknowns", is_flag=True, help="List what is not known of the service, with defaults, and leave.")
@option("--tls", is_flag=True, help="Serve https with a throw-away certificate authority.")
@option("--log", type=click.Choice(["text", "json", "none"]), default="text", show_default=True, help="Request log on stderr.")
def command(
    port: int,
    host: str,
    db: str,
    lro_delay: float,
    tombstone: float,
    require_bearer: bool,
    unknowns: tuple[str, ...],
    list_unknowns: bool,
    tls: bool,
    log: Literal["text", "json", "none"],
) -> None:
    """Serve an emulated GeoCatalog until Ctrl-C.

    pcsync itself needs no server for it: a target whose endpoint is emulator:PATH runs the same emulator in process.
    """
    from pcsync.cli.emulator import emulator

    with emulator():
        from pcsync.emulator import Settings
        from pcsync.emulator.serve import serve
        from pcsync.emulator.unknowns import describe

        if list_unknowns:
            click.echo(describe())
            return
        settings = Settings(lro_delay=lro_delay, tombstone=tombstone, require_bearer=require_bearer, unknowns=_choices(unknowns))
        serve(db if db == ":memory:" else Path(db), settings, host=host, port=port, tls=tls, log=log)


def _choices(unknowns: tuple[str, ...]) -> dict[str, str]:
    pairs = [entry.partition("=") for entry in unknowns]
    if wrong := next((name for name, sign, _ in pairs if not sign), None):
        raise click.BadParameter(f"{wrong!r} has no choice; write NAME=CHOICE (see --unknowns)", param_hint="--unknown")
    return {name: choice for name, _, choice in pairs}
