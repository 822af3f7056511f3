"""Ingestion sources (geocatalog-api 2.9): tokens go in and never come out."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from pcsync.emulator.checks import Check, demand, one_of, record, text
from pcsync.emulator.clock import rfc3339_seven, ticks_of
from pcsync.emulator.errors import Conflict, Invalid, Missing
from pcsync.emulator.state import sources as state
from pcsync.emulator.state.sources import Source
from pcsync.emulator.world import Answer, Call

from .replies import empty, json_answer, page, window

Json = dict[str, Any]
SAS, IDENTITY = "SasToken", "BlobManagedIdentity"
CONTAINER = re.compile(r"https?://[^\s/?#]+/[^\s/?#]+")
CONNECTION: dict[str, Check] = {
    SAS: record({"containerUrl": text(1)}, {"sasToken": text(1)}),
    IDENTITY: record({"containerUrl": text(1), "objectId": text(1)}, {}),
}
HEAD = record({"kind": one_of(SAS, IDENTITY)}, {"id": text()})


def managed_identities(call: Call) -> Answer:
    return json_answer(200, {"value": [dict(identity) for identity in call.world.settings.managed_identities]})


def list_all(call: Call) -> Answer:
    """Summaries only (ingestion-sources-list)."""
    skip, top = window(call)
    rows = [source.summary for source in state.listed(call.db, skip, top + 1)]
    return page(call, "/inma/ingestion-sources", rows, skip, top)


def read(call: Call) -> Answer:
    return json_answer(200, _need(call).whole)


def create(call: Call) -> Answer:
    body = _body(call)
    name = _guid(body["id"]) if body.get("id") else call.world.guid(call.db)
    if state.find(call.db, name):
        raise Conflict(f"An ingestion source with id {name} already exists")
    source = Source(name, body["kind"], call.world.clock.stamp(), _connection(call, body))
    _refuse_shared(call, source)
    state.put(call.db, source)
    return json_answer(201, source.whole, {"Location": call.versioned(f"/inma/ingestion-sources/{name}")})


def replace(call: Call) -> Answer:
    """The answer lacks `created` (ingestion-source-replace-sas)."""
    name, body = call.params["id"].lower(), _body(call)
    if body.get("id") and _guid(body["id"]) != name:
        raise Invalid(f"body.id is '{body['id']}', the path says '{name}'")
    old = state.find(call.db, name)
    if old is None and call.world.chose("put-missing-source", "refuse"):
        raise _missing(name)
    if old and old.kind != body["kind"] and call.world.chose("source-kind-change", "refuse"):
        raise Invalid(f"The kind of ingestion source {name} cannot change")
    source = Source(_guid(name), body["kind"], old.created if old else call.world.clock.stamp(), _connection(call, body))
    _refuse_shared(call, source)
    state.put(call.db, source)
    shown = {key: value for key, value in source.whole.items() if key != "created"}
    return json_answer(200 if old else 201, shown)


def delete(call: Call) -> Answer:
    state.remove(call.db, _need(call).id)
    return empty(204)


def _need(call: Call) -> Source:
    name = call.params["id"].lower()
    source = state.find(call.db, name)
    if source is None:
        raise _missing(name)
    return source


def _body(call: Call) -> Json:
    """The body with the wire spelling of its keys: the binder ignores case (`Kind` works, 2.9)."""
    if not isinstance(call.body, dict):
        raise Invalid("body must be an object")
    spelled = {_spelling(key, ("id", "kind", "connectionInfo")): value for key, value in call.body.items()}
    demand(HEAD, spelled)
    demand(CONNECTION[spelled["kind"]], spelled.get("connectionInfo"), "body.connectionInfo")
    if not CONTAINER.fullmatch(spelled["connectionInfo"]["containerUrl"]):
        raise Invalid("body.connectionInfo.containerUrl is the URL of one container, without a trailing slash or query")
    return spelled


def _spelling(key: str, names: tuple[str, ...]) -> str:
    return next((name for name in names if name.lower() == key.lower()), key)


def _connection(call: Call, body: Json) -> Json:
    """connectionInfo as it is shown: no token, but its expiry."""
    sent = body["connectionInfo"]
    if body["kind"] == IDENTITY:
        return _identity(call, sent)
    if "sasToken" not in sent and call.world.chose("source-without-token", "refuse"):
        raise Invalid("body.connectionInfo.sasToken is required")
    expiry = _expiry(sent.get("sasToken") or "")
    return {"containerUrl": sent["containerUrl"]} | ({"expiration": rfc3339_seven(expiry)} if expiry is not None else {})


def _identity(call: Call, sent: Json) -> Json:
    known = {identity["objectId"].lower() for identity in call.world.settings.managed_identities}
    if _guid(sent["objectId"]) not in known and call.world.chose("source-unknown-identity", "refuse"):
        raise Invalid(f"Managed identity {sent['objectId']} is not assigned to this GeoCatalog", code="ManagedIdentityInfoNotFound")
    return {"containerUrl": sent["containerUrl"], "objectId": sent["objectId"]}


def _expiry(token: str) -> int | None:
    """The `se` of a SAS token in ticks; a policy-based token has none."""
    values = parse_qs(urlsplit(f"?{token.lstrip('?')}").query.replace("+", "%2B"), max_num_fields=50).get("se")
    return ticks_of(values[0]) if values else None


def _refuse_shared(call: Call, source: Source) -> None:
    """One SAS source per container is documented; the same for managed identities is a guess."""
    container = source.connection["containerUrl"]
    other = state.on_container(call.db, source.kind, container)
    if other in (None, source.id):
        return
    if source.kind == SAS:
        raise Conflict(f"Container url {container} already contains a SAS token ingestion source with id {other}")
    if call.world.chose("duplicate-source", "conflict"):
        raise Conflict(f"Container url {container} already contains a managed identity ingestion source with id {other}")


def _guid(value: str) -> str:
    """The canonical form of a GUID. Raises Invalid."""
    try:
        return str(UUID(value))
    except ValueError as bad:
        raise Invalid(f"'{value[:60]}' is not a GUID") from bad


def _missing(name: str) -> Missing:
    return Missing(f"Ingestion source {name} not found")
