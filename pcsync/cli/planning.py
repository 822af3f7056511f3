"""Planning for the commands that plan: manifests and catalog side by side, one event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pcsync.cli.desired import ManifestState
from pcsync.core.errors import UsageError
from pcsync.core.resource import COLLECTION, Key
from pcsync.kinds import KINDS
from pcsync.reconcile.planning import make_plan

if TYPE_CHECKING:
    from pcsync.cli.printing import Printer
    from pcsync.cli.wiring import Wiring
    from pcsync.client.http import Catalog
    from pcsync.core.plan import Plan


async def plan_on(
    catalog: Catalog, wiring: Wiring, state: ManifestState, printer: Printer, *, only: Sequence[str], concurrency: int, unmanaged: bool
) -> Plan:
    """The plan of a project on an open catalog; warnings about the manifests go to stderr."""
    plan = await make_plan(
        wiring.target,
        state,
        KINDS,
        catalog.reader(),
        wiring.locate,
        concurrency=concurrency,
        only=selection(only),
        show_unmanaged=unmanaged,
        progress=printer.progress(),
    )
    printer.warn(state.diagnostics)
    return plan


def selection(addresses: Sequence[str]) -> Callable[[Key], bool] | None:
    """Whether a key is one of the addresses or lies below one; None for no addresses. Raises UsageError."""
    if not addresses:
        return None
    keys = {_key(address) for address in addresses}

    def chosen(key: Key) -> bool:
        return key in keys or Key(COLLECTION, key.collection) in keys

    return chosen


def _key(address: str) -> Key:
    try:
        key = Key.parse(address)
    except ValueError:
        raise UsageError(f"{address!r} is no address", where="--only", fix="write it as the plan does: collection/naip") from None
    if key.kind not in KINDS:
        raise UsageError(f"there is no kind {key.kind!r}", where="--only", fix=f"one of: {', '.join(KINDS)}")
    return key
