"""Walking a static STAC catalog: from catalog.json along `child` and `item` links to every item, each document once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from pcsync.emulator import models
from pcsync.emulator.reach import UnreachableError, read_json
from pcsync.emulator.settings import Settings

Json = dict[str, Any]
MOST_DOCUMENTS = 1_000_000
KINDS = ("Catalog", "Collection")


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that cannot be ingested, and why."""

    url: str
    code: str
    message: str


def walk(settings: Settings, url: str) -> Iterator[Json | Rejected]:
    """Items with absolute hrefs, in the order of the links. Raises UnreachableError when the first document is no catalog."""
    first = _catalog(read_json(settings, url), url)
    seen = {url}
    waiting: list[tuple[str, Json]] = [(url, first)]
    while waiting:
        here, catalog = waiting.pop()
        children = []
        for rel, href in _links(catalog, here):
            if href in seen or len(seen) >= MOST_DOCUMENTS:
                continue
            seen.add(href)
            if rel == "item":
                yield _item(settings, href)
                continue
            child = _child(settings, href)
            if isinstance(child, Rejected):
                yield child
            else:
                children.append((href, child))
        waiting += reversed(children)


def validated(item: Any, url: str) -> Json | Rejected:
    """The item, if it is one."""
    wrong = list(models.ITEM(item, "item"))
    return Rejected(url, "StacValidationFailed", "; ".join(wrong[:5])) if wrong else item


def _links(catalog: Json, here: str) -> Iterator[tuple[str, str]]:
    """(rel, absolute href) of what lies below."""
    links = catalog.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") in ("item", "child") and isinstance(link.get("href"), str):
            yield link["rel"], _absolute(here, link["href"])


def _catalog(value: Any, url: str) -> Json:
    if not isinstance(value, dict) or value.get("type") not in KINDS:
        raise UnreachableError("InvalidStacCatalog", f"{url.partition('?')[0][:300]} is neither a STAC Catalog nor a Collection")
    return value


def _child(settings: Settings, url: str) -> Json | Rejected:
    try:
        return _catalog(read_json(settings, url), url)
    except UnreachableError as missing:
        return Rejected(url, missing.code, missing.message)


def _item(settings: Settings, url: str) -> Json | Rejected:
    try:
        item = validated(read_json(settings, url), url)
    except UnreachableError as missing:
        return Rejected(url, missing.code, missing.message)
    return item if isinstance(item, Rejected) else with_absolute_hrefs(item, url)


def with_absolute_hrefs(item: Json, url: str) -> Json:
    """The item with the hrefs of its assets made absolute."""
    assets = {key: _located(asset, url) for key, asset in item["assets"].items()}
    return {**item, "assets": assets}


def _located(asset: Json, url: str) -> Json:
    href = asset.get("href")
    return {**asset, "href": _absolute(url, href)} if isinstance(href, str) else asset


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href
