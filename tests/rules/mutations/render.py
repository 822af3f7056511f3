"""Render options of real collections, broken: assets, bands, colours, legends, parameters."""

from __future__ import annotations

import random
import re
from typing import Any

from tests.rules.mutations.sort import Manifest, Sort, behind, in_options, member, misspelt, options, put, sort, without

ASSET = r"(?<=assets=)[A-Za-z0-9_.-]+"
INDEX = r"(?<=asset_bidx=)[A-Za-z0-9_.-]+(?=\|)"
INDEXES = r"(?<=asset_bidx=)[^&]*\|[0-9,]+"
THREE = r"(?<=\|)[0-9]+,[0-9]+,[0-9]+"
OWN_MAP = "&colormap=%7B%221%22%3A%5B0,0,0,255%5D,%222%22%3A%5B9,9,9,255%5D%7D"
UNSUITABLE = r"expression=|algorithm=|subdataset|color"


def other_asset(manifest: Manifest, chance: random.Random) -> bool:
    """Let asset_bidx speak of another asset of the collection."""
    known = sorted(manifest["stac"].get("item_assets") or {})
    return len(known) > 1 and in_options(
        INDEX, lambda match, chance: chance.choice([it for it in known if it != match[0]]), unless=r"expression=|assets=.*assets="
    )(manifest, chance)


def beside_expression(manifest: Manifest, chance: random.Random) -> bool:
    """Assets beside an expression; where it speaks of b1, that would be a band of them."""
    known = sorted(manifest["stac"].get("item_assets") or {})
    unless = r"(?<!_)\b[bB][1-9][0-9]*\b|^(?!.*expression=)|assets="
    return bool(known) and in_options("^", lambda *_: f"assets={known[0]}&", unless)(manifest, chance)


def too_large_index(manifest: Manifest, chance: random.Random) -> bool:
    """Ask for band 99 of an asset whose bands are described."""
    lists = ("bands", "eo:bands", "raster:bands")
    assets = manifest["stac"].get("item_assets") or {}
    described = [re.escape(key) for key, asset in assets.items() if any(asset.get(name) for name in lists)]
    if not described:
        return False
    return in_options(rf"(?<=asset_bidx=)({'|'.join(described)})\|[0-9,]+", lambda match, _: f"{match[1]}|99")(manifest, chance)


def same_assets(manifest: Manifest, chance: random.Random) -> bool:
    three = [it for it in options(manifest) if it["options"].count("assets=") == 3 and "asset_bidx" not in it["options"]]
    if not three:
        return False
    option = chance.choice(three)
    first = re.findall(ASSET, option["options"])[0]
    option["options"] = re.sub(ASSET, first, option["options"])
    return True


def formula_over_one(manifest: Manifest, chance: random.Random) -> bool:
    """Leave one band to an option with a colour formula."""
    found = [it for it in options(manifest) if re.search(r"(?i)color_formula=.*rgb", it["options"]) and re.search(ASSET, it["options"])]
    if not found:
        return False
    option = chance.choice(found)
    asset = re.findall(ASSET, option["options"])[0]
    rest = [it for it in option["options"].split("&") if not it.startswith(("assets=", "asset_bidx=", "bidx="))]
    option["options"] = "&".join([f"assets={asset}&asset_bidx={asset}|1", *rest])
    return True


def wrong_legend(manifest: Manifest, chance: random.Random) -> bool:
    """Classes over a smooth ramp, or a ramp over a picture of three bands."""
    ramps = [it for it in options(manifest) if re.search(r"colormap_name=(viridis|magma|inferno|plasma|greens|blues)\b", it["options"])]
    pictures = [it for it in options(manifest) if re.search(THREE, it["options"]) and not re.search(UNSUITABLE, it["options"])]
    if not ramps and not pictures:
        return False
    option = chance.choice(ramps or pictures)
    option["legend"] = {"type": "classmap" if option in ramps else "continuous"}
    return True


def labels(count: int) -> Any:
    """A legend of so many labels over a map of two classes of one's own."""

    def change(manifest: Manifest, _chance: random.Random) -> bool:
        found = next((it for it in options(manifest) if "colormap" not in it["options"]), None)
        if found is None or found.get("legend"):
            return False
        found["options"] += OWN_MAP
        found["legend"] = {"type": "classmap", "labels": [f"class {number}" for number in range(count)]}
        return True

    return change


def vector_style(change: Any) -> Any:
    """Change the style of a real vector layer."""
    return member_of_vectors(lambda it, chance: change(it["vectorOptions"], chance))


def member_of_vectors(change: Any) -> Any:
    def whole(manifest: Manifest, chance: random.Random) -> bool:
        found = [it for it in manifest.get("renderOptions", ()) if it.get("vectorOptions")]
        return bool(found) and change(chance.choice(found), chance) is not False

    return whole


def misspell_key(style: dict[str, Any], _chance: random.Random) -> bool:
    style["tilejsonKey"] += "s"
    return True


def own_tiles(manifest: Manifest, _chance: random.Random) -> bool:
    """The vector tiles as an asset of the collection itself, which is where public catalogs have them."""
    keys = [it["vectorOptions"]["tilejsonKey"] for it in manifest.get("renderOptions", ()) if it.get("vectorOptions")]
    manifest["assets"] = {key: {"file": "tiles.json", "title": "Tiles", "roles": ["tiles"]} for key in keys}
    return bool(keys)


def impossible_condition(manifest: Manifest, chance: random.Random) -> bool:
    if not manifest.get("mosaics") or not manifest.get("renderOptions"):
        return False
    chance.choice(manifest["renderOptions"])["conditions"] = [{"property": "no:such", "value": 1}]
    return True


SORTS: list[Sort] = [
    sort("render-unknown-asset", in_options(ASSET, misspelt)),
    sort("render-unknown-asset", in_options(r"(?<=asset_bidx=)[A-Za-z0-9_.-]+", misspelt)),
    sort("render-unknown-asset", in_options(r"(?<=\()[A-Za-z][A-Za-z0-9]*|(?<=;)[a-z]+", lambda match, _: match[0] + "zz")),
    sort("render-nothing-to-draw", member("renderOptions", put(options="nodata=0"))),
    sort("render-unknown-parameter", in_options(r"(?<=&)(?:colormap_name|rescale|nodata|color_formula)(?==)", misspelt)),
    sort("render-misplaced-parameter", behind("&collection=naip")),
    sort("render-misplaced-parameter", behind("&minzoom=9")),
    sort("render-misplaced-parameter", behind("&maxItemsPerTile=9")),
    sort("render-empty-parameter", in_options(r"(?<=(?:nodata|escale)=)[^&]+", lambda *_: ""), "render-rescale"),
    sort("render-empty-parameter", in_options(r"(?<=colormap_name=)[^&]+", lambda *_: "")),
    sort("render-repeated-parameter", in_options(r"colormap_name=[^&]+", lambda match, _: f"{match[0]}&{match[0]}")),
    sort("render-encoding", in_options(r"^", lambda *_: "?")),
    sort("render-encoding", in_options(r"&", lambda *_: "&amp;"), "render-algorithm-params"),
    sort("render-encoding", in_options(r"^", lambda *_: "https://example.com/tiles?")),
    sort("render-value", in_options(r"(?<=nodata=)[0-9]+", lambda *_: "none")),
    sort("render-value", in_options(r"(?<=algorithm=)[a-z]+", misspelt)),
    sort("render-value", behind("&resampling=nearst", r"resampling=")),
    sort("render-algorithm-params", behind("&algorithm_params=%7B%22azimuth%22%3A315%7D", r"algorithm=")),
    sort("render-algorithm-params", behind("&algorithm=hillshade&algorithm_params=azimuth:315", r"algorithm=")),
    sort("render-sel-method", behind("&sel_method=nearest", r"\bsel=")),
    sort("render-colormap-name", in_options(r"(?<=colormap_name=)[A-Za-z0-9|_-]+", lambda match, _: match[0].upper() + "0")),
    sort("render-colormap", behind("&colormap=viridis", r"colormap")),
    sort("render-colormap", behind("&colormap=%7B%221%22%3A%5B47,111,281,255%5D%7D", r"colormap")),
    sort("render-colormap", behind("&colormap=%5B%5B%5B9,1%5D,%5B47,111,28,255%5D%5D%5D", r"colormap")),
    sort("render-two-colormaps", in_options(r"colormap_name=[^&]+", lambda match, _: match[0] + OWN_MAP)),
    sort("render-colormap-bands", in_options(THREE, lambda match, _: f"{match[0]}&colormap_name=viridis", UNSUITABLE)),
    sort("render-color-formula", in_options(r"(?i)(?<=color_formula=)gamma", lambda *_: "Gama")),
    sort("render-color-formula", in_options(r"(?i)(?<=sigmoidal )rgb", lambda *_: "")),
    sort("render-color-formula-bands", formula_over_one),
    sort("render-rescale", in_options(r"(?<=rescale=)-?[0-9.]+,-?[0-9.]+", lambda match, _: ",".join(match[0].split(",")[::-1]))),
    sort("render-rescale", in_options(r"(?<=rescale=)[^&]+", lambda match, _: match[0].replace(",", ";"))),
    sort("render-rescale-count", in_options(THREE, lambda match, _: f"{match[0]}&rescale=0,1&rescale=0,2", rf"{UNSUITABLE}|rescale")),
    sort("render-band-count", in_options(THREE, lambda match, _: match[0].rpartition(",")[0], UNSUITABLE)),
    sort("render-repeated-band", same_assets),
    sort("render-expression", in_options(r"(?<=expression=)[^&]*\)", lambda match, _: match[0][:-1])),
    sort("render-expression", in_options(r"(?<=expression=)[^&]+", lambda match, _: match[0] + "+")),
    sort("render-caret", in_options(r"(?<=expression=)[^&;]+", lambda match, _: f"({match[0]})^2")),
    sort("render-asset-as-band", in_options(r"&asset_as_band=true", lambda *_: "")),
    sort("render-expression-and-assets", beside_expression),
    sort(
        "render-asset-index",
        in_options(r"(?<=asset_bidx=)[^&]*\|[0-9,]+", lambda match, _: match[0].replace("|", ":")),
        "render-unknown-asset",
    ),
    sort("render-asset-index", in_options(r"(?<=\|)[0-9]+(?=,|&|$)", lambda *_: "0", r"^(?!.*asset_bidx)")),
    sort("render-index-of-other-asset", other_asset),
    sort("render-no-such-band", too_large_index),
    sort("render-no-item-assets", without("stac", "item_assets"), first=lambda manifest, _: any(options(manifest))),
    sort("render-legend", wrong_legend),
    sort("render-legend-labels", labels(3)),
    sort("render-legend-labels", labels(1)),
    sort("render-beside-options", member("renderOptions", put(rescale=[0, 1]))),
    sort("render-beside-options", member("renderOptions", put(asset_bidx={"image": [1, 2, 3]}))),
    sort("render-max-zoom", member("renderOptions", put(maxZoom=20))),
    sort("render-type", member("renderOptions", put(type="vt-polygon"))),
    sort("render-type", member("renderOptions", put(vectorOptions={"tilejsonKey": "tiles", "sourceLayer": "roads"}))),
    sort("render-vector-colour", vector_style(put(fillColor="0078d4"))),
    sort("render-vector-colour", vector_style(put(strokeColor="#0078d"))),
    sort("render-tilejson-key", vector_style(misspell_key), first=own_tiles),
    sort("render-condition", impossible_condition),
]
