"""What the service refuses, and how each back end says it: one table from exception to status, code and body.

Two body shapes (geocatalog-api 1.3): the writer answers RFC 9110 problem details, everything else
`{"error": {"code", "message"}}` with the header `x-ms-error-code`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Backend(Enum):
    """Which of the services behind the one host answers a route (geocatalog-api 1.3)."""

    WRITER = "writer"
    READER = "reader"
    CONFIGURATION = "configuration"
    TILER = "tiler"


class Refusal(Exception):  # noqa: N818 - a refusal is no error of ours; the subclasses are its reasons
    """A request that the service does not carry out; the subclass is the reason."""

    def __init__(self, message: str, *, code: str | None = None, headers: Mapping[str, str] = NO_HEADERS) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.headers = headers


class ApiVersionMissing(Refusal):
    pass


class ApiVersionUnsupported(Refusal):
    pass


class Invalid(Refusal):
    pass


class Unauthenticated(Refusal):
    pass


class Forbidden(Refusal):
    pass


class Missing(Refusal):
    pass


class MethodNotAllowed(Refusal):
    pass


class Conflict(Refusal):
    pass


class ConfigurationChanged(Conflict):
    pass


class TooLarge(Refusal):
    pass


class WrongMediaType(Refusal):
    pass


class AssetGone(Refusal):
    """The tiler cannot read the bytes behind an asset."""


class NotServed(Refusal):
    """A route of the service that this emulator does not serve (yet)."""


class Busy(Refusal):
    """Another process holds the database file for longer than a request waits."""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    status: int
    code: str
    evidence: str


TABLE: Mapping[type[Refusal], ErrorRow] = MappingProxyType(
    {
        ApiVersionMissing: ErrorRow(400, "ApiVersionUnspecified", "1.1 emulator default"),
        ApiVersionUnsupported: ErrorRow(400, "UnsupportedApiVersionValue", "1.1 emulator default"),
        Invalid: ErrorRow(400, "ValidationError", "1.3 [P]"),
        Unauthenticated: ErrorRow(401, "Unauthorized", "1.1 [S], body unknown"),
        Forbidden: ErrorRow(403, "AuthorizationFailed", "1.1 [D], body unknown"),
        Missing: ErrorRow(404, "ResourceNotFound", "1.3 [R]"),
        MethodNotAllowed: ErrorRow(405, "MethodNotAllowed", "guess"),
        Conflict: ErrorRow(409, "ResourceConflict", "1.3 [D][S], code unknown"),
        ConfigurationChanged: ErrorRow(409, "CollectionConfigChanged", "1.3 [P]"),
        TooLarge: ErrorRow(413, "RequestTooLarge", "1.3 [P]"),
        WrongMediaType: ErrorRow(415, "UnsupportedMediaType", "guess"),
        AssetGone: ErrorRow(424, "ServerError", "emulator-notes 5, recorded for a point of a collection"),
        NotServed: ErrorRow(501, "NotImplemented", "emulator only"),
        Busy: ErrorRow(503, "ServiceUnavailable", "emulator only"),
    }
)

RFC_9110_SECTIONS: Mapping[int, str] = MappingProxyType(
    {
        400: "15.5.1",
        401: "15.5.2",
        403: "15.5.4",
        404: "15.5.5",
        405: "15.5.6",
        409: "15.5.10",
        413: "15.5.14",
        415: "15.5.16",
        422: "15.5.21",
        500: "15.6.1",
        501: "15.6.2",
        503: "15.6.4",
    }
)


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """One refusal as a back end writes it."""

    status: int
    media_type: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def describe(refusal: Refusal, backend: Backend, trace: str, invalid_status: int) -> ErrorBody:
    """Status, media type and body of a refusal; `invalid_status` is what a body that fails validation gets."""
    row = TABLE[type(refusal)]
    status = invalid_status if isinstance(refusal, Invalid) else row.status
    return plain(status, refusal.code or row.code, refusal.message, backend, trace, refusal.headers)


def plain(status: int, code: str, message: str, backend: Backend, trace: str, headers: Mapping[str, str] = NO_HEADERS) -> ErrorBody:
    """An error of any status and code in the shape of a back end."""
    if backend is Backend.WRITER:
        return ErrorBody(status, "application/problem+json; charset=utf-8", _problem(status, message, trace), headers)
    body = {"error": {"code": code, "message": message}}
    # the tiler's one recorded error has no such header (emulator-notes 5)
    marked = {} if backend is Backend.TILER else {"x-ms-error-code": code}
    return ErrorBody(status, "application/json", body, {**marked, **headers})


def _problem(status: int, message: str, trace: str) -> dict[str, Any]:
    """Problem details; a 404 says nothing beyond its title (collection-delete-missing), other texts are in `detail`."""
    said = {} if status == 404 else {"detail": message}
    link = f"https://tools.ietf.org/html/rfc9110#section-{RFC_9110_SECTIONS.get(status, '15')}"
    return {"type": link, "title": HTTPStatus(status).phrase, "status": status, **said, "traceId": trace}
