"""The installation: versions, extras, and which settings come from the environment."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec

from pcsync import __version__
from pcsync.core.symptom import Symptom, ok, warning

TOPIC = "machine"
EXTRAS = {
    "emulator": (("starlette", "uvicorn", "python_multipart"), "emulator: targets and pcsync emulate"),
    "tiles": (("rio_tiler",), "real pixels in the emulator"),
    "spatial": (("shapely",), "s_within and the like in the emulator's searches"),
    "keyvault": (("azure.keyvault.secrets",), "secrets out of Azure Key Vault"),
}
"""An extra's modules, and what it is for."""
SETTING = ("PCSYNC_", "AZURE_")
SETTINGS = frozenset(
    {
        *("PLANETARYCOMPUTER_ENDPOINT", "GEOCATALOG_URI", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "no_proxy", "all_proxy"),
    }
)


def machine(environment: Mapping[str, str]) -> Iterator[Symptom]:
    """What pcsync runs on."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    yield ok(TOPIC, "pcsync", f"{__version__}, Python {platform.python_version()} ({sys.executable}), {system}")
    for extra, (_, purpose) in EXTRAS.items():
        there = "installed" if installed(extra) else f"not installed; it is for {purpose}: pip install 'pcsync[{extra}]'"
        yield ok(TOPIC, f"extra {extra}", there)
    names = sorted(name for name in environment if name in SETTINGS or name.startswith(SETTING))
    if names:
        yield ok(TOPIC, "environment", f"these are set and count: {', '.join(names)}")
    if sys.getfilesystemencoding().lower() not in ("utf-8", "utf8"):
        yield warning(TOPIC, "encoding", f"file names are in {sys.getfilesystemencoding()}", "set PYTHONUTF8=1")


def installed(extra: str) -> bool:
    """All modules of an extra are there."""
    return all(_there(module) for module in EXTRAS[extra][0])


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a package above it is missing
        return False
