"""validate --live: what only a catalog can say, asked of a served emulator by reads and searches; what it cannot say is "not checked"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pcsync.core.source import Document, Origin
from pcsync.emulator import Settings, create_app
from pcsync.rules.collection import Collection
from pcsync.rules.live import EMPTY, NOT_CHECKED, RESCALE, empty, out_of_range, rescaled
from pcsync.rules.mosaic.mosaic import Mosaic
from tests.emulator.catalog import API_VERSION, asset_form, collection, item, sas_source
from tests.emulator.port import on_port
from tests.harness import Folder

KNOWN, STRANGE = "11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"
STAC = {key: value for key, value in collection().items() if key not in ("id", "links")} | {"title": "t", "keywords": ["k"]}
RGB = {"id": "rgb", "name": "RGB", "type": "raster-tile", "options": "assets=image&rescale=0,10"}
EVERY = {"id": "every", "name": "Every", "cql": []}


class Live:
    """A served catalog and a project beside it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, Folder(folder)
        self.folder.project()

    def send(self, method: str, path: str, **content: Any) -> httpx.Response:
        reply = httpx.request(method, self.url + path, params={"api-version": API_VERSION}, **content)
        assert reply.status_code < 300, reply.text
        return reply

    def declare(self, **sections: Any) -> None:
        body = {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "stac": STAC, **sections}
        self.folder.write("collections/naip.yaml", body)

    def said(self, *arguments: str) -> list[tuple[str, str]]:
        """(rule, pointer) of the live rules."""
        ran = self.folder.run("validate", "--live", "--endpoint", self.url, "-o", "json", *arguments)
        return [(it["rule"], it["pointer"]) for it in ran.json["diagnostics"] if it["rule"].startswith("live-")]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    app = create_app(":memory:", Settings())
    with on_port(app) as url:
        yield Live(url, tmp_path)
    app.close()


def source(identity: str, container: str = "https://contoso.blob.core.windows.net/imagery") -> dict[str, Any]:
    head = {"apiVersion": "pcsync/v1", "kind": "IngestionSource", "name": "imagery"}
    return {**head, "containerUrl": container, "managedIdentity": {"objectId": identity}}


def test_an_identity_that_the_catalog_does_not_have_is_an_error_at_its_line(live: Live) -> None:
    live.folder.write("collections/source.yaml", source(STRANGE))
    ran = live.folder.run("validate", "--live", "--endpoint", live.url)

    assert ran.code == 3
    assert f"the catalog has no managed identity {STRANGE}" in " ".join(ran.out.split())
    assert "collections/source.yaml:6:" in ran.out
    live.folder.write("collections/source.yaml", source(KNOWN.upper()))
    assert live.said() == []


def test_an_ingestion_needs_a_source_here_or_on_the_catalog(live: Live) -> None:
    container = "https://contosoimagery.blob.core.windows.net/data"
    nightly = {"displayName": "nightly", "importType": "StaticCatalog", "sourceCatalogUrl": f"{container}/catalog.json"}
    live.declare(ingestions=[nightly])

    assert live.said() == [("live-no-source", "/ingestions/0/sourceCatalogUrl")]
    live.send("POST", "/inma/ingestion-sources", json=sas_source(container, "2999-01-01T00:00:00Z"))
    assert live.said() == []


def test_a_collection_that_is_not_on_the_catalog_is_not_checked(live: Live) -> None:
    live.declare(mosaics=[EVERY])

    assert live.said() == [("live-not-checked", "")]


def test_a_mosaic_of_a_collection_without_items_is_empty(live: Live) -> None:
    live.declare(mosaics=[EVERY])
    live.send("POST", "/stac/collections", json=collection())

    assert live.said() == [("live-mosaic-empty", "/mosaics/0/id")]
    live.send("POST", "/stac/collections/naip/items", json=item())
    assert live.said() == []


def filtered(*values: tuple[str, Any], id: str = "some") -> dict[str, Any]:
    """A mosaic whose filter is one equality for each of these."""
    return {"id": id, "name": id.title(), "cql": [{"op": "=", "args": [{"property": name}, value]} for name, value in values]}


def test_a_mosaic_whose_filter_no_item_fits_is_empty(live: Live) -> None:
    scene = item()
    known = filtered(("id", scene["id"]), id="known")
    both = filtered(("id", scene["id"]), ("platform", "no such platform"), id="both")
    live.declare(mosaics=[known, filtered(("id", "nothing")), both, EVERY])
    live.send("POST", "/stac/collections", json=collection())
    live.send("POST", "/stac/collections/naip/items", json=scene)

    assert live.said() == [("live-mosaic-empty", "/mosaics/1/cql"), ("live-mosaic-empty", "/mosaics/2/cql")]


def test_items_of_other_collections_are_in_no_mosaic_of_this_one(live: Live) -> None:
    live.declare(mosaics=[filtered(("id", "elsewhere"))])
    for name, scene in (("naip", "here"), ("other", "elsewhere")):
        live.send("POST", "/stac/collections", json=collection(name))
        live.send("POST", f"/stac/collections/{name}/items", json=item(scene, name))

    assert live.said() == [("live-mosaic-empty", "/mosaics/0/cql")]


def test_whether_a_filter_matches_is_never_called_right_when_the_search_fails(tmp_path: Path) -> None:
    app = create_app(":memory:", Settings())

    async def without_search(scope: Any, receive: Any, send: Any) -> None:
        await (answering(400) if scope.get("path") == "/stac/search" else app)(scope, receive, send)

    with on_port(without_search) as url:
        live = Live(url, tmp_path)
        live.declare(mosaics=[filtered(("id", "nothing"))])
        live.send("POST", "/stac/collections", json=collection())
        live.send("POST", "/stac/collections/naip/items", json=item())

        assert live.said() == [("live-not-checked", "/mosaics/0/cql")]
    app.close()


@pytest.mark.parametrize(
    ("found", "rules"),
    [
        ({"features": [{}]}, []),
        ({"features": [], "numberMatched": 3}, []),
        ({"features": [], "context": {"matched": 3}}, []),
        ({"features": [], "context": {"matched": 0}, "links": [{"rel": "next"}]}, [EMPTY]),
        ({"features": [], "links": [{"rel": "next"}]}, [NOT_CHECKED]),
        ({"features": [], "links": [{"rel": "self"}]}, [EMPTY]),
    ],
)
def test_a_search_is_judged_by_its_items_else_by_the_number_it_says(found: dict[str, Any], rules: list[Any]) -> None:
    assert [rule for rule, _ in empty(Mosaic("/mosaics/0", filtered(("id", "a"))), found)] == rules


def test_a_declared_thumbnail_has_to_be_readable(live: Live) -> None:
    live.folder.write("collections/thumbnail.png", b"\x89PNG\r\n\x1a\n")
    live.declare(assets={"thumbnail": {"file": "thumbnail.png", "type": "image/png", "roles": ["thumbnail"]}})
    live.send("POST", "/stac/collections", json=collection())

    assert live.said() == [("live-thumbnail", "/assets/thumbnail")]
    form = asset_form()
    live.send("POST", "/stac/collections/naip/assets", files=form)
    assert live.said() == []


def test_a_range_that_cannot_be_compared_is_not_checked(live: Live) -> None:
    """The item's picture cannot be read, so there are no statistics."""
    live.declare(renderOptions=[RGB])
    live.send("POST", "/stac/collections", json=collection())

    assert live.said() == [("live-not-checked", "/renderOptions/0/options")]
    live.send("POST", "/stac/collections/naip/items", json=item())
    assert live.said() == [("live-not-checked", "/renderOptions/0/options")]


def test_a_range_that_no_pixel_falls_in_is_found_with_the_catalogs_own_statistics(tmp_path: Path) -> None:
    pytest.importorskip("rio_tiler")
    from tests.emulator.tiler import cogs

    image = cogs.write(tmp_path / "image.tif", cogs.columns())
    app = create_app(":memory:", Settings(read_folders=[tmp_path]))
    with on_port(app) as url:
        live = Live(url, tmp_path / "project")
        fitting = {**RGB, "id": "fit", "name": "Fit", "options": "assets=image&rescale=0,255"}
        beside = {**RGB, "options": "assets=image&rescale=1000,3000&colormap_name=viridis&asset_bidx=image|1"}
        live.declare(renderOptions=[fitting, beside])
        live.send("POST", "/stac/collections", json=collection())
        live.send("POST", "/stac/collections/naip/items", json=cogs.item("scene", {"image": image}))

        assert live.said() == [("live-rescale", "/renderOptions/1/options")]
    app.close()


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("assets=image&rescale=0,255", False),
        ("assets=image&rescale=0,101", False),  # overlaps a little
        ("assets=image&rescale=0,50", True),
        ("assets=image&rescale=201,900", True),
        ("assets=image&rescale=100,200&rescale=0,1", True),  # the second band
        ("assets=image&rescale=100,200&rescale=5,8", False),
    ],
)
def test_ranges_are_compared_band_by_band(options: str, found: bool) -> None:
    statistics = {"b1": {"percentile_2": 100, "percentile_98": 200}, "b2": {"percentile_2": 5, "percentile_98": 8}}
    one = {"b1": statistics["b1"]}
    body = {"renderOptions": [{**RGB, "options": options}]}
    (option,) = rescaled(Collection(Document("Collection", "naip", body, Origin("x"))))

    said = list(out_of_range(option, statistics if options.count("rescale") > 1 else one, "scene"))

    assert [rule for rule, _ in said] == ([RESCALE] if found else [])


def test_nothing_but_reads_and_searches_reaches_the_catalog(tmp_path: Path) -> None:
    app, methods = create_app(":memory:", Settings()), set()

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        methods.add((scope.get("method"), scope.get("path") if scope.get("method") == "POST" else ""))
        await app(scope, receive, send)

    with on_port(noting) as url:
        live = Live(url, tmp_path)
        live.declare(mosaics=[EVERY, filtered(("id", "a"))], renderOptions=[RGB])
        live.folder.write("collections/source.yaml", source(KNOWN))
        live.send("POST", "/stac/collections", json=collection())
        live.send("POST", "/stac/collections/naip/items", json=item())
        methods.clear()
        live.said()
    app.close()

    assert methods - {(None, "")} == {("GET", ""), ("POST", "/stac/search")}


def test_live_rules_are_ignored_explained_and_weighed_like_any_other(live: Live) -> None:
    live.declare(mosaics=[EVERY])
    live.send("POST", "/stac/collections", json=collection())

    assert live.said("--ignore", "live-mosaic-empty") == []
    assert "live-mosaic-empty" in live.folder.run("explain").out
    live.folder.project(rules={"live": "error"})
    assert live.folder.run("validate", "--live", "--endpoint", live.url).code == 3


def test_live_asks_one_catalog(live: Live) -> None:
    assert live.folder.run("validate", "--live", "--all-targets").code == 64


def test_a_question_that_the_catalog_refuses_to_answer_stays_open(tmp_path: Path) -> None:
    with on_port(answering(400)) as url:
        live = Live(url, tmp_path)
        live.folder.write("collections/source.yaml", source(KNOWN))

        assert live.said() == [("live-not-checked", "/managedIdentity")]


def test_who_may_not_read_is_told_so_instead_of_being_told_nothing_is_wrong(tmp_path: Path) -> None:
    with on_port(answering(403)) as url:
        live = Live(url, tmp_path)
        live.folder.write("collections/source.yaml", source(KNOWN))

        assert live.folder.run("validate", "--live", "--endpoint", url).code == 8


def answering(status: int) -> Any:
    """A server that answers everything alike."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b"{}"})

    return app
