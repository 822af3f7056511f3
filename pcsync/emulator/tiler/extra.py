"""Whether the extra `tiles` is installed, and its import, which takes a second that no other request should wait for."""

import threading
from functools import cache
from importlib import import_module
from importlib.util import find_spec

HINT = "Install the extra: pip install 'pcsync[emulator,tiles]'"
_imported = threading.Event()


class NotImportedError(Exception):
    """The libraries are installed but not imported yet: call load() in a thread, then ask again."""


@cache
def installed() -> bool:
    """Looks for rio-tiler without importing it, which takes a second."""
    return find_spec("rio_tiler") is not None and find_spec("rasterio") is not None


def need_imported() -> None:
    """Raises NotImportedError; while one thread imports, another that imports too would wait for it."""
    if not _imported.is_set():
        raise NotImportedError


def load() -> None:
    """Imports what pixels need."""
    import_module(f"{__package__}.pixels.handlers")
    _imported.set()
