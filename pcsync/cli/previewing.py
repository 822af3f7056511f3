"""Previews for the commands that make them: the catalog's viewer, what manifests say about looking, and the folder of pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from errno import EACCES
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from pcsync.core.document import digest
from pcsync.core.picture import Comparison
from pcsync.core.source import Document
from pcsync.manifests.load import load_file
from pcsync.render.pictures import pictures_json
from pcsync.render.wording import count
from pcsync.seeing.preview.cache import FolderCache
from pcsync.seeing.preview.run import Limits, Preview, preview
from pcsync.seeing.preview.settings import Looking, looking

if TYPE_CHECKING:
    from pcsync.cli.desired import ManifestState
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import Wiring
    from pcsync.client.http import Catalog
    from pcsync.core.plan import Plan

CACHE = Path(".pcsync", "cache", "previews")
FOLDER = Path(".pcsync", "preview")
INDEX = "index.json"
MANIFEST = "Collection"
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
OURS = re.compile(r"[0-9]{3}-[a-z0-9-]{1,80}\.(png|jpg|webp)")
"""Names of the pictures that a preview writes, and so of those that the next one may delete."""


async def previewed(catalog: Catalog, wiring: Wiring, printer: Printer, plan: Plan, state: ManifestState | None, most: int) -> Preview:
    """The pictures of a plan. Without a ``state`` (a saved plan) the manifests are looked for by the ids of their collections."""
    cache = FolderCache(wiring.project.root / CACHE)
    found = await preview(
        plan,
        catalog.viewer(),
        looks(state.documents if state else lambda scope: in_files(wiring, scope)),
        limits=Limits(pictures=most),
        cache=cache,
        files=partial(uploaded, wiring.project.root),
        progress=printer.progress(),
    )
    cache.trim()
    return found


def uploaded(root: Path, name: str) -> bytes:
    """A file of the project that a plan would upload. Raises OSError, also for one outside of it: a plan may be made by hand."""
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise PermissionError(EACCES, "it is outside the project", name)
    return path.read_bytes()


def looks(documents: Callable[[str], Iterable[Document]]) -> Callable[[str], Looking]:
    """What the manifest of a collection says in its ``preview`` section."""

    def of(collection: str) -> Looking:
        found = (it.body.get("preview") for it in documents(collection) if it.kind == MANIFEST and it.id == collection)
        return looking(next(found, None))

    return of


def in_files(wiring: Wiring, collection: str) -> Iterator[Document]:
    """The documents of the manifests that mention a collection's id."""
    wanted = collection.encode()
    for path in wiring.project.files():
        if wanted in path.read_bytes():
            yield from (it for it in load_file(path, wiring.context).documents if it.id == collection)


def keep(wiring: Wiring, printer: Printer, folder: Path | None, plan: Plan, seen: Preview) -> None:
    """The pictures in a folder of the project, or another one, and a line that says where and at what cost."""
    index = save(folder or wiring.project.root / FOLDER, plan, seen.comparisons)
    cost = f"{seen.seconds:.1f} s, {count(seen.requests, 'request')} to the tiler, {count(seen.cached, 'picture')} from the cache"
    printer.say(f"pictures and index.json in {index.parent}: {cost}")


def save(folder: Path, plan: Plan, comparisons: Sequence[Comparison]) -> Path:
    """Every picture in a file, and the index that names them; the pictures of the index that was there before go. Its path."""
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / INDEX
    for name in _former(index):
        (folder / name).unlink(missing_ok=True)
    files: dict[int, dict[str, str]] = {}
    for number, shown in enumerate(comparisons):
        stem = f"{number + 1:03d}-{_slug(f'{shown.collection} {shown.title}')}"
        for side, content, ending in _contents(shown):
            name = files.setdefault(number, {})[side] = f"{stem}-{side}.{ending}"
            (folder / name).write_bytes(content)
    index.write_text(pictures_json(comparisons, digest(plan), files), encoding="utf-8")
    return index


def _contents(shown: Comparison) -> Iterator[tuple[str, bytes, str]]:
    for side, picture in (("before", shown.before), ("after", shown.after)):
        if picture:
            yield side, picture.content, ENDINGS[picture.media_type]
    if shown.mask:
        yield "mask", shown.mask, "png"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-") or "layer"


def _former(index: Path) -> Iterator[str]:
    """Files that the index of an earlier preview names; nothing that is not one of a preview's own names."""
    try:
        entries = orjson.loads(index.read_bytes())["comparisons"]
        named = [entry["mask"] for entry in entries]
        named += [(entry[side] or {}).get("file") for entry in entries for side in ("before", "after")]
    except (OSError, orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        return
    yield from (name for name in named if isinstance(name, str) and OURS.fullmatch(name))
