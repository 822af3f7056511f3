"""Ids, queryables, tile settings and people's first guesses in real manifests."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.rules.mutations.sort import Change, Manifest, Sort, copied, member, options, put, sort

CENTRE = {"minZoom": 0, "maxItemsPerTile": 35}


def box(manifest: Manifest) -> list[float] | None:
    """West, south, east, north of the first box, where it is one that can be looked at."""
    found = manifest["stac"]["extent"]["spatial"]["bbox"][0]
    west, south, east, north = (found[0], found[1], found[len(found) // 2], found[len(found) // 2 + 1])
    return [west, south, east, north] if west < east and south < north else None


def settled(manifest: Manifest, _chance: random.Random) -> bool:
    """Tile settings that open in the middle of the first box."""
    found = box(manifest)
    if found is None:
        return False
    place = [(found[1] + found[3]) / 2, (found[0] + found[2]) / 2]
    manifest["tileSettings"] = {**CENTRE, "defaultLocation": {"zoom": 20, "coordinates": place}}
    return True


def swap_place(manifest: Manifest, _chance: random.Random) -> bool:
    """Longitude first; only where that is another place."""
    west, south, east, north = box(manifest) or [0, 0, 0, 0]
    latitude, longitude = manifest["tileSettings"]["defaultLocation"]["coordinates"]
    if west <= latitude <= east and south <= longitude <= north:
        return False
    manifest["tileSettings"]["defaultLocation"]["coordinates"] = [longitude, latitude]
    return True


def settings(change: Callable[[dict[str, Any]], Any]) -> Change:
    def whole(manifest: Manifest, _chance: random.Random) -> bool:
        return change(manifest["tileSettings"]) is not False

    return whole


def too_near(manifest: Manifest, _chance: random.Random) -> bool:
    """Draw nothing at the zoom where the map opens."""
    manifest["tileSettings"].update(minZoom=21)
    return True


def lat_lon(it: dict[str, Any]) -> None:
    latitude, longitude = it["defaultLocation"].pop("coordinates")
    it["defaultLocation"].update(lat=latitude, lon=longitude)


def deeper(manifest: Manifest, _chance: random.Random) -> bool:
    """A smallest zoom beyond every render option's."""
    if not any("minZoom" in it for it in options(manifest)):
        return False
    manifest["tileSettings"]["minZoom"] = 1 + max(it.get("minZoom", 0) for it in options(manifest))
    return True


def by_id(section: str, key: str) -> Change:
    def change(manifest: Manifest, _chance: random.Random) -> bool:
        if not manifest.get(section):
            return False
        manifest[section] = {it.pop(key): it for it in manifest[section]}
        return True

    return change


def indexed(it: dict[str, Any], _chance: random.Random) -> bool:
    kind = it["definition"].get("type")
    it["data_type"] = "boolean" if kind in ("string", "number", "integer") else "string"
    return isinstance(kind, str) and kind != "boolean"


def odd_values(it: dict[str, Any], _chance: random.Random) -> bool:
    it["definition"]["enum"] = {"string": [2021], "number": ["2021"], "integer": ["2021"]}.get(it["definition"].get("type"), [])
    return True


def identity(made: Callable[[str], str]) -> Change:
    def change(manifest: Manifest, _chance: random.Random) -> bool:
        manifest["id"] = made(manifest["id"])
        return True

    return change


def beside_stac(*names: str) -> Change:
    def change(manifest: Manifest, _chance: random.Random) -> bool:
        found = [name for name in names if name in manifest["stac"]]
        manifest.update({name: manifest["stac"][name] for name in found})
        return bool(found)

    return change


def another_asset(key: str) -> Change:
    def change(manifest: Manifest, _chance: random.Random) -> bool:
        assets = manifest["stac"].get("item_assets")
        if not assets:
            return False
        assets[key] = next(iter(assets.values()))
        return True

    return change


def public_shape(manifest: Manifest, _chance: random.Random) -> bool:
    moved = {name: manifest.pop(name) for name in ("mosaics", "renderOptions") if name in manifest}
    manifest["mosaicInfo"] = moved
    return bool(moved)


def dashed(text: str) -> str:
    """Another text that a slug does not tell apart."""
    other = text.replace("-", "_").upper()
    return other if other != text else f"-{text}"


SORTS: list[Sort] = [
    sort("service-snake-case", member("renderOptions", lambda it, _: it.update(min_zoom=it.pop("minZoom", 4)))),
    sort("service-snake-case", member("renderOptions", put(vector_options={}))),
    sort("service-duplicate", copied("renderOptions")),
    sort("service-duplicate", copied("mosaics")),
    sort("service-duplicate", copied("queryables")),
    sort("service-similar-ids", copied("renderOptions", id=dashed, name=lambda it: f"{it[:36]} 2")),
    sort("service-similar-ids", copied("mosaics", id=dashed, name=lambda it: f"{it[:26]} 2")),
    sort("service-same-name", copied("renderOptions", id=lambda it: f"{it[:26]}-2", conditions=lambda _: "")),
    sort("service-same-name", copied("mosaics", id=lambda it: f"{it[:26]}-2")),
    sort("service-collection-id", identity(lambda it: f"{it}/v1")),
    sort("service-collection-id", identity(lambda it: f"{it} 2")),
    sort("service-collection-id", identity(lambda it: f"{it}-{'x' * 55}")),
    sort("service-dots", identity(lambda _: "..")),
    sort("service-dots", identity(lambda _: ".")),
    sort("service-dots", member("queryables", put(name=".."))),
    sort("service-asset-key", another_asset("true color")),
    sort("service-asset-key", another_asset("a" * 300)),
    sort("service-queryable-type", member("queryables", indexed)),
    sort("service-queryable-type", member("queryables", lambda it, _: it["definition"].update(type="date"))),
    sort("service-queryable-values", member("queryables", odd_values)),
    sort("service-lat-lon", swap_place, first=settled),
    sort("service-opens-empty", too_near, first=settled),
    sort("service-min-zoom", deeper, first=settled),
    sort("service-items-per-tile", settings(lambda it: it.update(maxItemsPerTile=0)), first=settled),
    sort("service-items-per-tile", settings(lambda it: it.update(maxItemsPerTile=5000)), first=settled),
    sort("service-tile-setting", settings(lambda it: it.update(maxZoom=20)), first=settled),
    sort("service-tile-setting", settings(lambda it: it.update(default_render_option_id="rgb")), first=settled),
    sort("service-default-location", settings(lat_lon), first=settled),
    sort("service-default-location", settings(lambda it: it.update(defaultLocation=it["defaultLocation"]["coordinates"])), first=settled),
    sort("service-stac-beside", beside_stac("title", "license", "extent")),
    sort("service-public-shape", public_shape),
    sort("service-list-by-id", by_id("mosaics", "id")),
    sort("service-list-by-id", by_id("renderOptions", "id")),
    sort("service-list-by-id", by_id("queryables", "name")),
]
