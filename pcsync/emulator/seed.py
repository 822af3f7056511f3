"""Filling a catalog from a folder of JSON, through the same handlers and checks as requests.

What a file is follows from its content, or from its name:

    naip/collection.json       any file with "type": "Collection"
    naip/configurations.json   as GET .../configurations answers: tileSettings, mosaicInfo
    naip/queryables.json       as POST .../queryables takes
    naip/partition-type.json   {"scheme": "year"}
    naip/thumbnail.png         the collection asset `thumbnail`
    naip/anything/one.json     items: "type": "Feature" or "FeatureCollection"

The named files belong to the collection of their folder or of one above. Relative hrefs of assets count from the item's
file. A collection that the catalog has already is left alone, with all that lies beside it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from mimetypes import guess_type
from pathlib import Path
from types import MappingProxyType
from typing import Any

from starlette.datastructures import QueryParams

from .errors import Refusal
from .ingest import jobs
from .ingest.walk import with_absolute_hrefs
from .routes import assets, collections, configurations, items, queryables
from .routes.configurations import MOSAIC, RENDER_OPTION
from .settle import settle
from .state import collections as rows
from .state import operations
from .table import Handler
from .world import Answer, Call, Upload, World

Json = dict[str, Any]
NAMED = ("partition-type.json", "queryables.json", "configurations.json")
BATCH = 1_000
VERSION = "2026-04-15"


class SeedError(ValueError):
    """A file of the folder cannot be loaded; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was loaded. untouched: ids of collections that were there before."""

    collections: tuple[str, ...]
    items: int
    untouched: tuple[str, ...]


@dataclass
class _Folder:
    """The files of a seed, sorted by what they are."""

    collections: dict[Path, Json] = field(default_factory=dict)
    named: list[Path] = field(default_factory=list)
    thumbnails: list[Path] = field(default_factory=list)
    items: dict[Path, list[Json]] = field(default_factory=dict)


def reading(world: World, folder: Path) -> World:
    """The same catalog, with the folder among those that may be read."""
    return replace(world, settings=replace(world.settings, read_folders=(*world.settings.read_folders, folder)))


def seed(world: World, folder: Path) -> Seeded:
    """Raises SeedError for a file that cannot be loaded; what came before it stays loaded."""
    if not folder.is_dir():
        raise SeedError(f"{folder} is no folder")
    settings = replace(world.settings, lro_delay=0.0)
    choices = {**world.choices, "duplicate-configuration": "replace", "duplicate-queryable": "replace"}
    return _load(reading(replace(world, settings=settings, choices=choices), folder), _sorted(folder))


def _load(world: World, found: _Folder) -> Seeded:
    with world.store.read() as db:
        untouched = {body["id"] for body in found.collections.values() if rows.exists(db, body["id"])}
    made = {path: body for path, body in found.collections.items() if body["id"] not in untouched}
    for path, body in made.items():
        _send(world, path, collections.create, {}, {key: value for key, value in body.items() if key != "assets"})
    for path in found.named:
        _configure(world, path, _owner(path, found), untouched)
    for path in found.thumbnails:
        _thumbnail(world, path, _owner(path, found), untouched)
    count = sum(_items(world, path, features, found, untouched) for path, features in found.items.items())
    return Seeded(tuple(body["id"] for body in made.values()), count, tuple(sorted(untouched)))


def _sorted(folder: Path) -> _Folder:
    found = _Folder()
    for path in sorted(folder.rglob("*")):
        if path.name in NAMED:
            found.named.append(path)
        elif path.stem == "thumbnail" and (guess_type(path.name)[0] or "").startswith("image/"):
            found.thumbnails.append(path)
        elif path.suffix in (".json", ".geojson") and path.is_file():
            _sort_by_type(found, path)
    found.named.sort(key=lambda path: NAMED.index(path.name))
    return found


def _sort_by_type(found: _Folder, path: Path) -> None:
    body = _read(path)
    kind = body.get("type") if isinstance(body, dict) else None
    if kind == "Collection" and isinstance(body.get("id"), str):
        found.collections[path] = body
    elif kind == "Feature":
        found.items[path] = [body]
    elif kind == "FeatureCollection" and isinstance(body.get("features"), list):
        found.items[path] = body["features"]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as broken:
        raise SeedError(f"{path}: {broken}") from broken


def _owner(path: Path, found: _Folder) -> str | None:
    """The id of the only collection in the file's folder, or in the nearest one above."""
    for folder in path.parents:
        here = [body["id"] for other, body in found.collections.items() if other.parent == folder]
        if here:
            return str(here[0]) if len(here) == 1 else None
    return None


def _needed(path: Path, name: str | None) -> str:
    if name is None:
        raise SeedError(f"{path}: there is not exactly one collection in its folder")
    return name


def _configure(world: World, path: Path, owner: str | None, untouched: set[str]) -> None:
    name, body = _needed(path, owner), _read(path)
    if name in untouched:
        return
    here = {"collectionId": name}
    if path.name == "partition-type.json":
        _send(world, path, configurations.replace_partition_type, here, body)
    elif path.name == "queryables.json":
        _send(world, path, queryables.create, here, body)
    else:
        for handler, entry in _configurations(path, body):
            _send(world, path, handler, here, entry)


def _configurations(path: Path, body: Any) -> Iterator[tuple[Handler, Any]]:
    """What has to be sent so that GET .../configurations answers this."""
    mosaic_info = body.get("mosaicInfo") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(mosaic_info, dict | None):
        raise SeedError(f"{path}: must be an object of tileSettings and mosaicInfo")
    if body.get("tileSettings"):
        yield configurations.replace_tile_settings, body["tileSettings"]
    for entry in (mosaic_info or {}).get("mosaics") or []:
        yield configurations.create_of(MOSAIC), entry
    for entry in (mosaic_info or {}).get("renderOptions") or []:
        yield configurations.create_of(RENDER_OPTION), entry


def _thumbnail(world: World, path: Path, owner: str | None, untouched: set[str]) -> None:
    name = _needed(path, owner)
    if name not in untouched:
        described = {"key": "thumbnail", "type": guess_type(path.name)[0], "roles": ["thumbnail"], "title": "Thumbnail"}
        _send(world, path, assets.create, {"collectionId": name}, Upload(described, path.name, path.read_bytes()))


def _items(world: World, path: Path, features: list[Any], found: _Folder, untouched: set[str]) -> int:
    """How many items of a file were loaded; those without a collection get that of their folder."""
    by_collection: dict[str, list[Json]] = {}
    for feature in features:
        name = feature.get("collection") if isinstance(feature, dict) else None
        by_collection.setdefault(_needed(path, name or _owner(path, found)), []).append(_located(feature, path))
    count = 0
    for name, own in by_collection.items():
        if name in untouched:
            continue
        for start in range(0, len(own), BATCH):
            batch = {"type": "FeatureCollection", "features": own[start : start + BATCH]}
            _send(world, path, items.create, {"collectionId": name}, batch)
        count += len(own)
    return count


def _located(feature: Any, path: Path) -> Json:
    fits = isinstance(feature, dict) and isinstance(feature.get("assets"), dict)
    fits = fits and all(isinstance(asset, dict) for asset in feature["assets"].values())
    return with_absolute_hrefs(feature, path.resolve().as_uri()) if fits else feature


def _send(world: World, path: Path, handler: Handler, params: Mapping[str, str], body: Any) -> None:
    """One request without HTTP, and the end of its operation."""
    try:
        with world.store.write() as db:
            said = handler(Call(world, db, MappingProxyType(params), QueryParams(""), body, "http://seed", "", VERSION, ()))
    except Refusal as refusal:
        raise SeedError(f"{path}: {refusal.message}") from refusal
    settle(world)
    jobs.run_due(world)
    if isinstance(said, Answer) and said.status == 202 and said.text:
        _refuse_failed(world, path, json.loads(said.text)["id"])


def _refuse_failed(world: World, path: Path, operation: str) -> None:
    with world.store.read() as db:
        row = operations.find(db, operation, world.clock.now())
    if row is not None and row["shown"] != "Succeeded":
        raise SeedError(f"{path}: {row['error_code'] or row['shown']}: {row['error_message'] or ''}")
