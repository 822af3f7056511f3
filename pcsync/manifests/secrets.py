"""Where secrets come from. A manifest holds a reference, never a value, and a value never leaves the call that needs it.

``env:NAME`` is an environment variable; ``file:PATH`` a file (relative to the project root, or absolute: secrets may be mounted anywhere);
``keyvault:VAULT/SECRET`` an Azure Key Vault.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pcsync.core.errors import PcsyncError

PROVIDERS = ("env", "file", "keyvault")
MAX_BYTES = 64 * 1024


class SecretError(PcsyncError):
    """A secret that cannot be had; never holds any part of a value."""


def resolve(ref: str, environ: Mapping[str, str], root: Path) -> str:
    """The value a reference stands for. Raises SecretError."""
    provider, _, name = ref.partition(":")
    if provider == "env" and name:
        return _environment(name, environ)
    if provider == "file" and name:
        return _file(name, root)
    if provider == "keyvault" and name:
        fix = "fetch it beforehand into the environment and use env:NAME; reading Key Vault needs an extra that this version does not have"
        raise SecretError(f"{ref} is in a key vault, which this installation cannot read", fix=fix)
    raise SecretError(f"{provider or ref!r} is no provider of secrets", fix="write env:NAME, file:PATH or keyvault:VAULT/SECRET")


def known_provider(ref: str) -> bool:
    """The reference names a provider and something there."""
    provider, _, name = ref.partition(":")
    return provider in PROVIDERS and bool(name)


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
