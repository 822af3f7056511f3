"""What a manifest's ``preview`` says about where and how to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.core.picture import Place
from pcsync.seeing.preview.geometry import place_at, place_of

SIZE = 512
"""Pixels of a picture's longer side."""
MANIFEST = "manifest"


@dataclass(frozen=True, slots=True)
class Looking:
    """Empty fields leave the choice to pcsync. ``render_options`` draw mosaics; render options are drawn over ``mosaics``."""

    places: tuple[Place, ...] = ()
    render_options: tuple[str, ...] = ()
    mosaics: tuple[str, ...] = ()
    size: int = SIZE


def looking(section: Mapping[str, Any] | None) -> Looking:
    """The ``preview`` section of a Collection manifest, as its schema lets it through."""
    if not section:
        return Looking()
    size = section.get("size") or SIZE
    places = tuple(_place(it, size) for it in section.get("places") or ())
    return Looking(places, tuple(section.get("renderOptions") or ()), tuple(section.get("mosaics") or ()), size)


def _place(entry: Mapping[str, Any], size: int) -> Place:
    if "bounds" in entry:
        west, south, east, north = entry["bounds"]
        return place_of((west, south, east, north), size, why=MANIFEST, exact=True)
    latitude, longitude = entry["coordinates"]
    return place_at(longitude, latitude, entry["zoom"], size, MANIFEST)
