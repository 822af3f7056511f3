"""Request bodies: read within limits, decoded, or refused in words."""

from collections.abc import AsyncGenerator
from enum import Enum
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect, Request

from .errors import Invalid, TooLarge, WrongMediaType
from .jsonb import NotJsonError, loads
from .world import Upload

JSON_LIMIT = 10_000_000
"""Bytes; 413 RequestTooLarge is known for GeoStats bodies of this size (geocatalog-api 1.3)."""
UPLOAD_LIMIT = 30_000_000
"""Bytes of a collection asset; a guess."""


class Body(Enum):
    """What a route takes."""

    NONE = "none"
    JSON = "json"
    MERGE_PATCH = "merge patch"
    MULTIPART = "multipart"


MEDIA_TYPES = {
    Body.JSON: ("application/json",),
    Body.MERGE_PATCH: ("application/merge-patch+json", "application/json"),
    Body.MULTIPART: ("multipart/form-data",),
}


async def read(request: Request, body: Body) -> Any:
    """Decoded JSON, an Upload, or None. Raises TooLarge, WrongMediaType, Invalid."""
    if body is Body.NONE:
        return None
    _check_media_type(request, body)
    content = await _within(request, UPLOAD_LIMIT if body is Body.MULTIPART else JSON_LIMIT)
    if body is Body.MULTIPART:
        return await _upload(request, content)
    try:
        return loads(content)
    except NotJsonError as broken:
        raise Invalid(f"The body is not JSON: {broken}") from broken


def _check_media_type(request: Request, body: Body) -> None:
    """Nothing is unpacked, so that no small body can become a large one."""
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise WrongMediaType(f"The body is sent with Content-Encoding '{packed[:80]}', which this emulator does not take: send it plain")
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in MEDIA_TYPES[body]:
        raise WrongMediaType(f"The body must be {' or '.join(MEDIA_TYPES[body])}, not '{sent[:80]}'")


async def _within(request: Request, limit: int) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and declared.isascii() and len(declared) < 20 and int(declared) >= limit:
        raise TooLarge(f"The body must be smaller than {limit} bytes")
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size >= limit:
                raise TooLarge(f"The body must be smaller than {limit} bytes")
            chunks.append(chunk)
    except ClientDisconnect as gone:
        raise Invalid("The body ended early") from gone
    return b"".join(chunks)


async def _upload(request: Request, content: bytes) -> Upload:
    form = await _form(request, content)
    try:
        return await _parts(form)
    finally:
        await form.close()


async def _parts(form: FormData) -> Upload:
    file, text = form.get("file"), form.get("data")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Invalid("The part 'file' must be a file with a filename")
    if text is None:
        raise Invalid("The part 'data' must be a JSON string")
    sent = await text.read() if isinstance(text, UploadFile) else text.encode("utf-8", "replace")
    try:
        return Upload(loads(sent), file.filename, await file.read())
    except NotJsonError as broken:
        raise Invalid(f"The part 'data' is not JSON: {broken}") from broken


async def _form(request: Request, content: bytes) -> FormData:
    """The parts of a multipart body. The parser is imported here: only two routes need it."""
    from python_multipart.exceptions import FormParserError
    from starlette.formparsers import MultiPartException, MultiPartParser

    async def once() -> AsyncGenerator[bytes]:
        yield content
        yield b""

    try:
        return await MultiPartParser(request.headers, once(), max_files=10, max_fields=10, max_part_size=JSON_LIMIT).parse()
    except (MultiPartException, FormParserError, KeyError, LookupError, UnicodeDecodeError) as broken:
        raise Invalid(f"The multipart body cannot be read: {broken}") from broken
