"""Ingestion sources and definitions: identity without a natural key on the service, tokens that are never held."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from pcsync.core.change import Action
from pcsync.core.compare import change, declared, settled
from pcsync.core.kind import Conditional
from pcsync.core.resource import Call, Desired, Key, Live
from pcsync.kinds import KINDS
from tests.kinds.emulated import Emulated
from tests.kinds.examples import SECRETS, TOKEN, document

SOURCE, INGESTION = KINDS["ingestion-source"], KINDS["ingestion"]
CONTAINER = "https://acct.blob.core.windows.net/data"
SAS = {"name": "imagery", "containerUrl": CONTAINER, "sasToken": {"$secret": "env:IMAGERY_SAS"}}
IDENTITY = {"name": "imagery", "containerUrl": CONTAINER, "managedIdentity": {"objectId": "11111111-2222-3333-4444-555555555555"}}
GUID = "00000000-0000-4000-8000-000000000001"
NIGHTLY = {
    "displayName": "nightly",
    "importType": "StaticCatalog",
    "sourceCatalogUrl": "https://acct.blob.core.windows.net/data/catalog.json",
}


def source(body: dict[str, Any]) -> Desired:
    (found,) = SOURCE.declare(document("ingestion-source", body))
    return found


def sources(*bodies: dict[str, Any]) -> list[Live]:
    """The live sources of a catalog that has these, each read by itself."""
    read = {"/inma/ingestion-sources": {"value": [{"id": body["id"], "kind": body["kind"]} for body in bodies]}}
    return list(SOURCE.live("", read | {f"/inma/ingestion-sources/{body['id']}": body for body in bodies}))


def served(id_: str = GUID, **connection: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "kind": "SasToken",
        "created": "2026-02-18T21:54:35.4233307Z",
        "connectionInfo": {"containerUrl": CONTAINER, "expiration": "2026-04-22T15:55:57.0000000Z", **connection},
    }


def ingestion(body: dict[str, Any], **management: Any) -> Desired:
    (found,) = INGESTION.declare(document("ingestion", [body], **management))
    return found


def ingestions(*bodies: dict[str, Any]) -> list[Live]:
    return list(INGESTION.live("naip", {"/inma/collections/naip/ingestions": {"value": list(bodies)}}))


def errors(name: str, value: Any) -> list[Any]:
    return list(jsonschema_rs.validator_for(TypeAdapter(KINDS[name].model()).json_schema()).iter_errors(value))


# Sources


def test_a_source_is_its_kind_and_container_and_keeps_its_manifests_name_as_a_label() -> None:
    found = source(IDENTITY | {"containerUrl": "https://ACCT.blob.core.windows.net/data"})

    assert found.key == Key("ingestion-source", "", f"BlobManagedIdentity {CONTAINER}")
    assert found.label == "imagery"


def test_the_id_of_a_new_source_is_the_same_every_time_and_another_for_every_owner() -> None:
    ours, theirs = document("ingestion-source", SAS), document("ingestion-source", SAS)
    object.__setattr__(theirs, "owner", "somebody-else")
    (first,), (second,), (other,) = SOURCE.declare(ours), SOURCE.declare(ours), SOURCE.declare(theirs)

    assert first.body["id"] == second.body["id"] != other.body["id"]
    assert source(IDENTITY).body["id"] != first.body["id"]


def test_a_token_is_sent_by_reference_and_its_value_is_nowhere() -> None:
    wanted = source(SAS)
    (call,) = SOURCE.calls(wanted, None)

    assert call == Call(
        "POST",
        "/inma/ingestion-sources",
        {"id": wanted.body["id"], "kind": "SasToken", "connectionInfo": {"containerUrl": CONTAINER}},
        secrets=(("/connectionInfo/sasToken", "env:IMAGERY_SAS"),),
    )
    assert "planted" not in repr((wanted, call, change(SOURCE, wanted, None, lambda _: None)))


def test_a_source_that_somebody_made_is_replaced_under_its_own_id() -> None:
    (live,) = sources(served(expiration="2026-01-01T00:00:00.0000000Z"))
    (call,) = SOURCE.calls(source(SAS), live)

    assert (call.method, call.path, call.json["id"]) == ("PUT", f"/inma/ingestion-sources/{GUID}", GUID)


def test_a_token_is_rotated_when_its_expiry_is_another() -> None:
    (same,) = sources(served())
    (old,) = sources(served(expiration="2026-04-15T00:00:00.0000000Z"))

    assert change(SOURCE, source(SAS), same, lambda _: None).action is Action.KEEP
    assert [it.path for it in change(SOURCE, source(SAS), old, lambda _: None).fields] == ["/connectionInfo/expiration"]


def rotating(expiry: str, before: str = "7d", now: str = "2026-04-15T15:55:57+00:00") -> Desired:
    """A source whose manifest's token expires then, and that is planned now."""
    manifest = document("ingestion-source", SAS | {"rotateBefore": before})
    manifest.facts["/sasToken"].update({"se": expiry, "at": now})  # type: ignore[attr-defined]
    (found,) = SOURCE.declare(manifest)
    return found


LONGER, EARLIER = "2026-06-01T00:00:00Z", "2026-04-20T00:00:00Z"  # the live token: 2026-04-22T15:55:57Z, seven days after ``now``


@pytest.mark.parametrize(
    ("wanted", "action"),
    [
        pytest.param(rotating(LONGER), Action.UPDATE, id="due to the second"),
        pytest.param(rotating(LONGER, now="2026-04-15T15:55:56.999999+00:00"), Action.KEEP, id="due in a moment"),
        pytest.param(rotating(LONGER, before="168h"), Action.UPDATE, id="hours"),
        pytest.param(rotating(LONGER, before="6d"), Action.KEEP, id="not due"),
        pytest.param(rotating("2026-04-22T15:55:57Z"), Action.KEEP, id="the same token"),
        pytest.param(rotating("2026-04-22T15:55:58Z"), Action.UPDATE, id="a second longer"),
        pytest.param(rotating(EARLIER), Action.KEEP, id="lives less long"),
        pytest.param(rotating("2026-06-01"), Action.UPDATE, id="a mere date"),
    ],
)
def test_a_token_is_rotated_when_the_live_one_is_due_and_the_new_one_lives_longer(wanted: Desired, action: Action) -> None:
    (live,) = sources(served())

    found = change(SOURCE, wanted, live, lambda _: None)

    assert found.action is action
    assert settled(SOURCE, declared(SOURCE, wanted), live) == (action is Action.KEEP)


def test_a_rotation_shows_permissions_expiry_and_container_and_no_signature() -> None:
    (live,) = sources(served())

    found = change(SOURCE, rotating(LONGER), live, lambda _: None)

    assert found.notes == (f"SAS token of {CONTAINER}: permissions rl, until {LONGER}",)
    assert [(it.path, it.before, it.after) for it in found.fields] == [("/connectionInfo/expiration", "2026-04-22T15:55:57Z", LONGER)]
    assert "planted" not in repr(found)


def test_a_token_that_cannot_be_looked_up_is_not_compared() -> None:
    (old,) = sources(served(expiration="2026-01-01T00:00:00.0000000Z"))
    unknown = source(SAS | {"sasToken": {"$secret": "env:NOT_SET"}})

    assert change(SOURCE, unknown, old, lambda _: None).action is Action.KEEP


def test_a_token_of_a_stored_policy_has_no_expiry_on_either_side() -> None:
    manifest = document("ingestion-source", SAS)
    manifest.facts["/sasToken"].pop("se")  # type: ignore[attr-defined]
    (wanted,) = SOURCE.declare(manifest)
    (live,) = sources({"id": GUID, "kind": "SasToken", "connectionInfo": {"containerUrl": CONTAINER}})

    assert change(SOURCE, wanted, live, lambda _: None).action is Action.KEEP


@pytest.mark.parametrize(
    ("token", "facts"),
    [
        (TOKEN, {"se": "2026-04-22T15:55:57Z", "sp": "rl", "sr": "c"}),
        (f" ?{TOKEN}\n", {"se": "2026-04-22T15:55:57Z", "sp": "rl", "sr": "c"}),
        ("se=2026-04-22T15%3A55%3A57Z&sig=x", {"se": "2026-04-22T15:55:57Z"}),
        ("si=policy&sr=c&sig=x", {"sr": "c"}),
        ("nonsense", {}),
        ("", {}),
    ],
)
def test_what_may_be_known_of_a_token(token: str, facts: dict[str, str]) -> None:
    assert SOURCE.secret_facts(token) == facts  # type: ignore[attr-defined]


def test_an_expiry_that_is_a_date_is_its_midnight() -> None:
    manifest = document("ingestion-source", SAS)
    manifest.facts["/sasToken"]["se"] = "2026-04-22"  # type: ignore[index]
    (wanted,) = SOURCE.declare(manifest)
    (live,) = sources(served(expiration="2026-04-22T00:00:00.0000000Z"))

    assert change(SOURCE, wanted, live, lambda _: None).action is Action.KEEP


def test_two_sources_of_one_container_are_twins_and_nothing_is_guessed() -> None:
    (live,) = sources(
        served(expiration="2026-01-01T00:00:00Z"), served(GUID[:-1] + "2", containerUrl=CONTAINER.upper().replace("DATA", "data"))
    )

    assert live.twins == 1
    assert list(SOURCE.calls(source(SAS), live)) == []
    assert list(SOURCE.calls(None, live)) == []
    assert "2 SasToken sources read" in SOURCE.refusal(source(SAS), live, {})  # type: ignore[attr-defined]


def test_twins_that_are_as_declared_are_no_reason_to_refuse() -> None:
    (live,) = sources(served(), served(GUID[:-1] + "2"))

    assert SOURCE.refusal(source(SAS), live, {}) == ""  # type: ignore[attr-defined]


def test_a_source_that_vanished_between_the_list_and_its_own_read_is_not_there() -> None:
    listed = {"/inma/ingestion-sources": {"value": [{"id": GUID}]}, f"/inma/ingestion-sources/{GUID}": None}

    assert list(SOURCE.live("", listed)) == []


async def test_a_managed_identity_source_is_applied_and_settled(empty: Emulated) -> None:
    manifest = document("ingestion-source", IDENTITY)
    other = document("ingestion-source", IDENTITY | {"managedIdentity": {"objectId": "66666666-7777-8888-9999-AAAAAAAAAAAA"}})

    assert await empty.apply(manifest, SOURCE) == [Action.CREATE]
    assert await empty.apply(manifest, SOURCE) == [Action.KEEP]
    assert await empty.apply(other, SOURCE) == [Action.UPDATE]
    assert await empty.apply(other, SOURCE) == [Action.KEEP]


async def test_both_kinds_of_source_on_one_container_are_two_resources(empty: Emulated) -> None:
    for body in (SAS, IDENTITY):
        assert await empty.apply(document("ingestion-source", body), SOURCE) == [Action.CREATE]

    assert len(await empty.live(SOURCE, "")) == 2


def test_an_export_asks_for_the_token_in_the_environment() -> None:
    assert SOURCE.export(sources(served())) == {
        "name": "acct-data",
        "containerUrl": CONTAINER,
        "sasToken": {"$secret": "env:ACCT_DATA_SAS"},
    }


@pytest.mark.parametrize(
    "body",
    [
        {name: SAS[name] for name in ("name", "containerUrl")},
        SAS | IDENTITY,
        SAS | {"sasToken": TOKEN},
        SAS | {"sasToken": {"$secret": "vault:x"}},
        SAS | {"containerUrl": CONTAINER + "/"},
        SAS | {"containerUrl": CONTAINER + "/path"},
        SAS | {"containerUrl": CONTAINER + "?" + TOKEN},
        SAS | {"containerUrl": "http://acct.blob.core.windows.net/data"},
        SAS | {"containerUrl": "https://example.com/data"},
        IDENTITY | {"managedIdentity": {"objectId": "imagery-reader"}},
        IDENTITY | {"managedIdentity": None},
        IDENTITY | {"rotateBefore": "soon"},
        {name: SAS[name] for name in ("containerUrl", "sasToken")},
    ],
)
def test_a_source_outside_the_rules_is_refused(body: dict[str, Any]) -> None:
    assert errors("ingestion-source", body)


@pytest.mark.parametrize(
    "body", [SAS, IDENTITY, SAS | {"rotateBefore": "7d"}, SAS | {"containerUrl": "https://a1b.z21.blob.storage.azure.net/my-data"}]
)
def test_a_source_within_the_rules_is_taken(body: dict[str, Any]) -> None:
    assert errors("ingestion-source", body) == []


# Definitions


def test_a_definition_is_patched_with_its_import_type_and_only_our_fields() -> None:
    (live,) = ingestions(NIGHTLY | {"id": GUID, "status": "Ready", "keepOriginalAssets": True})

    (call,) = INGESTION.calls(ingestion(NIGHTLY | {"skipExistingItems": True}), live)

    assert call == Call(
        "PATCH",
        f"/inma/collections/naip/ingestions/{GUID}",
        NIGHTLY | {"skipExistingItems": True},
        "application/merge-patch+json",
    )


def test_another_import_type_takes_the_other_url_away() -> None:
    (live,) = ingestions(NIGHTLY | {"id": GUID})
    parquet = {"displayName": "nightly", "importType": "StacGeoparquet", "stacGeoparquetUrl": "https://a.blob.core.windows.net/d/i.parquet"}

    (call,) = INGESTION.calls(ingestion(parquet), live)

    assert call.json == parquet | {"sourceCatalogUrl": None}


def test_flags_that_the_manifest_is_silent_about_are_not_compared() -> None:
    (live,) = ingestions(NIGHTLY | {"id": GUID, "skipExistingItems": True, "keepOriginalAssets": True, "status": "Ready"})

    assert change(INGESTION, ingestion(NIGHTLY), live, lambda _: None).action is Action.KEEP


def test_an_ignored_flag_is_left_out_of_the_patch() -> None:
    (live,) = ingestions(NIGHTLY | {"id": GUID, "skipExistingItems": True})
    wanted = ingestion(NIGHTLY | {"skipExistingItems": False}, ignore=["/ingestions/nightly/skipExistingItems"])

    (call,) = INGESTION.calls(wanted, live)

    assert "skipExistingItems" not in call.json


def test_definitions_of_one_name_are_counted_and_none_of_them_is_touched() -> None:
    """Nine definitions with the same URL were recorded on the real service."""
    (live,) = ingestions(*(NIGHTLY | {"id": f"{GUID[:-1]}{number}", "skipExistingItems": False} for number in range(9)))
    wanted = ingestion(NIGHTLY | {"skipExistingItems": True})

    assert isinstance(INGESTION, Conditional)
    assert live.twins == 8
    assert list(INGESTION.probes(wanted, live)) == []
    assert "9 ingestions are called nightly" in INGESTION.refusal(wanted, live, {})
    assert list(INGESTION.calls(wanted, live)) == []
    assert list(INGESTION.calls(None, live)) == []


def test_a_definition_without_a_name_is_known_by_its_id() -> None:
    (live,) = ingestions({"id": GUID, "importType": "StaticCatalog", "sourceCatalogUrl": "https://a.example/c.json", "displayName": None})

    assert live.key == Key("ingestion", "naip", GUID)
    assert INGESTION.export([live])[0]["displayName"] == GUID


def test_a_definition_that_is_being_deleted_is_gone() -> None:
    assert ingestions(NIGHTLY | {"id": GUID, "status": "Deleting"}) == []


async def test_two_definitions_of_one_name_on_the_catalog_stop_the_change(naip: Emulated) -> None:
    for _ in range(2):
        await naip.send(INGESTION.calls(ingestion(NIGHTLY), None))

    assert [it.action for it in await naip.plan(document("ingestion", [NIGHTLY | {"skipExistingItems": True}]), INGESTION)] == [
        Action.UPDATE
    ]
    assert await naip.plan(document("ingestion", [NIGHTLY | {"skipExistingItems": True}]), INGESTION) != []
    (live,) = (await naip.live(INGESTION, "naip")).values()
    assert live.twins == 1


@pytest.mark.parametrize(
    "body",
    [
        {"displayName": "n", "importType": "StaticCatalog"},
        NIGHTLY | {"stacGeoparquetUrl": "https://a.example/i.parquet"},
        {"displayName": "n", "importType": "StacGeoparquet", "sourceCatalogUrl": "https://a.example/c.json"},
        NIGHTLY | {"sourceCatalogUrl": "catalog.json"},
        NIGHTLY | {"sourceCatalogUrl": None},
        NIGHTLY | {"displayName": ""},
        {name: value for name, value in NIGHTLY.items() if name != "displayName"},
        NIGHTLY | {"importType": "Zip"},
        NIGHTLY | {"schedule": "daily"},
    ],
)
def test_a_definition_outside_the_model_is_refused(body: dict[str, Any]) -> None:
    assert errors("ingestion", [body])


def test_planted_tokens_are_those_of_the_examples() -> None:
    """The checks above that a token is nowhere look for the text that is in every planted one."""
    assert all("planted" in token for token in SECRETS.values())
