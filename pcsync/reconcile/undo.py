"""The way back from an apply: what was there before it, kept before its first write, and the inverse plan made from that.

What an apply did        | what undo does
-------------------------|--------------------------------------------------------------------------
created                  | deletes it; a collection with items, or with what others put there, stays
changed                  | puts back the former values of the fields it changed
deleted                  | creates it again
not done, undone already | nothing
anything, moved since    | nothing at all: the whole undo is refused, saying what moved

Some things cannot be undone, and each is named: bytes of assets and SAS tokens, which the catalog never gives back, the partition
type, the items of a collection that was deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pcsync.core.canonical import fingerprint
from pcsync.core.change import Action, Change, Risk
from pcsync.core.compare import change as compared
from pcsync.core.compare import deletion
from pcsync.core.diff import diff
from pcsync.core.errors import PcsyncError, ServiceError, StaleError
from pcsync.core.kind import Attaching, Kind, Kinds
from pcsync.core.order import ordered
from pcsync.core.ownership import MARKER, child_address
from pcsync.core.plan import Plan, Seal, Target
from pcsync.core.resource import COLLECTION, Desired, Key, Live
from pcsync.core.source import Document, Origin
from pcsync.core.why import FORMER, because
from pcsync.reconcile.reserving import reservation
from pcsync.reconcile.touched import Seen, form_of, remaining, wanted

VERSION = "1.0"
NEVER_KEPT = frozenset({"sasToken"})  # should a catalog ever give one back, it does not reach the disk


@dataclass(frozen=True, slots=True)
class Former:
    """One change of an apply, less its requests, and the resource as it was before; None where there was none."""

    change: Change
    live: Live | None


@dataclass(frozen=True, slots=True)
class Record:
    """What is needed to undo one apply."""

    target: Target
    digest: str
    formers: tuple[Former, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """The inverse plan, and what it cannot do: sentences that begin with an address."""

    plan: Plan
    impossible: tuple[str, ...]


def record(plan: Plan, digest: str, seen: Mapping[Key, Seen]) -> Record:
    """What is kept before the first write of a plan."""
    kept = (change for change in plan.changes if change.action is not Action.KEEP)
    return Record(plan.target, digest, tuple(Former(replace(it, calls=()), seen[it.key].live) for it in kept))


def record_json(record: Record) -> dict[str, Any]:
    """The undo file's document, digest included."""
    target = record.target
    document: dict[str, Any] = {
        "undo": VERSION,
        "of": record.digest,
        "target": {"name": target.name, "endpoint": target.endpoint, "owner": target.owner, "protected": target.protected},
        "changes": [_former_json(former) for former in record.formers],
    }
    return {**document, "digest": fingerprint(document)}


def read_record(document: Any) -> Record:
    """The record of a document. Raises PcsyncError where it is none, of an unknown major version, or was edited."""
    version = document.get("undo") if isinstance(document, dict) else None
    if not isinstance(version, str):
        raise PcsyncError("this is not an undo file", fix="apply writes them to .pcsync/undo")
    if version.split(".")[0] != VERSION.split(".")[0]:
        raise PcsyncError(f"undo format {version} is not one this version reads ({VERSION})")
    if document.get("digest") != fingerprint({name: value for name, value in document.items() if name != "digest"}):
        raise PcsyncError("the undo file was edited or damaged: its digest does not fit")
    try:
        return Record(Target(**document["target"]), document["of"], tuple(_former(it) for it in document["changes"]))
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        raise PcsyncError(f"the undo file is damaged ({type(wrong).__name__}: {wrong})") from wrong


def created_collections(record: Record) -> Iterator[str]:
    """Collections that undo would delete: what is in them has to be looked at first."""
    for former in record.formers:
        if former.change.key.kind == COLLECTION and former.live is None and former.change.action is not Action.DELETE:
            yield former.change.key.collection


def inverse(record: Record, seen: Mapping[Key, Seen], kinds: Kinds, occupied: Mapping[str, str]) -> Undo:
    """The plan that leads back. ``occupied``: collections that must stay, and why.

    Raises StaleError where anything is neither as the apply left it nor as it was before, ServiceError where it cannot be read.
    """
    back = _Back(record, seen, kinds, occupied)
    back.require_left()
    children_first = sorted(record.formers, key=lambda former: former.change.key.kind == COLLECTION)  # then it is known what goes
    changes = [because(change, FORMER) for former in children_first if (change := back.change(former)) is not None]
    notes = tuple(f"Cannot be undone: {line}" for line in back.impossible)
    plan = Plan(record.target, ordered(changes, kinds), notes=notes, seals=tuple(back.seals))
    return Undo(plan, tuple(back.impossible))


class _Back:
    """One way back, step by step."""

    def __init__(self, record: Record, seen: Mapping[Key, Seen], kinds: Kinds, occupied: Mapping[str, str]) -> None:
        self._record, self._seen, self._kinds, self._occupied = record, seen, kinds, occupied
        self._created = frozenset(created_collections(record))
        self._going: dict[str, list[str]] = {}  # child addresses that this way back deletes, by collection
        self.impossible: list[str] = []
        self.seals: list[Seal] = []

    def require_left(self) -> None:
        """Raises unless every resource is as the apply left it, or as it was before."""
        for former in self._record.formers:
            if why := self._seen[former.change.key].unread:
                raise ServiceError(f"could not be read: {why}", where=former.change.address)
        lines = [line for former in self._record.formers if not self._was(former) for line in self._moved(former)]
        if lines:
            listed = "".join(f"\n  {line}" for line in lines)
            raise StaleError(f"the catalog moved since that apply:{listed}", fix="put it right in the manifests, and plan")

    def change(self, former: Former) -> Change | None:
        """The inverse of one change; None where there is nothing to do or nothing that can be done."""
        change, live = former.change, self._seen[former.change.key].live
        if self._was(former):
            return None
        if former.live is None:
            return self._deleted(change, live) if live else None
        return self._restored(former, former.live, live)

    def _deleted(self, change: Change, live: Live) -> Change | None:
        kind, scope = self._kinds[change.key.kind], change.key.collection
        if scope in self._occupied:
            return self._cannot(change, self._occupied[scope]) if kind.name == COLLECTION else None
        if not kind.calls(None, live):
            return None if scope in self._created else self._cannot(change, "the catalog has no request that would remove it")
        self._going.setdefault(scope, []).append(child_address(change.key))
        takes = 0 if kind.name == COLLECTION else None  # counted once more after the question was answered
        return replace(deletion(kind, live), key=change.key, label=change.label, takes=takes)

    def _restored(self, former: Former, before: Live, live: Live | None) -> Change | None:
        change, kind = former.change, self._kinds[former.change.key.kind]
        desired = _as_desired(kind, before, self._record.target.owner)
        if why := _beyond(kind, desired, live):
            return self._cannot(change, why)
        assert desired is not None  # noqa: S101  _beyond has said so
        if live is not None and change.compared is not None:
            desired = replace(desired, body={name: desired.body.get(name) for name in change.compared})
        if kind.name == COLLECTION:
            desired = replace(desired, body={**desired.body, MARKER: self._marker(change.key.collection, before, live)})
        if live is None and kind.name == COLLECTION:
            self.impossible.append(f"{change.address}: its items are gone; the collection itself is put back")
        found = compared(kind, replace(desired, ignore=change.ignore, label=change.label), live, lambda _: None)
        if found.action is Action.KEEP:  # only the ownership marker is another one
            return replace(found, action=Action.ADOPT, risk=Risk.COSMETIC, calls=tuple(kind.calls(desired, live)))
        return found

    def _marker(self, scope: str, before: Live, live: Live | None) -> Any:
        """The marker to begin with: until the children are gone that the apply created, it goes on listing them."""
        found = reservation(scope, before.body, live.body if live else None, self._going.get(scope, ()))
        self.seals.extend([found.seal] if found.seal else [])
        return found.marker

    def _cannot(self, change: Change, why: str) -> Change | None:
        self.impossible.append(f"{change.address}: {why}")
        return None

    def _was(self, former: Former) -> bool:
        """The resource is as it was before the apply: undone already, or never done."""
        kind, live = self._kinds[former.change.key.kind], self._seen[former.change.key].live
        if former.live is None or live is None:
            return former.live is None and live is None
        same_marker = kind.name != COLLECTION or live.body.get(MARKER) == former.live.body.get(MARKER)
        before, now = form_of(kind, former.change, former.live), form_of(kind, former.change, live)
        return same_marker and next(diff(before, now), None) is None

    def _moved(self, former: Former) -> Iterator[str]:
        """What is not as the apply left it."""
        change, live = former.change, self._seen[former.change.key].live
        if live is None and wanted(change) is not None:
            yield f"{change.address}: is gone"
        elif live is not None and wanted(change) is None:
            yield f"{change.address}: was deleted, and is there again"
        else:
            for field in remaining(self._kinds[change.key.kind], change, live):
                yield f"{change.address}: {field.path} is another one now"


def _as_desired(kind: Kind, live: Live, owner: str) -> Desired | None:
    """What a manifest would say that declares a live resource: through the kind's own export, so that nothing here knows shapes."""
    value = kind.export([live])
    body = {kind.section: value} if kind.section else value
    name = live.key.collection or str(body.get("name", ""))
    document = Document(kind.manifest, name, body, Origin("undo"), owner)
    return next((it for it in kind.declare(document) if it.key == live.key), None)


def _beyond(kind: Kind, desired: Desired | None, live: Live | None) -> str:
    """Why a former state cannot be put back; "" when it can."""
    if desired is None:
        return "its former state cannot be written"
    if desired.secrets:
        return "the catalog never gives a SAS token back"
    if isinstance(kind, Attaching) and kind.files:
        return "the former bytes cannot be read back: put the file back in the manifest and apply"
    if live is not None and kind.name != COLLECTION and kind.risk(Action.UPDATE, ()) is Risk.IRREVERSIBLE:
        return "it cannot be changed back once items are loaded"
    return ""


def _former_json(former: Former) -> dict[str, Any]:
    change, live = former.change, former.live
    return {
        "key": {"kind": change.key.kind, "collection": change.key.collection, "name": change.key.name},
        "label": change.label,
        "action": str(change.action),
        "after": change.after,
        "compared": None if change.compared is None else list(change.compared),
        "ignore": list(change.ignore),
        "before": None if live is None else {"path": live.path, "twins": live.twins, "body": _public(live.body)},
    }


def _former(entry: dict[str, Any]) -> Former:
    key, action, before = Key(**entry["key"]), Action(entry["action"]), entry["before"]
    fields = None if entry["compared"] is None else tuple(entry["compared"])
    change = Change(key, action, None, entry["after"], compared=fields, ignore=tuple(entry["ignore"]), label=entry["label"])
    return Former(change, None if before is None else Live(key, dict(before["body"]), before["path"], int(before["twins"])))


def _public(value: Any) -> Any:
    """A body without what must never be on disk."""
    if isinstance(value, Mapping):
        return {name: _public(member) for name, member in value.items() if name not in NEVER_KEPT}
    return [_public(member) for member in value] if isinstance(value, list | tuple) else value


def touched(record: Record) -> Sequence[Change]:
    """The changes whose resources have to be read before anything is undone."""
    return [former.change for former in record.formers]


def strangers(record: Record, live: Iterable[Key]) -> list[Key]:
    """What is in a collection that the apply did not put there; names only, every collection has the singletons."""
    known = {former.change.key for former in record.formers}
    return sorted(key for key in live if key.name and key not in known)
