"""The assets and bands that a render option draws have to be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.rules.collection import Collection
from pcsync.rules.render.option import BAND, Option, Reference
from pcsync.rules.render.snippet import raster, vector
from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.words import listed, meant, nearest

LETTERS = re.compile(r"[A-Za-z0-9_]")


@rule(
    "render-unknown-asset",
    Option,
    ERROR,
    "a render option names an asset that the collection does not have",
    why="""
Every asset in assets, asset_bidx and expression has to be a key of the collection's item_assets; otherwise no tile can be drawn and the
map stays empty. It happens when a configuration is copied from another collection: a public one drew nothing for 14 months.""",
    bad=raster("assets=imgae&asset_bidx=imgae|1,2,3"),
    good=raster("assets=image&asset_bidx=image|1,2,3"),
)
def unknown_asset(option: Option) -> Iterator[Finding]:
    assets = option.item_assets
    if assets is None or not option.raster:
        return
    said = set()
    for reference in option.references:
        if reference.asset not in assets and (reference.asset, reference.parameter) not in said:
            said.add((reference.asset, reference.parameter))
            yield reference.finding(f"the collection has no asset {reference.asset!r}", _fix(reference, assets))


def _fix(reference: Reference, assets: Mapping[str, Any]) -> str:
    if reference.parameter.name != "expression":
        near = re.split("[,|;]", reference.asset)
        if len(near) > 1 and all(it.strip() in assets for it in near):
            return "repeat the parameter for each asset: " + "&".join(f"{reference.parameter.name}={it.strip()}" for it in near)
        return meant(reference.asset, assets)
    torn = next((key for key in assets if LETTERS.sub("", key) and key in reference.parameter.value), None)
    if torn is not None and reference.asset in torn:
        return f"in an expression the asset {torn!r} reads as several names; use assets={torn} and no expression"
    if BAND.fullmatch(reference.asset) and len(assets) == 1:
        return f"write {next(iter(assets))}_{reference.asset.lower()}"
    return meant(reference.asset, assets)


@rule(
    "render-no-item-assets",
    Collection,
    WARNING,
    "render options name assets, and the collection has no item_assets",
    why="""
The tiler and the Explorer look the assets of render options up in the collection's item_assets. Without them nothing can be drawn, and
nothing can be checked either.""",
    bad="stac:\n  item_assets: null\n" + raster("assets=image"),
    good=raster("assets=image"),
    needs="renderOptions",
)
def no_item_assets(collection: Collection) -> Iterator[Finding]:
    if collection.stac is None or collection.item_assets is not None:
        return
    if any(True for option in collection.options for _ in option.references):
        yield Finding("/stac", "this collection has no item_assets, and its render options need them", "describe the assets of its items")


@rule(
    "render-nothing-to-draw",
    Option,
    ERROR,
    "a raster render option names neither assets nor an expression",
    why="Without assets or an expression the tiler does not know what to read, and answers every tile with an error.",
    bad=raster("rescale=0,3000&colormap_name=viridis"),
    good=raster("assets=image&asset_bidx=image|1&rescale=0,3000&colormap_name=viridis"),
)
def nothing_to_draw(option: Option) -> Iterator[Finding]:
    if not option.raster or option.first("assets") or option.first("expression") or "vectorOptions" in option.body:
        return
    beside = option.body.keys() & {"assets", "expression", "asset_bidx"}
    if beside and not option.parameters:
        return  # render-beside-options says what to do
    if any("://" in parameter.name for parameter in option.parameters):
        return  # a whole URL: render-encoding says what to do
    known = f" ({listed(option.item_assets)})" if option.item_assets else ""
    at = "/options" if option.body.get("options") is not None else ""
    yield option.finding("this render option names neither assets nor an expression", f"add assets=…{known}", at=at)


@rule(
    "render-asset-index",
    Option,
    ERROR,
    "asset_bidx is not asset|band,band",
    why="asset_bidx takes an asset, a bar, and band indexes counted from 1. Repeat the parameter for another asset.",
    bad=raster("assets=image&asset_bidx=image:0,1,2"),
    good=raster("assets=image&asset_bidx=image|1,2,3"),
    needs="asset_bidx",
)
def asset_index(option: Option) -> Iterator[Finding]:
    for reference in option.indexes:
        parameter = reference.parameter
        if isinstance(parameter.json, dict):
            yield parameter.finding("asset_bidx is a text, not an object", f"write asset_bidx: {_spelled(parameter.json)}")
        elif not re.fullmatch(r"[^|]+\|[0-9]+(,[0-9]+)*", parameter.value):
            yield parameter.finding(f"{parameter.value!r} is not asset|band,band", "write it like image|1,2,3, bands counted from 1")
        elif any(int(band) == 0 for band in reference.bands.split(",")):
            start = parameter.value.index("|") + 1
            yield parameter.finding("bands are counted from 1; there is no band 0", "add 1 to each band index", start)


def _spelled(indexes: Mapping[str, Any]) -> str:
    texts = [f'"{asset}|{",".join(map(str, bands if isinstance(bands, list) else [bands]))}"' for asset, bands in indexes.items()]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


@rule(
    "render-index-of-other-asset",
    Option,
    WARNING,
    "asset_bidx is about an asset that assets does not name",
    why="Only the assets in assets are read; band indexes of another one change nothing. Usually one of the two names was not replaced.",
    bad=raster("assets=image&asset_bidx=data|1,2,3"),
    good=raster("assets=image&asset_bidx=image|1,2,3"),
    needs="asset_bidx",
)
def index_of_other_asset(option: Option) -> Iterator[Finding]:
    read = {it.asset for it in option.assets}
    for reference in option.indexes if read and not option.expressions else ():
        if reference.asset and reference.asset not in read and reference.bands:
            names = ", ".join(sorted(read))
            yield reference.finding(f"asset_bidx is about {reference.asset!r}, and assets names {names}", "name the same asset in both")


@rule(
    "render-no-such-band",
    Option,
    WARNING,
    "a band index is larger than the number of bands the asset has",
    why="The collection describes the bands of its assets (bands, eo:bands, raster:bands); an index beyond them cannot be read.",
    bad=raster("assets=image&asset_bidx=image|1,2,5"),
    good=raster("assets=image&asset_bidx=image|1,2,4"),
    needs="asset_bidx expression",
)
def no_such_band(option: Option) -> Iterator[Finding]:
    for reference in (*option.indexes, *option.operands):
        count = option.bands_in(reference.asset)
        beyond = [band for band in re.findall("[0-9]+", reference.bands) if count is not None and int(band) > count]
        if beyond:
            bands = "1 band" if count == 1 else f"{count} bands"
            yield reference.parameter.finding(f"{reference.asset} has {bands}, so there is no band {beyond[0]}", "count from 1")


@rule(
    "render-tilejson-key",
    Option,
    WARNING,
    "tilejsonKey is no asset of the collection",
    why="Vector tiles are found through the TileJSON that the asset of this key points to.",
    bad=vector("vectorOptions: {tilejsonKey: tilez, sourceLayer: buildings}"),
    good=vector("vectorOptions: {tilejsonKey: tiles, sourceLayer: buildings}"),
    needs="vectorOptions",
)
def tilejson_key(option: Option) -> Iterator[Finding]:
    styles = option.body.get("vectorOptions")
    key = styles.get("tilejsonKey") if isinstance(styles, dict) else None
    if not isinstance(key, str) or option.item_assets is None:
        return
    known = {*option.item_assets, *(option.own_assets or ())}
    if key not in known and (option.own_assets is not None or nearest(key, known)):  # an asset of the collection may be there already
        yield Finding(f"{option.pointer}/vectorOptions/tilejsonKey", f"the collection has no asset {key!r}", meant(key, known))
