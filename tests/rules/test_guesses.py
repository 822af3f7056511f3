"""What people write first gets one answer that says what to write instead, never a complaint of the schema."""

from __future__ import annotations

import pytest

from pcsync.core.diagnostic import Severity
from tests.rules.examples import diagnostics, written

TILES = "tileSettings: {minZoom: 4, maxItemsPerTile: 35%s}\n"
OPTION = "renderOptions:\n  - {id: a, name: A, %s}\n"
GUESSES = {
    "lat and lon beside zoom": (TILES % ", defaultLocation: {zoom: 4, lat: 1, lon: 2}", "write coordinates: [1, 2]"),
    "lat and lon as coordinates": (TILES % ", defaultLocation: {zoom: 4, coordinates: {lat: 1, lon: 2}}", "write coordinates: [1, 2]"),
    "a list as default location": (TILES % ", defaultLocation: [1, 2]", "write {zoom: 10, coordinates: [1, 2]}: latitude first"),
    "defaultZoom": (TILES % ", defaultZoom: 4", "defaultLocation.zoom"),
    "a default render option": (TILES % ", default_render_option_id: a", "the first one of the list is shown"),
    "a buffer": (TILES % ", buffer: 4", "it is a parameter of a render option"),
    "maxZoom": (OPTION % "options: assets=data, maxZoom: 9", ""),
    "assets beside options": (OPTION % "assets: [data]", "write options: {assets: [data]}"),
    "bands as an object beside": (OPTION % "assets: [image], asset_bidx: {image: [1, 2, 3]}", 'asset_bidx: "image|1,2,3"'),
    "bands as an object inside": (OPTION % "options: {assets: image, asset_bidx: {image: [1, 2, 3]}}", 'write asset_bidx: "image|1,2,3"'),
    "snake case": (OPTION % "options: assets=data, min_zoom: 4", "write minZoom"),
    "a section in snake case": ("tile_settings: {min_zoom: 4}\n", "write tileSettings"),
    "the public catalog's shape": ("render_config: {render_options: [], vector_options: []}\n", "write a render option"),
    "the public catalog's mosaics": ("mosaic_info: {mosaics: []}\n", "write mosaics and renderOptions"),
    "an object where a list belongs": ("mosaics: {id: m, name: M, cql: []}\n", "a list of one member"),
    "a list where an object belongs": ("tileSettings: [{minZoom: 4, maxItemsPerTile: 35}]\n", ""),
}


@pytest.mark.parametrize("guess", GUESSES)
def test_a_first_guess_is_answered_with_what_to_write(tmp_path, guess: str) -> None:
    text, answer = GUESSES[guess]
    wrong = [it for it in diagnostics(written(tmp_path, text)) if it.severity is Severity.ERROR]

    assert wrong
    assert any(answer in it.fix for it in wrong), [it.fix for it in wrong]
    assert all(it.position.line for it in wrong)
