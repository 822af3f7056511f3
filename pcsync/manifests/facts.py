"""What a pure kind cannot find out: the size and hash of files to upload, and what may be known of secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pcsync.core.kind import Attaching
from pcsync.core.source import Origin, step
from pcsync.manifests.paths import PathError, existing
from pcsync.manifests.problem import Problem
from pcsync.manifests.reads import Read, digest
from pcsync.manifests.secrets import SecretError, Vault, known_provider, resolve, vaulted

SECRET = "$secret"  # noqa: S105  # the key's name, no secret
Facts = dict[str, dict[str, Any]]
Report = Callable[[Problem], None]


def matches(value: Any, pattern: str, at: str = "") -> Iterator[tuple[str, Any]]:
    """Pointers and values that a pattern such as ``/assets/*/file`` finds; ``*`` is any one key or index."""
    if not pattern:
        yield at, value
        return
    segment, _, rest = pattern[1:].partition("/")
    rest = "/" + rest if rest else ""
    for key, member in _children(value):
        if segment in ("*", str(key)):
            yield from matches(member, rest, at + step(key))


def _children(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, Mapping):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def file_facts(body: Mapping[str, Any], kinds: Iterable[Attaching], origin: Origin, root: Path, report: Report, reads: list[Read]) -> Facts:
    """Of each file that the body names: its ``path`` relative to the project root, ``sha256`` in hex, ``size`` in bytes.

    Each is added to ``reads``.
    """
    facts: Facts = {}
    for kind in kinds:
        for pattern in kind.files:
            for pointer, named in matches(body, pattern):
                if isinstance(named, str):
                    _file(pointer, named, origin.at(pointer), root, facts, report, reads)
    return facts


def _file(pointer: str, named: str, origin: Origin, root: Path, facts: Facts, report: Report, reads: list[Read]) -> None:
    beside = origin.written()[0]
    try:
        path = existing(root, named, beside)
        content = (root / path).read_bytes()
    except PathError as wrong:
        report(Problem(wrong.rule, wrong.what, origin, wrong.fix, pointer))
    except OSError as wrong:
        report(Problem("file-unreadable", f"{named} cannot be read: {wrong.strerror}", origin, "mend its permissions", pointer))
    else:
        facts[pointer] = {"path": path, "sha256": digest(content), "size": len(content)}
        reads.append(Read(beside, named, path, facts[pointer]["sha256"]))


def secret_facts(
    body: Mapping[str, Any],
    kinds: Iterable[Attaching],
    origin: Origin,
    root: Path,
    environ: Mapping[str, str],
    report: Report,
    vault: Vault | None = None,
) -> Facts:
    """Of each ``$secret``: its ``ref``, when it was looked up (``at``), and what its kind says about the value, or why it is ``missing``.

    Literals are refused.
    """
    facts: Facts = {}
    allowed = {pointer: (kind, value) for kind in kinds for pattern in kind.secrets for pointer, value in matches(body, pattern)}
    for pointer, (kind, value) in allowed.items():
        if ref := _reference(value, origin.at(pointer), pointer, report):
            facts[pointer] = {"ref": ref, "at": datetime.now(UTC).isoformat(), **_described(ref, kind, environ, root, vault)}
    return facts


def _reference(value: Any, origin: Origin, pointer: str, report: Report) -> str:
    if not isinstance(value, Mapping) or set(value) != {SECRET} or not isinstance(value[SECRET], str):
        what = "a secret is never written into a manifest" if isinstance(value, str) else "this is no reference to a secret"
        report(Problem("secret-literal", what, origin, 'write {$secret: "env:NAME"}', pointer))
        return ""
    ref: str = value[SECRET]
    if not known_provider(ref):
        fix = "write env:NAME, file:PATH or keyvault:VAULT/SECRET"
        shown = ref.partition(":")[0] if ":" in ref and len(ref.partition(":")[0]) < 20 else "this"
        report(Problem("secret-provider", f"{shown} is no provider of secrets", origin, fix, pointer))
        return ""
    return ref if not ref.startswith("keyvault:") or _names_a_vault(ref, origin, pointer, report) else ""


def _names_a_vault(ref: str, origin: Origin, pointer: str, report: Report) -> bool:
    try:
        vaulted(ref.partition(":")[2])
    except SecretError as wrong:
        report(Problem("secret-provider", wrong.what, origin, wrong.fix, pointer))
        return False
    return True


def _described(ref: str, kind: Attaching, environ: Mapping[str, str], root: Path, vault: Vault | None) -> Mapping[str, Any]:
    try:
        return kind.secret_facts(resolve(ref, environ, root, vault))
    except SecretError as wrong:
        return {"missing": wrong.what}


def misplaced_secrets(body: Mapping[str, Any], kinds: Iterable[Attaching], origin: Origin, report: Report) -> None:
    """Refuse every ``$secret`` reference where no kind takes one."""
    allowed = {pointer for kind in kinds for pattern in kind.secrets for pointer, _ in matches(body, pattern)}
    for pointer in _references(body):
        if pointer not in allowed:
            fix = "only values that a GeoCatalog keeps secret take one; use ${env:NAME} for settings"
            report(Problem("secret-misplaced", "this value cannot be a secret", origin.at(pointer), fix, pointer))


def _references(value: Any, at: str = "") -> Iterator[str]:
    for key, member in _children(value):
        if isinstance(member, dict) and SECRET in member:
            yield at + step(key)
        elif isinstance(member, dict | list):
            yield from _references(member, at + step(key))
