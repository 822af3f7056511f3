"""Checks beside real render options and mosaics, broken. No real collection has checks, so right ones are written for each first."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.rules.mutations.service import box
from tests.rules.mutations.sort import Change, Manifest, Sort, options, sort


def checked(manifest: Manifest, _chance: random.Random) -> bool:
    """A preview, a point, and a search of the first render option and mosaic."""
    option, place = next(options(manifest), None), box(manifest)
    if option is None or not place or not manifest.get("mosaics"):
        return False
    at = [(place[1] + place[3]) / 2, (place[0] + place[2]) / 2]
    manifest["checks"] = [
        {"name": "looks right", "preview": {"renderOption": option["id"]}, "expect": {"nonBlank": 0.1}},
        {"name": "has data", "point": {"renderOption": option["id"], "at": at}},
        {"name": "has items", "search": {"mosaic": manifest["mosaics"][0]["id"]}, "expect": {"count": [1, None]}},
    ]
    return True


def edit(change: Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], Any]) -> Change:
    """Change the preview, the point or the search."""

    def whole(manifest: Manifest, _chance: random.Random) -> bool:
        return change(*manifest["checks"]) is not False

    return whole


def away(_preview: dict[str, Any], point: dict[str, Any], _search: dict[str, Any]) -> bool:
    """A place on the other side of the globe, where the collection does not cover that too."""
    latitude, longitude = point["point"]["at"]
    point["point"]["at"] = [-latitude or 45, (longitude + 360) % 360 - 180]
    return True


def without_colormap(manifest: Manifest, _chance: random.Random) -> bool:
    found = next((it for it in options(manifest) if "colormap_name" not in it["options"]), None)
    if found is None:
        return False
    manifest["checks"][0] = {"name": "legend", "legend": {"renderOption": found["id"]}}
    return True


def of_vectors(manifest: Manifest, _chance: random.Random) -> bool:
    """Turn the option that is drawn into one of vectors."""
    option = next(options(manifest))
    option.pop("options")
    key = next(iter(manifest["stac"].get("item_assets") or {}), "tiles")
    option.update(type="vt-line", vectorOptions={"tilejsonKey": key, "sourceLayer": "a"})
    return True


def small(manifest: Manifest, chance: random.Random) -> bool:
    """Checks of a collection that does not cover most of the globe."""
    place = box(manifest)
    return bool(place) and place is not None and place[2] - place[0] < 90 and checked(manifest, chance)


SORTS: list[Sort] = [
    sort("check-render-option", edit(lambda preview, *_: preview["preview"].update(renderOption="no-such-option")), first=checked),
    sort("check-mosaic", edit(lambda *them: them[2]["search"].update(mosaic="no-such-mosaic")), first=checked),
    sort("check-vector", of_vectors, first=checked),
    sort("check-legend", without_colormap, first=checked),
    sort("check-twin", edit(lambda preview, point, _: point.update(name=preview["name"])), first=checked),
    sort("check-drawn", edit(lambda preview, *_: bool(preview["preview"].pop("renderOption"))), first=checked),
    sort("check-drawn", edit(lambda _, point, __: point["point"].update(options="assets=image")), first=checked),
    sort("check-drawn", edit(lambda _, point, search: point["point"].update(item="a", mosaic=search["search"]["mosaic"])), first=checked),
    sort("check-expectation", edit(lambda preview, *_: preview["expect"].update(count=[1, None])), first=checked),
    sort("check-range", edit(lambda *them: them[2]["expect"].update(count=[100, 1])), first=checked),
    sort("check-place", edit(away), first=small),
]
