"""``pcsync init``: a project that validates, plans and applies on the embedded emulator as it stands."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from pcsync.cli.options import option
from pcsync.core.errors import UsageError

PROJECT = """\
apiVersion: pcsync/v1
kind: Project
owner: {owner}                      # stable id of this project; written into what it manages
manifests: [collections]
defaultTarget: local
targets:
  local: {{endpoint: "emulator:.pcsync/local.sqlite"}}          # a GeoCatalog in a file: no server, no Azure
  # production:
  #   endpoint: https://NAME.HASH.REGION.geocatalog.spatio.azure.com
  #   protected: true                 # takes saved plans only
"""

COLLECTION = """\
apiVersion: pcsync/v1
kind: Collection
id: example-imagery
stac:
  title: Example imagery
  description: Four-band aerial imagery. Replace this with a description of yours.
  license: CC-BY-4.0
  keywords: [aerial, imagery]
  extent:
    spatial: {bbox: [[-125.0, 24.0, -66.0, 50.0]]}
    temporal: {interval: [["2020-01-01T00:00:00Z", null]]}
  item_assets:
    image: {title: RGBIR image, type: image/tiff; application=geotiff; profile=cloud-optimized, roles: [data]}
tileSettings: {minZoom: 8, maxItemsPerTile: 35}
renderOptions:
  - id: natural-color
    name: Natural color
    type: raster-tile
    options: {assets: image, asset_bidx: "image|1,2,3"}
    minZoom: 8
mosaics:
  - {id: most-recent, name: Most recent, cql: []}
"""

IGNORE = ".pcsync/\n"


@click.command("init")
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@option("--owner", metavar="ID", help="Owner id of the project (default: the folder's name).")
def command(folder: Path, owner: str | None) -> None:
    """Start a project in FOLDER: pcsync.yaml, a first collection, .gitignore. Never overwrites a file."""
    name = owner or _slug(folder.resolve().name)
    files = {"pcsync.yaml": PROJECT.format(owner=name), "collections/example-imagery.yaml": COLLECTION, ".gitignore": IGNORE}
    if (folder / "pcsync.yaml").exists():
        raise UsageError("there is a project already", where=str(folder / "pcsync.yaml"), fix="edit it, or choose another folder")
    for relative, text in files.items():
        _write_new(folder / relative, text)
    there = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))}, "
    click.echo(f"next: {there}pcsync validate, pcsync plan, pcsync apply", err=True)


def _slug(name: str) -> str:
    kept = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name.lower()).strip("-")
    return kept or "my-catalog"


def _write_new(path: Path, text: str) -> None:
    if path.exists():
        click.echo(f"kept  {path}", err=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    click.echo(f"wrote {path}", err=True)
