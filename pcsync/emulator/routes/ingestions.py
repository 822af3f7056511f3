"""Ingestion definitions and runs (geocatalog-api 2.10, 2.11)."""

from typing import Any

from pcsync.emulator import models
from pcsync.emulator.checks import demand
from pcsync.emulator.errors import Conflict, Invalid, Missing
from pcsync.emulator.state import collections, operations
from pcsync.emulator.state import ingestions as state
from pcsync.emulator.state.documents import quoted
from pcsync.emulator.state.effects import merged
from pcsync.emulator.state.ingestions import Ingestion
from pcsync.emulator.world import Answer, Call

from .replies import accepted, json_answer, page, window

Json = dict[str, Any]
URL_FIELDS = {"StaticCatalog": "sourceCatalogUrl", "StacGeoparquet": "stacGeoparquetUrl"}
RUN_TYPES = {"StaticCatalog": "IngestionStaticCatalog", "StacGeoparquet": "IngestionStacGeoparquet"}
"""The second one was never recorded."""


def list_all(call: Call) -> Answer:
    skip, top = window(call)
    rows = [ingestion.whole for ingestion in state.listed(call.db, _collection(call), skip, top + 1)]
    return page(call, _path(call), rows, skip, top)


def read(call: Call) -> Answer:
    return json_answer(200, _need(call).whole)


def create(call: Call) -> Answer:
    """No natural key and no duplicate check: every POST makes a new definition."""
    name = _collection(call)
    ingestion = Ingestion(call.world.guid(call.db), call.world.clock.stamp(), _definition(call, call.body), deleting=False)
    state.add(call.db, name, ingestion)
    return json_answer(201, ingestion.whole, {"Location": call.versioned(f"{_path(call)}/{ingestion.id}")})


def update(call: Call) -> Answer:
    ingestion = _need(call)
    demand(models.INGESTION_PATCH, call.body)
    if "importType" not in call.body and call.world.chose("ingestion-patch-without-import-type", "refuse"):
        raise Invalid("body.importType is required")
    state.redefine(call.db, ingestion.id, _definition(call, merged(ingestion.definition, call.body)))
    return json_answer(200, _need(call).whole)


def delete(call: Call) -> Answer:
    """An operation; refused while a run is not finished, with a status that is a guess."""
    ingestion = _need(call)
    if state.has_active_run(call.db, ingestion.id):
        refusal = Conflict if call.world.chose("ingestion-delete-active-run", "409") else Invalid
        raise refusal(f"Ingestion {ingestion.id} has a run that is not finished")
    work = operations.Work("DeleteIngestion", call.params["collectionId"], ingestion.id, {"IngestionId": ingestion.id})
    operation = operations.start(call, work)
    state.deleting(call.db, ingestion.id, operation)
    return accepted(call, operations.shown(operations.get(call.db, operation)))


def list_runs(call: Call) -> Answer:
    skip, top = window(call)
    ingestion = _need(call)
    rows = state.listed_runs(call.db, ingestion.id, call.world.clock.now(), skip, top + 1)
    return page(call, f"{_path(call)}/{ingestion.id}/runs", rows, skip, top)


def read_run(call: Call) -> Answer:
    run = state.find_run(call.db, _need(call).id, call.params["runId"].lower(), call.world.clock.now())
    if run is None:
        raise Missing(f"Run {call.params['runId']} not found")
    return json_answer(200, run)


def create_run(call: Call) -> Answer:
    """201 with a Pending operation; each POST makes a new run."""
    ingestion = _need(call)
    kind = RUN_TYPES[ingestion.definition["importType"]]
    operation = operations.start(call, operations.Work(kind, call.params["collectionId"], ingestion.definition, {}, job=True))
    run, created = call.world.guid(call.db), call.world.clock.stamp()
    state.add_run(call.db, ingestion, run, created, operation)
    shown = state.find_run(call.db, ingestion.id, run, 0)
    return json_answer(201, shown, {"Location": call.versioned(f"{_path(call)}/{ingestion.id}/runs/{run}")})


def _definition(call: Call, sent: Any) -> Json:
    """The fields that are set, in model order; exactly the URL of the import type is needed (3.8)."""
    demand(models.INGESTION, sent)
    needed = URL_FIELDS[sent["importType"]]
    if not sent.get(needed):
        raise Invalid(f"body.{needed} is required for {sent['importType']}")
    flags = {} if call.world.chose("ingestion-flags", "absent") else {"skipExistingItems": False, "keepOriginalAssets": False}
    return models.in_model_order({**flags, **sent}, models.INGESTION_KEYS)


def _collection(call: Call) -> str:
    name = call.params["collectionId"]
    collections.need(call.db, name)
    return name


def _path(call: Call) -> str:
    return f"/inma/collections/{quoted(call.params['collectionId'])}/ingestions"


def _need(call: Call) -> Ingestion:
    ingestion = state.find(call.db, _collection(call), call.params["ingestionId"].lower())
    if ingestion is None:
        raise Missing(f"Ingestion {call.params['ingestionId']} not found")
    return ingestion
