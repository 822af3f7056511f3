"""One request and all its attempts: token, limiter, retries and redirects, the same over every wire."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from pcsync.client.auth import Auth, unencrypted
from pcsync.client.clock import Clock
from pcsync.client.endpoint import Endpoint
from pcsync.client.errors import ConnectionFailedError, connection_error
from pcsync.client.limiter import Limiter
from pcsync.client.policy import PASSING, THROTTLED, RetryRule, lost, retry_after
from pcsync.client.redact import shown
from pcsync.client.wire import Answer, Reply, Request, Wire, WireError
from pcsync.core.errors import ServiceError

LOG = logging.getLogger("pcsync.requests")
"""Every attempt at DEBUG: method, path, outcome, milliseconds; never a header or a body."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
TROUBLE = PASSING | REDIRECTS | {401}

Ended = Reply | Answer
"""What an attempt ends in; an Answer that is still open only where the catalog said 200."""
Attempt = Callable[[Request], Awaitable[Ended]]


class Exchange:
    """Requests to one catalog. It owns the one limiter, so every wire that is used through it shares the budget."""

    def __init__(
        self, endpoint: Endpoint, auth: Auth, limiter: Limiter, rule: RetryRule, clock: Clock, chance: Callable[[], float] = random.random
    ) -> None:
        self.endpoint = endpoint
        self._auth, self._limiter, self._rule, self._clock, self._chance = auth, limiter, rule, clock, chance
        self._private = endpoint.private
        self._reason = ""

    async def fetch(self, wire: Wire, request: Request, cap: int) -> Reply:
        """The whole answer of any status, once further attempts are of no use. Raises PcsyncError when none came."""

        async def attempt(authorised: Request) -> Reply:
            answer = await wire.open(authorised)
            return await _whole(answer, request, cap)

        ended = await self._ended(request, attempt)
        assert isinstance(ended, Reply)  # noqa: S101  # the attempt above makes nothing else
        return ended

    async def open(self, wire: Wire, request: Request, cap: int) -> Ended:
        """The answer with its body still to come where it is a 200, else whole. It holds no slot while its body is read."""

        async def attempt(authorised: Request) -> Ended:
            answer = await wire.open(authorised)
            return answer if answer.status == 200 else await _whole(answer, request, cap)

        return await self._ended(request, attempt)

    async def _ended(self, request: Request, attempt: Attempt) -> Ended:
        outcome, header = await self._once(request, attempt)
        if not isinstance(outcome, WireError) and outcome.status not in TROUBLE:
            return outcome
        return await self._persist(request, attempt, outcome, header)

    async def _persist(self, request: Request, attempt: Attempt, outcome: Ended | WireError, header: str | None) -> Ended:
        """All attempts after a first that did not go well."""
        started = self._clock.monotonic()
        tries, hops, renewed, uncertain = 1, 0, False, False
        while True:
            status = outcome if isinstance(outcome, WireError) else outcome.status
            uncertain = uncertain or lost(request.method, status)
            if status == 401 and header and not renewed and self._auth.refused(header):
                renewed = True
            elif status in REDIRECTS and not isinstance(outcome, WireError):
                hops += 1
                request = self._redirected(request, outcome, hops)
            elif (wait := self._wait(request, outcome, tries, started)) is not None:
                tries += 1
                await self._clock.sleep(wait)
            else:
                return _last(request, outcome, uncertain)
            outcome, header = await self._once(request, attempt)

    async def _once(self, request: Request, attempt: Attempt) -> tuple[Ended | WireError, str | None]:
        """One attempt in one slot of the limiter, and the Authorization header it was made with."""
        if self._limiter.dead:
            raise ConnectionFailedError(f"the catalog stopped answering: {self._reason}", where=request.where, fix="try again later")
        round_ = await self._limiter.enter()
        started = self._clock.monotonic() if LOG.isEnabledFor(logging.DEBUG) else 0.0
        try:
            header = await self._auth.header()
            if header is not None and not self._private:
                raise unencrypted(self.endpoint)
            outcome = await attempt(request if header is None else _with(request, header))
        except WireError as failure:
            self._reason = str(failure)
            self._limiter.failed()
            LOG.debug("%s: %s", request.where, shown(str(failure)))
            return failure, None
        else:
            self._learn(round_, outcome)
            if started:
                LOG.debug("%s: %d in %.0f ms", request.where, outcome.status, (self._clock.monotonic() - started) * 1000)
            return _marked(outcome, header), header
        finally:
            self._limiter.leave()

    def _learn(self, round_: int, outcome: Ended) -> None:
        if outcome.status in THROTTLED:
            self._limiter.throttled(round_, self._asked(outcome))
        else:
            self._limiter.succeeded()

    def _wait(self, request: Request, outcome: Ended | WireError, tries: int, started: float) -> float | None:
        failed = isinstance(outcome, WireError)
        what = outcome if isinstance(outcome, WireError) else outcome.status
        if not self._rule.again(request.method, what) or (failed and self._limiter.dead):
            return None
        asked = None if isinstance(outcome, WireError) else self._asked(outcome)
        return self._rule.wait(what, tries, self._clock.monotonic() - started, asked, self._chance())

    def _asked(self, outcome: Ended) -> float | None:
        asked = retry_after(outcome.headers, self._clock.wall())
        return None if asked is None else min(asked, self._rule.retry_after)

    def _redirected(self, request: Request, outcome: Ended, hops: int) -> Request:
        """The same GET at the place the catalog names, if that is still this catalog (GET /stac leads to /stac/)."""
        target = outcome.headers.get("location")
        if request.method != "GET" or not target or hops > MOST_REDIRECTS:
            raise ServiceError(f"the catalog answered with a redirect ({outcome.status})", where=request.where, fix="check the endpoint")
        return replace(request, url=self.endpoint.pinned(target, request.url))


async def _whole(answer: Answer, request: Request, cap: int) -> Reply:
    try:
        return Reply(answer.status, answer.headers, await answer.read(cap), request)
    finally:
        await answer.close()


def _with(request: Request, header: str) -> Request:
    return Request(request.method, request.url, request.where, {**request.headers, "authorization": header}, request.content)


def _marked(outcome: Ended, header: str | None) -> Ended:
    """An error answer with the token it must not be quoted with."""
    if header is None or outcome.status < 400 or not isinstance(outcome, Reply):
        return outcome
    return replace(outcome, hidden=(header.removeprefix("Bearer "),))


def _last(request: Request, outcome: Ended | WireError, uncertain: bool) -> Ended:
    if isinstance(outcome, WireError):
        raise connection_error(outcome, request.method, request.where)
    return replace(outcome, uncertain=uncertain) if isinstance(outcome, Reply) else outcome
