"""The scripts people write instead: read a catalog with the official SDK and compare it with their YAML files.

Run by the Python of the peers' environment: ``python _scripts.py loop|aio ORIGIN FOLDER COLLECTIONS``. ``loop`` is the synchronous
client, PyYAML's SafeLoader and DeepDiff; ``aio`` the asynchronous one with 32 requests at a time, CSafeLoader and ``==``. Both ask for
each resource group by itself, as the SDK's documentation shows it, and print how many collections differ.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from azure.core.credentials import AccessToken

AT_A_TIME = 32
SERVED = ("links", "assets", "id", "msft:_created", "msft:_updated", "pcsync:managed")
Bodies = tuple[Any, Any, Any, Any, Any]


class Token:
    """A credential that always has one."""

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """A token for an hour."""
        return AccessToken("t" * 1800, int(time.time()) + 3600)


class AsyncToken(Token):
    """The same for the asynchronous client."""

    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:  # type: ignore[override]
        """A token for an hour."""
        return super().get_token()

    async def close(self) -> None:
        """Nothing."""

    async def __aenter__(self) -> AsyncToken:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()


def documents(folder: str, collections: int, loader: Any) -> list[Mapping[str, Any]]:
    """The manifests."""
    files = sorted(Path(folder).iterdir())[:collections]
    return [yaml.load(file.read_bytes(), Loader=loader) for file in files]  # noqa: S506  one of the two safe ones


def sides(document: Mapping[str, Any], bodies: Bodies) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is declared and what is live, in one shape."""
    collection, settings, mosaics, options, queryables = bodies
    live = {
        "stac": {name: value for name, value in collection.items() if name not in SERVED},
        "tileSettings": settings,
        "mosaics": mosaics,
        "renderOptions": [{name: value for name, value in option.items() if value is not None} for option in options],
        "queryables": {entry["name"]: queryables.get(entry["name"]) for entry in document["queryables"]},
    }
    desired = {name: document[name] for name in ("stac", "tileSettings", "mosaics", "renderOptions")}
    return {**desired, "queryables": {entry["name"]: entry["definition"] for entry in document["queryables"]}}, live


def plain(model: Any) -> Any:
    """A model of the SDK as JSON values."""
    return [member.as_dict() for member in model] if isinstance(model, list) else model.as_dict()


def loop(origin: str, folder: str, collections: int) -> int:
    """One request after the other."""
    from azure.planetarycomputer import PlanetaryComputerProClient
    from deepdiff import DeepDiff

    client = PlanetaryComputerProClient(origin, Token())
    differing = 0
    for document in documents(folder, collections, yaml.SafeLoader):
        name, once = document["id"], {"enforce_https": False}
        bodies = (
            plain(client.stac.get_collection(name, sign="false", **once)),
            plain(client.stac.get_tile_settings(name, **once)),
            plain(client.stac.get_mosaics(name, **once)),
            plain(client.stac.get_render_options(name, **once)),
            plain(client.stac.get_collection_queryables(name, **once))["properties"],
        )
        desired, live = sides(document, bodies)
        differing += bool(DeepDiff(live, desired, ignore_order=True))
    return differing


async def aio(origin: str, folder: str, collections: int) -> int:
    """Side by side."""
    from azure.planetarycomputer.aio import PlanetaryComputerProClient

    slots = asyncio.Semaphore(AT_A_TIME)
    async with PlanetaryComputerProClient(origin, AsyncToken()) as client:

        async def ask(method: Any, name: str, **options: Any) -> Any:
            async with slots:
                return plain(await method(name, enforce_https=False, **options))

        async def differs(document: Mapping[str, Any]) -> bool:
            name, stac = document["id"], client.stac
            bodies = await asyncio.gather(
                ask(stac.get_collection, name, sign="false"),
                ask(stac.get_tile_settings, name),
                ask(stac.get_mosaics, name),
                ask(stac.get_render_options, name),
                ask(stac.get_collection_queryables, name),
            )
            desired, live = sides(document, (*bodies[:4], bodies[4]["properties"]))
            return desired != live

        return sum(await asyncio.gather(*map(differs, documents(folder, collections, yaml.CSafeLoader))))


if __name__ == "__main__":
    script, origin, folder, collections = sys.argv[1:]
    print(loop(origin, folder, int(collections)) if script == "loop" else asyncio.run(aio(origin, folder, int(collections))))
