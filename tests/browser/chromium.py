"""Which browser tests drive: the one of the system, for a browser that a package downloads cannot be had everywhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
REQUIRED = "PCSYNC_BROWSER_REQUIRED"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL drawn by the processor: the emulator's map needs it
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found(environment: Mapping[str, str] = os.environ) -> str | None:
    """The path of a Chromium: the one CHROMIUM names, else the first on the path; None where there is none."""
    return environment.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def required(environment: Mapping[str, str] = os.environ) -> bool:
    """A missing browser is a failure here, not a reason to skip."""
    return environment.get(REQUIRED, "") not in ("", "0")
