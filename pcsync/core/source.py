"""Where manifest values come from: documents, and the way back from a value to its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column count from 1, and 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Extent:
    """Where something begins, and the line and column behind its last character; 0 where that is not known."""

    position: Position
    end_line: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Graft:
    """A subtree of a resolved document that was written in another file (a ``$file`` base, an overlay).

    ``at`` is the JSON pointer in the resolved document, ``pointer`` the same value's pointer inside document number
    ``document`` of ``file`` (files of several YAML documents count them from 0).
    """

    at: str
    file: str
    pointer: str = ""
    document: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """The way from a pointer in a resolved document to the file and pointer where its author wrote it."""

    file: str
    pointer: str = ""
    document: int = 0
    grafts: tuple[Graft, ...] = ()

    def at(self, pointer: str) -> Origin:
        """The origin of the value at ``pointer`` below this one."""
        return Origin(self.file, self.pointer + pointer, self.document, self.grafts)  # replace() takes three times as long

    def written(self) -> tuple[str, int, str]:
        """File, document number and pointer where this value was written: the graft that covers it most closely wins."""
        best = Graft("", self.file, "", self.document)
        for graft in self.grafts:
            if within(self.pointer, graft.at) and len(graft.at) >= len(best.at):
                best = graft
        return best.file, best.document, best.pointer + self.pointer[len(best.at) :]


@dataclass(frozen=True, slots=True)
class Document:
    """One manifest as it reads after ``$file``, variables and overlays.

    ``body`` keeps the author's own keys, less apiVersion, kind and id. ``facts`` says by JSON pointer what a pure kind cannot
    find out: of a file to be uploaded its ``path``, ``sha256`` and ``size`` in bytes; of a ``$secret`` its ``ref`` and what may
    be known of its value (a SAS token's expiry and permissions), never the value.
    """

    kind: str
    id: str
    body: Mapping[str, Any]
    origin: Origin
    owner: str = ""
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def within(pointer: str, ancestor: str) -> bool:
    """The pointer names the ancestor itself or a value below it."""
    return pointer == ancestor or pointer.startswith(ancestor + "/")


def step(name: str | int) -> str:
    """One escaped segment of a JSON pointer (RFC 6901), with its slash."""
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def steps(pointer: str) -> Iterator[str]:
    """The unescaped segments of a JSON pointer."""
    for segment in pointer.split("/")[1:]:
        yield segment.replace("~1", "/").replace("~0", "~")
