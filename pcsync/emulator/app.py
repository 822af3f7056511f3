"""create_app: the ASGI app of one emulated catalog, wired from the route table."""

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from . import admin, landing, storage
from .blobfiles import BlobFiles, folder_beside
from .clock import Clock
from .dispatch import endpoint, refuse
from .errors import Backend, MethodNotAllowed, Missing, Refusal
from .faults import FaultBook
from .gate import Gate, RequestLog
from .settings import Settings
from .state import blobs
from .store import Store
from .table import ROUTES
from .unknowns import choices
from .world import World

DEFAULTS = Settings()
Endpoint = Callable[[Request], Awaitable[Response]]


class GeoCatalog(Starlette):
    """The app. `world` is its catalog, `log` what was asked of it; close() gives the database file back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.log = RequestLog()
        super().__init__(
            routes=[*_routes(world), *storage.routes(world), *landing.routes(world), *admin.routes(world, self.log)], lifespan=_lifespan
        )
        self.router.redirect_slashes = False
        self.add_exception_handler(HTTPException, _unmatched)

    def build_middleware_stack(self) -> ASGIApp:
        """The gate goes outside of Starlette's own error page, so that it sees the server's `send`."""
        return Gate(super().build_middleware_stack(), self.world, self.log)

    def close(self) -> None:
        self.world.store.close()


def create_app(database: str | os.PathLike[str], settings: Settings = DEFAULTS) -> GeoCatalog:
    """A GeoCatalog on a database file, made when absent, or on `:memory:`.

    Raises ValueError for an unknown switch, store.SchemaMismatchError for a file of another emulator version.
    """
    store = Store(database, settings.clock)
    files = BlobFiles(settings.blobs or folder_beside(database))
    with store.read() as db:
        files.sweep(blobs.referenced(db))
    return GeoCatalog(World(store, Clock(settings.clock), settings, choices(settings.unknowns), FaultBook(settings.faults), files))


def _routes(world: World) -> list[Route]:
    """One Starlette route per path, literal paths before those with parameters."""
    by_path: dict[str, dict[str, Endpoint]] = defaultdict(dict)
    for row in ROUTES:
        by_path[row.path][row.method] = endpoint(world, row)
    return [Route(path, _by_method(methods), methods=list(methods)) for path, methods in by_path.items()]


def _by_method(methods: Mapping[str, Endpoint]) -> Endpoint:
    async def answer(request: Request) -> Response:
        return await methods["GET" if request.method == "HEAD" else request.method](request)

    return answer


async def _unmatched(request: Request, error: Exception) -> Response:
    """No row of the table fits."""
    app = request.app
    backends = {"/inma/": Backend.WRITER, "/data/": Backend.TILER}
    backend = next((backend for start, backend in backends.items() if request.url.path.startswith(start)), Backend.READER)
    return refuse(app.world, _reason(request, error), backend)


def _reason(request: Request, error: Exception) -> Refusal:
    if isinstance(error, HTTPException) and error.status_code == 405:
        return MethodNotAllowed(f"{request.method} is not allowed here.", headers=error.headers or {})
    return Missing("Resource not found.")


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Under a server: the file is given back at shutdown. In process no lifespan runs, and none is needed."""
    yield
    if isinstance(app, GeoCatalog):
        app.close()
