"""Requests to a forge's API: JSON in and out, one origin, a token that no message quotes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import pcsync
from pcsync.core.errors import AuthenticationError, PcsyncError

if TYPE_CHECKING:
    import httpx

SECONDS = 30.0
ATTEMPTS = 4
PASSING = frozenset({429, 500, 502, 503, 504})
MOST_PAGES = 100


class Asking:
    """A forge's API below ``base`` (with trailing slash). Use it as a context manager; ``transport`` is a test's.

    What may be repeated (GET, PATCH) is, a few times; a POST never, or there would be two comments.
    """

    def __init__(
        self,
        base: str,
        token: str,
        headers: Mapping[str, str],
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        import httpx

        self.base, self._pause = base, pause
        own = {"authorization": f"Bearer {token}", "user-agent": f"pcsync/{pcsync.__version__}", **headers}
        self._client = httpx.Client(headers=own, timeout=SECONDS, transport=transport, follow_redirects=False)

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, method: str, path: str, json: Any = None) -> Any:
        """The decoded answer. Raises PcsyncError for any but a success, AuthenticationError where the token does not suffice."""
        return self._answer(method, urljoin(self.base, path), json).json()

    def pages(self, path: str) -> Iterator[Any]:
        """The decoded pages of a listing, as the Link header leads from one to the next (RFC 8288), inside this origin."""
        url: str | None = urljoin(self.base, path)
        for _ in range(MOST_PAGES):
            if url is None:
                return
            answer = self._answer("GET", url, None)
            yield answer.json()
            url = self._pinned(answer.links.get("next", {}).get("url"))

    def _answer(self, method: str, url: str, json: Any) -> httpx.Response:
        for attempt in range(1, ATTEMPTS + 1):
            answer = self._once(method, url, json, last=method == "POST" or attempt == ATTEMPTS)
            if answer is not None:
                return answer
            self._pause(2.0 ** (attempt - 1))
        raise AssertionError("the last attempt answers or raises")

    def _once(self, method: str, url: str, json: Any, *, last: bool) -> httpx.Response | None:
        """The answer; None where another attempt may bring it."""
        import httpx

        where = f"{method} {urlsplit(url).path}"
        try:
            answer = self._client.request(method, url, json=json)
        except httpx.TransportError as wrong:
            if last:
                raise PcsyncError(f"the forge cannot be reached: {type(wrong).__name__}", where=where, fix="try again") from wrong
            return None
        if answer.is_success:
            return _decodable(answer, where)
        if answer.status_code in PASSING and not last:
            return None
        raise _refused(answer, where)

    def _pinned(self, url: str | None) -> str | None:
        if url is not None and urlsplit(url)[:2] != urlsplit(self.base)[:2]:
            raise PcsyncError(f"the forge points to another host: {urlsplit(url).hostname}", where=self.base, fix="nothing was sent there")
        return url


def _decodable(answer: httpx.Response, where: str) -> httpx.Response:
    try:
        answer.json()
    except ValueError as wrong:
        # Azure DevOps answers 203 with a sign-in page where the token is no good
        fix = "check that the token is one of this forge and may write to pull requests"
        raise AuthenticationError("the forge answered with a page instead of JSON", where=where, fix=fix) from wrong
    return answer


def _refused(answer: httpx.Response, where: str) -> PcsyncError:
    said = f"the forge answered {answer.status_code}{_message(answer)}"
    if answer.status_code in (401, 403):
        fix = "the token needs to write to pull requests; on a pull request from a fork it cannot: see the fork-safe flow in README"
        return AuthenticationError(said, where=where, fix=fix)
    return PcsyncError(said, where=where, fix="check repository and number" if answer.status_code == 404 else "")


def _message(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        return ""
    text = said.get("message") if isinstance(said, dict) else None
    return f": {text[:200]}" if isinstance(text, str) else ""
