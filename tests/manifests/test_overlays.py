"""Overlays: what makes one target differ from another, and the merge they share with ``$file``."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.manifests.load import load_all
from pcsync.manifests.merge import merge
from pcsync.manifests.problem import Problem
from pcsync.manifests.tree import Tree
from tests.manifests.folder import Folder, said

OVERLAY = {"apiVersion": "pcsync/v1", "kind": "Overlay", "of": "Collection/naip"}

MERGES: dict[str, tuple[Any, Any, Any]] = {
    "objects merge": ({"a": 1, "b": {"c": 2}}, {"b": {"d": 3}}, {"a": 1, "b": {"c": 2, "d": 3}}),
    "null removes": ({"a": 1, "b": 2}, {"b": None}, {"a": 1}),
    "null removes below": ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}, {"a": {"c": 2}}),
    "null of nothing is nothing": ({"a": 1}, {"b": None}, {"a": 1}),
    "nulls of a new object are left out": ({}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
    "null in a list is a value": ({"a": [1]}, {"a": [["x", None]]}, {"a": [["x", None]]}),
    "plain lists are replaced": ({"a": [1, 2, 3]}, {"a": [4]}, {"a": [4]}),
    "another type replaces": ({"a": {"b": 1}}, {"a": "x"}, {"a": "x"}),
    "lists of things with an id merge by it": (
        {"a": [{"id": "x", "n": 1}, {"id": "y", "n": 2}]},
        {"a": [{"id": "y", "n": 3}, {"id": "z"}]},
        {"a": [{"id": "x", "n": 1}, {"id": "y", "n": 3}, {"id": "z"}]},
    ),
    "by displayName before name": (
        {"a": [{"displayName": "x", "name": "p"}]},
        {"a": [{"displayName": "x", "name": "q"}]},
        {"a": [{"displayName": "x", "name": "q"}]},
    ),
    "a list without names is replaced": ({"a": [{"rel": "x"}]}, {"a": [{"rel": "y"}]}, {"a": [{"rel": "y"}]}),
    "twice the same name is no identity": (
        {"a": [{"name": "x", "p": 1}, {"name": "x", "p": 2}]},
        {"a": [{"name": "x", "p": 3}]},
        {"a": [{"name": "x", "p": 3}]},
    ),
    "an empty list empties": ({"a": [1]}, {"a": []}, {"a": []}),
    "an empty patch of named things keeps them": ({"a": [{"id": "x"}]}, {"a": []}, {"a": [{"id": "x"}]}),
    "$patch: delete removes a member": ({"a": [{"id": "x"}, {"id": "y"}]}, {"a": [{"id": "x", "$patch": "delete"}]}, {"a": [{"id": "y"}]}),
    "$patch: replace replaces a member": (
        {"a": [{"id": "x", "n": 1}]},
        {"a": [{"id": "x", "$patch": "replace", "m": 2}]},
        {"a": [{"id": "x", "m": 2}]},
    ),
    "a first $patch: replace replaces the list": ({"a": [{"id": "x"}]}, {"a": [{"$patch": "replace"}, {"id": "y"}]}, {"a": [{"id": "y"}]}),
    "$patch: replace replaces an object": ({"a": {"b": 1}}, {"a": {"$patch": "replace", "c": 2}}, {"a": {"c": 2}}),
    "a secret replaces a secret": ({"a": {"$secret": "env:A"}}, {"a": {"$secret": "env:B"}}, {"a": {"$secret": "env:B"}}),
}


@pytest.mark.parametrize(("base", "patch", "result"), MERGES.values(), ids=MERGES)
def test_a_patch_changes_a_base(base: Any, patch: Any, result: Any) -> None:
    problems: list[Problem] = []

    merged = merge(Tree(base, "base.yaml"), Tree(patch, "patch.yaml"), problems.append)

    assert (merged.value, problems) == (result, [])


@pytest.mark.parametrize(
    ("patch", "rule"),
    [
        ({"a": [{"id": "q", "$patch": "delete"}]}, "overlay-nothing-to-remove"),
        ({"a": [{"id": "x", "$patch": "remove"}]}, "overlay-directive"),
        ({"b": {"$patch": "delete"}}, "overlay-directive"),
    ],
)
def test_a_directive_that_makes_no_sense_is_refused(patch: Any, rule: str) -> None:
    problems: list[Problem] = []
    merge(Tree({"a": [{"id": "x"}]}, "base.yaml"), Tree(patch, "patch.yaml"), problems.append)

    assert [it.rule for it in problems] == [rule]


def test_an_overlay_changes_only_the_targets_that_list_it(folder: Folder) -> None:
    folder.collection(tileSettings={"minZoom": 6, "maxItemsPerTile": 35})
    folder.write("overlays/naip.yaml", {**OVERLAY, "tileSettings": {"minZoom": 9}})

    assert folder.load().documents[0].body["tileSettings"]["minZoom"] == 6
    assert folder.load(overlays=["overlays"]).documents[0].body["tileSettings"] == {"minZoom": 9, "maxItemsPerTile": 35}


def test_later_overlays_change_what_earlier_ones_left(folder: Folder) -> None:
    folder.collection(tileSettings={"minZoom": 6, "maxItemsPerTile": 35})
    folder.write("overlays/b.yaml", {**OVERLAY, "tileSettings": {"minZoom": 8}})
    folder.write("overlays/a.yaml", {**OVERLAY, "tileSettings": {"minZoom": 7}})

    assert folder.load(overlays=["overlays"]).documents[0].body["tileSettings"]["minZoom"] == 8
    assert folder.load(overlays=["overlays/b.yaml", "overlays/a.yaml"]).documents[0].body["tileSettings"]["minZoom"] == 7


def test_overlays_use_variables_and_files(folder: Folder) -> None:
    folder.collection()
    folder.write("overlays/description.md", "Of ${place}")
    folder.write("overlays/naip.yaml", {**OVERLAY, "stac": {"title": "${name}", "description": {"$file": "description.md"}}})

    stac = folder.load(overlays=["overlays/naip.yaml"], variables={"name": "Aerial", "place": "Georgia"}).documents[0].body["stac"]

    assert (stac["title"], stac["description"]) == ("Aerial", "Of Georgia")


def test_overlays_inside_a_manifest_folder_are_no_manifests(folder: Folder) -> None:
    folder.collection()
    folder.write("collections/overlays/naip.yaml", {**OVERLAY, "stac": {"title": "x"}})

    assert folder.load(overlays=["collections/overlays"]).valid
    assert said(folder.load()) == [("overlay-misplaced", "collections/overlays/naip.yaml:2:7")]


def test_an_overlay_of_nothing_is_an_error(folder: Folder) -> None:
    folder.collection()
    folder.write("overlays/nap.yaml", {**OVERLAY, "of": "Collection/nap"})
    loaded = folder.load(overlays=["overlays"])

    assert said(loaded) == [("overlay-of-nothing", "overlays/nap.yaml:3:5")]
    assert loaded.diagnostics[0].fix == "did you mean Collection/naip?"


def test_a_part_of_the_manifests_leaves_other_overlays_alone(folder: Folder) -> None:
    path = folder.collection()
    folder.collection("collections/other.yaml", id="other")
    folder.write("overlays/other.yaml", {**OVERLAY, "of": "Collection/other"})

    assert load_all([path], folder.context(overlays=["overlays"])).valid


@pytest.mark.parametrize(
    ("overlay", "rule"),
    [
        ({**OVERLAY, "id": "other"}, "overlay-identity"),
        ({**OVERLAY, "$patch": "replace"}, "overlay-directive"),
        ({"kind": "Overlay", "apiVersion": "pcsync/v1"}, "manifest-missing-key"),
        ({**OVERLAY, "of": "naip"}, "manifest-pattern"),
        ({**OVERLAY, "kind": "Collection"}, "overlay-expected"),
        ({**OVERLAY, "stac": {"$file": "gone.json"}}, "file-missing"),
        ({**OVERLAY, "tileSettings": {"minZom": 3}}, "manifest-unknown-key"),
        ("a: [1", "yaml-syntax"),
    ],
)
def test_a_wrong_overlay_is_an_error_in_its_own_file(folder: Folder, overlay: Any, rule: str) -> None:
    folder.collection(tileSettings={"minZoom": 6, "maxItemsPerTile": 35})
    folder.write("overlays/naip.yaml", overlay)

    found = said(folder.load(overlays=["overlays"]))

    assert [(rule, True)] == [(name, place.startswith("overlays/naip.yaml:")) for name, place in found]


def test_an_overlay_pattern_that_matches_nothing_is_an_error(folder: Folder) -> None:
    folder.collection()

    assert [name for name, _ in said(folder.load(overlays=["overlays"]))] == ["pattern-matches-nothing"]
