"""Who asks, and how often Entra is asked about it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections import namedtuple

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CredentialUnavailableError

from pcsync.client.auth import CREDENTIALS, NONE, SCOPE, EntraToken, NoAuth, StaticToken, choose
from pcsync.client.http import Catalog
from pcsync.core.errors import AuthenticationError, UsageError
from pcsync.core.resource import Call
from tests.client.script import CANARY, Script, scripted
from tests.client.time_machine import TimeMachine

Token = namedtuple("Token", "token expires_on")
OK = httpx.Response(200, json={})
DENIED = httpx.Response(401, json={"error": {"code": "Unauthorized", "message": "no"}})


class Credential:
    """Gives token-1, token-2 … that live an hour; counts how often it was asked."""

    def __init__(self, time: TimeMachine, life: float = 3600) -> None:
        self.time, self.life, self.asked, self.scopes, self.lock = time, life, 0, set(), threading.Lock()

    def itself(self) -> Credential:
        return self

    def get_token(self, scope: str) -> Token:
        with self.lock:
            self.asked += 1
            self.scopes.add(scope)
            return Token(f"token-{self.asked}", self.time.now + self.life)


class Broken:
    """A credential that has nothing."""

    asked = 0

    def get_token(self, scope: str) -> Token:
        self.asked += 1
        raise CredentialUnavailableError(message=f"Please run 'az login'. Bearer {CANARY}")


async def test_a_token_is_fetched_once_for_many_requests_and_again_shortly_before_it_expires():
    time = TimeMachine()
    credential = Credential(time)
    auth = EntraToken(lambda: credential, time.clock)

    assert {*await asyncio.gather(*(auth.header() for _ in range(50)))} == {"Bearer token-1"}
    time.now += 3600 - 301
    assert await auth.header() == "Bearer token-1"
    time.now += 2
    assert await auth.header() == "Bearer token-2"
    assert credential.scopes == {SCOPE}


async def test_a_401_is_answered_with_one_fresh_token():
    time = TimeMachine()
    auth = EntraToken(Credential(time).itself, time.clock)
    catalog, script = scripted(DENIED, OK, auth=auth)

    assert await catalog.get("/stac") == {}

    assert [request.headers["authorization"] for request in script.heard] == ["Bearer token-1", "Bearer token-2"]


async def test_many_401s_at_once_cost_one_fresh_token():
    time = TimeMachine()
    credential = Credential(time)

    def answer(request: httpx.Request) -> httpx.Response:
        return DENIED if request.headers["authorization"] == "Bearer token-1" else httpx.Response(200, json={})

    catalog, _ = scripted(answer, auth=EntraToken(lambda: credential, time.clock))
    await asyncio.gather(*(catalog.get(f"/stac/collections/{number}") for number in range(20)))

    assert credential.asked == 2


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_that_stays_is_an_authentication_error_that_names_the_roles(status):
    time = TimeMachine()
    auth = EntraToken(Credential(time).itself, time.clock)
    catalog, script = scripted(httpx.Response(status, json={"error": {"code": "Denied", "message": "no"}}), auth=auth)

    with pytest.raises(AuthenticationError) as caught:
        await catalog.send(Call("POST", "/stac/collections", {}))

    assert caught.value.exit_code == 8
    assert len(script.heard) == (2 if status == 401 else 1)
    assert "GeoCatalog Administrator" in caught.value.fix or "sign in" in caught.value.fix


async def test_no_token_is_an_authentication_error_without_secrets_and_is_not_asked_for_again_at_once():
    time, broken = TimeMachine(), Broken()
    auth = EntraToken(lambda: broken, time.clock)

    for _ in range(3):
        with pytest.raises(AuthenticationError, match="az login") as caught:
            await auth.header()
        assert CANARY not in str(caught.value)
    assert broken.asked == 1
    time.now += 60
    with pytest.raises(AuthenticationError):
        await auth.header()
    assert broken.asked == 2


async def test_a_credential_that_cannot_even_be_built_is_an_authentication_error():
    def build() -> None:
        raise ValueError("WorkloadIdentityCredential needs AZURE_TENANT_ID")

    with pytest.raises(AuthenticationError, match="AZURE_TENANT_ID"):
        await EntraToken(build).header()
    with pytest.raises(AuthenticationError, match="no"):
        await EntraToken(lambda: (_ for _ in ()).throw(ClientAuthenticationError("no"))).header()


async def test_a_token_never_travels_unencrypted():
    script = Script([OK])
    async with Catalog("http://contoso.example", StaticToken(CANARY), transport=httpx.MockTransport(script)) as catalog:
        with pytest.raises(AuthenticationError, match="unencrypted"):
            await catalog.get("/stac")

    assert script.heard == []


async def test_a_token_never_follows_a_redirect_to_another_host():
    catalog, script = scripted(httpx.Response(307, headers={"location": "https://evil.example/stac"}), auth=StaticToken(CANARY))

    with pytest.raises(Exception, match="another host"):
        await catalog.get("/stac")

    assert [request.url.host for request in script.heard] == ["contoso.example"]


async def test_nobody_sends_no_authorization():
    catalog, script = scripted(OK, auth=NoAuth())
    await catalog.get("/stac")

    assert "authorization" not in script.heard[0].headers


def test_a_token_given_by_hand_wins_over_any_credential():
    assert isinstance(choose("cli", "abc"), StaticToken)
    assert isinstance(choose("none"), NoAuth)
    assert isinstance(choose("managed-identity"), EntraToken)


def test_an_unknown_credential_is_a_usage_error_that_lists_the_known():
    with pytest.raises(UsageError) as caught:
        choose("kerberos")
    assert "managed-identity" in caught.value.fix


def test_a_token_with_a_line_break_in_it_is_refused_and_not_shown():
    with pytest.raises(UsageError) as caught:
        StaticToken(f"{CANARY}\r\nx: y")
    assert CANARY not in str(caught.value)


def test_every_credential_named_exists_in_azure_identity():
    import azure.identity

    assert [name for name in CREDENTIALS.values() if not hasattr(azure.identity, name)] == []


def test_neither_azure_nor_aiohttp_is_imported_before_it_is_needed():
    program = (
        "import sys; from pcsync.client.http import Catalog; from pcsync.client.auth import choose;"
        "Catalog('https://contoso.example', choose('cli'));"
        "print([name for name in ('azure.identity', 'azure.core', 'aiohttp') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


def test_every_credential_that_the_command_line_offers_is_one():
    from pcsync.cli.options import CREDENTIALS as OFFERED

    assert set(OFFERED) == {*CREDENTIALS, NONE}
    for name in OFFERED:
        choose(name)
