"""Containers that a GeoCatalog may ingest from, by managed identity or SAS token (dossier 2.9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff
from pcsync.core.kind import Kind
from pcsync.core.resource import CATALOG_SCOPE, Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document
from pcsync.kinds._shapes import ambiguous, graded, instant, segment, with_twins
from pcsync.kinds.attaching import SourceToken

SOURCES = "/inma/ingestion-sources"
IDENTITY = "BlobManagedIdentity"
SAS = "SasToken"
TOKEN = "/connectionInfo/sasToken"  # noqa: S105  the place of a token, not one
EXPIRATION = "/connectionInfo/expiration"
NAME_BASED = re.compile(r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-5[0-9a-fA-F]{3}-")
HOURS = {"h": 1, "d": 24}
DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


class IngestionSourceKind(SourceToken):
    """Known by kind and container; its id on the service is an address only, ours is made of the owner's id for new ones."""

    name = "ingestion-source"
    manifest = "IngestionSource"
    section = ""
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    partial = False

    def model(self) -> Any:
        """A manifest of its own."""
        from pcsync.kinds.models.ingestion_source import IngestionSource

        return IngestionSource

    def declare(self, document: Document) -> Iterator[Desired]:
        """The source, under its container."""
        container = folded(document.body["containerUrl"])
        kind = IDENTITY if document.body.get("managedIdentity") else SAS
        token = document.facts.get("/sasToken", {}) if kind == SAS else {}
        due = _due(token, document.body.get("rotateBefore"))
        yield Desired(
            key=_key(kind, container),
            body={"id": source_id(document.owner, kind, container), "kind": kind, "connectionInfo": _connection(document, kind, token)},
            origin=document.origin,
            ignore=(EXPIRATION,) if due or (kind == SAS and ("missing" in token or not token)) else (),
            label=document.body.get("name") or document.id,
            secrets=((TOKEN, document.body["sasToken"]["$secret"]),) if kind == SAS else (),
            due=due,
            notes=(_shown(token, container),) if "se" in token or "sp" in token else (),
        )

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The list, which has summaries only, then every source by itself."""
        if scope != CATALOG_SCOPE:
            return ()
        summaries = (bodies.get(SOURCES) or {}).get("value") or ()
        return (SOURCES, *(_path(summary["id"]) for summary in summaries))

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The sources of the catalog by kind and container; two of one container are twins."""
        summaries = ((bodies.get(SOURCES) or {}).get("value") or ()) if scope == CATALOG_SCOPE else ()
        sources = (bodies.get(_path(summary["id"])) for summary in summaries)
        return with_twins(
            Live(_key(source["kind"], folded(source["connectionInfo"]["containerUrl"])), source, _path(source["id"]))
            for source in sources
            if source is not None
        )

    def normalise(self, body: Body) -> Body:
        """Kind, container and identity, or of a token its expiry as an instant; ids and the token itself are not compared."""
        connection = {name: value for name, value in (body.get("connectionInfo") or {}).items() if value is not None and name != "sasToken"}
        return {"kind": body["kind"], "connectionInfo": {name: _fold(name, value) for name, value in connection.items()}}

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """POST with our id, PUT to the id the live one has, DELETE; nothing where several live ones could be meant."""
        if live and live.twins:
            return []
        if desired is None:
            return [Call("DELETE", live.path)] if live else []
        if live is None:
            return [Call("POST", SOURCES, _sent(desired.body, desired.body["id"]), secrets=desired.secrets)]
        return [Call("PUT", live.path, _sent(desired.body, live.body["id"]), secrets=desired.secrets)]

    def ours(self, live: Live, owners: Sequence[str]) -> bool:
        """Its id is the one that we give: nobody else's is, but for those who say they are us."""
        container = folded(live.body["connectionInfo"]["containerUrl"])
        return str(live.body["id"]).lower() in {source_id(owner, live.body["kind"], container) for owner in owners}

    def strangers(self, scope: str, bodies: Bodies) -> Iterator[str]:
        """Sources whose id is no UUIDv5: those that the portal or a script made."""
        summaries = ((bodies.get(SOURCES) or {}).get("value") or ()) if scope == CATALOG_SCOPE else ()
        yield from (_path(summary["id"]) for summary in summaries if not NAME_BASED.match(str(summary["id"])))

    def probes(self, desired: Desired, live: Live | None) -> Iterable[str]:
        """Nothing: the list says it all."""
        del desired, live
        return ()

    def refusal(self, desired: Desired, live: Live | None, bodies: Bodies) -> str:
        """Several sources of one container and kind: which one is meant cannot be told."""
        del bodies
        return ambiguous(self, desired, live, f"{desired.body['kind']} sources read {desired.body['connectionInfo']['containerUrl']}")

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """What can be ingested, and as whom."""
        return graded(action, fields, create=Risk.DATA, table={}, other=Risk.DATA)

    def export(self, lives: Sequence[Live]) -> Any:
        """The manifest of the one live source; a token is asked for in the environment, since the catalog never gives it back."""
        connection = lives[0].body["connectionInfo"]
        name = _name(connection["containerUrl"])
        head = {"name": name, "containerUrl": folded(connection["containerUrl"])}
        if lives[0].body["kind"] == IDENTITY:
            return {**head, "managedIdentity": {"objectId": connection["objectId"]}}
        return {**head, "sasToken": {"$secret": f"env:{re.sub('[^A-Z0-9]', '_', name.upper())}_SAS"}}


def folded(container: str) -> str:
    """A container URL with its scheme and host in lower case and without a trailing slash."""
    scheme, slashes, rest = container.strip().partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{slashes}{host.lower()}{slash}{path}".rstrip("/")


def expiry(text: str) -> Any:
    """A token's expiry as an instant; a mere date is its midnight in UTC, as Azure Storage reads it."""
    return instant(f"{text}T00:00:00Z" if DATE.match(text) else text)


def _due(token: Mapping[str, Any], before: str | None) -> tuple[str, str] | None:
    """From when on the live token is replaced: it expires within ``rotateBefore`` (``7d``, ``48h``), and the manifest's lives longer."""
    if not before or "se" not in token or "at" not in token:
        return None
    hours = int(before[:-1]) * HOURS[before[-1]]
    within = datetime.fromisoformat(token["at"]) + timedelta(hours=hours, microseconds=1)
    try:
        return EXPIRATION, min(within, datetime.fromisoformat(expiry(token["se"]))).isoformat()
    except (TypeError, ValueError):  # an expiry that is no instant is compared as text
        return None


def _shown(token: Mapping[str, Any], container: str) -> str:
    """What people may see of a token."""
    until = expiry(token["se"]) if "se" in token else "unknown"
    return f"SAS token of {container}: permissions {token.get('sp', 'unknown')}, until {until}"


def source_id(owner: str, kind: str, container: str) -> str:
    """The id a new source is given: the same for the same owner, kind and container, so that a repeated POST cannot make two."""
    return str(uuid5(NAMESPACE_URL, f"pcsync:{owner}:{kind}:{container}"))


def _key(kind: str, container: str) -> Key:
    return Key("ingestion-source", CATALOG_SCOPE, f"{kind} {container}")


def _path(guid: str) -> str:
    return f"{SOURCES}/{segment(guid)}"


def _connection(document: Document, kind: str, token: Mapping[str, Any]) -> dict[str, Any]:
    container = {"containerUrl": folded(document.body["containerUrl"])}
    if kind == IDENTITY:
        return {**container, "objectId": document.body["managedIdentity"]["objectId"]}
    return {**container, "expiration": expiry(token["se"])} if "se" in token else container


def _sent(body: Body, guid: str) -> dict[str, Any]:
    """The body of a write; the service reads the expiration off the token itself."""
    connection = {name: value for name, value in body["connectionInfo"].items() if name != "expiration"}
    return {**body, "id": guid, "connectionInfo": connection}


def _name(container: str) -> str:
    host, _, path = container.partition("://")[2].partition("/")
    return f"{host.partition('.')[0].lower()}-{path.rstrip('/')}"


def _fold(name: str, value: Any) -> Any:
    if name == "containerUrl":
        return folded(value)
    return expiry(value) if name == "expiration" else value.lower() if name == "objectId" else value


KIND: Kind = IngestionSourceKind()
