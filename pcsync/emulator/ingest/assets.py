"""Reading the assets of items according to the policy of the settings."""

from collections.abc import Iterable, Iterator
from typing import Any

from pcsync.emulator.blobfiles import chunks_of
from pcsync.emulator.reach import UnreachableError, may_read, opened
from pcsync.emulator.settings import Settings
from pcsync.emulator.state.blobs import Fetched
from pcsync.emulator.state.operations import EffectError
from pcsync.emulator.world import World

from .placeholder import placeholder

Json = dict[str, Any]


def needs_reading(settings: Settings, items: Iterable[Json]) -> bool:
    """Whether there is anything to read or to make; if not, an operation needs no job."""
    if settings.strict_assets or settings.asset_policy == "placeholder":
        return True
    return settings.asset_policy == "copy" and any(may_read(settings, href) for item in items for href, _ in hrefs(item))


def fetch(world: World, items: Iterable[Json]) -> dict[str, Fetched]:
    """By href. Raises EffectError for one that cannot be read when the settings are strict."""
    found: dict[str, Fetched] = {}
    for item in items:
        for href, asset in hrefs(item):
            if href not in found:
                found[href] = _fetch_one(world, item, asset, href)
    return found


def hrefs(item: Json) -> Iterator[tuple[str, Json]]:
    """(href, asset) of every asset that has one."""
    assets = item.get("assets")
    for asset in assets.values() if isinstance(assets, dict) else ():
        if isinstance(asset, dict) and isinstance(asset.get("href"), str):
            yield asset["href"], asset


def _fetch_one(world: World, item: Json, asset: Json, href: str) -> Fetched:
    policy = world.settings.asset_policy
    if policy == "placeholder":
        made = placeholder(item, asset, href)
        return Fetched(world.files.keep(made), len(made)) if made is not None else Fetched(refers=True)
    try:
        with opened(world.settings, href) as stream:
            if policy == "refer":
                return Fetched(refers=True)
            digest, size = world.files.keep_stream(chunks_of(stream))
            return Fetched(digest, size)
    except UnreachableError as missing:
        if world.settings.strict_assets:
            raise EffectError(missing.code, missing.message) from missing
        return Fetched(refers=True)
