"""A call as the request that goes out: the file and the secrets that no plan holds join it here, and only here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pcsync.client.endpoint import Endpoint
from pcsync.client.wire import Request
from pcsync.core.errors import StaleError, UsageError
from pcsync.core.resource import Call, Upload
from pcsync.core.source import steps

Resolve = Callable[[str], str]
"""From a secret's reference (``env:IMAGERY_SAS``) to its value. Raises PcsyncError."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request and the values in it that no message may show."""

    request: Request
    hidden: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Outgoing({self.request.where})"


def unresolved(reference: str) -> str:
    """The resolver of a catalog that was given none."""
    raise UsageError(f"the secret {reference} cannot be looked up here")


def outgoing(call: Call, endpoint: Endpoint, headers: dict[str, str], resolve: Resolve, folder: Path = Path()) -> Outgoing:
    """The request of a call; files to upload lie below ``folder``. Raises StaleError when one is not the planned one."""
    values = [(pointer, resolve(reference)) for pointer, reference in call.secrets]
    body = filled(call.json, values)
    content, content_type = _upload(call.upload, body, folder) if call.upload else _json(call, body)
    typed = {**headers, "content-type": content_type} if content_type else headers
    request = Request(call.method, endpoint.at(call.path), str(call), typed, content)
    return Outgoing(request, tuple(value for _, value in values))


def filled(body: Any, values: Sequence[tuple[str, str]]) -> Any:
    """The body with each value at its JSON pointer; the body given stays as it is."""
    for pointer, value in values:
        body = _placed(body, list(steps(pointer)), value)
    return body


def _placed(body: Any, path: list[str], value: str) -> Any:
    if not path:
        return value
    if isinstance(body, list):
        return [_placed(member, path[1:], value) if str(index) == path[0] else member for index, member in enumerate(body)]
    members = body or {}
    return {**members, path[0]: _placed(members.get(path[0]), path[1:], value)}


def _json(call: Call, body: Any) -> tuple[bytes, str]:
    return (b"", "") if body is None else (orjson.dumps(body), call.content_type)


def _upload(upload: Upload, body: Any, folder: Path) -> tuple[bytes, str]:
    """Multipart: the ``file`` with its name, then ``data``, a JSON text without one (dossier 2.2)."""
    parts = [("file", (upload.filename, _planned(upload, folder))), ("data", (None, orjson.dumps(body)))]
    import httpx  # for the few calls that carry a file

    form = httpx.Request("POST", "http://form", files=parts)
    return form.read(), form.headers["content-type"]


def _planned(upload: Upload, folder: Path) -> bytes:
    path = (folder / upload.path).resolve()
    if not path.is_relative_to(folder.resolve()):  # a plan that was made by hand to send other files of this machine
        raise StaleError("the file is outside the project", where=upload.path, fix="plan again")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StaleError(f"the file cannot be read any more: {error.strerror}", where=upload.path, fix="plan again") from None
    if hashlib.sha256(content).hexdigest() != upload.sha256.lower():
        raise StaleError("the file is not the one that was planned", where=upload.path, fix="plan again")
    return content
