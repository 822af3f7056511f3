"""The versions of STAC extensions that the service writes in place of older ones.

Recorded: eo and projection of version 1.0.0 come back as 1.1.0 (geocatalog-api 2.13, emulator-notes 5); no other is known.
"""

import re
from typing import Any

KNOWN = re.compile(r"(https://stac-extensions\.github\.io/(?:eo|projection)/)v1\.0\.0(/schema\.json)")


def upgraded(extensions: Any) -> Any:
    """The list with known extensions in their newer version; anything that is no list of texts as it is."""
    if not isinstance(extensions, list):
        return extensions
    return [KNOWN.sub(r"\1v1.1.0\2", entry) if isinstance(entry, str) else entry for entry in extensions]
