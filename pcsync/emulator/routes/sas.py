"""Tokens of managed storage (geocatalog-api 4): token, sign, revoke."""

from pcsync.emulator.clock import rfc3339
from pcsync.emulator.errors import Invalid
from pcsync.emulator.state import blobs, collections, sas
from pcsync.emulator.world import Answer, Call

from .replies import json_answer
from .signing import minutes


def token(call: Call) -> Answer:
    """A token of the collection's container (sas-token)."""
    collection = collections.load(call.db, call.params["collectionId"])
    ends = sas.expiry(call.world, minutes(call))
    return json_answer(200, {"msft:expiry": rfc3339(ends), "token": sas.token(call.db, call.world, collection.container, ends)})


def sign(call: Call) -> Answer:
    """The href with a token behind it (sas-sign); hrefs outside of managed storage come back as they are [S]."""
    href = call.query.get("href")
    if not href or len(href) > 10_000:
        raise Invalid("href is required")
    ends = sas.expiry(call.world, minutes(call))
    place = blobs.split_href(call.world, href)
    if place is None or blobs.owner(call.db, place[0]) is None:
        return json_answer(200, {"href": href})
    plain = href.partition("?")[0].partition("#")[0]
    return json_answer(200, {"msft:expiry": rfc3339(ends), "href": f"{plain}?{sas.token(call.db, call.world, place[0], ends)}"})


def revoke(call: Call) -> Answer:
    """Every token of the catalog; the answer is the text `null` (sas-revoke)."""
    minutes(call)
    sas.revoke(call.db)
    return json_answer(200, None)
