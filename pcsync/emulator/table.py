"""Every route that the emulator serves: handler, back end, body and the evidence for how it answers.

Evidence is a section of geocatalog-api.md with its mark, or the name of a recorded exchange. The app's routes are made
from this table and from nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .bodies import Body
from .errors import Backend
from .routes import assets, catalog, collections, configurations, ingestions, items, operations, queryables, sas, search, sources
from .routes.configurations import MOSAIC, RENDER_OPTION, Member
from .tiler.rows import rows as tiler_rows
from .world import Answer, Call, Later

Handler = Callable[[Call], Answer | Later]
ONE = "/stac/collections/{collectionId}"
CONFIG = f"{ONE}/configurations"
PARTITION = f"{CONFIG}/partition-type"
QUERYABLES = f"{ONE}/queryables"
SOURCES = "/inma/ingestion-sources"
OPERATIONS = "/inma/operations"
INGESTIONS = "/inma/collections/{collectionId}/ingestions"


@dataclass(frozen=True, slots=True)
class ServedRoute:
    """One line: what answers a method and path, and why we believe that it answers so."""

    method: str
    path: str
    handler: Handler
    backend: Backend
    evidence: tuple[str, ...]
    body: Body = Body.NONE

    @property
    def writes(self) -> bool:
        return self.method != "GET"


class _From:
    """Rows of one back end."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __call__(self, method: str, path: str, handler: Handler, *evidence: str, body: Body = Body.NONE) -> ServedRoute:
        return ServedRoute(method, path, handler, self._backend, evidence, body)


reader, writer, config, tiler = (_From(backend) for backend in (Backend.READER, Backend.WRITER, Backend.CONFIGURATION, Backend.TILER))


def _members(path: str, member: Member, *evidence: str) -> Iterator[ServedRoute]:
    """The five routes of mosaics, or of render options."""
    one = f"{path}/{{{member.parameter}}}"
    yield config("GET", path, configurations.list_of(member), *evidence)
    yield config("POST", path, configurations.create_of(member), *evidence, body=Body.JSON)
    yield config("GET", one, configurations.read_of(member), *evidence)
    yield config("PUT", one, configurations.replace_of(member), *evidence, body=Body.JSON)
    yield config("DELETE", one, configurations.delete_of(member), *evidence)


ROUTES: tuple[ServedRoute, ...] = (
    # the catalog
    reader("GET", "/stac", catalog.landing_without_slash, "landing-page-no-slash"),
    reader("GET", "/stac/", catalog.landing, "2.14 [S]"),
    reader("GET", "/stac/conformance", catalog.conformance, "2.14 [X]"),
    # collections
    reader("GET", "/stac/collections", collections.list_all, "2.1 [S]", "1.5 [S]"),
    writer("POST", "/stac/collections", collections.create, "collection-create", "2.1 [R][S]", body=Body.JSON),
    reader("GET", ONE, collections.read, "collection-get-after-create", "collection-get-missing"),
    writer("PUT", ONE, collections.replace, "collection-replace", "2.1 [U]", body=Body.JSON),
    writer("DELETE", ONE, collections.delete, "collection-delete", "collection-delete-missing"),
    # collection assets
    config("POST", f"{ONE}/assets", assets.create, "collection-asset-create", body=Body.MULTIPART),
    config("PUT", f"{ONE}/assets/{{assetId}}", assets.replace, "2.2 [R][S]", body=Body.MULTIPART),
    config("DELETE", f"{ONE}/assets/{{assetId}}", assets.delete, "collection-asset-delete", "collection-asset-delete-missing"),
    config("GET", f"{ONE}/thumbnail", assets.thumbnail, "2.2 [D][S]"),
    # configurations
    config("GET", CONFIG, configurations.whole, "configurations-get"),
    *_members(f"{CONFIG}/mosaics", MOSAIC, "mosaic-create", "mosaic-delete", "mosaic-get-missing", "2.4 [R]"),
    *_members(
        f"{CONFIG}/render-options",
        RENDER_OPTION,
        "render-option-create",
        "render-option-replace",
        "render-options-list",
        "render-option-delete",
        "render-option-get-missing",
    ),
    config("GET", f"{CONFIG}/tile-settings", configurations.read_tile_settings, "2.6 [R][S]"),
    config("PUT", f"{CONFIG}/tile-settings", configurations.replace_tile_settings, "tile-settings-replace", body=Body.JSON),
    config("GET", PARTITION, configurations.read_partition_type, "partition-type-get-default", "partition-type-get-after"),
    config("PUT", PARTITION, configurations.replace_partition_type, "partition-type-replace", body=Body.JSON),
    # queryables
    config("GET", "/stac/queryables", queryables.read_all, "queryables-global-get"),
    config("GET", QUERYABLES, queryables.read, "queryables-collection-get", "queryables-collection-get-empty"),
    config("POST", QUERYABLES, queryables.create, "queryables-create", body=Body.JSON),
    config("PUT", f"{QUERYABLES}/{{queryableName}}", queryables.replace, "queryable-replace", body=Body.JSON),
    config("DELETE", f"{QUERYABLES}/{{queryableName}}", queryables.delete, "queryable-delete", "queryable-delete-missing"),
    # items and search
    writer("POST", f"{ONE}/items", items.create, "operation-item-succeeded", "2.13 [S]", body=Body.JSON),
    reader("GET", f"{ONE}/items", items.list_all, "1.5 [S][R]"),
    reader("POST", "/stac/search", search.search, "2.14 [X]", "1.5 [S]", body=Body.JSON),
    reader("GET", f"{ONE}/items/{{itemId}}", items.read, "item-get-missing", "2.13 [R]"),
    writer("PUT", f"{ONE}/items/{{itemId}}", items.replace, "operation-item-failed", body=Body.JSON),
    writer("PATCH", f"{ONE}/items/{{itemId}}", items.update, "operation-item-failed", body=Body.MERGE_PATCH),
    writer("DELETE", f"{ONE}/items/{{itemId}}", items.delete, "2.13 [D][I]"),
    # ingestion sources
    writer("GET", f"{SOURCES}/managed-identities", sources.managed_identities, "managed-identities-list"),
    writer("GET", SOURCES, sources.list_all, "ingestion-sources-list"),
    writer("POST", SOURCES, sources.create, "ingestion-source-create-mi", "ingestion-source-create-sas", "2.9 [D]", body=Body.JSON),
    writer("GET", f"{SOURCES}/{{id}}", sources.read, "ingestion-source-get-mi"),
    writer("PUT", f"{SOURCES}/{{id}}", sources.replace, "ingestion-source-replace-sas", body=Body.JSON),
    writer("DELETE", f"{SOURCES}/{{id}}", sources.delete, "ingestion-source-delete"),
    # ingestions and runs
    writer("GET", INGESTIONS, ingestions.list_all, "ingestions-list"),
    writer("POST", INGESTIONS, ingestions.create, "ingestion-create", body=Body.JSON),
    writer("GET", f"{INGESTIONS}/{{ingestionId}}", ingestions.read, "2.10 [R][S]"),
    writer("PATCH", f"{INGESTIONS}/{{ingestionId}}", ingestions.update, "ingestion-update", body=Body.MERGE_PATCH),
    writer("DELETE", f"{INGESTIONS}/{{ingestionId}}", ingestions.delete, "ingestion-delete"),
    writer("GET", f"{INGESTIONS}/{{ingestionId}}/runs", ingestions.list_runs, "ingestion-runs-list"),
    writer("POST", f"{INGESTIONS}/{{ingestionId}}/runs", ingestions.create_run, "ingestion-run-create"),
    writer("GET", f"{INGESTIONS}/{{ingestionId}}/runs/{{runId}}", ingestions.read_run, "2.11 [R]"),
    # operations
    writer("GET", OPERATIONS, operations.list_all, "1.5 [R]", "2.12 [S]"),
    writer("DELETE", OPERATIONS, operations.cancel_all, "operations-cancel-all"),
    writer("GET", f"{OPERATIONS}/{{operationId}}", operations.read, "operation-get-pending", "operation-get-succeeded"),
    writer("DELETE", f"{OPERATIONS}/{{operationId}}", operations.cancel, "operation-cancel"),
    # tokens of managed storage
    config("GET", "/sas/token/{collectionId}", sas.token, "sas-token"),
    config("GET", "/sas/sign", sas.sign, "sas-sign"),
    config("POST", "/sas/token/revoke", sas.revoke, "sas-revoke"),
    # the tiler
    *(tiler(method, path, handler, *evidence, body=body) for method, path, handler, evidence, body in tiler_rows()),
)
