"""s_within, s_touches and the rest, against an oracle that tries every vertex, edge and cell of a small grid.

Shapes here have whole coordinates and edges along the grid, so that points on every half say exactly where their
interiors, boundaries and exteriors meet: what DE-9IM asks.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from .catalog import Catalog, item

pytest.importorskip("shapely")

SIDE = 6
HALVES = [(x / 2, y / 2) for x in range(-1, 2 * SIDE + 2) for y in range(-1, 2 * SIDE + 2)]
RELATIONS = ("s_within", "s_contains", "s_touches", "s_crosses", "s_overlaps", "s_equals")
INTERIOR, BOUNDARY, EXTERIOR = "IBE"
Json = dict[str, Any]
Place = tuple[float, float]


def _box(west: int, south: int, east: int, north: int) -> list[list[int]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _polygon(random: Random) -> Json:
    """A box, with a hole where there is room for one."""
    (west, east), (south, north) = (sorted(random.sample(range(SIDE + 1), 2)) for _ in range(2))
    rings = [_box(west, south, east, north)]
    if min(east - west, north - south) > 2:
        rings.append(_box(west + 1, south + 1, east - 1, north - 1))
    return {"type": "Polygon", "coordinates": rings}


def _line(random: Random) -> Json:
    """One or two edges with a corner."""
    x, y = random.randint(0, SIDE), random.randint(0, SIDE)
    other_x, other_y = (random.choice([place for place in range(SIDE + 1) if place != own]) for own in (x, y))
    return {"type": "LineString", "coordinates": [[x, y], [other_x, y], [other_x, other_y]][: random.choice((2, 3))]}


def _shape(random: Random) -> Json:
    point = {"type": "Point", "coordinates": [random.randint(0, SIDE), random.randint(0, SIDE)]}
    return random.choice([point, _line(random), _polygon(random), _polygon(random)])


def _place(shape: Json, at: Place) -> str:
    """Interior, boundary or exterior."""
    if shape["type"] == "Point":
        return INTERIOR if tuple(shape["coordinates"]) == at else EXTERIOR
    if shape["type"] == "LineString":
        line = shape["coordinates"]
        if at in (tuple(line[0]), tuple(line[-1])):
            return BOUNDARY
        return INTERIOR if _on(line, at) else EXTERIOR
    outer, *holes = shape["coordinates"]
    if any(_on(ring, at) for ring in (outer, *holes)):
        return BOUNDARY
    return INTERIOR if _in(outer, at) and not any(_in(hole, at) for hole in holes) else EXTERIOR


def _on(line: list[list[int]], at: Place) -> bool:
    return any(min(a[0], b[0]) <= at[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= at[1] <= max(a[1], b[1]) for a, b in pairwise(line))


def _in(ring: list[list[int]], at: Place) -> bool:
    return ring[0][0] < at[0] < ring[2][0] and ring[0][1] < at[1] < ring[2][1]


@cache
def _places(shape: str) -> list[str]:
    found = json.loads(shape)
    return [_place(found, at) for at in HALVES]


def _dimension(shape: Json) -> int:
    return {"Point": 0, "LineString": 1, "Polygon": 2}[shape["type"]]


def _holds(op: str, a: Json, b: Json) -> bool:
    """The definitions of OGC Simple Features, over the sampled places."""
    met = set(zip(_places(json.dumps(a)), _places(json.dumps(b)), strict=True))
    inside = (INTERIOR, INTERIOR) in met
    a_leaves, b_leaves = {(INTERIOR, EXTERIOR), (BOUNDARY, EXTERIOR)} & met, {(EXTERIOR, INTERIOR), (EXTERIOR, BOUNDARY)} & met
    first, second = _dimension(a), _dimension(b)
    if op == "s_within":
        return inside and not a_leaves
    if op == "s_contains":
        return inside and not b_leaves
    if op == "s_equals":
        return inside and not a_leaves and not b_leaves
    if op == "s_touches":
        return not inside and any(EXTERIOR not in pair for pair in met)
    if op == "s_overlaps":
        whole = first != 1 or _share_an_edge(a, b)
        return first == second and inside and whole and (INTERIOR, EXTERIOR) in met and (EXTERIOR, INTERIOR) in met
    if first == second:
        return first == 1 and inside and not _share_an_edge(a, b)
    return inside and ((INTERIOR, EXTERIOR) if first < second else (EXTERIOR, INTERIOR)) in met


def _share_an_edge(a: Json, b: Json) -> bool:
    pairs = zip(HALVES, _places(json.dumps(a)), _places(json.dumps(b)), strict=True)
    return any(mine == other == INTERIOR for at, mine, other in pairs if at[0] % 1 or at[1] % 1)


SHAPES = [_shape(Random(seed)) for seed in range(120)]


@pytest.fixture
async def shapes(naip: Catalog) -> Catalog:
    features = [{**item(f"i{number:03}"), "geometry": shape} for number, shape in enumerate(SHAPES)]
    reply = await naip.post("/stac/collections/naip/items", {"type": "FeatureCollection", "features": features})
    assert (await naip.operation(reply))["status"] == "Succeeded"
    return naip


def _probes() -> list[Json]:
    """Others, and some of the shapes themselves."""
    return [*(_shape(Random(seed)) for seed in range(1_000, 1_025)), *SHAPES[:10]]


def _filter(op: str, *args: Any) -> Json:
    return {"filter": {"op": op, "args": list(args)}, "filter-lang": "cql2-json", "limit": 1000}


@pytest.mark.parametrize("op", RELATIONS)
async def test_a_spatial_relation_finds_what_trying_every_place_finds(shapes: Catalog, op: str) -> None:
    matched = 0
    for probe in _probes():
        expected = {f"i{number:03}" for number, shape in enumerate(SHAPES) if _holds(op, shape, probe)}
        assert set(await shapes.search(**_filter(op, {"property": "geometry"}, probe))) == expected, probe
        matched += len(expected)
    assert matched > 10  # or this would have compared nothing with nothing


@pytest.mark.parametrize("op", RELATIONS)
async def test_the_sides_of_a_relation_are_not_the_same(shapes: Catalog, op: str) -> None:
    for probe in _probes()[-20:]:
        expected = {f"i{number:03}" for number, shape in enumerate(SHAPES) if _holds(op, probe, shape)}
        assert set(await shapes.search(**_filter(op, probe, {"property": "geometry"}))) == expected, probe


async def test_not_a_relation_leaves_out_items_without_geometry(shapes: Catalog) -> None:
    nowhere = {key: value for key, value in item("nowhere").items() if key != "bbox"}
    await shapes.post("/stac/collections/naip/items", {**nowhere, "geometry": None})
    probe = {"type": "Polygon", "coordinates": [_box(0, 0, 3, 3)]}
    inside = {"op": "s_within", "args": [{"property": "geometry"}, probe]}
    expected = {f"i{number:03}" for number, shape in enumerate(SHAPES) if not _holds("s_within", shape, probe)}

    assert set(await shapes.search(**_filter("not", inside))) == expected


async def test_a_geometry_that_geos_cannot_read_matches_nothing(naip: Catalog) -> None:
    """A ring that crosses itself: no answer is right, an error 500 would be wrong."""
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    await naip.post("/stac/collections/naip/items", {**item("bow"), "geometry": bow})
    for op in RELATIONS:
        for probe in (bow, {"type": "GeometryCollection", "geometries": [bow]}, {"type": "Point", "coordinates": [1, 1, 1, 1]}):
            reply = await naip.post("/stac/search", _filter(op, {"property": "geometry"}, probe))
            assert reply.status_code == 200, reply.text


WITHOUT_SHAPELY = """
import asyncio, sys
import httpx
sys.modules["shapely"] = None  # what Python itself does with a package that must not be found
from pcsync.emulator import create_app

async def main():
    transport = httpx.ASGITransport(app=create_app(":memory:"))
    async with httpx.AsyncClient(transport=transport, base_url="http://x", params={"api-version": "2026-04-15"}) as http:
        where = {"op": "s_within", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [0, 0]}]}
        reply = await http.post("/stac/search", json={"filter": where, "filter-lang": "cql2-json"})
        print(reply.status_code, reply.json()["error"]["message"])

asyncio.run(main())
"""


def test_without_shapely_a_relation_says_what_to_install() -> None:
    root = Path(__file__).parents[2]
    found = subprocess.run([sys.executable, "-c", WITHOUT_SHAPELY], cwd=root, capture_output=True, text=True)

    assert found.stdout.strip() == "501 filter: 's_within' needs shapely. Install the extra: pip install 'pcsync[emulator,spatial]'"
