"""Which changes may run side by side, and which cannot happen once another one failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pcsync.core.change import Action, Change
from pcsync.core.kind import Kinds
from pcsync.core.resource import CATALOG_SCOPE

Lane = Sequence[Change]
"""Changes that run one after the other: the service keeps one collection's configuration as one document."""


def phases(changes: Iterable[Change]) -> list[list[Lane]]:
    """Groups of lanes, in order: catalog-wide writes, then the collections side by side, then catalog-wide deletes."""
    first: list[Lane] = []
    last: list[Lane] = []
    collections: dict[str, list[Change]] = {}
    for change in changes:
        if change.action is Action.KEEP:
            continue
        if change.key.collection != CATALOG_SCOPE:
            collections.setdefault(change.key.collection, []).append(change)
        else:
            (last if change.action is Action.DELETE else first).append([change])
    groups: list[list[Lane]] = [first, [*collections.values()], last]
    return [group for group in groups if group]


@dataclass
class Fallen:
    """Changes that did not happen, and what they hold up: writes what they need, deletes what still needs them."""

    kinds: Kinds
    by_scope: dict[str, list[Change]] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        """One more did not happen."""
        self.by_scope.setdefault(change.key.collection, []).append(change)

    def blocker(self, change: Change) -> Change | None:
        """The first fallen change that makes this one impossible."""
        scopes = list(self.by_scope) if _removes_catalog_wide(change) else [CATALOG_SCOPE, change.key.collection]
        for scope in dict.fromkeys(scopes):
            for fallen in self.by_scope.get(scope, ()):
                if self._needs(change, fallen) or self._needed(change, fallen):
                    return fallen
        return None

    def _needs(self, change: Change, fallen: Change) -> bool:
        return fallen.key.kind in self.kinds[change.key.kind].needs and concerns(fallen, change)

    def _needed(self, change: Change, fallen: Change) -> bool:
        both = change.action is Action.DELETE and fallen.action is Action.DELETE
        return both and change.key.kind in self.kinds[fallen.key.kind].needs and concerns(change, fallen)


def _removes_catalog_wide(change: Change) -> bool:
    return change.action is Action.DELETE and change.key.collection == CATALOG_SCOPE


def concerns(needed: Change, dependant: Change) -> bool:
    """The dependant cannot do without the needed resource, once its kind needs that kind.

    Within a collection always. Of catalog-wide resources, whose name ends in a container URL, those that a URL of the dependant
    lies in; every one where neither says a URL.
    """
    if needed.key.collection != CATALOG_SCOPE:
        return needed.key.collection == dependant.key.collection
    container = needed.key.name.rpartition(" ")[2]
    urls = [url for url in (dependant.after or dependant.before or {}).values() if isinstance(url, str) and "://" in url]
    if not urls or "://" not in container:
        return True
    return any(f"{_host_folded(url)}/".startswith(f"{_host_folded(container)}/") for url in urls)


def _host_folded(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}".rstrip("/")
