"""What of one document rules look at: the manifest as written, a collection, its STAC document, an ingestion source."""

from pcsync.rules.collection import Collection
from pcsync.rules.manifest import Manifest
from pcsync.rules.service.source import Source
from pcsync.rules.stac.stac import Stac

__all__ = ["Collection", "Manifest", "Source", "Stac"]
