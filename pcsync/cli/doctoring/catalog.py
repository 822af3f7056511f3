"""The catalog: the way there, the token, what it lets us read, and how long it takes. Only reads are sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from pcsync.cli.wiring import EMULATOR, TOKEN, Wiring, connection_to
from pcsync.client.clock import Clock
from pcsync.client.endpoint import API_VERSION, Endpoint
from pcsync.core.errors import AuthenticationError, PcsyncError, ServiceError
from pcsync.core.kind import Listed
from pcsync.core.resource import COLLECTION
from pcsync.core.symptom import Symptom, failed, ok, warning
from pcsync.kinds import KINDS
from pcsync.render.wording import count

if TYPE_CHECKING:
    from pcsync.client.auth import Auth
    from pcsync.client.http import Catalog
    from pcsync.core.state import Look

LANDING, SOURCES = "/stac/", "/inma/ingestion-sources"
TIMES = 3  # requests whose median is told
ENOUGH = 200  # collections of the listing that are read
SLOW = 2.0  # seconds of a small request
SKEW = 60.0  # seconds; a token or a SAS signature of the future is refused
SOON = 14 * 86400  # seconds before the end of a certificate
AGAIN = "try again later; pcsync -vv doctor shows every request"


@dataclass
class Visit:
    """One look at one catalog."""

    wiring: Wiring
    credential: str
    clock: Clock = field(default_factory=Clock)

    @property
    def topic(self) -> str:
        """The heading."""
        return f"catalog {self.wiring.spec.name} ({self.wiring.spec.endpoint})"

    async def symptoms(self) -> AsyncIterator[Symptom]:
        """Everything about the catalog, as far as one thing does not hinder the next."""
        endpoint = self.wiring.spec.endpoint
        if endpoint.startswith(EMULATOR):
            path = self.wiring.project.root / endpoint.removeprefix(EMULATOR)
            if not path.exists():
                yield ok(self.topic, "file", f"{path} is not there yet; the first plan makes it")
                return
        else:
            async for it in self._way(Endpoint.parse(endpoint)):
                yield it
                if it.health == "failed":
                    return
        async for it in self._catalog():
            yield it

    async def _way(self, endpoint: Endpoint) -> AsyncIterator[Symptom]:
        from pcsync.client.http import proxy_of
        from pcsync.client.reach import greet, resolve

        if proxy := proxy_of(endpoint):
            host = urlsplit(proxy if "//" in proxy else f"//{proxy}").hostname or "a proxy"
            yield ok(self.topic, "network", f"requests go through the proxy {host}, which HTTPS_PROXY names")
            return
        try:
            found = await resolve(endpoint, self.clock)
            yield ok(self.topic, "DNS", f"{', '.join(found.addresses[:3])} in {_ms(found.seconds)}")
            if endpoint.encrypted:
                yield self._certificate(await greet(endpoint, self.clock))
        except ServiceError as wrong:
            yield failed(self.topic, "network", wrong.what, wrong.fix)

    def _certificate(self, greeted: Any) -> Symptom:
        what = f"{greeted.protocol} in {_ms(greeted.seconds)}, certificate by {greeted.issuer} until {_day(greeted.until)}"
        if greeted.until and greeted.until - self.clock.wall() < SOON:
            return warning(self.topic, "TLS", what, "its owner has to renew it")
        return ok(self.topic, "TLS", what)

    async def _catalog(self) -> AsyncIterator[Symptom]:
        from pcsync.client.http import Catalog, Limits
        from pcsync.client.policy import RetryRule

        try:
            project = self.wiring.project
            connection = connection_to(self.wiring.spec.endpoint, project.root, self.credential, self.wiring.environment)
        except PcsyncError as wrong:
            yield failed(self.topic, "open", str(wrong.what), wrong.fix)
            return
        if "auth" in connection:
            token = await self._token(connection["auth"])
            yield token
            if token.health == "failed":
                return
        rule = RetryRule(attempts=2, throttled=2, unwell=1, patience=30.0)
        async with Catalog(**connection, limits=Limits(concurrency=2, connect=10.0, read=30.0), rule=rule) as catalog:
            try:
                async for it in self._answers(catalog):
                    yield it
            except PcsyncError as wrong:
                yield failed(self.topic, "answer", str(wrong.what), wrong.fix, refused=isinstance(wrong, AuthenticationError))

    async def _token(self, auth: Auth) -> Symptom:
        """Whether there is one, from where, and for whom: ids only."""
        from pcsync.client.claims import claims

        chosen = f"from {TOKEN}" if self.wiring.environment.get(TOKEN) else f"credential {self.credential}"
        started = self.clock.monotonic()
        try:
            header = await auth.header()
        except AuthenticationError as wrong:
            return failed(self.topic, "token", f"{chosen}: {wrong.what}", wrong.fix, refused=True)
        if header is None:
            return ok(self.topic, "token", "none is sent")
        took = _ms(self.clock.monotonic() - started)
        said = claims(header)
        if said is None:
            return ok(self.topic, "token", f"{chosen} in {took}; it does not say for whom it is")
        left = said.expires - self.clock.wall()
        who = f"tenant {said.tenant or '?'}, application {said.application or '?'}, object id {said.identity or '?'}"
        what = f"{chosen} in {took}: {who}, {f'good for {left / 60:.0f} minutes' if left > 0 else 'expired'}"
        if left <= 0:
            return failed(self.topic, "token", what, "sign in again, or set a new token", refused=True)
        if not said.for_catalogs:
            fix = "ask for one with the resource https://geocatalog.spatio.azure.com"
            return warning(self.topic, "token", f"{what}; it is for {said.audience}", fix)
        return ok(self.topic, "token", what)

    async def _answers(self, catalog: Catalog) -> AsyncIterator[Symptom]:
        viewer = catalog.viewer()
        first = await viewer.look(LANDING)
        if (skew := self._skew(first.headers)) is not None:
            yield skew
        verdict = self._verdict(first)
        yield verdict
        if verdict.health == "failed":
            return
        yield ok(self.topic, "api-version", f"{API_VERSION} is accepted")
        seconds = [first.seconds, *[(await viewer.look(LANDING)).seconds for _ in range(TIMES - 1)]]
        slow = median(seconds[1:]) > SLOW
        what = f"{_ms(median(seconds[1:]))} each, the first one {_ms(first.seconds)}"
        yield (
            warning(self.topic, "time per request", what, "a plan takes that often: is there a slow proxy or VPN?")
            if slow
            else ok(self.topic, "time per request", what)
        )
        yield await self._listing(catalog)
        yield self._sources(await viewer.look(SOURCES))

    def _skew(self, headers: Mapping[str, str]) -> Symptom | None:
        try:
            ahead = self.clock.wall() - parsedate_to_datetime(headers["date"]).timestamp()
        except (LookupError, TypeError, ValueError):
            return None
        if abs(ahead) <= SKEW:
            return ok(self.topic, "clock", f"this machine and the catalog agree within {SKEW:.0f} s")
        what = f"this machine is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the catalog"
        return warning(self.topic, "clock", what, "set it by NTP: tokens and SAS signatures of another time are refused")

    def _verdict(self, look: Look) -> Symptom:
        """What the status of the first answer means."""
        said = look.content[:2000].decode(errors="replace")
        match look.status:
            case 200 if _is_json(look):
                return ok(self.topic, "access", f"GET {LANDING} is answered")
            case 200:
                fix = "check the endpoint, and that no proxy or sign-in page answers in its place"
                return failed(self.topic, "access", f"GET {LANDING} is answered with something that is no JSON ({look.media_type})", fix)
            case 401:
                fix = "the token has to be of the catalog's tenant: az login --tenant TENANT, or another --credential"
                return failed(self.topic, "access", "the catalog does not accept the token (401)", fix, refused=True)
            case 403:
                fix = (
                    "give the object id above the role GeoCatalog Reader (plan) or GeoCatalog Administrator (apply), and wait some minutes"
                )
                return failed(self.topic, "access", "the token is accepted, and its identity has no role here (403)", fix, refused=True)
            case 404:
                return failed(self.topic, "access", f"there is no {LANDING} here (404): this is no GeoCatalog", "check the endpoint")
            case 400 if "version" in said.lower():
                fix = "is there a newer pcsync?"
                return failed(self.topic, "api-version", f"{API_VERSION} is not accepted (400)", fix)
        return failed(self.topic, "access", f"GET {LANDING} is answered with {look.status}", AGAIN)

    async def _listing(self, catalog: Catalog) -> Symptom:
        root = KINDS[COLLECTION]
        assert isinstance(root, Listed)  # noqa: S101  collections can be listed
        seen = 0
        try:
            async with aclosing(catalog.members(root.listing, root.array)) as members:
                async for _ in members:
                    seen += 1
                    if seen >= ENOUGH:
                        break
        except PcsyncError as wrong:
            return failed(self.topic, "listing", wrong.what, wrong.fix, refused=isinstance(wrong, AuthenticationError))
        return ok(self.topic, "listing", f"{'at least ' if seen >= ENOUGH else ''}{count(seen, 'collection')} can be read")

    def _sources(self, look: Look) -> Symptom:
        """The one part of the catalog that a reader may not be let into."""
        if look.status == 200:
            return ok(self.topic, "ingestion sources", "can be read; whether they and the collections can be written is not tried")
        if look.status in (401, 403):
            what = f"cannot be read ({look.status}); plans that declare any are incomplete"
            return warning(self.topic, "ingestion sources", what, "the role GeoCatalog Administrator may")
        return warning(self.topic, "ingestion sources", f"are answered with {look.status}", AGAIN)


def visited(wiring: Wiring, credential: str) -> list[Symptom]:
    """The symptoms of one catalog."""

    async def run() -> list[Symptom]:
        return [it async for it in Visit(wiring, credential).symptoms()]

    return asyncio.run(run())


def _is_json(look: Look) -> bool:
    try:
        return "json" in look.media_type and isinstance(orjson.loads(look.content), dict)
    except orjson.JSONDecodeError:
        return False


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _day(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).date().isoformat() if instant else "an unknown day"
