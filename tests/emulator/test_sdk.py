"""The official SDK, sync and async, against the emulator on a real port: every method but the tiler's, with its bodies."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.planetarycomputer import PlanetaryComputerProClient, models
from azure.planetarycomputer.aio import PlanetaryComputerProClient as AsyncClient
from azure.planetarycomputer.operations import IngestionOperations, SasOperations, StacOperations

from pcsync.emulator import Settings, create_app

from .catalog import PNG, collection, item, sas_source, static_catalog, static_ingestion
from .port import on_port

IDENTITY = "11111111-2222-3333-4444-555555555555"
CONTAINER = "https://acct.blob.core.windows.net/data"


class Bearer(SansIOHTTPPolicy[Any, Any]):
    """azure-core refuses to send tokens over plain http; this sends one all the same."""

    def on_request(self, request: Any) -> None:
        request.http_request.headers["Authorization"] = "Bearer planted"


class Driver:
    """One way of calling the SDK; `called` are the names of the methods that were used."""

    client: Any

    def __init__(self) -> None:
        self.called: set[str] = set()

    async def call(self, method: Callable[..., Any], *args: Any, **named: Any) -> Any:
        self.called.add(method.__name__)
        answer = method(*args, **named)
        return await answer if inspect.isawaitable(answer) else answer

    async def done(self, method: Callable[..., Any], *args: Any) -> None:
        """A long-running call, waited for."""
        poller = await self.call(method, *args, polling_interval=0.01)
        result = poller.result()
        assert (await result if inspect.isawaitable(result) else result) is None
        assert poller.status().lower() == "succeeded"

    async def all(self, method: Callable[..., Any], *args: Any, **named: Any) -> list[Any]:
        """Every entry of a paged list."""
        self.called.add(method.__name__)
        pages = method(*args, **named)
        return [entry async for entry in pages] if hasattr(pages, "__aiter__") else list(pages)


@pytest.fixture(params=["sync", "async"])
async def sdk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Driver]:
    static_catalog(tmp_path / "data")
    app = create_app(":memory:", Settings(require_bearer=True, tombstone=0.0, mounts={CONTAINER: tmp_path / "data"}))
    driver = Driver()
    with on_port(app) as url:
        options: dict[str, Any] = {"endpoint": url, "credential": object(), "authentication_policy": Bearer(), "retry_total": 0}
        if request.param == "sync":
            with PlanetaryComputerProClient(**options) as client:
                driver.client = client
                yield driver
        else:
            async with AsyncClient(**options) as client:
                driver.client = client
                yield driver


async def test_the_sdk_drives_every_method_of_stac_ingestion_and_sas(sdk: Driver) -> None:
    await _catalog(sdk)
    await _collections(sdk)
    await _configuration(sdk)
    await _queryables(sdk)
    await _assets(sdk)
    await _items(sdk)
    await _sources(sdk)
    await _ingestions(sdk)
    await _search(sdk)
    await _sas(sdk)
    await _operations(sdk)
    await sdk.done(sdk.client.stac.begin_delete_collection, "naip")
    with pytest.raises(ResourceNotFoundError):
        await sdk.call(sdk.client.stac.get_collection, "naip")

    assert sdk.called == _public(StacOperations) | _public(IngestionOperations) | _public(SasOperations)


async def _catalog(sdk: Driver) -> None:
    landing = await sdk.call(sdk.client.stac.get_landing_page)
    conformance = await sdk.call(sdk.client.stac.get_conformance_classes)

    assert landing.stac_version == "1.0.0"
    assert {"self", "root", "data", "search"} <= {link.rel for link in landing.links}
    assert len(conformance.conforms_to) == 15
    assert landing.conforms_to == conformance.conforms_to


async def _collections(sdk: Driver) -> None:
    stac = sdk.client.stac
    body = models.StacCollection(collection("naip", title="NAIP", **{"msft:region": "westeurope"}))
    await sdk.done(stac.begin_create_collection, body)
    with pytest.raises(ResourceExistsError):
        await sdk.call(stac.begin_create_collection, body)
    made = await sdk.call(stac.get_collection, "naip", sign="true", duration_in_minutes=5)
    made.description = "changed"
    changed = await sdk.call(stac.replace_collection, "naip", made)
    listed = await sdk.call(stac.get_collections)

    assert (made.id, made.title, made["msft:region"]) == ("naip", "NAIP", "westeurope")
    assert [link.rel for link in made.links][:4] == ["items", "parent", "root", "self"]
    assert changed.description == "changed"
    assert [found.description for found in listed.collections] == ["changed"]
    assert listed.collections[0]["msft:_updated"] > listed.collections[0]["msft:_created"]


async def _configuration(sdk: Driver) -> None:
    stac = sdk.client.stac
    option = models.RenderOption(id="rgb", name="RGB", type="raster-tile", options="assets=image&asset_bidx=image|1,2,3", min_zoom=6)
    mosaic = models.StacMosaic(id="recent", name="Recent", cql=[])
    settings = models.TileSettings(min_zoom=6, max_items_per_tile=35)

    assert (await sdk.call(stac.create_render_option, "naip", option)).options == option.options
    option.name = "True colour"
    assert (await sdk.call(stac.replace_render_option, "naip", "rgb", option)).name == "True colour"
    assert (await sdk.call(stac.get_render_option, "naip", "rgb")).min_zoom == 6
    assert [found.id for found in await sdk.call(stac.get_render_options, "naip")] == ["rgb"]
    assert (await sdk.call(stac.add_mosaic, "naip", mosaic)).description is None
    mosaic.description = "newest first"
    assert (await sdk.call(stac.replace_mosaic, "naip", "recent", mosaic)).description == "newest first"
    assert (await sdk.call(stac.get_mosaic, "naip", "recent")).cql == []
    assert [found.id for found in await sdk.call(stac.get_mosaics, "naip")] == ["default", "recent"]
    assert (await sdk.call(stac.replace_tile_settings, "naip", settings)).default_location is None
    assert (await sdk.call(stac.get_tile_settings, "naip")).max_items_per_tile == 35
    assert await sdk.call(stac.replace_partition_type, "naip", models.PartitionType(scheme="year")) is None
    assert (await sdk.call(stac.get_partition_type, "naip")).scheme == "year"
    whole = await sdk.call(stac.get_collection_configuration, "naip")
    assert whole.tile_settings.min_zoom == 6
    assert [found.name for found in whole.mosaic_configuration.render_options] == ["True colour"]
    await sdk.call(stac.delete_render_option, "naip", "rgb")
    await sdk.call(stac.delete_mosaic, "naip", "recent")
    with pytest.raises(ResourceNotFoundError, match="Render Option 'rgb' not found"):
        await sdk.call(stac.get_render_option, "naip", "rgb")


async def _queryables(sdk: Driver) -> None:
    stac = sdk.client.stac
    queryable = models.StacQueryable(name="naip:year", definition={"type": "string"}, data_type="string", create_index=False)
    made = await sdk.call(stac.create_queryables, "naip", [queryable])
    queryable.definition = {"type": "string", "title": "Year"}
    replaced = await sdk.call(stac.replace_queryable, "naip", "naip:year", queryable)
    own = await sdk.call(stac.get_collection_queryables, "naip")
    everywhere = await sdk.call(stac.get_queryables)
    await sdk.call(stac.delete_queryable, "naip", "naip:year")
    after = await sdk.call(stac.get_collection_queryables, "naip")

    assert [entry.name for entry in made] == ["naip:year"]
    assert replaced.data_type is None
    assert own["properties"]["naip:year"] == everywhere["properties"]["naip:year"] == {"type": "string", "title": "Year"}
    assert set(after["properties"]) == {"id", "datetime", "geometry"}


async def _assets(sdk: Driver) -> None:
    stac = sdk.client.stac
    fields = {"key": "thumbnail", "type": "image/png", "roles": ["thumbnail"], "title": "Thumbnail", "description": "d"}
    body = {"data": fields, "file": ("picture.png", PNG)}
    made = await sdk.call(stac.create_collection_asset, "naip", body)
    replaced = await sdk.call(stac.replace_collection_asset, "naip", "thumbnail", {**body, "data": {**fields, "title": "Other"}})
    picture = await sdk.call(stac.get_collection_thumbnail, "naip")
    content = b"".join([part async for part in picture]) if hasattr(picture, "__aiter__") else b"".join(picture)
    deleted = await sdk.call(stac.delete_collection_asset, "naip", "thumbnail")

    assert made.assets["thumbnail"].href.endswith("/collection-assets/thumbnail/picture.png")
    assert replaced.assets["thumbnail"].title == "Other"
    assert content == PNG
    assert not deleted.assets


async def _items(sdk: Driver) -> None:
    stac = sdk.client.stac
    body = models.StacItem(item("one"))
    await sdk.done(stac.begin_create_item, "naip", body)
    await sdk.done(stac.begin_create_item, "naip", {"type": "FeatureCollection", "features": [item("two"), item("three")]})
    first = await sdk.call(stac.get_item, "naip", "one")
    page = await sdk.call(stac.get_item_collection, "naip", limit=2)
    await sdk.done(stac.begin_update_item, "naip", "one", {"properties": {"gsd": 0.6}})
    patched = await sdk.call(stac.get_item, "naip", "one")
    await sdk.done(stac.begin_replace_item, "naip", "one", body)
    replaced = await sdk.call(stac.get_item, "naip", "one")
    await sdk.done(stac.begin_delete_item, "naip", "one")

    assert [link.rel for link in first.links] == ["collection", "parent", "root", "self"]
    assert [found.id for found in page.features] == ["two", "three"]
    assert page.links[-1].rel == "next"
    assert patched.properties.gsd == 0.6
    assert replaced.properties.gsd is None
    with pytest.raises(ResourceNotFoundError):
        await sdk.call(stac.get_item, "naip", "one")
    with pytest.raises(HttpResponseError, match="cannot change once items are loaded"):
        await sdk.call(stac.replace_partition_type, "naip", models.PartitionType(scheme="month"))


async def _sources(sdk: Driver) -> None:
    ingestion = sdk.client.ingestion
    identities = await sdk.all(ingestion.list_managed_identities)
    container = "https://acct.blob.core.windows.net/imagery"
    connection = {"containerUrl": container, "objectId": IDENTITY}
    body = {"id": str(uuid.UUID(int=7)), "kind": "BlobManagedIdentity", "connectionInfo": connection}
    source = models.ManagedIdentityIngestionSource(body)
    made = await sdk.call(ingestion.create_source, source)
    token = await sdk.call(ingestion.create_source, models.SharedAccessSignatureTokenIngestionSource(sas_source()))
    await sdk.call(ingestion.replace_source, token.id, {"id": token.id, **sas_source(expiry="2026-05-01T00:00:00Z")})
    read = await sdk.call(ingestion.get_source, token.id)
    listed = await sdk.all(ingestion.list_sources, top=1)

    assert IDENTITY in [identity.object_id for identity in identities]
    assert (made.id, made.connection_info.object_id) == (source.id, IDENTITY)
    assert "sasToken" not in read.connection_info
    assert read.connection_info.expiration.isoformat() == "2026-05-01T00:00:00+00:00"
    assert [found.id for found in listed] == [made.id, token.id]
    with pytest.raises(ResourceExistsError, match="already contains a SAS token ingestion source"):
        await sdk.call(ingestion.create_source, sas_source())
    for found in listed:
        await sdk.call(ingestion.delete_source, found.id)
    assert await sdk.all(ingestion.list_sources) == []


async def _ingestions(sdk: Driver) -> None:
    ingestion = sdk.client.ingestion
    made = await sdk.call(ingestion.create, "naip", models.IngestionDefinition(static_ingestion(displayName="nightly")))
    changed = await sdk.call(ingestion.update, "naip", made.id, {"importType": "StaticCatalog", "displayName": "weekly"})
    read = await sdk.call(ingestion.get, "naip", made.id)
    listed = await sdk.all(ingestion.list, "naip")
    run = await sdk.call(ingestion.create_run, "naip", made.id)
    ended = await sdk.call(ingestion.get_run, "naip", made.id, run.id)
    runs = await sdk.all(ingestion.list_runs, "naip", made.id)

    assert (made.display_name, made.status, made.keep_original_assets) == ("nightly", "Ready", None)
    assert changed.display_name == read.display_name == "weekly"
    assert changed.source_catalog_url == made.source_catalog_url
    assert [found.id for found in listed] == [made.id]
    assert (run.operation.status, ended.operation.status) == ("Pending", "Succeeded")
    assert (run.operation.total_items, ended.operation.total_items, ended.operation.total_successful_items) == (0, 3, 3)
    assert [found.id for found in runs] == [run.id]
    await sdk.done(ingestion.begin_delete, "naip", made.id)
    assert await sdk.all(ingestion.list, "naip") == []


async def _search(sdk: Driver) -> None:
    stac = sdk.client.stac
    newest_id = {"op": "<=", "args": [{"property": "id"}, "i1"]}
    body = {"collections": ["naip"], "filter": newest_id, "filter-lang": "cql2-json", "sortby": [{"field": "id", "direction": "asc"}]}
    page = await sdk.call(stac.search, models.StacSearchParameters({**body, "limit": 1, "fields": [{"include": ["bbox"]}]}))
    (following,) = [link for link in page.links if link.rel == "next"]
    rest = await sdk.call(stac.search, following.body)
    signed = await sdk.call(stac.search, models.StacSearchParameters(body), sign="true")

    assert [found.id for found in page.features] == ["i0"]
    assert (page.features[0].bounding_box, page.features[0].assets) == ([0, 0, 0, 0], None)
    assert (following.method, [found.id for found in rest.features]) == ("POST", ["i1"])
    assert [found.id for found in signed.features] == ["i0", "i1"]
    assert "&sig=" in signed.features[0].assets["image"].href


async def _sas(sdk: Driver) -> None:
    sas = sdk.client.sas
    href = (await sdk.call(sdk.client.stac.get_item, "naip", "i0")).assets["image"].href
    token = await sdk.call(sas.get_token, "naip", duration_in_minutes=60)
    signed = await sdk.call(sas.get_url, href=href)
    other = await sdk.call(sas.get_url, href="https://example.com/a.tif")
    async with httpx.AsyncClient() as http:
        assert (await http.get(signed.href)).content == b"pixels of i0"
        assert (await http.get(f"{href}?{token.token}")).content == b"pixels of i0"
        assert (await http.get(href)).status_code == 409
        assert await sdk.call(sas.revoke_token) is None
        assert (await http.get(signed.href)).status_code == 403

    assert 59 < (token.expires_on - datetime.now(UTC)).total_seconds() / 60 <= 60
    assert (signed.expires_on - datetime.now(UTC)).total_seconds() > 23 * 3600
    assert other.href == "https://example.com/a.tif"


async def _operations(sdk: Driver) -> None:
    ingestion = sdk.client.ingestion
    everything = await sdk.all(ingestion.list_operations)
    failed = await sdk.all(ingestion.list_operations, status="Failed", collection_id="naip")
    last = await sdk.call(ingestion.get_operation, everything[0].id)
    await sdk.call(ingestion.cancel_all_operations)

    assert (last.type, last.status, last.status_history[-1].status) == ("DeleteIngestion", "Succeeded", "Finished")
    assert everything == sorted(everything, key=lambda found: found.creation_time, reverse=True)
    assert everything[-1].type == "AddCollection"
    assert failed == []
    with pytest.raises(ResourceExistsError):
        await sdk.call(ingestion.cancel_operation, last.id)


def _public(group: type) -> set[str]:
    return {name for name in vars(group) if not name.startswith("_")}


async def test_the_sdk_polls_until_a_slow_operation_ends() -> None:
    app = create_app(":memory:", Settings(lro_delay=0.3))
    driver = Driver()
    with on_port(app) as url:
        async with AsyncClient(url, object(), authentication_policy=Bearer()) as client:  # type: ignore[arg-type]
            await driver.done(client.stac.begin_create_collection, collection("naip"))
            found = await client.stac.get_collection("naip")

    assert found.id == "naip"
    statuses = [entry["path"] for entry in app.log.entries if entry["path"].startswith("/inma/operations/")]
    assert len(statuses) >= 3
