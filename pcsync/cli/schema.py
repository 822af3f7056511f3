"""``pcsync schema``: the JSON Schemas of the manifests, for editors and for other tools."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pcsync.cli.options import option

KINDS = ("Project", "Collection", "IngestionSource", "Overlay", "Removal", "Policy")


@click.command("schema")
@click.argument("kind", required=False, type=click.Choice(KINDS, case_sensitive=False))
@option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Write KIND.json files into this folder instead.")
def command(kind: str | None, out: Path | None) -> None:
    """Print the JSON Schema (draft 2020-12) of a manifest KIND, or of all of them by kind.

    An editor with the YAML language server checks a manifest that begins with

        # yaml-language-server: $schema=path/to/Collection.json
    """
    from pcsync.manifests.schema import packaged

    names = [kind] if kind else list(KINDS)
    schemas = {name: packaged(name) for name in names}
    if out is None:
        click.echo(_text(schemas[kind] if kind else schemas))
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas.items():
        (out / f"{name}.json").write_text(_text(schema) + "\n", encoding="utf-8")
        click.echo(f"wrote {out / f'{name}.json'}", err=True)


def _text(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False)
