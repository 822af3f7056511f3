"""Assets of the collection itself, such as its thumbnail (dossier 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff, carried
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live, Upload
from pcsync.core.source import Document, step
from pcsync.kinds._shapes import child_reads, collection_path, collection_read, graded, ignored, section, segment
from pcsync.kinds.attaching import AssetFile

if TYPE_CHECKING:
    from mimetypes import MimeTypes

SENT = ("key", "type", "roles", "title", "description")
RISKS = {"title": Risk.COSMETIC, "description": Risk.COSMETIC, "roles": Risk.COSMETIC}
MEDIA_TYPES = {".webp": "image/webp", ".md": "text/markdown", ".geojson": "application/geo+json"}
"""What Python's own tables of 3.11 lack."""
UNKNOWN_TYPE = "application/octet-stream"


class AssetKind(AssetFile):
    """Read out of the collection document, written by its own multipart calls; the bytes cannot be read back.

    The file is sent as ``<key><suffix>``: whether the service keeps the name it is sent or makes one of the key is not known (the
    recordings fit both), and this name is the same either way. Compared is the suffix, so that a file somebody uploaded under
    another name is not replaced for its name alone.
    """

    name = "asset"
    manifest = COLLECTION_MANIFEST
    section = "assets"
    after: tuple[str, ...] = ("tile-settings", "mosaic", "render-option")
    needs: tuple[str, ...] = ("collection",)
    partial = True

    def model(self) -> Any:
        """Assets by key."""
        from pcsync.kinds.models.asset import Asset, Name

        return dict[Name, Asset]

    def declare(self, document: Document) -> Iterator[Desired]:
        """One resource for each asset, with its upload where the file was found."""
        for key, asset in (section(document, self.section) or {}).items():
            pointer = f"/assets{step(key)}"
            upload = _upload(document.facts.get(f"{pointer}/file"), key + PurePosixPath(asset["file"]).suffix)
            yield Desired(
                Key(self.name, document.id, key),
                {"type": media_type(asset["file"]), **_described(asset), "key": key, "file": asset["file"]},
                document.origin.at(pointer),
                ignored(document, pointer, ("type", "roles", "title", "description", "file")),
                upload=upload,
                unreadable={"sha256": upload.sha256} if upload else None,
            )

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The collection itself."""
        return child_reads(scope, bodies, collection_read)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The assets of the collection document."""
        for key, asset in ((bodies.get(collection_read(scope)) or {}).get("assets") or {}).items():
            yield Live(Key(self.name, scope, key), {**asset, "key": key}, f"{assets_path(scope)}/{segment(key)}")

    def normalise(self, body: Body) -> Body:
        """Media type, texts and roles, and of the file its suffix: host, container and time of a href say nothing."""
        form = {name: body[name] for name in SENT if body.get(name) not in (None, [])}
        return form | {"file": "*" + PurePosixPath(_filename(body)).suffix.lower()}

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """Multipart POST, multipart PUT with what the manifest does not set echoed, DELETE."""
        if desired is None:
            return [Call("DELETE", live.path)] if live else []
        if live is None:
            new = {"title": desired.key.name, "roles": [], **_fields(desired.body)}  # the model requires both
            return [_multipart("POST", assets_path(desired.key.collection), new, desired.upload)]
        merged = carried({**live.body, **desired.body}, live.body, desired.ignore)
        return [_multipart("PUT", live.path, _fields(merged), desired.upload)]

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """Another picture; texts are cosmetic."""
        return graded(action, fields, create=Risk.VISUAL, table=RISKS, other=Risk.VISUAL)

    def export(self, lives: Sequence[Live]) -> Any:
        """The assets by key; ``file`` is the name to save the bytes of the href under."""
        return {live.key.name: {"file": _filename(live.body), **_described(live.body)} for live in lives}


def media_type(filename: str) -> str:
    """The media type a file's suffix tells."""
    return _tables().guess_type(filename)[0] or UNKNOWN_TYPE


@cache
def _tables() -> MimeTypes:
    """The tables of Python itself, so that a plan is the same on every machine; made when the first file is met, for they are long."""
    from mimetypes import MimeTypes

    tables = MimeTypes(filenames=())
    for suffix, type in MEDIA_TYPES.items():
        tables.add_type(type, suffix)
    return tables


def assets_path(collection: str) -> str:
    """``/stac/collections/{id}/assets``."""
    return f"{collection_path(collection)}/assets"


def _described(asset: Body) -> dict[str, Any]:
    return {name: asset[name] for name in SENT if name != "key" and name in asset and not (name == "type" and asset[name] is None)}


def _fields(body: Body) -> dict[str, Any]:
    return {name: body[name] for name in SENT if body.get(name) is not None}


def _filename(body: Body) -> str:
    return str(body["file"]) if "file" in body else unquote(PurePosixPath(urlsplit(body.get("href") or "").path).name)


def _upload(facts: Mapping[str, Any] | None, filename: str) -> Upload | None:
    return Upload(facts["path"], filename, facts["sha256"]) if facts and "sha256" in facts else None


def _multipart(method: str, path: str, fields: Mapping[str, Any], upload: Upload | None) -> Call:
    return Call(method, path, fields, "multipart/form-data", upload)


KIND: Kind = AssetKind()
