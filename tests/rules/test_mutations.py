"""Good real configurations, broken one thing at a time: the rule that is meant finds it.

``python -m tests.rules.test_mutations`` prints the catch rate of each rule.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.real import corpus
from tests.rules.real import Configured, configured, look

Mutation = Callable[[dict[str, Any], random.Random], bool]
"""Break a manifest in place; False where there is nothing of the sort to break."""


def in_options(pattern: str, replacement: Callable[[re.Match[str], random.Random], str]) -> Mutation:
    """Replace one match in the query string of one render option."""

    def mutate(manifest: dict[str, Any], chance: random.Random) -> bool:
        places = [
            (option, match)
            for option in manifest.get("renderOptions", ())
            for match in re.finditer(pattern, option.get("options") or "")
            if option.get("type") in (None, "raster-tile")
        ]
        if not places:
            return False
        option, match = chance.choice(places)
        text = option["options"]
        option["options"] = text[: match.start()] + replacement(match, chance) + text[match.end() :]
        return True

    return mutate


def misspelt(match: re.Match[str], chance: random.Random) -> str:
    """The matched name with one letter doubled, dropped or exchanged."""
    word = match[0]
    at = chance.randrange(len(word))
    return chance.choice([word[: at + 1] + word[at:], word[:at] + "x" + word[at + 1 :], word + "q"])


def in_filter(change: Callable[[dict[str, Any], random.Random], bool]) -> Mutation:
    """Change one expression of one mosaic."""

    def mutate(manifest: dict[str, Any], chance: random.Random) -> bool:
        nodes = [node for mosaic in manifest.get("mosaics", ()) for node in mosaic["cql"]]
        chance.shuffle(nodes)
        return any(change(node, chance) for node in nodes)

    return mutate


def interval(node: dict[str, Any]) -> list[Any] | None:
    ends = node["args"][1].get("interval") if isinstance(node["args"][1], dict) else None
    return ends if isinstance(ends, list) else None


def turn_interval(node: dict[str, Any], _chance: random.Random) -> bool:
    ends = interval(node)
    if ends is None or ends[0][:10] == ends[1][:10]:
        return False
    ends.reverse()
    return True


def spoil_interval(node: dict[str, Any], chance: random.Random) -> bool:
    ends = interval(node)
    if ends is None:
        return False
    ends[chance.randrange(2)] = chance.choice(["2020-13-01", "yesterday", "2020", None, "01/02/2020"])
    return True


def bare_interval(node: dict[str, Any], _chance: random.Random) -> bool:
    if interval(node) is None:
        return False
    node["args"][1] = interval(node)
    return True


def of_id(node: dict[str, Any], _chance: random.Random) -> bool:
    if interval(node) is None:
        return False
    node["args"][0]["property"] = "id"
    return True


def set_in(node: dict[str, Any], **changes: Any) -> bool:
    node.update(changes)
    return True


def a_member(section: str, change: Callable[[dict[str, Any], random.Random], Any]) -> Mutation:
    """Change one member of a list."""

    def mutate(manifest: dict[str, Any], chance: random.Random) -> bool:
        members = [it for it in manifest.get(section, ()) if section != "renderOptions" or it.get("type") in (None, "raster-tile")]
        if not members:
            return False
        change(chance.choice(members), chance)
        return True

    return mutate


def twice(section: str) -> Mutation:
    def mutate(manifest: dict[str, Any], _chance: random.Random) -> bool:
        members = manifest.get(section)
        if not members:
            return False
        members.append(deepcopy(members[0]))
        return True

    return mutate


def stac(change: Callable[[dict[str, Any], random.Random], bool]) -> Mutation:
    return lambda manifest, chance: change(manifest["stac"], chance)


def swap_box(document: dict[str, Any], _chance: random.Random) -> bool:
    box = document["extent"]["spatial"]["bbox"][0]
    if len(box) != 4 or max(abs(box[0]), abs(box[2])) <= 90:
        return False
    box[:] = [box[1], box[0], box[3], box[2]]
    return True


def turn_extent(document: dict[str, Any], _chance: random.Random) -> bool:
    ends = document["extent"]["temporal"]["interval"][0]
    if None in ends or ends[0] == ends[1]:
        return False
    ends.reverse()
    return True


def contradict(manifest: dict[str, Any], chance: random.Random) -> bool:
    numeric = [
        (mosaic, node)
        for mosaic in manifest.get("mosaics", ())
        for node in mosaic["cql"]
        if node["op"] == "<=" and isinstance(node["args"][1], int | float)
    ]
    if not numeric:
        return False
    mosaic, node = chance.choice(numeric)
    mosaic["cql"].append({"op": ">", "args": [node["args"][0], node["args"][1] + 5]})
    return True


def wrong_value(manifest: dict[str, Any], _chance: random.Random) -> bool:
    """Ask for a value that a queryable's enum does not have."""
    names = [it["name"] for it in manifest.get("queryables", ()) if it["definition"].get("enum")]
    if not names or not manifest.get("mosaics"):
        return False
    manifest["mosaics"][0]["cql"].append({"op": "=", "args": [{"property": names[0]}, "no such value"]})
    return True


def impossible_condition(manifest: dict[str, Any], chance: random.Random) -> bool:
    if not manifest.get("mosaics") or not manifest.get("renderOptions"):
        return False
    chance.choice(manifest["renderOptions"])["conditions"] = [{"property": "no:such", "value": 1}]
    return True


def swap_place(manifest: dict[str, Any], _chance: random.Random) -> bool:
    """A default location in the middle of the first box, longitude first; only where that is another place."""
    west, south, east, north = manifest["stac"]["extent"]["spatial"]["bbox"][0][:4]
    place = [(south + north) / 2, (west + east) / 2]
    swapped = west <= place[0] <= east and south <= place[1] <= north
    if swapped or south > north:
        return False
    manifest["tileSettings"] = {"minZoom": 0, "maxItemsPerTile": 35, "defaultLocation": {"zoom": 9, "coordinates": place[::-1]}}
    return True


ASSET = r"(?<=assets=)[A-Za-z0-9_.-]+"
MUTATIONS: list[tuple[str, Mutation]] = [
    ("render-unknown-asset", in_options(ASSET, misspelt)),
    ("render-unknown-asset", in_options(r"(?<=asset_bidx=)[A-Za-z0-9_.-]+", misspelt)),
    ("render-unknown-asset", in_options(r"(?<=\()[A-Za-z][A-Za-z0-9]*|(?<=;)[a-z]+", lambda match, _: match[0] + "zz")),
    ("render-nothing-to-draw", a_member("renderOptions", lambda it, _: it.update(options="nodata=0"))),
    ("render-unknown-parameter", in_options(r"(?<=&)(?:colormap_name|rescale|nodata|color_formula)(?==)", misspelt)),
    ("render-colormap-name", in_options(r"(?<=colormap_name=)[A-Za-z0-9|_-]+", lambda match, _: match[0].upper() + "0")),
    ("render-rescale", in_options(r"(?<=rescale=)-?[0-9.]+,-?[0-9.]+", lambda match, _: ",".join(match[0].split(",")[::-1]))),
    ("render-rescale", in_options(r"(?<=rescale=)[^&]+", lambda match, _: match[0].replace(",", ";"))),
    ("render-color-formula", in_options(r"(?i)(?<=color_formula=)gamma", lambda *_: "Gama")),
    ("render-color-formula", in_options(r"(?i)(?<=sigmoidal )rgb", lambda *_: "")),
    ("render-expression", in_options(r"(?<=expression=)[^&]*\)", lambda match, _: match[0][:-1])),
    ("render-expression", in_options(r"(?<=expression=)[^&]+", lambda match, _: match[0] + "+")),
    ("render-asset-as-band", in_options(r"&asset_as_band=true", lambda *_: "")),
    ("render-asset-index", in_options(r"(?<=asset_bidx=)[^&]*\|[0-9,]+", lambda match, _: match[0].replace("|", ":"))),
    ("render-value", in_options(r"(?<=nodata=)[0-9]+", lambda *_: "none")),
    ("render-value", in_options(r"(?<=algorithm=)[a-z]+", misspelt)),
    ("render-two-colormaps", in_options(r"colormap_name=[^&]+", lambda match, _: match[0] + "&colormap=%7B%221%22%3A%5B0,0,0,255%5D%7D")),
    ("render-repeated-parameter", in_options(r"colormap_name=[^&]+", lambda match, _: f"{match[0]}&{match[0]}")),
    ("render-encoding", in_options(r"^", lambda *_: "?")),
    ("render-beside-options", a_member("renderOptions", lambda it, _: it.update(rescale=[0, 1]))),
    ("render-max-zoom", a_member("renderOptions", lambda it, _: it.update(maxZoom=20))),
    ("render-type", a_member("renderOptions", lambda it, _: it.update(type="vt-polygon"))),
    ("render-condition", impossible_condition),
    ("service-snake-case", a_member("renderOptions", lambda it, _: it.update(min_zoom=it.pop("minZoom", 4)))),
    ("service-duplicate", twice("renderOptions")),
    ("service-duplicate", twice("mosaics")),
    ("service-duplicate", twice("queryables")),
    ("mosaic-interval", in_filter(turn_interval)),
    ("mosaic-interval", in_filter(spoil_interval)),
    ("mosaic-bare-interval", in_filter(bare_interval)),
    ("mosaic-time-of-other-property", in_filter(of_id)),
    ("mosaic-operator", in_filter(lambda node, _: set_in(node, op="args"))),
    ("mosaic-operator", in_filter(lambda node, chance: set_in(node, op=chance.choice(["eq", "lte", "anyinteract", "=<", "AND"])))),
    ("mosaic-arguments", in_filter(lambda node, _: set_in(node, args=node["args"][:1]))),
    ("mosaic-compares-nothing", in_filter(lambda node, _: set_in(node, args=["datetime", node["args"][1]]))),
    ("mosaic-property-name", in_filter(lambda node, _: set_in(node, args=[{"property": "properties.gsd"}, node["args"][1]]))),
    ("mosaic-cql", a_member("mosaics", lambda it, _: it.update(cql="eo:cloud_cover <= 10"))),
    ("mosaic-contradiction", contradict),
    ("mosaic-value", wrong_value),
    ("stac-bbox", stac(swap_box)),
    ("stac-interval", stac(turn_extent)),
    ("stac-schema", stac(lambda it, _: set_in(it, providers=[{"name": "Contoso", "roles": ["owner"]}]))),
    ("stac-schema", stac(lambda it, _: set_in(it, keywords="a, b"))),
    ("stac-version", stac(lambda it, _: set_in(it, stac_version="0.9.0"))),
    ("stac-extension-name", stac(lambda it, _: set_in(it, stac_extensions=["eo"]))),
    ("service-lat-lon", swap_place),
]
TRIES = 3  # mutations of one sort in one collection


def attempts(mutation: Mutation, seed: int) -> Iterator[tuple[Configured, dict[str, Any]]]:
    """Every real collection broken in one way, a few times each."""
    chance = random.Random(seed)
    for config in configured():
        for _ in range(TRIES):
            manifest = deepcopy(config.manifest)
            if mutation(manifest, chance):
                yield config, manifest


def caught(rule: str, mutation: Mutation, seed: int) -> tuple[int, int, list[str]]:
    """(found, made, collections where it was not found)."""
    missed, made = [], 0
    for config, manifest in attempts(mutation, seed):
        made += 1
        if rule not in {it.rule.id for it in look(manifest)}:
            missed.append(config.name)
    return made - len(missed), made, missed


@corpus.needs_real_data
@pytest.mark.real
@pytest.mark.parametrize(("number", "rule"), [(number, rule) for number, (rule, _) in enumerate(MUTATIONS)])
def test_what_is_broken_in_a_good_configuration_is_found(number: int, rule: str) -> None:
    found, made, missed = caught(rule, MUTATIONS[number][1], number)

    assert made > 0
    assert found == made, missed


if __name__ == "__main__":
    for number, (rule, mutation) in enumerate(MUTATIONS):
        found, made, missed = caught(rule, mutation, number)
        print(f"{rule:32} {found:4} of {made:4}", sorted(set(missed))[:4] or "")
