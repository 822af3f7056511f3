"""Schemas of STAC extensions: which ones a project needs, and how they come into its store."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import jsonschema_rs
import orjson

from pcsync.cli.examining import SchemaFolder
from pcsync.cli.sealed import replace_file
from pcsync.client.schemas import SchemaUnavailableError
from pcsync.kinds.attaching import ATTACHING
from pcsync.manifests.load import context, load_file
from pcsync.manifests.project import Project
from pcsync.rules.catalog import Extract
from pcsync.rules.stac.schemas import packaged

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}")
MOST = 200  # schemas in one run
DRAFTS = re.compile(r"https?://json-schema\.org/(draft-0[4-7]|draft/20(19-09|20-12))/schema#?")
META = "json-schema.org"  # its schemas are part of every validator
Get = Callable[[str], Any]
"""The decoded JSON at a URL. Raises SchemaUnavailableError."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one schema: ``got``, ``had`` (at hand already) or ``missing``, and why."""

    url: str
    outcome: str
    failure: SchemaUnavailableError | None = None


def named(project: Project, environ: Mapping[str, str]) -> list[str]:
    """The URLs of the extensions that the collections of any target name, sorted."""
    found = set()
    for target in project.targets.values():
        setting = context(project, replace(target, problems=()), environ, ATTACHING)
        for path in project.files():
            found |= {url for document in load_file(path, setting).documents for url in Extract.of(document).extensions}
    return sorted({bare(url) for url in found if "://" in url})


def bare(url: str) -> str:
    """A URL without its fragment; a reference by http means the same file as one by https."""
    url = urldefrag(url).url
    return "https://" + url.removeprefix("http://") if url.startswith("http://") else url


def fetch(urls: Iterable[str], folder: Path, get: Get, *, refresh: bool = False) -> Iterator[Fetched]:
    """Each of the schemas and all that they refer to; those that are in the folder are asked for again only to ``refresh`` them."""
    waiting = [*urls]
    seen: set[str] = set()
    while waiting and len(seen) < MOST:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        try:
            schema, outcome = _one(url, folder, get, refresh=refresh)
        except SchemaUnavailableError as failure:
            yield Fetched(url, "missing", failure)
        else:
            waiting += [it for it in references(schema, url) if it not in seen]
            yield Fetched(url, outcome)
    for url in dict.fromkeys(waiting) if len(seen) >= MOST else ():
        yield Fetched(url, "missing", SchemaUnavailableError(f"more than {MOST} schemas", where=url, fix="name fewer extensions"))


def _one(url: str, folder: Path, get: Get, *, refresh: bool) -> tuple[Any, str]:
    kept = SchemaFolder(folder)(url)
    if kept is not None and not refresh:
        return kept, "had"
    schema = get(url)
    require_schema(schema, url)
    path = place(url, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, orjson.dumps(schema, option=orjson.OPT_INDENT_2))
    return schema, "got"


def place(url: str, folder: Path) -> Path:
    """Where validate looks for the schema of a URL. Raises SchemaUnavailableError for one that cannot be a file's name."""
    parts = urlsplit(url)
    names = [parts.netloc.replace(":", "."), *(it for it in parts.path.split("/") if it)]
    if len(names) < 2 or parts.query or not all(map(NAME.fullmatch, names)):
        raise SchemaUnavailableError("this URL cannot be the name of a file", where=url, fix="name the schema by its plain URL")
    return folder.joinpath(parts.netloc, *names[1:])


def require_schema(schema: Any, url: str) -> None:
    """Raises SchemaUnavailableError for what is no JSON Schema of a draft that everybody knows."""
    draft = schema.get("$schema", "https://json-schema.org/draft/2020-12/schema") if isinstance(schema, dict) else None
    known = isinstance(draft, str) and DRAFTS.fullmatch(draft)  # of another one the validator would look for the network
    try:
        valid = bool(known) and jsonschema_rs.meta.is_valid(schema)
    except (ValueError, TypeError, RecursionError, jsonschema_rs.ReferencingError):
        valid = False
    if not valid:
        raise SchemaUnavailableError("what came is no JSON Schema", where=url, fix="what is in the store already stays as it is")


def references(schema: Any, url: str) -> Iterator[str]:
    """The URLs of other schemas that a schema refers to, less those that are packaged."""
    home = schema.get("$id") if isinstance(schema, dict) else None
    home = urljoin(url, home) if isinstance(home, str) else url
    found = {bare(urljoin(home, ref)) for ref in _refs(schema)}
    yield from sorted(it for it in found if it not in (bare(url), bare(home)) and packaged(it) is None and urlsplit(it).netloc != META)


def _refs(value: Any) -> Iterator[str]:
    level = [value]
    while level:
        here = level.pop()
        if isinstance(here, dict):
            if isinstance(here.get("$ref"), str):
                yield here["$ref"]
            level += here.values()
        elif isinstance(here, list):
            level += here
