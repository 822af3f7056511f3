"""Where secrets come from. A manifest holds a reference, never a value, and a value never leaves the call that needs it.

``env:NAME`` is an environment variable; ``file:PATH`` a file (relative to the project root, or absolute: secrets may be mounted anywhere);
``keyvault:VAULT/SECRET`` or ``keyvault:VAULT/SECRET/VERSION`` an Azure Key Vault's secret; VAULT is a name or its https URL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from pcsync.core.errors import PcsyncError

PROVIDERS = ("env", "file", "keyvault")
MAX_BYTES = 64 * 1024
PUBLIC = "vault.azure.net"
CLOUDS = (PUBLIC, "vault.azure.cn", "vault.usgovcloudapi.net")
"""The domains of key vaults: public, China, US government. A token is sent to no other host."""
VAULT = r"(?i)^(?:https://)?(?P<vault>[A-Za-z](?:-?[A-Za-z0-9])+)(?:\.(?P<cloud>[a-z.]+))?/?$"
SECRET, SECRET_VERSION = r"^[0-9A-Za-z-]{1,127}$", r"^[0-9A-Za-z]{1,64}$"
"""Texts, which are compiled when a vault is met: that takes a millisecond, and few manifests name one."""

Vault = Callable[[str, str, str], str]
"""Looks up a key vault's secret: the vault's https URL, the secret's name, its version or "". Raises PcsyncError."""


class SecretError(PcsyncError):
    """A secret that cannot be had; never holds any part of a value."""


def resolve(ref: str, environ: Mapping[str, str], root: Path, vault: Vault | None = None) -> str:
    """The value a reference stands for; ``vault`` None: key vaults are not asked. Raises SecretError."""
    provider, _, name = ref.partition(":")
    if provider == "env" and name:
        return _environment(name, environ)
    if provider == "file" and name:
        return _file(name, root)
    if provider == "keyvault" and name:
        return _in_vault(name, vault)
    raise SecretError(f"{provider or ref!r} is no provider of secrets", fix="write env:NAME, file:PATH or keyvault:VAULT/SECRET")


def vaulted(name: str) -> tuple[str, str, str]:
    """Vault URL, secret name and version of what stands behind ``keyvault:``. Raises SecretError where it names none."""
    scheme, rest = ("https://", name[8:]) if name.lower().startswith("https://") else ("", name)
    host, _, path = rest.partition("/")
    secret, _, version = path.removeprefix("secrets/").partition("/")
    found = re.match(VAULT, scheme + host)
    cloud = (found["cloud"] or PUBLIC).lower() if found else ""
    if found is None or cloud not in CLOUDS or not 3 <= len(found["vault"]) <= 24:
        raise SecretError(
            "this names no key vault", fix=f"write keyvault:NAME/SECRET, or https://NAME.{PUBLIC} ({', '.join(CLOUDS[1:])}) as NAME"
        )
    if not re.match(SECRET, secret) or (version and not re.match(SECRET_VERSION, version)):
        raise SecretError("this names no secret of a key vault", fix="write keyvault:VAULT/SECRET or keyvault:VAULT/SECRET/VERSION")
    return f"https://{found['vault'].lower()}.{cloud}", secret, version


def known_provider(ref: str) -> bool:
    """The reference names a provider and something there."""
    provider, _, name = ref.partition(":")
    return provider in PROVIDERS and bool(name)


def _in_vault(name: str, vault: Vault | None) -> str:
    url, secret, version = vaulted(name)
    if vault is None:
        raise SecretError(f"the secret {secret} is in the key vault {url}, which is asked by plan and apply only")
    try:
        value = vault(url, secret, version).strip()
    except PcsyncError as wrong:
        raise SecretError(f"{wrong.where}: {wrong.what}" if wrong.where else wrong.what, fix=wrong.fix) from None
    if not value:
        raise SecretError(f"the secret {secret} in the key vault {url} is empty", fix="give it a value, or name another version")
    return value


def _environment(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "")
    if not value:
        raise SecretError(f"the environment has no {name}", fix=f"set it: export {name}=...")
    return value


def _file(name: str, root: Path) -> str:
    try:
        with (root / name).open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as wrong:
        reason = getattr(wrong, "strerror", None) or "it cannot be read"
        raise SecretError(f"the secret's file {name} cannot be read: {reason}", fix="write it, or mend its permissions") from None
    try:
        value = raw.decode().strip() if len(raw) <= MAX_BYTES else ""
    except UnicodeDecodeError:
        value = ""
    if not value:
        raise SecretError(f"the secret's file {name} is empty, too large or no text", fix="it holds the value and nothing else")
    return value
