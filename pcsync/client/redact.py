"""Texts of others, made fit to be shown: without secrets, and short."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "(hidden)"
LONGEST = 600  # characters of somebody else's text in one of our messages

_SECRETS = re.compile(
    r"""(?ix)
      (?P<sas> (?: \b | %3f | %26 ) sig (?: = | %3d ) ) [^&\s"'<>\\]+         # the signature of a SAS token, also percent-encoded
    | (?P<field> " (?: sasToken | access_token | client_secret ) " \s* : \s* " ) (?: [^"\\] | \\. )*
    | (?P<bearer> \b bearer \s+ ) [a-z0-9._~+/=-]{8,}
    | (?P<user> :// ) [^/\s"'@]+ : [^/\s"'@]+ (?= @ )       # a proxy's user and password
    | \b eyJ [\w-]{8,} \. [\w-]+ \. [\w-]*                  # a JSON web token, wherever it stands
    """
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without SAS signatures, bearer tokens and passwords, nor any of the secrets given word for word."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    return _SECRETS.sub(lambda match: f"{match[match.lastgroup] if match.lastgroup else ''}{HIDDEN}", text)


def shown(text: str, secrets: Iterable[str] = (), longest: int = LONGEST) -> str:
    """One line of at most ``longest`` characters, redacted before it is cut, so that no half of a secret is left."""
    line = " ".join(redact(text, secrets).split())
    return line if len(line) <= longest else f"{line[:longest]}… ({len(line)} characters)"
