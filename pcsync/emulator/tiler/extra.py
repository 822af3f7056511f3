"""Whether the extra `tiles` is installed."""

from functools import cache
from importlib.util import find_spec

HINT = "Install the extra: pip install 'pcsync[emulator,tiles]'"


@cache
def installed() -> bool:
    """Looks for rio-tiler without importing it, which takes a second."""
    return find_spec("rio_tiler") is not None and find_spec("rasterio") is not None
