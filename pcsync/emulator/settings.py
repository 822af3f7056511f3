"""How one emulated GeoCatalog behaves."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

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
    """

    lro_delay: float = 0.0
    tombstone: float = 45.0
    require_bearer: bool = False
    unknowns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    clock: Callable[[], float] = time.time
    faults: Sequence[Fault] = ()
    managed_identities: Sequence[Mapping[str, str]] = DEFAULT_IDENTITIES
    seed: int = 0
