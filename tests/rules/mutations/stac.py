"""Real STAC documents, broken: extents, versions, extensions, licences, and what people see first."""

from __future__ import annotations

import random
from typing import Any

from tests.rules.mutations.sort import Manifest, Sort, put, sort, stac, without

Body = dict[str, Any]
THUMBNAIL = {"file": "thumbnail.png", "title": "Thumbnail", "roles": ["thumbnail"]}
TABLE = {"file": "classes.csv", "title": "Classes", "roles": ["metadata"]}


def swap_box(document: Body, _chance: random.Random) -> bool:
    box = document["extent"]["spatial"]["bbox"][0]
    if len(box) != 4 or max(abs(box[0]), abs(box[2])) <= 90:
        return False
    box[:] = [box[1], box[0], box[3], box[2]]
    return True


def flip_box(document: Body, _chance: random.Random) -> bool:
    box = document["extent"]["spatial"]["bbox"][0]
    half = len(box) // 2
    if box[1] >= box[half + 1]:
        return False
    box[1], box[half + 1] = box[half + 1], box[1]
    return True


def around(document: Body, _chance: random.Random) -> bool:
    """Count longitudes from 0 to 360."""
    box = document["extent"]["spatial"]["bbox"][0]
    half = len(box) // 2
    if box[0] > box[half] or abs(box[half]) > 180:
        return False
    box[0], box[half] = box[0] + 180, box[half] + 360
    return True


def turn(document: Body, _chance: random.Random) -> bool:
    ends = document["extent"]["temporal"]["interval"][0]
    if None in ends or ends[0] == ends[1]:
        return False
    ends.reverse()
    return True


def no_day(document: Body, _chance: random.Random) -> bool:
    document["extent"]["temporal"]["interval"][0] = ["2021-02-30T00:00:00Z", "2021-12-31T00:00:00Z"]
    return True


def open_ends(document: Body, _chance: random.Random) -> bool:
    document["extent"]["temporal"]["interval"][0][:] = [None, None]
    return True


def no_link(document: Body, _chance: random.Random) -> bool:
    document["license"] = "proprietary"
    document["links"] = [link for link in document["links"] if link.get("rel") != "license"]
    return True


def untitled(field: str) -> Any:
    """Say nothing about the first asset that something is said about."""

    def change(document: Body, _chance: random.Random) -> bool:
        found = next((asset for asset in (document.get("item_assets") or {}).values() if asset.get(field)), {})
        return bool(found.pop(field, None))

    return change


def red_bands(document: Body, _chance: random.Random) -> bool:
    """The electro-optical extension's bands as a text, in a document that names the extension."""
    if not any("/eo/" in it for it in document.get("stac_extensions", ())) or not document.get("item_assets"):
        return False
    next(iter(document["item_assets"].values()))["eo:bands"] = "red"
    return True


def own_assets(manifest: Manifest, _chance: random.Random) -> bool:
    manifest["assets"] = {"thumbnail": dict(THUMBNAIL), "table": dict(TABLE)}
    return True


def no_options(manifest: Manifest, _chance: random.Random) -> bool:
    return manifest.update(renderOptions=[]) is None


SORTS: list[Sort] = [
    sort("stac-bbox", stac(swap_box)),
    sort("stac-bbox-flipped", stac(flip_box)),
    sort("stac-bbox-longitude", stac(around)),
    sort("stac-interval", stac(turn)),
    sort("stac-interval", stac(no_day), "stac-schema"),
    sort("stac-interval-open", stac(open_ends)),
    sort("stac-schema", stac(put(providers=[{"name": "Contoso", "roles": ["owner"]}]))),
    sort("stac-schema", stac(put(keywords="a, b"))),
    sort("stac-schema", without("stac", "license")),
    sort("stac-schema", without("stac", "extent")),
    sort("stac-version", stac(put(stac_version="0.9.0"))),
    sort("stac-extension-name", stac(put(stac_extensions=["eo"]))),
    sort("stac-extension", stac(red_bands)),
    sort("stac-license", stac(put(license="see https://example.com/terms")), "stac-schema"),
    sort("stac-license-link", stac(no_link)),
    sort("stac-item-asset", stac(untitled("title")), "stac-schema"),
    sort("stac-item-asset", stac(untitled("type")), "stac-schema"),
    sort("style-title", without("stac", "title")),
    sort("style-keywords", without("stac", "keywords")),
    sort("style-no-render-options", no_options),
    sort("style-thumbnail", without("assets", "thumbnail"), first=own_assets),
]
