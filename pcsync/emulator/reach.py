"""Reading what an ingestion points at: files below allowed folders, the loopback, allow-listed hosts, mounted URLs.

Everything else is refused before anything is opened; redirects are followed only to what would be allowed itself.
"""

import ipaddress
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from .jsonb import loads
from .settings import Settings

DOCUMENT_LIMIT = 50_000_000
"""Bytes of one catalog, collection or item file."""
TIMEOUT = 30.0
CODES = {401: "IngestionAuthenticationFailed", 403: "IngestionResourceForbidden", 404: "IngestionResourceUriNotFound"}


class UnreachableError(Exception):
    """Something to ingest cannot be read; `code` is one of the service's (geocatalog-api 1.4)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def may_read(settings: Settings, url: str) -> bool:
    """Whether reading it would be tried at all."""
    try:
        local = url.startswith("file:") or bool(settings.mounts)
        return (local and local_path(settings, url) is not None) or _is_open_host(settings, url)
    except UnreachableError:
        return False


def local_path(settings: Settings, url: str) -> Path | None:
    """The file behind a URL that is mounted or `file:`; None for other URLs. Raises UnreachableError outside of the folders."""
    plain = url.partition("?")[0].partition("#")[0]
    for prefix, folder in settings.mounts.items():
        if plain == prefix or plain.startswith(prefix.rstrip("/") + "/"):
            return _below(Path(folder), unquote(plain[len(prefix.rstrip("/")) :]).lstrip("/"), url)
    if urlsplit(plain).scheme != "file":
        return None
    path = Path(unquote(urlsplit(plain).path))
    for folder in settings.read_folders:
        if _is_below(Path(folder), path):
            return path
    raise _forbidden(url, "it is not below a folder that may be read")


@contextmanager
def opened(settings: Settings, url: str) -> Iterator[BinaryIO]:
    """The bytes behind a URL. Raises UnreachableError."""
    try:
        path = local_path(settings, url)
        if path is None and not _is_open_host(settings, url):
            raise _forbidden(url, "its host is not one that may be read")
        with path.open("rb") if path is not None else _requested(settings, url) as stream:
            yield stream
    except urllib.error.HTTPError as refused:
        with refused:
            code = CODES.get(refused.code, "GenericHttpIngestionError")
            raise UnreachableError(code, f"{_shown(url)} answered {refused.code}") from refused
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as missing:
        raise UnreachableError("IngestionResourceUriNotFound", f"{_shown(url)} was not found") from missing
    except TimeoutError as late:
        raise UnreachableError("IngestionResourceTimeout", f"{_shown(url)} did not answer in {TIMEOUT:g} s") from late
    except (OSError, ValueError) as broken:
        raise UnreachableError("IngestionResourceConnectionFailed", f"{_shown(url)} cannot be read: {type(broken).__name__}") from broken


def read_json(settings: Settings, url: str) -> Any:
    """Raises UnreachableError, also for what is no JSON (InvalidStacCatalog)."""
    with opened(settings, url) as stream:
        content = stream.read(DOCUMENT_LIMIT)
    try:
        return loads(content)
    except (ValueError, RecursionError) as broken:
        raise UnreachableError("InvalidStacCatalog", f"{_shown(url)} is no JSON") from broken


def _requested(settings: Settings, url: str) -> Any:
    opener = urllib.request.build_opener(_CheckedRedirects(settings))
    return opener.open(url, timeout=TIMEOUT)


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if not _is_open_host(self._settings, newurl):
            raise _forbidden(newurl, "a redirect leads to a host that may not be read")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _is_open_host(settings: Settings, url: str) -> bool:
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in ("http", "https"):
        return False
    host = _host(rest.partition("/")[0])
    return host == "localhost" or _is_loopback(host) or host in {name.lower() for name in settings.read_hosts}


@lru_cache(maxsize=1_024)
def _host(authority: str) -> str:
    """The host of `user@host:port?query`, as urllib will read it; empty when there is none."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").lower()
    except ValueError:
        return ""


@lru_cache(maxsize=1_024)
def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _below(folder: Path, rest: str, url: str) -> Path:
    path = folder / rest
    if not _is_below(folder, path):
        raise _forbidden(url, "it leaves the mounted folder")
    return path


def _is_below(folder: Path, path: Path) -> bool:
    """With links followed, so that none leads out."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def _forbidden(url: str, why: str) -> UnreachableError:
    return UnreachableError("IngestionResourceForbidden", f"{_shown(url)} may not be read by this emulator: {why}")


def _shown(url: str) -> str:
    """Without its query, which may hold a token."""
    return url.partition("?")[0][:300]
