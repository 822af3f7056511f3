"""`/`: a read-only page for the browser. It lists collections and previews their render options; nothing comes from the network."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from .dispatch import refuse
from .errors import Backend, Missing
from .world import World

PAGE = Path(__file__).with_name("page")
FILES = {
    "page.js": "text/javascript",
    "page.css": "text/css",
    "vendor/maplibre-gl.js": "text/javascript",
    "vendor/maplibre-gl.css": "text/css",
}
POLICY = "default-src 'self'; img-src 'self' data: blob:; worker-src blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
"""MapLibre starts its worker from a blob and sets styles on elements."""
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}


def routes(world: World) -> list[Route]:
    """The page and its few files."""

    async def page(request: Request) -> Response:
        """Only for who asks for HTML: to every other client the service has nothing here."""
        if "text/html" not in request.headers.get("accept", ""):
            return refuse(world, Missing("Resource not found."), Backend.READER)
        return FileResponse(PAGE / "index.html", media_type="text/html", headers=HEADERS)

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            return refuse(world, Missing("Resource not found."), Backend.READER)
        return FileResponse(PAGE / name, media_type=FILES[name], headers=HEADERS)

    return [Route("/", page, methods=["GET"]), Route("/_emulator/page/{name:path}", file, methods=["GET"])]
