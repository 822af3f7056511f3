"""When a request is sent again, and after how long. Pure: both wires and every call follow this one rule.

status or failure                      | GET, HEAD, PUT, DELETE | POST, PATCH
---------------------------------------|------------------------|-----------------------------------------
connection never made                  | again                  | again: the catalog has not seen it
connection lost, no answer in time     | again                  | never: it may have been done (LostResponseError)
429                                    | again                  | again: the catalog says it did not do it
408, 502, 503, 504                     | again                  | never: a gateway may have passed it on
500                                    | twice more             | never
anything else                          | never                  | never

A POST that makes an object twice costs more than a run that stops (dossier 1.6: every ingestion POST makes a new one).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from pcsync.client.wire import WireError

REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
THROTTLED = frozenset({429, 503})
UNCERTAIN = frozenset({408, 502, 503, 504})
PASSING = UNCERTAIN | {429, 500}


@dataclass(frozen=True, slots=True)
class RetryRule:
    """How patient one request is; seconds throughout.

    ``attempts`` bounds failures and 5xx, ``throttled`` the answers that only ask to slow down; ``patience`` bounds all of it.
    """

    attempts: int = 6
    throttled: int = 15
    unwell: int = 3  # attempts at a 500: mostly a fault that stays
    first: float = 0.5
    longest: float = 20.0
    retry_after: float = 120.0  # the longest Retry-After that is believed
    patience: float = 300.0

    def again(self, method: str, outcome: int | WireError) -> bool:
        """The outcome may pass, and repeating the method is safe. ``outcome`` is an HTTP status or what went wrong instead."""
        if isinstance(outcome, WireError):
            return not outcome.final and (method in REPEATABLE or not outcome.sent)
        return outcome == 429 or (outcome in PASSING and method in REPEATABLE)

    def wait(self, outcome: int | WireError, attempt: int, elapsed: float, asked: float | None, chance: float) -> float | None:
        """Seconds until the next attempt after number ``attempt`` (from 1); None when patience is at an end.

        ``asked`` is the catalog's own Retry-After, ``chance`` a random number in [0, 1).
        """
        if attempt >= self._most(outcome):
            return None
        backoff = min(self.longest, self.first * 2 ** (attempt - 1)) * (0.5 + chance / 2)
        delay = backoff if asked is None else min(asked, self.retry_after) + backoff * 0.1  # not all in the same instant
        return delay if elapsed + delay <= self.patience else None

    def _most(self, outcome: int | WireError) -> int:
        if outcome == 500:
            return self.unwell
        return self.throttled if outcome == 429 else self.attempts


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds a Retry-After header asks for: a number or an HTTP date (RFC 9110 10.2.3); None when absent or nonsense."""
    text = headers.get("retry-after")
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def lost(method: str, outcome: int | WireError) -> bool:
    """A write that ended like this may have been done or not; only looking tells."""
    if method in ("GET", "HEAD"):
        return False
    return outcome.sent if isinstance(outcome, WireError) else outcome in UNCERTAIN
