"""Legends need nothing but the standard library."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import pytest

from pcsync.emulator.tiler import colours
from tests.emulator.catalog import Catalog

LEGEND = "/data/legend"


def pixels(png: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    """Width, height and first row of an RGBA picture with unfiltered rows."""
    width, height = struct.unpack(">II", png[16:24])
    start = png.index(b"IDAT") + 4
    length = struct.unpack(">I", png[start - 8 : start - 4])[0]
    row = zlib.decompress(png[start : start + length])[1 : 1 + 4 * width]
    return width, height, [tuple(row[place : place + 4]) for place in range(0, len(row), 4)]


async def test_a_legend_runs_from_the_first_colour_to_the_last(catalog: Catalog) -> None:
    reply = await catalog.get(f"{LEGEND}/colormap/gray")
    width, height, row = pixels(reply.content)

    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["cache-control"] == "public, max-age=3600"
    assert "dur=" in reply.headers["server-timing"]
    assert (width, height) == (387, 11)
    assert row[0] == (0, 0, 0, 255)
    assert row[-1] == (255, 255, 255, 255)


async def test_a_legend_is_as_large_as_asked_and_starts_where_it_is_trimmed(catalog: Catalog) -> None:
    reply = await catalog.get(f"{LEGEND}/colormap/gray", params={"width": "10", "height": "1", "trim_start": "100", "trim_end": "55"})
    width, height, row = pixels(reply.content)

    assert (width, height) == (774, 77)
    assert row[0] == (100, 100, 100, 255)
    assert row[-1] == (200, 200, 200, 255)


async def test_a_classmap_is_trimmed_at_both_ends(catalog: Catalog) -> None:
    reply = await catalog.get(f"{LEGEND}/classmap/mtbs-severity", params={"trim_start": "1", "trim_end": "4"})

    assert reply.json() == {"1": [0, 100, 0, 255], "2": [127, 255, 212, 255]}


async def test_intervals_have_two_ends_and_a_colour(catalog: Catalog) -> None:
    reply = await catalog.get(f"{LEGEND}/interval/modis-10A1")

    assert reply.json()[0] == [[0, 25], [43, 140, 190, 255]]
    assert len(reply.json()) == 5
    assert (await catalog.get(f"{LEGEND}/interval/modis-13A1%7CQ1")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("colormap/no-such-map", 404),
        ("classmap/viridis", 404),
        ("interval/mtbs-severity", 404),
        ("colormap/usda-cdl-corn", 501),
        ("classmap/drcog-lulc", 501),
        ("interval/lidar-hag", 501),
        ("colormap/gray?trim_start=300", 400),
        ("colormap/gray?width=1000000", 400),
        ("colormap/gray?height=nan", 400),
        ("classmap/mtbs-severity?trim_end=-1", 400),
    ],
)
async def test_a_legend_that_cannot_be_is_refused(catalog: Catalog, path: str, status: int) -> None:
    path, _, query = path.partition("?")
    reply = await catalog.get(f"{LEGEND}/{path}?api-version=2026-04-15&{query}")

    assert reply.status_code == status
    assert set(reply.json()["error"]) == {"code", "message"}
    assert "x-ms-error-code" not in reply.headers


@pytest.mark.parametrize(
    ("name", "count", "value", "colour"),
    [
        ("usda-cdl", 133, "1", [255, 210, 0, 255]),  # corn
        ("usgs-lcmap", 65, "5", [0, 112, 255, 255]),  # water
        ("esa-cci-lc", 38, "190", [195, 20, 0, 255]),  # urban areas
    ],
)
async def test_classes_have_the_colours_of_those_who_publish_them(
    catalog: Catalog, name: str, count: int, value: str, colour: list[int]
) -> None:
    legend = (await catalog.get(f"{LEGEND}/classmap/{name}")).json()

    assert (len(legend), legend[value]) == (count, colour)


async def test_a_map_without_colours_says_why(catalog: Catalog) -> None:
    reply = await catalog.get(f"{LEGEND}/classmap/usda-cdl-corn")

    assert "its crop frequencies have none" in reply.json()["error"]["message"]


def test_every_name_of_the_service_is_known_or_said_to_be_unpublished(reference: Path) -> None:
    names = set(json.loads((reference / "enums-2026-04-15.json").read_text())["enums"]["ColorMapNames"])
    known = set(colours.ramps()) | set(colours.classes()) | set(colours.intervals())

    assert known | set(colours.UNPUBLISHED) == names
    assert not known & set(colours.UNPUBLISHED)
    assert len(colours.ramps()) == 211


def test_ramps_are_those_of_rio_tiler() -> None:
    cmap = pytest.importorskip("rio_tiler.colormap").cmap

    assert all({level: tuple(colour) for level, colour in cmap.get(name).items()} == ramp for name, ramp in colours.ramps().items())
