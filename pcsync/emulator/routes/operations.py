"""Operations (geocatalog-api 1.4, 2.12): a poll is 200 even when the operation failed."""

from pcsync.emulator.checks import demand, one_of
from pcsync.emulator.errors import Conflict, Invalid, Missing
from pcsync.emulator.state import operations as state
from pcsync.emulator.world import Answer, Call

from .replies import empty, json_answer, page, window

STATUS = one_of("Pending", "Running", "Succeeded", "Canceled", "Canceling", "Failed")


def list_all(call: Call) -> Answer:
    skip, top = window(call)
    status = call.query.get("status")
    if status is not None:
        demand(STATUS, status, "status")
    rows = state.listed(call.db, call.world.clock.now(), call.query.get("collectionId"), status, skip, top + 1)
    return page(call, "/inma/operations", [state.shown(row) for row in rows], skip, top)


def read(call: Call) -> Answer:
    row = state.find(call.db, call.params["operationId"].lower(), call.world.clock.now())
    if row is None:
        raise Missing(f"Operation {call.params['operationId']} not found")
    return json_answer(200, state.shown(row))


def cancel(call: Call) -> Answer:
    """204; what cancelling a finished operation answers is a guess."""
    operation = call.params["operationId"].lower()
    row = state.find(call.db, operation, 0)
    if row is None:
        raise Missing(f"Operation {operation} not found")
    if row["status"] != "Open":
        return _finished(call, operation)
    state.cancel(call.db, call.world, operation)
    return empty(204)


def cancel_all(call: Call) -> Answer:
    """Every pending and running operation of the whole catalog."""
    state.cancel(call.db, call.world, None)
    return empty(204)


def _finished(call: Call, operation: str) -> Answer:
    choice = call.world.choices["cancel-finished"]
    if choice == "204":
        return empty(204)
    raise (Conflict if choice == "409" else Invalid)(f"Operation {operation} has ended and cannot be canceled")
