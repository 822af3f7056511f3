"""Real collections and configurations: every dangling reference is found, and what is right is left alone."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

import pytest

from pcsync.core.diagnostic import Severity
from pcsync.core.source import steps
from tests.real import corpus
from tests.rules.real import Configured, collections, configured, errors, look, unconfigured

pytestmark = [corpus.needs_real_data, pytest.mark.real]

WRONG = {
    ("maxar-open-data-program", "render-unknown-asset"),  # its author's defect: assets=visual, asset_bidx=image|…
    ("ms-buildings", "render-type"),  # the public catalog has options: "" beside vector options; a GeoCatalog takes none
}
"""(collection, rule) of all errors that the current configurations have."""


def references(options: str) -> set[str]:
    """The assets that options name, found by other means than ours: urllib and Python's own parser."""
    found = parse_qs(options.replace("+", "%2B"))
    names = {*found.get("assets", []), *(it.partition("|")[0] for it in found.get("asset_bidx", []))}
    for band in ";".join(found.get("expression", [])).split(";"):
        for node in ast.walk(ast.parse(band.strip() or "0", mode="eval")):
            if isinstance(node, ast.Name):
                names.add(re.sub(r"_b[0-9]+$", "", node.id))
    return names


def dangling(config: Configured, assets: Any) -> set[tuple[str, str]]:
    """(render option, asset) of what a configuration names and these item_assets do not have."""
    return {
        (option["id"], name)
        for option in config.sections.get("renderOptions", ())
        for name in references(option.get("options") or "")
        if name not in assets
    }


def swapped(config: Configured, other: Configured) -> set[tuple[str, str]]:
    """(render option, asset) of what the rules find when one configuration is put on another collection."""
    options = config.sections["renderOptions"]
    found = look(corpus.collection(other.stac, renderOptions=options))
    return {
        (options[int(list(steps(it.finding.pointer))[1])]["id"], re.findall(r"'([^']*)'", it.finding.what)[0])
        for it in found
        if it.rule.id == "render-unknown-asset"
    }


def with_options() -> list[Configured]:
    return [it for it in configured() if it.sections.get("renderOptions")]


@pytest.mark.parametrize("config", with_options(), ids=lambda it: it.name)
def test_every_dangling_reference_of_a_configuration_on_another_collection_is_found(config: Configured) -> None:
    """The incident: 57 of 57 render options of a public collection named another one's assets for 14 months."""
    for other in with_options():
        if other.stac.get("item_assets"):
            assert swapped(config, other) == dangling(config, other.stac["item_assets"]), other.name


def test_swapping_configurations_is_a_question_worth_asking() -> None:
    """Most pairs do dangle: the test above is about something."""
    pairs = [
        (config, other) for config in with_options() for other in with_options() if config is not other and other.stac.get("item_assets")
    ]
    broken = sum(bool(dangling(config, other.stac["item_assets"])) for config, other in pairs)

    assert len(pairs) > 1500
    assert broken > len(pairs) / 2


def test_the_current_configurations_have_no_error_but_the_known_ones() -> None:
    found = {(config.name, it.rule.id) for config in configured() for it in errors(look(config.manifest))}
    found |= {(body["id"], it.rule.id) for _, body in unconfigured() for it in errors(look(body))}

    assert found == WRONG


def test_the_current_configurations_have_no_warning_but_the_right_ones() -> None:
    """Each was looked at: what it says is so."""
    found = Counter((config.name, it.rule.id) for config in configured() for it in look(config.manifest) if it.severity is Severity.WARNING)

    assert found == {
        ("chloris-biomass", "mosaic-outside-extent"): 1,  # a mosaic of 2002; the collection begins in July 2003
        ("alos-fnf-mosaic", "stac-bbox-flipped"): 1,  # [-180, 85, 180, -56]
        ("ms-buildings", "stac-bbox-flipped"): 1,
        ("maxar-open-data-program", "render-index-of-other-asset"): 1,  # the defect
        ("sentinel-2-l2a", "mosaic-bare-interval"): 1,  # transcribed from the documentation as it is
        ("earth-2-fcn3-00000000-0000-4000-8000-000000000001", "stac-interval-open"): 1,
    }


def test_the_current_collections_have_no_error_but_the_known_ones() -> None:
    """Two served copies have times without a zone, which STAC forbids; their authored ones are mended."""
    found = Counter(
        (entry.file, it.rule.id)
        for entry in corpus.entries("collection", "collection-served", "collection-env")
        for it in errors(look(corpus.collection(entry.body)))
    )

    assert found == {("collections-served/mtbs.json", "stac-schema"): 2, ("collections-served/nasadem.json", "stac-schema"): 2}


def test_the_maxar_defect_and_its_history_are_found() -> None:
    """First assets=image, which the collection does not have; then assets=visual with asset_bidx=image|1,2,3."""
    stac = collections()["maxar-open-data-program"]
    (history,) = (it for it in corpus.entries("history") if it.id == "maxar-open-data-program")
    before = look(corpus.collection(stac, renderOptions=history.body))
    now = next(it for it in configured() if it.name == "maxar-open-data-program")

    assert [it.finding.span for it in before if it.rule.id == "render-unknown-asset"] == [(7, 12), (24, 29)]
    assert [it.finding.fix for it in before if it.rule.id == "render-unknown-asset"] == ["one of: visual"] * 2
    assert {"render-unknown-asset", "render-index-of-other-asset"} == {it.rule.id for it in look(now.manifest) if it.severity != "note"}


def test_a_first_attempt_gets_answers() -> None:
    """What a real author wrote first: invented keys, and a function of a property."""
    parts = {entry.file.rpartition("/")[2]: entry.body for entry in corpus.entries("history") if entry.id == "naip-sample-datasets"}
    both, tiles = parts["2025-09-04.mosaic-and-render.json"], parts["2025-09-04.tile-settings.json"]
    sections = {"mosaics": both["mosaics"], "renderOptions": both["renderOptions"]}
    found = look(
        corpus.collection(
            parts["2025-09-04.collection.json"], tileSettings={**tiles, "defaultLocation": both["defaultLocation"]}, **sections
        )
    )
    answers = {(it.rule.id, it.finding.pointer): it.finding.fix for it in found}

    for name in ("maxZoom", "defaultZoom", "buffer", "resampling", "default_render_option_id"):
        assert answers["service-tile-setting", f"/tileSettings/{name}"]
    assert answers["service-default-location", "/tileSettings/defaultLocation"] == "write coordinates: [39.5, -98.35]"
    assert answers["render-max-zoom", "/renderOptions/0/maxZoom"]
    expected = 'write options: {assets: [image], asset_bidx: "image|1,2,3"}'
    assert answers["render-beside-options", "/renderOptions/0/asset_bidx"] == expected
    assert answers["mosaic-property-name", "/mosaics/0/cql/0/args/1/property"]


def test_mosaics_named_after_a_year_that_also_showed_the_next_one_are_found_in_the_history_and_not_now() -> None:
    """A public collection's mosaics of 2017 to 2021 each ran to the end of the year after; they were mended in 2025."""
    stac = collections()["io-lulc-9-class"]
    found = {
        entry.file.rpartition("/")[2][:4]: [
            it.finding.pointer
            for it in look(corpus.collection(stac, mosaics=corpus.mosaics(entry.body["mosaic_info"]["mosaics"])))
            if it.rule.id == "mosaic-other-year"
        ]
        for entry in corpus.entries("history")
        if entry.id == "io-lulc-9-class"
    }

    assert found == {"2022": [f"/mosaics/{index}/name" for index in range(5)], "2025": []}
