"""`/blob`: managed storage over HTTP, as Azure Blob Storage answers: signed reads only, ranges, errors in XML.

Not one of the service's own routes: it stands for the storage account behind it.
"""

import re
from email.utils import formatdate
from html import escape
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from .clock import TICKS_PER_SECOND
from .dispatch import SLASH
from .settle import settle_all
from .state import blobs, sas
from .state.blobs import Blob
from .state.documents import quoted
from .world import World

RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?", re.ASCII)


class StorageError(Exception):
    """A refusal of the storage account."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


NO_PUBLIC_ACCESS = StorageError(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")
NOT_AUTHENTICATED = StorageError(403, "AuthenticationFailed", "Server failed to authenticate the request: the signature does not hold.")
NOT_FOUND = StorageError(404, "BlobNotFound", "The specified blob does not exist.")
BAD_RANGE = StorageError(416, "InvalidRange", "The range specified is invalid for the current size of the resource.")


def routes(world: World) -> list[Route]:
    """The one route of the store."""

    async def blob(request: Request) -> Response:
        await settle_all(world)
        try:
            return _answer(world, request)
        except StorageError as refusal:
            return _refusal(refusal)

    return [Route("/blob/{container}/{path:path}", blob, methods=["GET"])]


def _answer(world: World, request: Request) -> Response:
    container = request.path_params["container"].replace(SLASH, "/")
    path = "/".join(quoted(part.replace(SLASH, "/")) for part in request.path_params["path"].split("/"))
    if "sig" not in request.query_params:
        raise NO_PUBLIC_ACCESS
    with world.store.read() as db:
        if not sas.allows_reading(db, world, container, request.query_params):
            raise NOT_AUTHENTICATED
        found = blobs.find(db, container, path)
    if found is None:
        raise NOT_FOUND
    return _sent(world, found, request.headers.get("x-ms-range") or request.headers.get("range"))


def _sent(world: World, blob: Blob, wanted: str | None) -> Response:
    """Bytes at hand, or the way to a source that was not copied."""
    kind = blob.media_type if blob.media_type.isascii() and blob.media_type.isprintable() and "/" in blob.media_type else blobs.DEFAULT_TYPE
    headers = {"content-type": kind, "accept-ranges": "bytes", "last-modified": _http_date(blob.stored), "x-ms-blob-type": "BlockBlob"}
    if blob.content is not None:
        return _ranged(blob.content, wanted, headers)
    file = blobs.file_of(world, blob)
    if file is not None and file.is_file():
        return FileResponse(file, headers=headers)
    if blob.source and urlsplit(blob.source).scheme in ("http", "https"):
        return RedirectResponse(blob.source, 307)
    raise NOT_FOUND


def _ranged(content: bytes, wanted: str | None, headers: dict[str, str]) -> Response:
    span = _span(wanted, len(content))
    if span is None:
        return Response(content, 200, headers)
    start, end = span
    return Response(content[start:end], 206, {**headers, "content-range": f"bytes {start}-{end - 1}/{len(content)}"})


def _span(wanted: str | None, size: int) -> tuple[int, int] | None:
    """(start, end) of one range; None when there is none that can be read, as HTTP has it."""
    found = RANGE.fullmatch(wanted or "")
    if found is None or not (found[1] or found[2]):
        return None
    if found[1] is None:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    if start >= end:
        raise BAD_RANGE
    return start, end


def _refusal(refusal: StorageError) -> Response:
    text = f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message>"
    body = f'<?xml version="1.0" encoding="utf-8"?><Error>{text}</Error>'
    return Response(body, refusal.status, {"x-ms-error-code": refusal.code, "content-type": "application/xml"})


def _http_date(ticks: int) -> str:
    return formatdate(ticks / TICKS_PER_SECOND, usegmt=True)
