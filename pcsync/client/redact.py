"""Texts of others, made fit to be shown: without secrets, and short."""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

HIDDEN = "(hidden)"
LONGEST = 600  # characters of somebody else's text in one of our messages
SHORTEST = 8  # characters that are sought in other spellings too: fewer are found in words that are no secret

_SECRETS = re.compile(
    r"""(?ix)
      (?P<sas> (?: \b | %3f | %26 ) sig (?: = | %3d ) ) [^&\s"'<>\\]+         # the signature of a SAS token, also percent-encoded
    | (?P<field> " (?: sasToken | access_token | client_secret ) " \s* : \s* " ) (?: [^"\\] | \\. )*
    | (?P<bearer> \b bearer \s+ ) [a-z0-9._~+/=-]{8,}
    | (?P<user> :// ) [^/\s"'@]+ : [^/\s"'@]+ (?= @ )       # a proxy's user and password
    | \b eyJ [\w-]{8,} \. [\w-]+ \. [\w-]*                  # a JSON web token, wherever it stands
    """
)


_SIGNATURE = re.compile(r"(?i)(?:^|[?&])sig=([^&\s]+)")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without SAS signatures, bearer tokens and passwords, nor any of the secrets given, however they are spelt."""
    for spelling in sorted({it for secret in secrets for it in spellings(secret)}, key=len, reverse=True):
        text = re.sub(re.escape(spelling), HIDDEN, text, flags=re.IGNORECASE)
    return _SECRETS.sub(lambda match: f"{match[match.lastgroup] if match.lastgroup else ''}{HIDDEN}", text)


def spellings(secret: str) -> Iterator[str]:
    """The secret, and the signature in it alone: word for word, percent-encoded once and twice, escaped in JSON, and in base64."""
    if secret:
        yield secret
    signatures = _SIGNATURE.findall(secret)
    for part in {secret, *signatures, *map(unquote, signatures)}:
        if len(part) >= SHORTEST:
            once = quote(part, safe="")
            yield from (part, once, quote(once, safe=""), part.replace("/", "\\/"))
            yield from _in_base64(part.encode())


def _in_base64(part: bytes) -> Iterator[str]:
    """What is left of it in the base64 of a longer text, at each of the three places where it may start."""
    for start in range(3):
        whole = slice(-(-start * 4 // 3), (start + len(part)) // 3 * 4)  # without the digits that it shares with its neighbours
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(bytes(start) + part).decode()[whole]


def shown(text: str, secrets: Iterable[str] = (), longest: int = LONGEST) -> str:
    """One line of at most ``longest`` characters, redacted before it is cut, so that no half of a secret is left."""
    line = " ".join(redact(text, secrets).split())
    return line if len(line) <= longest else f"{line[:longest]}… ({len(line)} characters)"
