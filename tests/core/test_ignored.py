"""A field that the manifest ignores counts for nothing in diff, apply, drift, prune and marker alike, wherever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from pcsync.core.change import Action
from pcsync.core.ownership import MARKER
from pcsync.core.resource import Key
from tests.core.test_assess import COLLECTION, NIR, NIR_KEY, RGB, RGB_KEY, STAC, Catalog, actions, desired, look

SUMMARIES = {"gsd": [1], "counted": {"scenes": 1}}
WHERE = {
    "a field of the collection": ("/stac/title", COLLECTION, lambda body: {**body, "title": "theirs"}),
    "a field within one": ("/stac/summaries/counted", COLLECTION, lambda body: {**body, "summaries": {**SUMMARIES, "counted": 7}}),
    "a field of a child": ("/renderOptions/nir/name", NIR_KEY, lambda body: {**body, "name": "theirs"}),
    "a child": ("/renderOptions/nir", NIR_KEY, lambda body: {**body, "name": "theirs", "options": "assets=theirs"}),
    "a list": ("/renderOptions", NIR_KEY, lambda body: {**body, "name": "theirs"}),
}
Edit = Callable[[Mapping[str, Any]], dict[str, Any]]
each = pytest.mark.parametrize(("pointer", "key", "edit"), WHERE.values(), ids=WHERE)


def manifest(pointer: str, *options: dict[str, Any], **stac: Any) -> list[Any]:
    wanted = {"stac": {**STAC, "summaries": SUMMARIES, **stac}, "renderOptions": list(options) or [RGB, NIR]}
    return desired(**wanted, management={"ignore": [pointer]})


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


def applied(catalog: Catalog, pointer: str, key: Key, edit: Edit) -> None:
    """The manifest was applied, and then somebody wrote what it ignores."""
    catalog.apply(manifest(pointer))
    catalog.put(key, edit(catalog.live[key].body))


@each
def test_diff_and_drift_do_not_see_it(catalog: Catalog, pointer: str, key: Key, edit: Edit) -> None:
    applied(catalog, pointer, key, edit)

    assert actions(look(catalog, manifest(pointer))) == {}


@each
def test_apply_leaves_it_when_something_else_changes(catalog: Catalog, pointer: str, key: Key, edit: Edit) -> None:
    applied(catalog, pointer, key, edit)
    theirs = dict(catalog.live[key].body)

    found = look(catalog, manifest(pointer, {**RGB, "name": "New"}, {**NIR, "minZoom": 3}, description="new"))

    sent: Mapping[str, Any] = next((it.calls[0].json for it in found.changes if it.key == key and it.calls), {})
    ours = {"description": "new", "minZoom": 3, MARKER: None}
    assert {name: it for name, it in sent.items() if name not in ours} == {
        name: it for name, it in theirs.items() if name not in ours
    } or not sent
    assert not any(it.refusal or it.drift for it in found.changes)


@each
def test_drift_elsewhere_is_drift_and_no_conflict(catalog: Catalog, pointer: str, key: Key, edit: Edit) -> None:
    applied(catalog, pointer, key, edit)
    catalog.edit(COLLECTION, summaries={**catalog.live[COLLECTION].body["summaries"], "gsd": [9]})
    catalog.edit(RGB_KEY, options="assets=edited")

    found = {it.key: it for it in look(catalog, manifest(pointer)).changes if it.action is not Action.KEEP}

    assert not any(it.refusal for it in found.values())
    assert found[COLLECTION].drift
    assert pointer == "/renderOptions" or found[RGB_KEY].drift


@each
def test_what_the_manifest_drops_is_pruned_all_the_same(catalog: Catalog, pointer: str, key: Key, edit: Edit) -> None:
    applied(catalog, pointer, key, edit)

    whole = pointer in ("/renderOptions", "/renderOptions/nir")  # then nothing proves that it still is ours, and it is left
    assert actions(look(catalog, manifest(pointer, RGB))).get(str(NIR_KEY)) == (None if whole else "delete")


@each
def test_the_marker_does_not_change_with_it(catalog: Catalog, pointer: str, key: Key, edit: Edit) -> None:
    applied(catalog, pointer, key, edit)
    before = catalog.live[COLLECTION].body[MARKER]

    catalog.apply(manifest(pointer))

    assert catalog.live[COLLECTION].body[MARKER] == before


def test_a_dropped_field_in_which_others_write_is_left(catalog: Catalog) -> None:
    applied(catalog, *WHERE["a field within one"])
    wanted = [it for it in manifest("/stac/summaries/counted") if it.key != COLLECTION]
    wanted += [it for it in desired(renderOptions=[RGB, NIR], management={"ignore": ["/stac/summaries/counted"]}) if it.key == COLLECTION]

    catalog.apply(wanted)

    assert catalog.live[COLLECTION].body["summaries"]["counted"] == 7
