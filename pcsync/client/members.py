"""Members of one array of a large JSON object, one by one, as the bytes arrive.

A whole catalog's listing is 100 MB and more. Each member is cut out of a sliding buffer and decoded alone, so memory holds one
member and one chunk. The cut is guessed and then proved: members of one listing begin alike (``{"id":``), so the next ``},{"id":``
is a likely end, and a text that decodes as one JSON value can only be the whole member. Where the guess fails, the scanner of the
standard library finds the end.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

import orjson

MEMBER_CAP = 32 * 2**20  # bytes of one member, and of all that stands beside the array
GUESSES = 4  # likely ends that are tried before the member is scanned
UNGUESSED = 2**18  # bytes without any likely end after which the member is scanned all the same
WINDOW = 2**12  # bytes the scanner looks at first

_DECODER = json.JSONDecoder()
_SPACE = re.compile(rb"[ \t\r\n]*")
_SCALAR = re.compile(rb"[^ \t\r\n,\]}]+")
_OPENING = re.compile(rb'\{"(?:[^"\\]|\\.)*+":')


class BrokenListingError(ValueError):
    """The bytes are not the JSON object they should be, or end too early."""


class _Place(Enum):
    """Where in the object the next character stands."""

    START = auto()
    FIRST_NAME = auto()
    NAME = auto()
    COLON = auto()
    VALUE = auto()
    AFTER_VALUE = auto()
    FIRST_MEMBER = auto()
    MEMBER = auto()
    AFTER_MEMBER = auto()
    END = auto()


_MARKS = {
    (_Place.START, "{"): _Place.FIRST_NAME,
    (_Place.FIRST_NAME, "}"): _Place.END,
    (_Place.COLON, ":"): _Place.VALUE,
    (_Place.AFTER_VALUE, ","): _Place.NAME,
    (_Place.AFTER_VALUE, "}"): _Place.END,
    (_Place.FIRST_MEMBER, "]"): _Place.AFTER_VALUE,
    (_Place.AFTER_MEMBER, ","): _Place.MEMBER,
    (_Place.AFTER_MEMBER, "]"): _Place.AFTER_VALUE,
}
_NAMES = frozenset({_Place.FIRST_NAME, _Place.NAME})
_MEMBERS = frozenset({_Place.FIRST_MEMBER, _Place.MEMBER})
_MISSING = object()


class Members:
    """Takes a JSON object apart while it arrives: the members of ``array`` as they complete, all else into ``rest``."""

    def __init__(self, array: str, cap: int = MEMBER_CAP) -> None:
        self.rest: dict[str, Any] = {}
        self._array, self._cap = array, cap
        self._buffer, self._at = bytearray(), 0
        self._place, self._name, self._found = _Place.START, "", False
        self._likely = b""
        self._needed = 0
        self._whole = False

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """The members that these bytes complete. Raises BrokenListingError."""
        self._buffer += chunk
        if len(self._buffer) >= self._needed:
            yield from self._drain()

    def finish(self) -> Iterator[Any]:
        """The members left when no more bytes come. Raises BrokenListingError when the object is not complete."""
        self._whole = True
        yield from self._drain()
        if self._place is not _Place.END:
            raise BrokenListingError("the answer breaks off in the middle")
        if not self._found:
            raise BrokenListingError(f"the answer has no {self._array!r}")

    def _drain(self) -> Iterator[Any]:
        while (mark := self._mark()) and self._place is not _Place.END:
            following = _MARKS.get((self._place, mark))
            if following:
                self._place = following
                self._at += 1
            elif self._place is _Place.VALUE and self._name == self._array and mark == "[":
                self._place, self._found = _Place.FIRST_MEMBER, True
                self._at += 1
            else:
                value = self._value(mark)
                if value is _MISSING:
                    break
                if self._place in _MEMBERS:
                    self._place = _Place.AFTER_MEMBER
                    yield value
                else:
                    self._keep(value)
        self._forget()

    def _mark(self) -> str:
        """The next character that is not space; "" when there is none yet."""
        found = _SPACE.match(self._buffer, self._at)
        self._at = found.end() if found else self._at
        mark = self._buffer[self._at : self._at + 1].decode("latin-1")
        if mark and self._place is _Place.END:
            raise BrokenListingError("the answer goes on after its end")
        return mark

    def _keep(self, value: Any) -> None:
        if self._place is _Place.VALUE:
            self.rest[self._name] = value
            self._place = _Place.AFTER_VALUE
        elif isinstance(value, str):
            self._name, self._place = value, _Place.COLON
        else:
            raise BrokenListingError("the answer has a name that is no text")

    def _forget(self) -> None:
        """Drop what was decoded; wait for a quarter more before an unfinished value is looked at again."""
        del self._buffer[: self._at]
        self._at = 0
        self._needed = len(self._buffer) + len(self._buffer) // 4
        if len(self._buffer) > self._cap:
            raise BrokenListingError(f"one value of the answer is larger than {self._cap:,} bytes")

    def _value(self, mark: str) -> Any:
        """The value that begins here, _MISSING while its end is not in sight."""
        if self._place not in _NAMES and self._place is not _Place.VALUE and self._place not in _MEMBERS:
            raise BrokenListingError(f"the answer is not the JSON expected: {mark!r} out of place")
        if self._place in _MEMBERS and self._likely:
            value = self._guessed()
            if value is not _MISSING or self._may_wait():
                return value
        end = self._scanned() if mark in '{["' else self._scalar()
        if end is None:
            return _MISSING
        return self._taken(end)

    def _guessed(self) -> Any:
        end = self._at
        for _ in range(GUESSES):
            end = self._buffer.find(self._likely, end) + 1
            if not end:
                break
            try:
                value = orjson.loads(self._buffer[self._at : end])
            except orjson.JSONDecodeError:  # the end of something inside the member
                continue
            self._at = end
            return value
        return _MISSING

    def _may_wait(self) -> bool:
        """No likely end is in sight, and more bytes may bring one."""
        return not self._whole and len(self._buffer) - self._at < UNGUESSED and self._buffer.find(self._likely, self._at) < 0

    def _scanned(self) -> int | None:
        """The end of the object, array or text that begins here, looking at ever larger windows; None when it is not in sight."""
        size, left = WINDOW, len(self._buffer) - self._at
        while True:
            end = self._end_within(min(size, left))
            if end is not None or size >= left:
                return end
            size *= 4

    def _end_within(self, size: int) -> int | None:
        try:
            text, _ = codecs.utf_8_decode(self._buffer[self._at : self._at + size], "strict", False)
            _, length = _DECODER.raw_decode(text)
        except UnicodeDecodeError:
            raise BrokenListingError("the answer is not UTF-8") from None
        except json.JSONDecodeError:
            return None
        except RecursionError:
            raise BrokenListingError("the answer is nested too deeply") from None
        return self._at + (length if text.isascii() else len(text[:length].encode()))

    def _scalar(self) -> int | None:
        found = _SCALAR.match(self._buffer, self._at)
        if found is None:
            raise BrokenListingError("the answer is not the JSON expected: a value is missing")
        return found.end() if found.end() < len(self._buffer) or self._whole else None

    def _taken(self, end: int) -> Any:
        raw = bytes(self._buffer[self._at : end])
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise BrokenListingError(f"the answer is not JSON: {error.msg}") from None
        if self._place in _MEMBERS:
            opening = _OPENING.match(raw)
            self._likely = b"}," + opening[0] if opening else b""
        self._at = end
        return value
