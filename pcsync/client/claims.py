"""What a bearer token says of itself, as far as a support person may see it. It is read, never verified: that is the catalog's."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson

AUDIENCES = ("https://geocatalog.spatio.azure.com",)


@dataclass(frozen=True, slots=True)
class Claims:
    """For whom a token is and until when (seconds since 1970); ids only, no name of a person."""

    tenant: str = ""
    application: str = ""
    identity: str = ""
    audience: str = ""
    expires: float = 0.0

    @property
    def for_catalogs(self) -> bool:
        """Its audience is the GeoCatalog service, by URL; an application id says nothing to us."""
        return not self.audience.startswith("https://") or self.audience.rstrip("/") in AUDIENCES


def claims(header: str) -> Claims | None:
    """The claims of an Authorization header; None where the token is opaque."""
    parts = header.removeprefix("Bearer ").split(".")
    if len(parts) != 3:
        return None
    try:
        body = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        ids = [_text(body, name) for name in ("tid", "appid", "oid", "aud")]
        return Claims(ids[0], ids[1], ids[2], ids[3], float(body.get("exp") or 0))
    except (binascii.Error, ValueError, TypeError, AttributeError):
        return None


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name) or (body.get("azp") if name == "appid" else "") or ""
    return str(value)[:200]
