"""What people read and see first."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.rules.collection import Collection
from pcsync.rules.rule import NOTE, Finding, rule
from pcsync.rules.shape import object_of


@rule(
    "style-title",
    Collection,
    NOTE,
    "a collection without a title",
    why="The Explorer lists collections by title, and by their ids where there is none.",
    bad="stac: {title: null}\n",
    good="stac: {title: Aerial imagery}\n",
    needs="stac",
)
def title(collection: Collection) -> Iterator[Finding]:
    if collection.stac is not None and not collection.stac.get("title"):
        yield Finding("/stac", "this collection has no title", "add title: …")


@rule(
    "style-keywords",
    Collection,
    NOTE,
    "a collection without keywords",
    why="People find collections by their keywords.",
    bad="stac: {keywords: []}\n",
    good="stac: {keywords: [aerial, imagery]}\n",
    needs="stac",
)
def keywords(collection: Collection) -> Iterator[Finding]:
    if collection.stac is not None and not collection.stac.get("keywords"):
        yield Finding("/stac", "this collection has no keywords", "add keywords: [...]")


@rule(
    "style-thumbnail",
    Collection,
    NOTE,
    "assets without a thumbnail",
    why="The Explorer shows the asset called thumbnail beside the collection's title.",
    bad="assets: {table: {file: classes.csv, type: text/csv, title: Classes, roles: [metadata]}}\n",
    good="assets: {thumbnail: {file: thumbnail.png, title: Thumbnail, roles: [thumbnail]}}\n",
    needs="assets",
)
def thumbnail(collection: Collection) -> Iterator[Finding]:
    assets = object_of(collection.body.get("assets"))
    if assets and "thumbnail" not in assets:
        yield Finding("/assets", "there is no asset called thumbnail", "add thumbnail: {file: thumbnail.png}")


@rule(
    "style-no-render-options",
    Collection,
    NOTE,
    "render options that are managed and empty",
    why="The Explorer can show a collection only with at least one render option.",
    bad="renderOptions: []\n",
    good="renderOptions:\n  - {id: image, name: Image, options: 'assets=image&asset_bidx=image|1,2,3'}\n",
    needs="renderOptions",
)
def no_render_options(collection: Collection) -> Iterator[Finding]:
    if collection.body.get("renderOptions") == []:
        yield Finding("/renderOptions", "the Explorer cannot show a collection without a render option", "add one")
