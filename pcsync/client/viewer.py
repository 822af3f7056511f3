"""The half of a catalog that previews and checks see: reading, and questions to the data plane. It changes no configuration."""

from __future__ import annotations

import re
from typing import Any

import orjson

from pcsync.client.clock import Clock
from pcsync.client.endpoint import Endpoint
from pcsync.client.reader import CatalogReader, Fetch
from pcsync.client.wire import Request
from pcsync.core.state import Look

QUESTIONS = re.compile(r"/(data/(?!.*\.\.)[^?]*|stac/search)(\?[^\n]*)?\Z")
"""Paths that take a POST that is a question: a geometry, a search to register or to answer."""


class CatalogViewer:
    """Looks at one catalog (core.state.Viewer). ``fetch`` sends a request and brings its answer, retried and authorised."""

    def __init__(self, endpoint: Endpoint, fetch: Fetch, reader: CatalogReader, clock: Clock, headers: dict[str, str]) -> None:
        self._endpoint, self._fetch, self._reader, self._clock = endpoint, fetch, reader, clock
        self._headers = {**headers, "accept": "*/*"}

    async def get(self, path: str) -> Any:
        """See CatalogReader.get."""
        return await self._reader.get(path)

    async def look(self, path: str, question: Any = None) -> Look:
        """The answer of any status to a GET, or to a POST of a question's JSON. Raises PcsyncError where none came."""
        request = self._request(path, question)
        started = self._clock.monotonic()
        reply = await self._fetch(request)
        headers = {name.lower(): value for name, value in reply.headers.items()}
        media_type = headers.get("content-type", "").split(";")[0].strip().lower()
        return Look(reply.status, media_type, reply.body, headers, self._clock.monotonic() - started)

    def _request(self, path: str, question: Any) -> Request:
        url = self._endpoint.at(path)
        if question is None:
            return Request("GET", url, f"GET {path}", self._headers)
        if not QUESTIONS.match(path):
            raise ValueError(f"{path} takes no question")
        return Request("POST", url, f"POST {path}", {**self._headers, "content-type": "application/json"}, orjson.dumps(question))
