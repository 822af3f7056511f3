"""Ids and keys: what a catalog can store, and what people and programs can tell apart (dossier 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pcsync.rules.collection import Collection
from pcsync.rules.manifest import Manifest
from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.service.across import slug
from pcsync.rules.shape import object_of, text_of
from pcsync.rules.words import shown

LISTS = {"renderOptions": "id", "mosaics": "id", "queryables": "name", "ingestions": "displayName"}
PLAIN = re.compile(r"[A-Za-z0-9._+()-]+")
STRANGE = re.compile(r"[\s,|;&=?#%/\\\x00-\x1f]")
DOTS = frozenset({".", ".."})
IDENTITY = {"Collection": "/id", "Removal": "/collection"}
LONGEST_ID = 54  # a storage container is called <id>-<8 hex> and takes 63
LONGEST_KEY = 255
MOSAIC = "  - {id: %s, name: Example, cql: []}\n"
OTHER = '  - {id: %s, name: Low cloud, cql: [{op: "<=", args: [{property: "eo:cloud_cover"}, 10]}]}\n'


@rule(
    "service-duplicate",
    Manifest,
    ERROR,
    "two members of a list have the same id",
    why="A member of a list is known by its id (a queryable by its name, an ingestion by its displayName). Of two, one would be lost.",
    bad="mosaics:\n" + MOSAIC % "recent" + OTHER % "recent",
    good="mosaics:\n" + MOSAIC % "recent" + OTHER % "clear",
)
def duplicate(manifest: Manifest) -> Iterator[Finding]:
    for section, key in LISTS.items() if manifest.collection else ():
        if manifest.distinct(section, key):
            continue
        seen = set()
        for pointer, body in manifest.members(section):
            name = body.get(key)
            if isinstance(name, str) and name in seen:
                yield Finding(f"{pointer}/{key}", f"{shown(name)} stands in {section} a second time", f"give it a {key} of its own")
            seen.add(name if isinstance(name, str) else None)


@rule(
    "service-similar-ids",
    Manifest,
    WARNING,
    "ids of one list that differ only in case or punctuation",
    why="true-color and true_color are two render options to the catalog and one to whoever chooses between them.",
    bad="mosaics:\n" + MOSAIC % "most-recent" + OTHER % "Most_Recent",
    good="mosaics:\n" + MOSAIC % "most-recent" + OTHER % "clear",
)
def similar_ids(manifest: Manifest) -> Iterator[Finding]:
    for section in ("renderOptions", "mosaics") if manifest.collection else ():
        seen: dict[str, str] = {}
        for pointer, body in manifest.members(section):
            name = body.get("id")
            if isinstance(name, str) and seen.setdefault(slug(name), name) != name:
                yield Finding(f"{pointer}/id", f"{shown(name)} and {shown(seen[slug(name)])} differ only in case or punctuation")


@rule(
    "service-same-name",
    Manifest,
    WARNING,
    "two members of a list have the same name",
    why="People choose render options and mosaics by their names; two that are called the same cannot be told apart.",
    bad="mosaics:\n" + MOSAIC % "recent" + (OTHER % "clear").replace("Low cloud", "Example"),
    good="mosaics:\n" + MOSAIC % "recent" + OTHER % "clear",
)
def same_name(manifest: Manifest) -> Iterator[Finding]:
    for section in ("renderOptions", "mosaics") if manifest.collection else ():
        if manifest.distinct(section, "name"):
            continue
        seen: dict[Any, Any] = {}
        for pointer, body in manifest.members(section):
            name = body.get("name")
            if isinstance(name, str) and name in seen and not body.get("conditions"):
                yield Finding(f"{pointer}/name", f"{shown(seen[name])} is called {shown(name)} as well", "give each a name of its own")
            if isinstance(name, str):
                seen.setdefault(name, body.get("id"))


@rule(
    "service-collection-id",
    Manifest,
    WARNING,
    "an id that storage or URLs cannot carry as it is",
    why="""
The catalog makes the name of a storage container of the id and eight more characters, 63 at most, and puts the id into URLs. Letters,
digits, - _ . are safe.""",
    bad="kind: Collection\nid: sentinel 2/l2a\n",
    good="kind: Collection\nid: sentinel-2-l2a\n",
)
def collection_id(manifest: Manifest) -> Iterator[Finding]:
    if not manifest.collection:
        return
    strange = PLAIN.sub("", manifest.id)
    if strange:
        fix = f"for a new collection choose {re.sub(r'[^A-Za-z0-9._-]+', '-', manifest.id).strip('-')}"
        yield Finding("/id", f"{shown(strange[0])!r} in an id has to be escaped wherever it is used", fix)
    elif len(manifest.id) > LONGEST_ID:
        yield Finding("/id", f"this id has {len(manifest.id)} characters", f"choose one of at most {LONGEST_ID}")


@rule(
    "service-dots",
    Manifest,
    ERROR,
    "a name that is nothing but one or two dots",
    why="""
Names stand in URLs, where . is the place itself and .. the one above: deleting a queryable called .. would be deleting its collection.
Nothing of that name is ever sent.""",
    bad='queryables:\n  - {name: "..", definition: {type: string}}\n',
    good='queryables:\n  - {name: "..year", definition: {type: string}}\n',
)
def dots(manifest: Manifest) -> Iterator[Finding]:
    if manifest.id in DOTS and manifest.kind in IDENTITY:
        yield Finding(IDENTITY[manifest.kind], f"{manifest.id} is no name for a collection", "choose letters and digits")
    for pointer, body in manifest.members("queryables") if manifest.collection else ():
        if text_of(body.get("name")) in DOTS:
            yield Finding(f"{pointer}/name", f"{body['name']} is no name for a queryable", "name a property of the items")
    for key in DOTS & object_of(manifest.body.get("assets")).keys():
        yield Finding(f"/assets/{key}", f"{key} is no key for an asset", "choose letters and digits", key=True)


@rule(
    "service-asset-key",
    Collection,
    WARNING,
    "a key of an asset that cannot be used everywhere",
    why="Keys of assets stand in URLs, file names and render options: letters, digits, - _ . and at most 255 characters.",
    bad='stac:\n  item_assets: {"true color": {title: True color, type: image/tiff}}\n',
    good="stac:\n  item_assets: {true-color: {title: True color, type: image/tiff}}\n",
)
def asset_key(collection: Collection) -> Iterator[Finding]:
    stac = object_of((collection.stac or {}).get("item_assets"))
    for pointer, keys in (("/stac/item_assets", stac), ("/assets", object_of(collection.body.get("assets")))):
        if max(map(len, keys), default=0) <= LONGEST_KEY and "" not in keys and not STRANGE.search("".join(keys)):
            continue
        for key in keys:
            at = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if not key or STRANGE.search(key):
                yield Finding(at, f"the key {shown(key)!r} cannot stand in URLs or render options as it is", key=True)
            elif len(key) > LONGEST_KEY:
                yield Finding(at, f"this key has {len(key)} characters", f"at most {LONGEST_KEY} are allowed", key=True)
