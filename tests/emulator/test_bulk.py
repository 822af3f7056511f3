"""Many items at once are what the same items one after the other are; numbers and characters survive the quick way."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from .catalog import Catalog, item, open_catalog, static_catalog, static_ingestion

Json = dict[str, Any]
HERE = "/stac/collections/naip/items"


def some(count: int) -> list[Json]:
    drawn = Random(3)
    made = []
    for number in range(count):
        west, south = drawn.uniform(-179, 178), drawn.uniform(-89, 88)
        ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south]]
        geometry = drawn.choice([None, {"type": "Polygon", "coordinates": [ring]}, {"type": "Point", "coordinates": [west, south]}])
        made.append({**item(f"i{number:03}", "naip", ö=drawn.random()), "geometry": geometry})
    return made


async def test_a_batch_is_stored_as_its_items_one_by_one() -> None:
    """Down to the etags, which count writes; only the clock's stamps are the same because it stands still."""
    features = some(40)
    async with open_catalog() as together, open_catalog() as apart:
        for catalog in (together, apart):
            await catalog.add("naip")
        await together.post(HERE, {"type": "FeatureCollection", "features": features})
        for feature in features:
            await apart.post(HERE, feature)
        for search in ({"limit": 100}, {"bbox": [-90, -45, 90, 45], "limit": 100}):
            found = [(await catalog.post("/stac/search", search)).json()["features"] for catalog in (together, apart)]
            assert [_plain(feature) for feature in found[0]] == [_plain(feature) for feature in found[1]]
            assert len(found[0]) > 5


def _plain(feature: Json) -> Json:
    """Without what tells when and as which write it came."""
    return {key: value for key, value in feature.items() if not key.startswith("_msft:")}


async def test_a_static_catalog_that_names_an_item_twice_keeps_the_last(tmp_path: Any) -> None:
    entry = static_catalog(tmp_path, 3)
    again = json.loads((tmp_path / "child" / "i0.json").read_text())
    (tmp_path / "child" / "i2.json").write_text(json.dumps({**again, "properties": {**again["properties"], "second": True}}))
    async with open_catalog(read_folders=[tmp_path]) as catalog:
        await catalog.add("naip")
        run = await catalog.run(static_ingestion(sourceCatalogUrl=entry.as_uri()))

        assert run["operation"]["totalSuccessfulItems"] == 3
        assert (await catalog.get(f"{HERE}/i0")).json()["properties"]["second"] is True
        assert (await catalog.get(f"{HERE}/i2")).status_code == 404


@pytest.mark.parametrize(
    "number",
    ["9007199254740993", "9223372036854775808", "123456789012345678901234567890", "0.1234567890123456789", "1e-7", "-0.0", "1.0", "1e22"],
)
async def test_a_number_comes_back_as_exact_as_json_can_say_it(naip: Catalog, number: str) -> None:
    body = json.dumps(item("one")).replace('"datetime"', f'"exact": {number}, "datetime"').encode()
    await naip.post(HERE, content=body, headers={"content-type": "application/json"})
    back = (await naip.get(f"{HERE}/one")).json()["properties"]["exact"]

    assert (back, type(back)) == (json.loads(number), type(json.loads(number)))


@pytest.mark.parametrize("text", ["\ufdd0\ufdd1", "\\ufdd0\\ufdd1"])
async def test_the_two_characters_that_stand_for_the_host_are_refused(naip: Catalog, text: str) -> None:
    body = json.dumps(item("one", title="X")).replace('"X"', f'"{text}"').encode()
    reply = await naip.post(HERE, content=body, headers={"content-type": "application/json"})

    assert reply.status_code == 400
    assert "U+FDD0" in reply.json()["detail"]


async def test_an_item_file_with_half_a_character_fails_alone(tmp_path: Any) -> None:
    """A lone surrogate cannot be stored; the run tells about the file and goes on."""
    entry = static_catalog(tmp_path, 3)
    path = tmp_path / "child" / "i1.json"
    path.write_text(path.read_text().replace('"2022', '"\\ud800", "x": "2022', 1).replace('"datetime": "\\ud800"', '"t": "\\ud800"'))
    async with open_catalog(read_folders=[tmp_path]) as catalog:
        await catalog.add("naip")
        run = await catalog.run(static_ingestion(sourceCatalogUrl=entry.as_uri()))

        assert (run["operation"]["totalSuccessfulItems"], run["operation"]["totalFailedItems"]) == (2, 1)
