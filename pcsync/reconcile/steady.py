"""When reading is given up: a catalog that is down is not asked ten thousand times."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from pcsync.core.errors import DeadlineError, PcsyncError, ServiceError
from pcsync.core.state import Reader

IN_A_ROW = 32
"""Failed reads without one success between them; each has been retried by the client already."""


class Steady:
    """A reader that notices when nothing works any more."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._failures = 0

    async def get(self, path: str) -> Any:
        """As the reader underneath, counting the failures."""
        try:
            body = await self._reader.get(path)
        except PcsyncError as error:
            self._failures += 1
            self._last = error
            raise
        self._failures = 0
        return body

    def members(self, path: str, array: str) -> AsyncIterator[Any]:
        """As the reader underneath."""
        return self._reader.members(path, array)

    def require(self) -> None:
        """Raises the last failure, said of the catalog as a whole, when too many came in a row; its class decides the exit code."""
        if self._failures >= IN_A_ROW:
            kind = DeadlineError if isinstance(self._last, DeadlineError) else ServiceError
            raise kind(
                f"gave up after {self._failures} failed reads in a row, the last of them: {self._last.what}",
                where=self._last.where,
                fix=self._last.fix or "try again when the catalog answers",
            ) from self._last
