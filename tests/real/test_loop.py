"""Real collections and configurations through the whole loop: load, plan, apply, plan again, and the official SDK as judge."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.planetarycomputer import PlanetaryComputerProClient

from pcsync.core.diff import diff
from pcsync.emulator import create_app
from pcsync.manifests.write import dump
from tests.emulator.port import on_port
from tests.harness import Folder
from tests.real.corpus import (
    Entry,
    catalogs,
    collection,
    entries,
    mosaics,
    needs_real_data,
    queryables,
    render_options,
    verbatim,
)

pytestmark = [pytest.mark.real, pytest.mark.slow, needs_real_data]

SERVED = {"links", "assets", "msft:_created", "msft:_updated"}
COLLECTIONS = ("collection", "collection-served", "collection-env")
ANY_STAC: Mapping[str, Any] = {
    "description": "A collection for a configuration that has none of its own.",
    "license": "proprietary",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
    "links": [],
}


class NoToken:
    """A credential for a catalog that asks for none."""

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken("none", 2**31)


def sdk(url: str) -> PlanetaryComputerProClient:
    """The official SDK on plain http: its bearer policy refuses that, so it gets one that does nothing."""
    return PlanetaryComputerProClient(url, NoToken(), authentication_policy=SansIOHTTPPolicy())


def written(folder: Folder, manifests: Mapping[str, dict[str, Any]]) -> Folder:
    """A project with one YAML manifest for each collection; file names say nothing of the ids."""
    folder.project()
    for number, manifest in enumerate(manifests.values()):
        folder.write(f"collections/{number:03}.yaml", dump(manifest))
    return folder


def refused(folder: Folder, manifests: Mapping[str, dict[str, Any]]) -> dict[str, set[str]]:
    """Rule ids of the errors that validate finds, by collection id."""
    ran = written(folder, manifests).run("validate", "-o", "json")
    ids = list(manifests)
    found: dict[str, set[str]] = {}
    for it in ran.json["diagnostics"]:
        if it["severity"] == "error":
            found.setdefault(ids[int(Path(it["file"]).stem)], set()).add(it["rule"])
    assert ran.code == (3 if found else 0)
    return found


def through_the_loop(folder: Folder, manifests: Mapping[str, dict[str, Any]]) -> None:
    """Apply to a fresh emulator, whatever the rules say of it; the next plan is empty."""
    applied = written(folder, manifests).run("apply", "--yes", "--no-validate", "-o", "json=outcome.json")
    assert applied.code == 0, applied.out[-2000:] + applied.err[-2000:]
    again = folder.run("plan", "--no-validate", "--detailed-exitcode")
    assert again.code == 0, again.out[-2000:]


def read_back(folder: Folder, manifests: Mapping[str, dict[str, Any]]) -> dict[str, list[Any]]:
    """What the SDK reads differently from what the manifests say, by collection id; nothing is the proof."""
    app = create_app(folder.path / ".pcsync/local.sqlite")
    with on_port(app) as url, sdk(url) as client:
        return {id_: wrong for id_, manifest in manifests.items() if (wrong := list(differences(client, id_, manifest)))}


def differences(client: PlanetaryComputerProClient, id_: str, manifest: Mapping[str, Any]) -> list[Any]:
    """Fields of a collection and its configuration that the SDK reads otherwise than the manifest has them."""
    live = client.stac.get_collection(id_).as_dict()
    stac = manifest["stac"]
    wrong = [
        (name, entry)
        for name, value in stac.items()
        if name not in SERVED
        for entry in diff(without_nulls(live.get(name)), without_nulls(value))
    ]
    links = [link for link in live["links"] if link["rel"] in {it.get("rel") for it in stac.get("links", [])}]
    wrong += [("links", entry) for entry in diff(links, stac.get("links", []))]
    for section, listed in (
        ("renderOptions", client.stac.get_render_options),
        ("mosaics", client.stac.get_mosaics),
    ):
        found = {it["id"]: it.as_dict() for it in listed(id_)}
        for wanted in manifest.get(section, ()):
            wrong += [(section, entry) for entry in diff(without_nulls(found.get(wanted["id"])), without_nulls(wanted))]
    if "tileSettings" in manifest:
        settings = client.stac.get_tile_settings(id_).as_dict()
        wrong += [("tileSettings", entry) for entry in diff(without_nulls(settings), without_nulls(manifest["tileSettings"]))]
    if "queryables" in manifest:
        properties = client.stac.get_collection_queryables(id_)["properties"]
        for wanted in manifest["queryables"]:
            wrong += [("queryables", entry) for entry in diff(properties[wanted["name"]], wanted["definition"])]
    return wrong


def without_nulls(value: Any) -> Any:
    """Null and absent are the same on this service, at any depth of its own models."""
    if isinstance(value, Mapping):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(member) for member in value] if isinstance(value, list) else value


PARTS = [pytest.param(part, id=f"{kind}-{number}") for kind in COLLECTIONS for number, part in enumerate(catalogs(kind))]


@pytest.mark.parametrize("part", PARTS)
def test_every_real_collection_goes_through_the_loop_or_is_refused_with_a_reason(part: list[Entry], tmp_path: Path) -> None:
    manifests = {entry.body["id"]: collection(entry.body) for entry in part}
    reasons = refused(Folder(tmp_path / "all"), manifests)
    good = {id_: manifest for id_, manifest in manifests.items() if id_ not in reasons}

    folder = Folder(tmp_path / "good")
    through_the_loop(folder, good)

    assert read_back(folder, good) == {}
    assert {id_: rules for id_, rules in reasons.items() if not EXPECTED.get(id_, NEVER) <= rules} == {}


NEVER = {"a collection that nobody should refuse"}
EXPECTED = {
    "mtbs": {"manifest-pattern"},  # an interval without a time zone
    "nasadem": {"manifest-pattern"},  # the same
    "noaa-cdr-sea-surface-temperature-whoi-netcdf": {"manifest-limit"},  # msft:short_description over 300 characters
    "noaa-cdr-sea-surface-temperature-optimum-interpolation": {"manifest-limit"},  # the same
    "nasa-nex-gddp-cmip6": {"manifest-wrong-type"},  # msft:short_description is a list
    "sentinel-2-l1c": {"manifest-wrong-type"},  # STAC 0.6.0: its extent has another shape
}


@pytest.mark.parametrize("part", PARTS)
def test_what_the_service_takes_as_uploads_only_is_refused_in_a_collection_document(part: list[Entry], tmp_path: Path) -> None:
    with_assets = {it.body["id"] for it in part if it.body.get("assets")}

    reasons = refused(Folder(tmp_path), {it.body["id"]: verbatim(it.body) for it in part})

    assert with_assets <= reasons.keys()
    assert all("stac-refused-key" in reasons[id_] for id_ in with_assets)


CONFIGURATIONS = {"render-options": render_options, "mosaics": mosaics, "queryables": queryables, "tile-settings": lambda body: body}
SECTIONS = {"render-options": "renderOptions", "mosaics": "mosaics", "queryables": "queryables", "tile-settings": "tileSettings"}


def test_every_real_configuration_goes_through_the_loop(tmp_path: Path) -> None:
    manifests: dict[str, dict[str, Any]] = {}
    for kind, repaired in CONFIGURATIONS.items():
        for entry in entries(kind):
            document = {**ANY_STAC, "id": entry.id, "item_assets": {}}
            manifest = manifests.setdefault(entry.id, collection(document))
            manifest[SECTIONS[kind]] = repaired(entry.body)
    folder = Folder(tmp_path)
    through_the_loop(folder, manifests)

    assert len(manifests) > 50
    assert read_back(folder, manifests) == {}


@pytest.mark.parametrize("kind", ["render-options", "mosaics"])
def test_options_without_an_id_or_with_a_name_over_the_limit_are_refused_as_they_stand(kind: str, tmp_path: Path) -> None:
    longest = {"render-options": 40, "mosaics": 30}[kind]
    faulty = {
        entry.id: entry.body for entry in entries(kind) if any(not it.get("id") or len(it.get("name", "")) > longest for it in entry.body)
    }
    manifests = {id_: collection({**ANY_STAC, "id": id_}, **{SECTIONS[kind]: body}) for id_, body in faulty.items()}

    assert refused(Folder(tmp_path), manifests).keys() == faulty.keys()
