"""Write the packaged schemas anew: python -m tests.manifests.write_schemas (the package itself never imports the kinds here)."""

from __future__ import annotations

from pathlib import Path

import pcsync.manifests
from pcsync.kinds import KINDS
from pcsync.manifests.schema import FOLDER, write

if __name__ == "__main__":
    write(KINDS, Path(pcsync.manifests.__file__).parent / FOLDER)
