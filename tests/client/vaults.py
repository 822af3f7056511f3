"""An Azure Key Vault as far as reading secrets goes, behind the network edge of the real client: what its transport would carry."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter

LOGIN = "https://login.microsoftonline.com/99999999-2222-3333-4444-555555555555"
TOKEN = "t0ken-of-entra"


class Credential:
    """Gives one token, and remembers the scopes it was asked for."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.scopes += scopes
        return AccessToken(TOKEN, int(time.time()) + 3600)


@dataclass
class Vault(BaseAdapter):
    """Secrets by name and version ("" is the latest). Asked without a token it answers 401 with a challenge, as the service does.

    ``status`` is what an authorised request is answered instead (an error quotes the request, as servers do); ``resource`` what the
    challenge names.
    """

    secrets: Mapping[tuple[str, str], str]
    status: int = 200
    resource: str = "https://vault.azure.net"
    asked: list[str] = field(default_factory=list)

    def send(self, request: PreparedRequest, **_: Any) -> Response:  # type: ignore[override]  # what this vault has no use for
        url = urlsplit(request.url or "")
        self.asked.append(f"{request.method} {url.hostname}{url.path}{' with a token' if 'Authorization' in request.headers else ''}")
        if "Authorization" not in request.headers:
            challenge = f'Bearer authorization="{LOGIN}", resource="{self.resource}"'
            return _response(request, 401, {"error": {"code": "Unauthorized"}}, {"WWW-Authenticate": challenge})
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        name, _, version = url.path.removeprefix("/secrets/").partition("/")
        value = self.secrets.get((name, version.rstrip("/")))
        if self.status != 200:
            message = f"Caller is not authorized; {request.headers['Authorization']}; {value}"
            return _response(request, self.status, {"error": {"code": "Forbidden", "message": message}})
        if value is None:
            return _response(request, 404, {"error": {"code": "SecretNotFound", "message": f"{name} was not found"}})
        identity = f"https://{url.hostname}/secrets/{name}/{version or 'f' * 32}"
        return _response(request, 200, {"value": value, "id": identity, "attributes": {"enabled": True}})

    def close(self) -> None:
        """Nothing is open."""

    def transport(self) -> RequestsTransport:
        """The client's own transport, whose connections end here."""
        session = Session()
        session.mount("https://", self)
        return RequestsTransport(session=session, session_owner=False)


def _response(request: PreparedRequest, status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    response = Response()
    response.status_code, response.request, response.url = status, request, request.url or ""
    response.headers.update({"Content-Type": "application/json", **(headers or {})})
    response.raw = io.BytesIO(json.dumps(body).encode())
    return response
