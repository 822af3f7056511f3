"""What may stand as the endpoint of a target."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pcsync.manifests.paths import PathError, inside

EMULATOR = "emulator:"


class EndpointError(ValueError):
    """An endpoint that pcsync does not talk to, and what to write instead."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def endpoint(text: str, root: Path) -> str:
    """The endpoint without a trailing slash. Raises EndpointError.

    https anywhere; http on this machine only, since tokens travel with every request; ``emulator:PATH`` inside the project.
    """
    if text.startswith(EMULATOR):
        return EMULATOR + _database(text.removeprefix(EMULATOR), root)
    parts = _split(text)
    if parts.query or parts.fragment or parts.username or parts.path not in ("", "/"):
        raise EndpointError(f"{text!r} has more than a scheme and a host", f"write {parts.scheme}://{parts.hostname}")
    if parts.scheme == "http" and not loopback(parts.hostname or ""):
        raise EndpointError(f"{text!r} is not encrypted, and access tokens would travel through it", f"write https://{parts.netloc}")
    return text.rstrip("/")


def _split(text: str):  # type: ignore[no-untyped-def]  # SplitResult's own type is generic and says less
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        fix = "write https://NAME.HASH.REGION.geocatalog.spatio.azure.com, or emulator:.pcsync/local.sqlite"
        raise EndpointError(f"{text!r} is no endpoint", fix)
    return parts


def loopback(host: str) -> bool:
    """The host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address  # 5 ms that https endpoints need not pay

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _database(path: str, root: Path) -> str:
    if not path:
        raise EndpointError("emulator: takes the path of a file", "write emulator:.pcsync/local.sqlite")
    try:
        return inside(root, path)
    except PathError as wrong:
        raise EndpointError(wrong.what, "keep the emulator's file inside the project: emulator:.pcsync/local.sqlite") from wrong
