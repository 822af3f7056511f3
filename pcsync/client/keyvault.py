"""Secrets of an Azure Key Vault, through azure-keyvault-secrets (the extra ``keyvault``); imported when the first one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pcsync.client.auth import no_token
from pcsync.client.redact import shown
from pcsync.core.errors import AuthenticationError, PcsyncError

PATIENCE = {"connection_timeout": 10, "read_timeout": 20, "retry_total": 2}  # seconds, seconds, repetitions
REFUSED = (401, 403)


@dataclass(frozen=True)
class KeyVault:
    """Looks secrets up, each one once in a process. ``build`` makes the azure-identity credential that every vault is asked with.

    ``transport`` makes an azure-core transport to use instead of the network.
    """

    build: Callable[[], Any]
    transport: Callable[[], Any] | None = None
    _known: dict[tuple[str, str, str], str] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, vault: str, name: str, version: str = "") -> str:
        """The value of a secret in the vault at an https URL; the latest version where none is named. Raises PcsyncError."""
        key = (vault, name, version)
        if key not in self._known:
            self._known[key] = self._fetched(*key)
        return self._known[key]

    def _fetched(self, vault: str, name: str, version: str) -> str:
        try:
            from azure.keyvault.secrets import SecretClient
        except ImportError:
            what = "reading Azure Key Vault needs the extra keyvault, which is not installed"
            raise PcsyncError(what, fix="pip install 'pcsync[keyvault]', or put the value into the environment and use env:NAME") from None
        from azure.core.exceptions import AzureError

        options = {**PATIENCE, **({"transport": self.transport()} if self.transport else {})}
        try:
            with SecretClient(vault_url=vault, credential=self.build(), **options) as client:
                return client.get_secret(name, version or None).value or ""
        except (AzureError, ValueError) as error:  # ValueError: an unknown challenge, or a credential that lacks its variables
            raise _told(error, f"{vault}/secrets/{name}") from None


def _told(error: Exception, where: str) -> PcsyncError:
    """What went wrong with a vault, in words of ours; its own may quote anything, so they are redacted."""
    from azure.core.exceptions import ClientAuthenticationError, ResourceNotFoundError, ServiceRequestError, ServiceResponseError

    status = getattr(error, "status_code", None)
    if isinstance(error, ResourceNotFoundError):
        return PcsyncError(
            "the key vault has no such secret, or no such version of it", where=where, fix="mend the name, or add the secret"
        )
    if status in REFUSED:
        fix = "grant the identity that runs pcsync the role Key Vault Secrets User on this vault, and let the network through its firewall"
        return AuthenticationError(f"the key vault refuses to give the secret: {shown(str(error))}", where=where, fix=fix)
    if isinstance(error, ClientAuthenticationError):
        return no_token(error)
    if isinstance(error, ServiceRequestError | ServiceResponseError):
        return PcsyncError(
            f"the key vault cannot be reached: {shown(str(error))}", where=where, fix="check the vault's name and the network"
        )
    return PcsyncError(f"the key vault does not give the secret: {shown(str(error))}", where=where, fix="try again")
