"""A value together with where each part of it was written, so that merging never loses a line number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pcsync.core.source import Graft, Origin, step, within


@dataclass(frozen=True, slots=True)
class Tree:
    """A value written at ``pointer`` in document number ``document`` of ``file`` (relative to the project root).

    ``grafts`` are the parts below it that were written elsewhere, their ``at`` relative to this value.
    """

    value: Any
    file: str
    document: int = 0
    pointer: str = ""
    grafts: tuple[Graft, ...] = ()

    def origin(self, file: str, document: int) -> Origin:
        """The origin of this tree as the resolved document that is found in a file."""
        home = () if (self.file, self.document, self.pointer) == (file, document, "") else (self._graft(""),)
        return Origin(file, "", document, (*home, *self.grafts))

    def at(self, pointer: str = "") -> Origin:
        """The origin of the value at a pointer below this one."""
        return self.origin("", -1).at(pointer)

    def below(self, key: str | int) -> Tree:
        """The member of an object or list, with its own grafts."""
        place = step(key)
        file, document, pointer = self.at(place).written() if self.grafts else (self.file, self.document, self.pointer + place)
        inner = (replace(graft, at=graft.at[len(place) :]) for graft in self.grafts if graft.at.startswith(place + "/"))
        return Tree(self.value[key], file, document, pointer, tuple(inner))

    def planted(self, at: str, home: Tree) -> tuple[Graft, ...]:
        """The grafts that keep this tree's provenance once it stands at ``at`` in another tree."""
        native = (self.file, self.document, self.pointer) == (home.file, home.document, home.pointer + at)
        inner = tuple(replace(graft, at=at + graft.at) for graft in self.grafts)
        return inner if native else (self._graft(at), *inner)

    def _graft(self, at: str) -> Graft:
        return Graft(at, self.file, self.pointer, self.document)


def with_members(tree: Tree, members: Mapping[str, Tree], dropped: Iterable[str] = ()) -> Tree:
    """An object with some members set and some left out."""
    gone = set(dropped)
    value = {name: member for name, member in tree.value.items() if name not in gone}
    value.update((name, member.value) for name, member in members.items())
    touched = [step(name) for name in (*gone, *members)]
    grafts = [graft for graft in tree.grafts if not any(within(graft.at, place) for place in touched)]
    for name, member in members.items():
        grafts.extend(member.planted(step(name), tree))
    return replace(tree, value=value, grafts=tuple(grafts))


def with_list(tree: Tree, members: Sequence[Tree]) -> Tree:
    """A list made of these members, standing where ``tree`` stands."""
    grafts = (graft for index, member in enumerate(members) for graft in member.planted(step(index), tree))
    return replace(tree, value=[member.value for member in members], grafts=tuple(grafts))
