"""Answers that several route groups give."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from pcsync.emulator.jsonb import dumps, stored
from pcsync.emulator.world import Answer, Call


def json_answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """JSON; a BASE inside becomes the request's scheme and host."""
    return Answer(status, stored(value), headers=headers)


def empty(status: int) -> Answer:
    """No body and no content type."""
    return Answer(status)


def accepted(call: Call, operation: Mapping[str, Any]) -> Answer:
    """202 with the operation and its URL twice (geocatalog-api 1.4)."""
    url = call.versioned(f"/inma/operations/{operation['id']}")
    return json_answer(202, operation, {"Location": url, "operation-location": url})


def window(call: Call) -> tuple[int, int]:
    """($skip, $top) of a paged list."""
    return call.count("$skip", 0), call.count("$top", int(call.world.choices["page-size"]), least=1)


def page(call: Call, path: str, rows: Sequence[Any], skip: int, top: int) -> Answer:
    """`value` and, when a row beyond `top` was found, `nextLink` (1.5). Ask the database for `top` + 1 rows."""
    if len(rows) <= top:
        return json_answer(200, {"value": list(rows)})
    kept = {key: value for key, value in call.query.items() if key not in ("$skip", "$top")}
    query = urlencode({**kept, "$top": top, "$skip": skip + top}, safe="$")
    return Answer(200, dumps({"value": list(rows[:top]), "nextLink": f"{call.base}{path}?{query}"}))
