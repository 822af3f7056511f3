"""``pcsync schema``: the JSON Schemas of the manifests, for editors and for other tools; and those of STAC extensions, for validate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import GlobalOptions, option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pcsync.cli.fetching import Fetched

KINDS = ("Project", "Collection", "IngestionSource", "Overlay", "Removal", "Policy")
FETCH = "fetch"


@click.command("schema")
@click.argument("kind", required=False, type=click.Choice([*KINDS, FETCH], case_sensitive=False))
@option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Write KIND.json files into this folder instead.")
@option("--stac-schemas", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="fetch: where to (.pcsync/schemas).")
@option("--refresh", is_flag=True, help="fetch: also what is there already.")
@option("--allow-host", "hosts", multiple=True, metavar="HOST", help="fetch: also from this host (repeatable).")
@click.pass_obj
def command(
    options: GlobalOptions, kind: str | None, out: Path | None, stac_schemas: Path | None, refresh: bool, hosts: tuple[str, ...]
) -> int:
    """Print the JSON Schema (draft 2020-12) of a manifest KIND, or of all of them by kind.

    An editor with the YAML language server checks a manifest that begins with

        # yaml-language-server: $schema=path/to/Collection.json

    pcsync schema fetch gets the schemas of the STAC extensions that the project's collections name, and what those refer to, from the
    sites that publish them; pcsync validate finds them in .pcsync/schemas by itself. Exit code 1 when one could not be had.
    """
    if kind == FETCH:
        return _fetch(options, stac_schemas, refresh, hosts)
    from pcsync.manifests.schema import packaged

    names = [kind] if kind else list(KINDS)
    schemas = {name: packaged(name) for name in names}
    if out is None:
        click.echo(_text(schemas[kind] if kind else schemas))
        return 0
    out.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas.items():
        (out / f"{name}.json").write_text(_text(schema) + "\n", encoding="utf-8")
        click.echo(f"wrote {out / f'{name}.json'}", err=True)
    return 0


def _text(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False)


def _fetch(options: GlobalOptions, folder: Path | None, refresh: bool, hosts: tuple[str, ...]) -> int:
    from pcsync.cli.checking import STORE
    from pcsync.cli.fetching import fetch, named
    from pcsync.client.schemas import HOSTS, schema_at, site
    from pcsync.manifests.project import find_project, read_project

    project = read_project(find_project(Path.cwd(), Path(options.config) if options.config else None), options.environment)
    store, known = folder or project.root / STORE, HOSTS | {host.lower() for host in hosts}
    with site() as client:
        fetched = fetch(named(project, options.environment), store, lambda url: schema_at(client, url, known), refresh=refresh)
        return _told(options, fetched, store)


def _told(options: GlobalOptions, fetched: Iterable[Fetched], store: Path) -> int:
    from pcsync.cli.printing import Printer

    printer, counts = Printer(options), dict.fromkeys(("got", "had", "missing"), 0)
    for it in fetched:
        counts[it.outcome] += 1
        printer.result(f"{it.outcome:8}{it.url}\n")
        if it.failure:
            printer.say(str(it.failure))
    printer.result(f"{counts['got']} fetched, {counts['had']} were there, {counts['missing']} missing: {store}\n")
    return 1 if counts["missing"] else 0
