"""`/_emulator`: arm and clear faults, read the log of requests, save and restore the catalog. Not part of the service."""

import tempfile
from dataclasses import asdict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import snapshots
from .faults import parse_faults
from .gate import RequestLog
from .jsonb import loads
from .world import World


def routes(world: World, log: RequestLog) -> list[Route]:
    """The admin routes of one app."""

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            world.faults.clear()
            return Response(status_code=204)
        if request.method == "POST":
            try:
                world.faults.arm(parse_faults(loads(await request.body())))
            except ValueError as broken:
                return JSONResponse({"error": {"code": "InvalidFault", "message": str(broken)}}, 400)
        return JSONResponse([asdict(fault) for fault in world.faults.armed()], 201 if request.method == "POST" else 200)

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            log.entries.clear()
            return Response(status_code=204)
        return JSONResponse(list(log.entries))

    async def snapshot(request: Request) -> Response:
        if request.method == "GET":
            with tempfile.TemporaryDirectory(prefix="geocatalog-snapshot-") as folder:
                snapshots.save(world, Path(folder, "catalog"))
                return Response(Path(folder, "catalog").read_bytes(), media_type="application/vnd.sqlite3")
        with tempfile.NamedTemporaryFile(prefix="geocatalog-snapshot-") as file:
            async for chunk in request.stream():
                file.write(chunk)
            file.flush()
            try:
                snapshots.restore(world, Path(file.name))
            except snapshots.NotASnapshotError as broken:
                return JSONResponse({"error": {"code": "InvalidSnapshot", "message": str(broken)}}, 400)
        return Response(status_code=204)

    return [
        Route("/_emulator/snapshot", snapshot, methods=["GET", "PUT"]),
        Route("/_emulator/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/_emulator/requests", requests, methods=["GET", "DELETE"]),
    ]
