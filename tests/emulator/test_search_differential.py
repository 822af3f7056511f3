"""Random items and random searches: SQLite answers what plain Python answers, which looks at every item."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcsync.emulator import GeoCatalog, create_app

from .catalog import BASE, Catalog, item

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
NAMES = ("a", "b", "c", "missing")
WORDS = ("alpha", "Alpha", "beta", "50%", "x_y", "")
Json = dict[str, Any]


def _instant(day: int) -> str:
    return (EPOCH + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _items(random: Random) -> list[Json]:
    """60 boxes, points and lines on whole degrees, at most ten days long, with properties of mixed types."""
    return [_item(random, number) for number in range(60)]


def _item(random: Random, number: int) -> Json:
    west, south, width, height = random.randint(-180, 170), random.randint(-90, 80), random.randint(0, 10), random.randint(0, 10)
    start = random.randint(0, 40)
    span: Json = {"datetime": _instant(start)}
    if random.random() < 0.4:
        span = {"datetime": None, "start_datetime": _instant(start), "end_datetime": _instant(start + random.randint(0, 10))}
    name = f"i{number:02}"
    body = item(name, random.choice(("one", "two")))
    properties = {key: _value(random) for key in ("a", "b", "c") if random.random() < 0.8}
    corners = [[west, south], [west + width, south], [west + width, south + height], [west, south + height], [west, south]]
    shapes: list[Json] = [
        {"type": "Point", "coordinates": [west, south]},
        {"type": "LineString", "coordinates": [[west, south], [west + width, south + height]]},
        {"type": "Polygon", "coordinates": [corners]},
    ]
    return {**body, "geometry": random.choice(shapes), "properties": {**span, **properties}}


def _value(random: Random) -> Any:
    return random.choice([random.randint(0, 5), random.random() * 5, random.choice(WORDS), True, False, None])


ITEMS = _items(Random(7))


@pytest.fixture(scope="module")
def app() -> Iterator[GeoCatalog]:
    made = create_app(":memory:")

    async def fill() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url=BASE) as http:
            catalog = Catalog(made, http)
            for name in ("one", "two"):
                await catalog.add(name)
                features = [feature for feature in ITEMS if feature["collection"] == name]
                reply = await catalog.post(f"/stac/collections/{name}/items", {"type": "FeatureCollection", "features": features})
                assert (await catalog.operation(reply))["status"] == "Succeeded"

    asyncio.run(fill())
    yield made
    made.close()


# what a search means, said without SQL: three-valued, None is unknown


def _matches(feature: Json, search: Json) -> bool:
    if feature["collection"] not in search.get("collections", ("one", "two")):
        return False
    if "ids" in search and feature["id"] not in search["ids"]:
        return False
    if "datetime" in search and not _meets_interval(feature, search["datetime"]):
        return False
    if "bbox" in search and not _meets_bbox(feature["geometry"], search["bbox"]):
        return False
    return "filter" not in search or _holds(search["filter"], feature) is True


def _span(feature: Json) -> tuple[str, str]:
    properties = feature["properties"]
    return (properties["datetime"],) * 2 if properties["datetime"] else (properties["start_datetime"], properties["end_datetime"])


def _meets_interval(feature: Json, text: str) -> bool:
    start, _, end = text.partition("/") if "/" in text else (text, "", text)
    first, last = _span(feature)
    return (end in ("", "..") or first <= end) and (start in ("", "..") or last >= start)


def _meets_bbox(geometry: Json, bbox: list[float]) -> bool:
    west, south, east, north = bbox
    if west > east:
        return _meets_bbox(geometry, [west, south, 180, north]) or _meets_bbox(geometry, [-180, south, east, north])
    if geometry["type"] == "LineString":
        return _line_meets(geometry["coordinates"], bbox)
    points = geometry["coordinates"][0] if geometry["type"] == "Polygon" else [geometry["coordinates"]]
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    return min(longitudes) <= east and max(longitudes) >= west and min(latitudes) <= north and max(latitudes) >= south


def _line_meets(line: list[list[float]], bbox: list[float]) -> bool:
    """Liang and Barsky: what is left of the line inside of each of the four half-planes."""
    (x, y), (x2, y2) = line
    enter, leave = 0.0, 1.0
    for step, room in ((x - x2, x - bbox[0]), (x2 - x, bbox[2] - x), (y - y2, y - bbox[1]), (y2 - y, bbox[3] - y)):
        if step == 0:
            if room < 0:
                return False
        elif step < 0:
            enter = max(enter, room / step)
        else:
            leave = min(leave, room / step)
    return enter <= leave


def _holds(expression: Json, feature: Json) -> bool | None:
    op, args = expression["op"], expression["args"]
    if op in ("and", "or"):
        values = [_holds(arg, feature) for arg in args]
        decisive = op == "or"
        return decisive if decisive in values else (None if None in values else not decisive)
    if op == "not":
        value = _holds(args[0], feature)
        return None if value is None else not value
    value = _property(feature, args[0]["property"])
    if op == "isNull":
        return value is None
    if op == "in":
        found = [_compared("=", value, choice) for choice in args[1]]
        return True if True in found else (None if None in found else False)
    if op == "between":
        return _holds({"op": "and", "args": [{"op": ">=", "args": args[:2]}, {"op": "<=", "args": [args[0], args[2]]}]}, feature)
    if op == "like":
        return _like(value, args[1])
    return _compared(op, value, args[1])


def _property(feature: Json, name: str) -> Any:
    return feature["id"] if name == "id" else feature["properties"].get(name)


def _kind(value: Any) -> str | None:
    if value is None:
        return None
    return "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


def _compared(op: str, left: Any, right: Any) -> bool | None:
    if _kind(left) is None or _kind(left) != _kind(right):
        return None
    return {"=": left == right, "<>": left != right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]


def _like(value: Any, pattern: str) -> bool | None:
    """By trying every way to spread the text over the pattern."""
    if not isinstance(value, str):
        return None
    if not pattern:
        return not value
    if pattern[0] == "%":
        return any(_like(value[cut:], pattern[1:]) for cut in range(len(value) + 1))
    if pattern[0] == "\\" and len(pattern) > 1:
        return value[:1] == pattern[1] and bool(_like(value[1:], pattern[2:]))
    return bool(value) and pattern[0] in ("_", value[0]) and bool(_like(value[1:], pattern[1:]))


def _expected(search: Json) -> list[str]:
    found = [feature for feature in ITEMS if _matches(feature, search)]
    if "sortby" in search:
        (key,) = search["sortby"]
        return [feature["id"] for feature in sorted(found, key=lambda f: f["id"], reverse=key["direction"] == "desc")]
    return [feature["id"] for feature in sorted(found, key=lambda feature: (_span(feature)[0], feature["id"]), reverse=True)]


literals = st.integers(-1, 6) | st.floats(-1, 6, allow_nan=False) | st.sampled_from(WORDS) | st.booleans()
named = st.sampled_from(NAMES).map(lambda name: {"property": name})
comparisons = st.builds(
    lambda op, name, value: {"op": op, "args": [name, value]}, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), named, literals
)
patterns = st.text(alphabet="alphbet50%_xyA\\", max_size=6).filter(lambda text: not text.endswith("\\"))
leaves = (
    comparisons
    | st.builds(lambda name: {"op": "isNull", "args": [name]}, named)
    | st.builds(lambda name, low, high: {"op": "between", "args": [name, low, high]}, named, st.integers(0, 5), st.integers(0, 5))
    | st.builds(lambda name, values: {"op": "in", "args": [name, values]}, named, st.lists(literals, max_size=3))
    | st.builds(lambda name, text: {"op": "like", "args": [name, text]}, named, patterns)
)
filters = st.recursive(
    leaves,
    lambda inner: (
        st.builds(lambda op, args: {"op": op, "args": args}, st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda arg: {"op": "not", "args": [arg]}, inner)
    ),
    max_leaves=6,
)


@st.composite
def searches(draw: Any) -> Json:
    search: Json = {}
    if draw(st.booleans()):
        search["filter"] = draw(filters)
        search["filter-lang"] = "cql2-json"
    if draw(st.booleans()):
        search["collections"] = draw(st.lists(st.sampled_from(["one", "two", "three"]), min_size=1, max_size=2, unique=True))
    if draw(st.booleans()):
        south, north = sorted(draw(st.tuples(st.integers(-90, 90), st.integers(-90, 90))))
        search["bbox"] = [draw(st.integers(-180, 180)), south, draw(st.integers(-180, 180)), north]
    if draw(st.booleans()):
        start, end = sorted(draw(st.tuples(st.integers(0, 55), st.integers(0, 55))))
        search["datetime"] = draw(
            st.sampled_from([f"{_instant(start)}/{_instant(end)}", f"{_instant(start)}/..", f"../{_instant(end)}", _instant(start)])
        )
    if not draw(st.integers(0, 3)):
        search["ids"] = draw(st.lists(st.sampled_from([feature["id"] for feature in ITEMS]), min_size=1, max_size=8))
    if not draw(st.integers(0, 3)):
        search["sortby"] = [{"field": "id", "direction": draw(st.sampled_from(["asc", "desc"]))}]
    return search


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(search=searches(), limit=st.sampled_from([7, 1000]))
def test_sqlite_finds_what_plain_python_finds_in_the_same_order(app: GeoCatalog, search: Json, limit: int) -> None:
    async def ask() -> list[str]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as http:
            return await Catalog(app, http).search(**search, limit=limit)

    assert asyncio.run(ask()) == _expected(search)
