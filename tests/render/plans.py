"""Plans with everything in them that a renderer has to show."""

from __future__ import annotations

from typing import Any

from pcsync.core.change import Action, Change, Risk, Unknown
from pcsync.core.diff import diff
from pcsync.core.plan import Check, Plan, Target
from pcsync.core.resource import Call, Key
from pcsync.core.source import Position

LOCAL = Target("local", "emulator:.pcsync/local.sqlite", "contoso-imagery")
PRODUCTION = Target("production", "https://contoso.abc123.uksouth.geocatalog.spatio.azure.com", "contoso-imagery", protected=True)
OLD_TEXT = (
    "Aerial photographs of the south-eastern United States, flown in the dry season with a four-band camera.\n\n"
    "Flights follow the national programme: every state at least once in five years, with at most ten per cent cloud in a tile."
)
NEW_TEXT = OLD_TEXT.replace("dry season", "growing season").replace("five years", "three years")


def update(key: Key, before: dict[str, Any], after: dict[str, Any], risk: Risk, line: int, **more: Any) -> Change:
    """A change of a live resource, its fields diffed as the planner does."""
    file = f"collections/{key.collection}/collection.yaml"
    fields = tuple(diff(before, after))
    calls = () if "refusal" in more else (Call("PUT", f"/stac/collections/{key.collection}", after),)
    return Change(key, Action.UPDATE, before, after, fields, risk, calls, "f" * 64, position=Position(file, line, 5), **more)


def create(key: Key, after: dict[str, Any], risk: Risk, line: int = 0, **more: Any) -> Change:
    """A resource that the catalog does not have."""
    file = f"collections/{key.collection}/collection.yaml" if key.collection else "ingestion-sources.yaml"
    calls = (Call("POST", f"/stac/collections/{key.collection}", after),)
    return Change(key, Action.CREATE, None, after, (), risk, calls, position=Position(file, line, 3), **more)


NAIP = update(
    Key("collection", "naip"),
    {
        "title": "NAIP",
        "description": OLD_TEXT,
        "keywords": ["aerial", "imagery", "orthophoto"],
        "license": "proprietary",
        "extent": {"spatial": {"bbox": [[-91.0, 24.0, -75.0, 36.0]]}},
        "item_assets": {"image": {"title": "Image", "eo:bands": [{"name": "Red"}, {"name": "NIR", "center_wavelength": 0.8}]}},
        "sci:doi": "10.1000/182",
    },
    {
        "title": "Aerial imagery, RGB and near infrared",
        "description": NEW_TEXT,
        "keywords": ["aerial", "imagery", "agriculture", "near infrared"],
        "license": "proprietary",
        "extent": {"spatial": {"bbox": [[-90.4, 24.4, -75.4, 36.7]]}},
        "item_assets": {
            "image": {"title": "Image", "eo:bands": [{"name": "Red"}, {"name": "NIR", "center_wavelength": 0.85}]},
            "metadata": {"title": "Flight report", "type": "text/plain", "roles": ["metadata"]},
        },
    },
    Risk.DATA,
    7,
)
NDVI = update(
    Key("render-option", "naip", "ndvi"),
    {"id": "ndvi", "name": "NDVI", "options": "colormap_name=viridis&expression=(image_b4%2Bimage_b1)&nodata=0&rescale=0,1", "minZoom": 10},
    {
        "id": "ndvi",
        "name": "NDVI",
        "options": "assets=image&assets=mask&colormap_name=rdylgn&expression=(image_b4%2Bimage_b1)&rescale=-1,1",
    },
    Risk.VISUAL,
    43,
    drift=True,
    notes=("edited in the catalog since the last apply; it is put back",),
)
CLASSES = update(
    Key("render-option", "land-cover", "classes"),
    {"options": "assets=classes&colormap=%7B%221%22%3A%5B47%2C111%2C181%2C255%5D%2C%222%22%3A%5B55%2C125%2C70%2C255%5D%7D"},
    {"options": "assets=classes&colormap=%7B%221%22%3A%5B47%2C111%2C181%2C255%5D%2C%222%22%3A%5B45%2C125%2C70%2C255%5D%7D"},
    Risk.VISUAL,
    69,
)
CLEAR = update(
    Key("mosaic", "sentinel-2-l2a", "recent-clear"),
    {"id": "recent-clear", "cql": [{"op": "<=", "args": [{"property": "eo:cloud_cover"}, 20]}]},
    {
        "id": "recent-clear",
        "cql": [
            {"op": "<=", "args": [{"property": "eo:cloud_cover"}, 10]},
            {"op": "anyinteracts", "args": [{"property": "datetime"}, {"interval": ["2023-06-01", "2023-08-31T23:59:59Z"]}]},
        ],
    },
    Risk.QUERY,
    80,
)
PARTITION = update(
    Key("partition-type", "land-cover"),
    {"scheme": "none"},
    {"scheme": "year"},
    Risk.IRREVERSIBLE,
    52,
    refusal="the collection holds 1,204 items, and a partition type is fixed once items are loaded",
)
GONE = Change(
    Key("mosaic", "naip", "flights-2009"),
    Action.DELETE,
    {"id": "flights-2009", "name": "Flights of 2009", "cql": []},
    None,
    risk=Risk.DESTRUCTIVE,
    calls=(Call("DELETE", "/stac/collections/naip/configurations/mosaics/flights-2009"),),
)
ADOPTED = Change(Key("tile-settings", "sentinel-2-l2a"), Action.ADOPT, {"minZoom": 8}, {"minZoom": 8}, notes=("it is as declared",))
SOURCE = create(
    Key("ingestion-source", "", "BlobManagedIdentity https://contosodev.blob.core.windows.net/imagery"),
    {
        "kind": "BlobManagedIdentity",
        "connectionInfo": {"containerUrl": "https://contosodev.blob.core.windows.net/imagery", "objectId": "1111"},
    },
    Risk.DATA,
    4,
    label="imagery",
)
TRUE_COLOR = create(
    Key("render-option", "sentinel-2-l2a", "true-color"),
    {
        "id": "true-color",
        "name": "True color",
        "type": "raster-tile",
        "options": "assets=B04&assets=B03&assets=B02&color_formula=Gamma RGB 3.2 Saturation 0.8 Sigmoidal RGB 25 0.35&nodata=0",
        "minZoom": 8,
        "legend": {"type": "none"},
    },
    Risk.VISUAL,
    40,
)

EVERYTHING = Plan(
    LOCAL,
    (SOURCE, NAIP, PARTITION, CLEAR, ADOPTED, NDVI, CLASSES, TRUE_COLOR, GONE),
    kept=1_140,
    unmanaged=(Key("mosaic", "sentinel-2-l2a", "default"), Key("mosaic", "naip", "default")),
    checks=(
        Check("deletions", "pass", "1 deletion, 20 allowed"),
        Check("sas-expiry", "warn", "the token expires in 5 hours", "ingestion-source/partner-climate"),
    ),
    notes=("collection/naip/mosaic/recent: observed only: would update.",),
)
PARTLY_READ = Plan(
    PRODUCTION, (CLEAR,), kept=3, unknown=(Unknown("collection/naip", ("mosaic", "render-option"), "503 Service Unavailable"),)
)
SETTLED = Plan(LOCAL, kept=74)
