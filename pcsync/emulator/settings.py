"""How one emulated GeoCatalog behaves."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from .faults import Fault

IDENTITY_PATH = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/emulator/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
)
DEFAULT_IDENTITIES: tuple[Mapping[str, str], ...] = (
    {"objectId": "11111111-2222-3333-4444-555555555555", "resourceId": f"{IDENTITY_PATH}/imagery-reader"},
    {"objectId": "66666666-7777-8888-9999-aaaaaaaaaaaa", "resourceId": f"{IDENTITY_PATH}/archive-reader"},
)


@dataclass(frozen=True)
class Settings:
    """Settings of one emulator; the defaults answer at once and refuse nothing that the service accepts.

    lro_delay: seconds from a 202 to the end of its operation, half of them Pending, half Running.
    tombstone: seconds for which the id of a deleted collection answers 409 (geocatalog-api section 5, rule 3).
    unknowns: choices that differ from the defaults of `pcsync.emulator.unknowns`.
    clock: seconds since the epoch.
    seed: of every GUID and container suffix; two emulators with one seed make the same ones.

    What ingestion may read: `http://` on the loopback, `file://` below read_folders, `http(s)://` of read_hosts, and any URL
    that begins with a key of mounts, from the folder that is its value. Nothing else is ever contacted.
    asset_policy: `copy` keeps bytes of what can be read, `refer` keeps the address, `placeholder` makes pictures up
    (GeoTIFFs need the `tiles` extra). strict_assets: an asset that cannot be read fails its item, as on the service.
    storage_url: what managed hrefs begin with; None is this emulator's own /blob, where they can be read.
    blobs: folder of the managed bytes; None is `<database>.blobs`, or a temporary one for a catalog in memory.
    """

    lro_delay: float = 0.0
    tombstone: float = 45.0
    require_bearer: bool = False
    unknowns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    clock: Callable[[], float] = time.time
    faults: Sequence[Fault] = ()
    managed_identities: Sequence[Mapping[str, str]] = DEFAULT_IDENTITIES
    seed: int = 0
    asset_policy: Literal["copy", "refer", "placeholder"] = "copy"
    strict_assets: bool = False
    read_folders: Sequence[Path] = ()
    read_hosts: Sequence[str] = ()
    mounts: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))
    storage_url: str | None = None
    blobs: Path | None = None
