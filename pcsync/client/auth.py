"""Who asks: Entra tokens through azure-identity, a token given by hand, or nobody.

azure-identity is imported when the first request needs a token and not before (``validate`` never pays for it).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pcsync.client.clock import Clock
from pcsync.client.endpoint import Endpoint
from pcsync.client.redact import shown
from pcsync.core.errors import AuthenticationError, UsageError

SCOPE = "https://geocatalog.spatio.azure.com/.default"
EARLY = 300.0  # seconds before its expiry that a token is replaced
SULK = 20.0  # seconds a failure is repeated without asking again: a chain of credentials takes long to say no

CREDENTIALS: Mapping[str, str] = {
    "default": "DefaultAzureCredential",
    "cli": "AzureCliCredential",
    "azd": "AzureDeveloperCliCredential",
    "powershell": "AzurePowerShellCredential",
    "environment": "EnvironmentCredential",
    "workload-identity": "WorkloadIdentityCredential",
    "managed-identity": "ManagedIdentityCredential",
    "browser": "InteractiveBrowserCredential",
    "device-code": "DeviceCodeCredential",
}
"""What may be chosen, and the azure-identity class behind it."""
NONE = "none"


class Auth(Protocol):
    """The Authorization header of requests to one catalog."""

    async def header(self) -> str | None:
        """The header's value, None to send none. Raises AuthenticationError."""

    def refused(self, header: str) -> bool:
        """The catalog answered 401 to this header: forget it. True when asking again may give another."""


class NoAuth:
    """Nobody: the emulator asks for no token."""

    async def header(self) -> str | None:
        """None."""

    def refused(self, header: str) -> bool:  # noqa: ARG002  # the protocol's
        """There is nothing else to offer."""
        return False

    def __repr__(self) -> str:
        return "NoAuth()"


class StaticToken:
    """A bearer token from elsewhere (PCSYNC_TOKEN); when it expires the run ends."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token.strip()}"
        if not self._header.isascii() or any(character.isspace() for character in token.strip()):
            raise UsageError("the token given contains characters that no token has", fix="give the token alone, without the word Bearer")

    async def header(self) -> str | None:
        """The token as it was given."""
        return self._header

    def refused(self, header: str) -> bool:  # noqa: ARG002  # the protocol's
        """There is nothing else to offer."""
        return False

    def __repr__(self) -> str:
        return "StaticToken(hidden)"


class EntraToken:
    """A token of Microsoft Entra ID, kept until shortly before it expires. Safe to share between tasks and threads.

    ``build`` makes an azure-identity credential; it runs in a thread, for some of them start a program or ask the network.
    """

    def __init__(self, build: Callable[[], Any], clock: Clock | None = None) -> None:
        self._build, self._wall = build, (clock or Clock()).wall
        self._lock = threading.Lock()
        self._credential: Any = None
        self._header = ""
        self._expires = 0.0
        self._failure: AuthenticationError | None = None
        self._failed = 0.0

    async def header(self) -> str | None:
        """The current token; fetched once however many ask at the same time."""
        if self._wall() < self._expires - EARLY:
            return self._header
        return await asyncio.to_thread(self._renewed)

    def refused(self, header: str) -> bool:
        """Drop the token, and with it the credential and its own cache."""
        with self._lock:
            if header == self._header:  # else a task beside this one has dropped it already
                self._credential, self._header, self._expires = None, "", 0.0
        return True

    def _renewed(self) -> str:
        with self._lock:
            if self._wall() >= self._expires - EARLY:
                self._fetch()
            return self._header

    def _fetch(self) -> None:
        from azure.core.exceptions import AzureError

        if self._failure and self._wall() < self._failed + SULK:
            raise self._failure
        try:
            self._credential = self._credential or self._build()
            token = self._credential.get_token(SCOPE)
        except (AzureError, ValueError) as error:  # ValueError: a credential whose environment variables are missing
            self._failed, self._failure = self._wall(), no_token(error)
            raise self._failure from None
        # One that lives shorter than our margin is at least not fetched for every request.
        self._header, self._expires = f"Bearer {token.token}", max(float(token.expires_on), self._wall() + EARLY + 1)

    def __repr__(self) -> str:
        return "EntraToken(hidden)"


def choose(name: str = "default", token: str | None = None, clock: Clock | None = None) -> Auth:
    """The way to prove who asks: a token given by hand wins, else a credential by its name in CREDENTIALS, or "none"."""
    if token:
        return StaticToken(token)
    if name == NONE:
        return NoAuth()
    if name not in CREDENTIALS:
        raise UsageError(f"there is no credential {name!r}", fix="one of " + ", ".join([*CREDENTIALS, NONE]))
    return EntraToken(lambda: credential(name), clock)


def no_token(error: Exception) -> AuthenticationError:
    """What azure-identity says when it has none: often a paragraph for every credential of the chain."""
    return AuthenticationError(
        f"no token: {shown(str(error), longest=1500)}",
        fix="sign in (az login), or choose the credential: " + ", ".join([*CREDENTIALS, NONE]),
    )


def unencrypted(endpoint: Endpoint) -> AuthenticationError:
    """The refusal to send a token where somebody in between could read it."""
    return AuthenticationError("a token would travel unencrypted, so nothing was sent", where=endpoint.url, fix="use https")


def credential(choice: str) -> Any:
    """The azure-identity credential of a name in CREDENTIALS; may start programs or ask the network when it is used."""
    import os

    import azure.identity

    name = CREDENTIALS.get(choice, CREDENTIALS["default"])
    options: dict[str, Any] = {}
    if name == "ManagedIdentityCredential" and os.environ.get("AZURE_CLIENT_ID"):
        options["client_id"] = os.environ["AZURE_CLIENT_ID"]  # a user-assigned identity; the default chain reads it itself
    return getattr(azure.identity, name)(**options)
