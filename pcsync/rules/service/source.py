"""Ingestion sources: container URLs and SAS tokens (dossier 3.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pcsync.core.source import Document
from pcsync.rules.instants import instant
from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.shape import object_of, text_of
from pcsync.rules.words import shown

ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
CONTAINER = re.compile(r"[a-z0-9](?:-?[a-z0-9]){2,62}")
NEEDED = {"r": "read", "l": "list"}
LONG = timedelta(days=7)
GOOD = """
kind: IngestionSource
name: imagery
containerUrl: https://contosoimagery.blob.core.windows.net/imagery
managedIdentity: {objectId: 11111111-2222-3333-4444-555555555555}
"""


class Source:
    """An ingestion source; ``now`` is the moment that a token's expiry is compared with."""

    def __init__(self, document: Document, now: datetime) -> None:
        self.body, self.facts, self.now = document.body, document.facts, now

    @property
    def token(self) -> Mapping[str, Any]:
        """What is known of its SAS token: se, sp and sr; empty where there is none, or it could not be had."""
        found = object_of(self.facts.get("/sasToken"))
        return {} if "missing" in found else {name: found[name] for name in ("se", "sp", "sr") if name in found}


@rule(
    "service-container-url",
    Source,
    ERROR,
    "a container URL that is none",
    why="""
A source names a container of Azure Blob Storage, and nothing below it: https://ACCOUNT.blob.core.windows.net/CONTAINER, without a slash
at the end, a path or a token.""",
    bad=GOOD.replace("/imagery\n", "/imagery/2024/\n"),
    good=GOOD,
    answers=True,
)
def container_url(source: Source) -> Iterator[Finding]:
    url = text_of(source.body.get("containerUrl"))
    problem = _url_problem(url) if url else None
    if problem:
        yield Finding("/containerUrl", *problem)


def _url_problem(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "this is no URL", "write https://ACCOUNT.blob.core.windows.net/CONTAINER"
    container, _, rest = parts.path.lstrip("/").partition("/")
    bare = f"https://{host}/{container}"
    if parts.query:
        return (
            "a container URL has no query, and a token in it is a secret in the repository",
            f"write {bare}; put the token under sasToken",
        )
    if parts.scheme != "https":
        return "a container URL begins with https://", f"write {bare}" if ".blob." in host else "name a container of Azure Blob Storage"
    if ".dfs." in host:
        return "this is the Data Lake endpoint; the service reads through the Blob endpoint", f"write {bare.replace('.dfs.', '.blob.')}"
    if ".blob." not in host:
        return f"{host} is no Azure Blob Storage", "only containers of Azure Blob Storage can be sources"
    account = host.partition(".")[0]
    if not ACCOUNT.fullmatch(account):
        return f"{account!r} is no name of a storage account", "it has 3 to 24 lower-case letters and digits"
    if not container:
        return "the container is missing", f"write https://{host}/CONTAINER"
    if rest or parts.path.endswith("/"):
        return "a container URL ends with the container's name", f"write {bare}"
    if not CONTAINER.fullmatch(container) and container not in ("$root", "$web"):
        return f"{shown(container)!r} is no name of a container", "it has 3 to 63 lower-case letters, digits and single hyphens"
    return None


@rule(
    "service-token-expired",
    Source,
    ERROR,
    "a SAS token that has expired",
    why="With an expired token every ingestion from the container fails, and the catalog does not say so beforehand.",
    bad=GOOD.partition("managedIdentity")[0] + 'sasToken: {$secret: "env:EXPIRED_SAS"}\n',
    good=GOOD.partition("managedIdentity")[0] + 'sasToken: {$secret: "env:IMAGERY_SAS"}\n',
)
def token_expired(source: Source) -> Iterator[Finding]:
    ends = _expiry(source)
    if ends is not None and ends <= source.now.astimezone(UTC):
        yield Finding("/sasToken", f"this token expired on {ends:%Y-%m-%d at %H:%M} UTC", "make a new one")


@rule(
    "service-token-lifetime",
    Source,
    WARNING,
    "a SAS token that lasts longer than seven days",
    why="Tokens leak. The documentation of the service asks for seven days at most; a managed identity needs no token at all.",
    bad=GOOD.partition("managedIdentity")[0] + 'sasToken: {$secret: "env:LONG_SAS"}\n',
    good=GOOD,
)
def token_lifetime(source: Source) -> Iterator[Finding]:
    ends = _expiry(source)
    if ends is not None and ends - source.now.astimezone(UTC) > LONG:
        fix = "make tokens of seven days, or read with a managedIdentity"
        yield Finding("/sasToken", f"this token lasts until {ends:%Y-%m-%d}", fix)


def _expiry(source: Source) -> datetime | None:
    text = source.token.get("se")
    return instant(text if "T" not in text or text.count(":") > 1 else text.replace("Z", ":00Z")) if isinstance(text, str) else None


@rule(
    "service-token-permissions",
    Source,
    ERROR,
    "a SAS token that may not read and list the container",
    why="Ingestion reads files and lists folders: sp has r and l. The token is one of the container (sr=c), not of a blob or the account.",
    bad=GOOD.partition("managedIdentity")[0] + 'sasToken: {$secret: "env:BLOB_SAS"}\n',
    good=GOOD.partition("managedIdentity")[0] + 'sasToken: {$secret: "env:IMAGERY_SAS"}\n',
)
def token_permissions(source: Source) -> Iterator[Finding]:
    permissions, resource = source.token.get("sp"), source.token.get("sr")
    missing = [word for letter, word in NEEDED.items() if isinstance(permissions, str) and letter not in permissions]
    if missing:
        yield Finding("/sasToken", f"this token may not {' or '.join(missing)}", "make one with read and list (sp=rl)")
    if isinstance(resource, str) and resource not in ("c", "d"):
        yield Finding("/sasToken", f"this token is not one of a container (sr={resource})", "make one of the container (sr=c)")


@rule(
    "service-token-writes",
    Source,
    WARNING,
    "a SAS token that may do more than read and list",
    why="Ingestion never writes to the container. A token that can is a danger without a use.",
    bad=GOOD.partition("managedIdentity")[0] + 'sasToken: {$secret: "env:WRITING_SAS"}\n',
    good=GOOD.partition("managedIdentity")[0] + 'sasToken: {$secret: "env:IMAGERY_SAS"}\n',
)
def token_writes(source: Source) -> Iterator[Finding]:
    permissions = source.token.get("sp")
    more = sorted(set(permissions) & set("acwdxyi")) if isinstance(permissions, str) else []
    if more:
        yield Finding("/sasToken", f"this token may also write or delete (sp={permissions})", "make one with sp=rl")
