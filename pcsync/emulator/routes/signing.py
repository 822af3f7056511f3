"""`sign` and `duration` of reads: hrefs of managed storage with a token behind them."""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

from pcsync.emulator.errors import Invalid
from pcsync.emulator.jsonb import STORED_BASE
from pcsync.emulator.state import sas
from pcsync.emulator.world import Call

MOST_MINUTES = 10_000_000


def signer(call: Call) -> Callable[[str], str]:
    """What to do with the stored text of an item or a collection before it is sent. Raises Invalid."""
    wanted = call.query.get("sign", "false")
    duration = minutes(call)
    if wanted not in ("true", "false"):
        raise Invalid("sign is true or false")
    if wanted == "false":
        return lambda text: text
    expiry = sas.expiry(call.world, duration)

    @lru_cache(maxsize=256)
    def token(container: str) -> str:
        return sas.token(call.db, call.world, unquote(container), expiry)

    pattern = _managed(call.world.settings.storage_url)
    return lambda text: pattern.sub(lambda found: f'"href":"{found[1]}?{token(found[2])}"', text)


def minutes(call: Call) -> int:
    """`duration`, about a day when it is not sent (sas-token)."""
    return min(call.count("duration", sas.DAY, least=1), MOST_MINUTES)


@lru_cache(maxsize=8)
def _managed(storage_url: str | None) -> re.Pattern[str]:
    """An href of managed storage in stored text; group 2 is the container."""
    root = re.escape(storage_url) if storage_url else re.escape(f"{STORED_BASE}/blob")
    return re.compile(rf'"href":"({root}/([^/"?]+)/[^"?]*)"')
