"""The half of a catalog that planning sees: get and members. There is no way to write through it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from pcsync.client.endpoint import Endpoint
from pcsync.client.errors import api_error
from pcsync.client.members import BrokenListingError, Members
from pcsync.client.paging import merged, next_link, paged_array
from pcsync.client.wire import Answer, Reply, Request, WireError, not_json
from pcsync.core.errors import PcsyncError, ServiceError

HEADERS = {"accept": "application/json, application/geo+json", "accept-encoding": "gzip"}
MOST_PAGES = 100_000
AGAIN = "try again; check that no proxy answers in the catalog's place"

Fetch = Callable[[Request], Awaitable[Reply]]
Open = Callable[[Request], Awaitable[Answer | Reply]]


class CatalogReader:
    """Reads one catalog (core.state.Reader). ``fetch`` and ``open_`` send a GET and bring its answer, retried and authorised."""

    def __init__(self, endpoint: Endpoint, fetch: Fetch, open_: Open, headers: dict[str, str] | None = None) -> None:
        self._endpoint, self._fetch, self._open = endpoint, fetch, open_
        self._headers = HEADERS | (headers or {})

    async def get(self, path: str) -> Any:
        """The decoded body, None for 404. All pages of an unlimited listing are merged; items come one page at a time."""
        request = self._request(self._endpoint.at(path), path)
        reply = await self._fetch(request)
        if reply.status == 404 and _own(reply):
            return None
        body = _decoded(reply)
        array = paged_array(path, body)
        return await self._pages(request, body, array) if array and next_link(body) else body

    async def content(self, path: str) -> bytes | None:
        """The bytes of an answer of any media type, None for 404."""
        request = self._request(self._endpoint.at(path), path, {**self._headers, "accept": "*/*"})
        reply = await self._fetch(request)
        if reply.status == 404 and _own(reply):
            return None
        if reply.status != 200:
            raise api_error(reply)
        return reply.body

    async def members(self, path: str, array: str) -> AsyncGenerator[Any, None]:
        """The members of one array of a listing, page after page, decoded as they arrive. Raises ServiceError when it breaks off."""
        request: Request | None = self._request(self._endpoint.at(path), path)
        seen: set[str] = set()
        while request is not None:
            self._once(request, seen)
            page = Members(array)
            async with aclosing(self._page(request, page)) as found:
                async for member in found:
                    yield member
            request = self._next(request, page.rest)

    async def _pages(self, request: Request, first: Any, array: str) -> Any:
        members, body, seen = list(first[array]), first, {request.url}
        while (following := self._next(request, body)) is not None:
            request = following
            self._once(request, seen)
            body = _decoded(await self._fetch(request))
            if paged_array("", body) != array:
                raise ServiceError(f"a further page has no {array!r}", where=request.where)
            members += body[array]
        return merged(first, array, members)

    async def _page(self, request: Request, page: Members) -> AsyncGenerator[Any, None]:
        answer = await self._open(request)
        if isinstance(answer, Reply):
            raise api_error(answer) if not 200 <= answer.status < 300 else not_json(answer)
        try:
            async with aclosing(answer.chunks()) as chunks:
                async for chunk in chunks:
                    for member in page.feed(chunk):
                        yield member
            for member in page.finish():
                yield member
        except WireError as failure:
            raise ServiceError(f"the listing broke off: {failure}", where=request.where, fix="try again") from None
        except BrokenListingError as error:
            raise ServiceError(str(error), where=request.where, fix=AGAIN) from None
        finally:
            await answer.close()

    def _next(self, request: Request, body: Any) -> Request | None:
        link = next_link(body)
        if link is None:
            return None
        url = self._endpoint.pinned(link, request.url)
        return self._request(url, self._endpoint.path(url))

    def _once(self, request: Request, seen: set[str]) -> None:
        if request.url in seen or len(seen) > MOST_PAGES:
            raise ServiceError("the pages of the listing go round in a circle", where=request.where)
        seen.add(request.url)

    def _request(self, url: str, path: str, headers: dict[str, str] | None = None) -> Request:
        return Request("GET", url, f"GET {path}", headers or self._headers)


def _own(reply: Reply) -> bool:
    """A 404 of the catalog itself; a page for people comes from something in its place and proves no absence."""
    return "html" not in reply.headers.get("content-type", "")


def _decoded(reply: Reply) -> Any:
    if reply.status != 200:
        error: PcsyncError = api_error(reply)
        raise error
    body = reply.json()
    if body is None:  # None means 404 to whoever reads
        raise ServiceError("the catalog answered 200 with null", where=reply.request.where)
    return body
