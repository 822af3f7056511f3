"""Reports with everything in them that the page has to show, one as large as they come, and one that attacks its reader."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from pcsync.core.change import Change, Risk
from pcsync.core.checks import CheckReport, CheckResult, Verdict
from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.picture import Comparison, Picture, Place
from pcsync.core.plan import Check, Plan
from pcsync.core.report import Report
from pcsync.core.resource import Key
from pcsync.core.source import Position
from pcsync.render.colours import ramp

from .plans import CLASSES, EVERYTHING, LOCAL, NDVI, TRUE_COLOR, create, update
from .test_diagnostics import FOUND

SIDE = 384


@cache
def field_scene(colours: str, shift: int = 0) -> bytes:
    """A made-up picture of fields and a river in the colours of a ramp, as a PNG."""
    shown = ramp(colours)
    assert shown is not None
    picture = Image.new("RGBA", (SIDE, SIDE))
    draw = ImageDraw.Draw(picture)
    for index in range(64):
        x, y = index % 8 * 48, index // 8 * 48
        draw.rectangle((x, y, x + 46, y + 46), shown.colours[(index * 7 + index // 8 * 3 + shift) % len(shown.colours)])
    draw.line([(0, 60), (120, 150), (200, 160), (384, 330)], fill=(46, 92, 160, 255), width=14)
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def picture(colours: str, **measured: float) -> Picture:
    route = f"/data/mosaic/collections/naip/tiles/WebMercatorQuad/12/1086/1634@1x.png?colormap_name={colours}&assets=image"
    return Picture(field_scene(colours), "image/png", SIDE, SIDE, route, **measured)


@cache
def mask() -> bytes:
    """Two fields that differ."""
    made = Image.new("RGBA", (SIDE, SIDE))
    ImageDraw.Draw(made).rectangle((48, 96, 190, 240), (232, 0, 116, 220))
    stream = BytesIO()
    made.save(stream, "PNG")
    return stream.getvalue()


PLACE = Place((-84.4, 33.7, -84.3, 33.8), 12, "default location")
COMPARISONS = (
    Comparison(NDVI.address, "NDVI", "naip", PLACE, picture("viridis"), picture("rdylgn"), 0.873, 0.31, mask(), seconds=1.3),
    Comparison(
        CLASSES.address, "Classes", "land-cover", PLACE, picture("terrain"), picture("terrain", clipped=0.7), 0.0004, 0.0001, mask()
    ),
    Comparison(TRUE_COLOR.address, "True color", "sentinel-2-l2a", PLACE, None, picture("ylgn"), why="it is not on the catalog yet"),
    Comparison(NDVI.address, "NDVI in the mosaic of 2021", "naip", why="no item of the mosaic is near the default location"),
)
CHECKS = CheckReport(
    (
        CheckResult(
            "tile", CLASSES.address, "classes draws something", Verdict.PASSED, measured={"nonBlank": 0.8}, requests=1, seconds=0.2
        ),
        CheckResult(
            "preview",
            NDVI.address,
            "NDVI is not blank",
            Verdict.FAILED,
            "the picture has one colour only: the rescale -10,-9 leaves nothing of it",
            {"nonBlank": 0.2, "status": 200},
            {"nonBlank": 0.0, "status": 200},
            0.4,
            1,
            picture("greys", uniform=1.0),
            Position("collections/naip/collection.yaml", 43, 5),
        ),
        CheckResult("search", "collection/naip", "there are items", Verdict.SKIPPED, "the request budget is spent", declared=False),
    ),
    3.2,
    4,
)
EXTENTS = {
    "naip": ((-125.0, 24.4, -66.9, 49.4),),
    "land-cover": ((-180.0, -60.0, 180.0, 80.0),),
    "fiji": ((176.5, -21.0, -178.0, -12.0),),
    "reunion": ((55.2, -21.4, 55.9, -20.8),),
    "alps": ((5.0, 44.0, 16.0, 48.5), (6.0, 45.0, 8.0, 46.5)),
}
FULL = Report(
    "Plan for local",
    replace(EVERYTHING, checks=(*EVERYTHING.checks, Check("maxDeletes", "fail", "31 resources would be deleted; the limit is 20"))),
    COMPARISONS,
    CHECKS,
    tuple(FOUND),
    EXTENTS,
)

SCRIPT = "</script><img src=x onerror=alert(1)>"
ATTACKS = (
    SCRIPT,
    "</noscript><script>alert(1)</script>",
    "</style><svg onload=alert(1)>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "--><script>alert(1)</script><!--",
    "{{constructor.constructor('alert(1)')()}}",
    "&lt;img src=x onerror=alert(1)&gt;",
    "\u202egnp.exe\u0000\x1b[31m",
    "##vso[task.setvariable variable=x]1\n::set-env name=x::1",
)


def hostile(attack: str) -> Report:
    """A report in which every text that a manifest or a catalog can choose is the attack."""
    key = Key("render-option", attack, attack)
    body: dict[str, Any] = {
        "id": attack,
        "name": attack,
        attack: attack,
        "options": f"{attack}=1&colormap={attack}",
        "legend": {attack: [attack]},
    }
    long = f"{'word ' * 20}{attack}"
    changed = update(
        key, {**body, "description": long}, {"id": "x", "description": f"{long} more", "options": attack}, Risk.VISUAL, 1, drift=True
    )
    made = replace(create(Key("mosaic", attack, attack), {**body, "cql": [{"op": attack, "args": [attack]}]}, Risk.DATA), notes=(attack,))
    source = create(Key("ingestion-source", "", attack), body, Risk.DATA, label=attack, refusal=attack)
    place = Position(attack, 1, 1)
    changes = tuple(replace(it, position=place) for it in (changed, made, source))
    shown = picture("viridis")
    evil = replace(shown, media_type=f'image/svg+xml"{attack}', route=attack)
    result = CheckResult(
        attack, changed.address, attack, Verdict.FAILED, attack, {attack: attack}, {attack: attack}, picture=evil, position=place
    )
    return Report(
        attack,
        Plan(
            replace(LOCAL, name=attack, endpoint=attack, owner=attack),
            changes,
            notes=(attack,),
            checks=(Check(attack, "fail", attack, attack),),
        ),
        (Comparison(changed.address, attack, attack, Place((0, 0, 1, 1), 1, attack), shown, evil, 0.5, 0.5, mask(), attack),),
        CheckReport((result,), notes=(attack,)),
        (Diagnostic(attack, Severity.ERROR, attack, place, attack, attack),),
        {attack: ((0.0, 0.0, 1.0, 1.0),)},
    )


def large(changes: int, collections: int) -> Report:
    """So many changed render options in so many collections."""
    return Report("Plan for production", Plan(LOCAL, tuple(_numbered(index, collections) for index in range(changes)), kept=10 * changes))


def _numbered(index: int, collections: int) -> Change:
    key = Key("render-option", f"collection-{index % collections:03}", f"option-{index:05}")
    options = "assets=image&expression=(image_b4-image_b1)/(image_b4%2Bimage_b1)&rescale=-1,1&colormap_name="
    before = {"id": key.name, "name": f"Option {index}", "options": f"{options}viridis", "minZoom": 8}
    return update(key, before, {**before, "options": f"{options}{'plasma' if index % 2 else 'rdylgn'}"}, Risk.VISUAL, index + 1)
