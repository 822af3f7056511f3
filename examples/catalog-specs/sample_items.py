"""Made-up imagery for the emulated catalog of these examples, so that previews and checks have something to draw.

    pcsync apply                        # the collections have to be there
    python sample_items.py              # into .pcsync/local.sqlite, or another emulator file: python sample_items.py FILE

Needs the extras: pip install 'pcsync[emulator,tiles]'. Landscapes are drawn from a fixed seed; nothing is downloaded.
"""

import asyncio
import sys
from pathlib import Path

try:
    import httpx
    import numpy
    import rasterio
    import rasterio.shutil
    from rasterio.enums import ColorInterp
    from rasterio.transform import from_bounds

    from pcsync.emulator import Settings, create_app
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is not installed: pip install 'pcsync[emulator,tiles]'")

SIDE = 512
API = {"api-version": "2026-04-15"}
COG = "image/tiff; application=geotiff; profile=cloud-optimized"
HERE = Path(__file__).resolve().parent


def relief(seed: int) -> numpy.ndarray:
    """Heights from 0 to 1: smooth noise of several sizes on top of each other."""
    random = numpy.random.default_rng(seed)
    heights = numpy.zeros((SIDE, SIDE))
    for cells in (3, 7, 15, 40, 100):
        knots = numpy.linspace(0, cells, SIDE)
        coarse = random.random((cells + 2, cells + 2))
        low, part = knots.astype(int), knots % 1
        part = part * part * (3 - 2 * part)
        rows = coarse[low] * (1 - part)[:, None] + coarse[low + 1] * part[:, None]
        heights += (rows[:, low] * (1 - part) + rows[:, low + 1] * part) / cells**0.9
    return (heights - heights.min()) / (heights.max() - heights.min())


def surface(heights: numpy.ndarray, season: float) -> dict[str, numpy.ndarray]:
    """Reflectance of water, vegetation and bare ground, 0 to 1, by colour."""
    wet, rocky = heights < 0.28, heights > 0.7
    green = numpy.clip(season - abs(heights - 0.45) * 1.6, 0.05, 1)
    bands = {
        "blue": 0.08 + 0.10 * heights,
        "green": 0.10 + 0.12 * green,
        "red": 0.16 - 0.10 * green + 0.08 * heights,
        "nir": 0.15 + 0.45 * green,
        "swir": 0.30 - 0.15 * green,
    }
    for name, water in {"blue": 0.12, "green": 0.09, "red": 0.05, "nir": 0.02, "swir": 0.01}.items():
        bands[name] = numpy.where(wet, water, numpy.where(rocky, 0.2 + 0.15 * heights, bands[name]))
    return bands


def write(path: Path, bands: list[numpy.ndarray], box: tuple[float, float, float, float], nodata: float | None = None) -> str:
    """A cloud-optimised GeoTIFF; its URL."""
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {"driver": "GTiff", "crs": "EPSG:4326", "transform": from_bounds(*box, SIDE, SIDE), "width": SIDE, "height": SIDE}
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile, count=len(bands), dtype=bands[0].dtype, nodata=nodata) as dataset:
            dataset.write(numpy.stack(bands))
            dataset.colorinterp = [ColorInterp.gray, *[ColorInterp.undefined] * (len(bands) - 1)]  # or GDAL takes a fourth for alpha
        with memory.open() as dataset:
            rasterio.shutil.copy(dataset, path, driver="COG", compress="deflate")
    return path.as_uri()


def item(
    collection: str, name: str, box: tuple[float, float, float, float], when: str, assets: dict[str, str], **properties: object
) -> dict:
    """A STAC item with a rectangular footprint."""
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": collection,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": list(box),
        "properties": {"datetime": when, **properties},
        "assets": {key: {"href": href, "type": COG, "roles": ["data"]} for key, href in assets.items()},
        "links": [],
    }


def around(latitude: float, longitude: float, degrees: float) -> tuple[float, float, float, float]:
    return longitude - degrees, latitude - degrees, longitude + degrees, latitude + degrees


def naip(folder: Path):
    box = around(33.7546, -84.3897, 0.06)
    for year, season in (("2019", 0.75), ("2021", 0.5)):
        light = surface(relief(1), season)
        bands = [numpy.clip(light[name] * 420, 1, 254).astype("uint8") for name in ("red", "green", "blue", "nir")]
        image = write(folder / f"naip-{year}.tif", bands, box)
        yield item(
            "naip", f"ga_{year}", box, f"{year}-07-01T00:00:00Z", {"image": image}, **{"naip:year": year, "naip:state": "ga", "gsd": 0.6}
        )


def sentinel(folder: Path):
    box = around(45.43, 12.33, 0.4)
    colours = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir", "B8A": "nir", "B11": "swir", "B12": "swir"}
    for day, cloud, season in (("2023-07-10", 3.0, 0.8), ("2024-01-20", 40.0, 0.3)):
        light = surface(relief(2), season)
        bands = {band: numpy.clip(light[colour] * 10_000, 1, 10_000).astype("uint16") for band, colour in colours.items()}
        assets = {band: write(folder / f"sentinel-{day}-{band}.tif", [values], box, 0) for band, values in bands.items()}
        yield item("sentinel-2-l2a", f"S2B_{day}", box, f"{day}T10:00:00Z", assets, **{"eo:cloud_cover": cloud, "platform": "Sentinel-2B"})


def land_cover(folder: Path):
    box = around(52.37, 4.89, 0.8)
    for year, shift in (("2020", 0.0), ("2023", 0.04)):
        heights = numpy.clip(relief(3) + shift, 0, 0.999)
        classes = numpy.array([1, 1, 3, 4, 4, 7, 2, 5, 6, 6], "uint8")[(heights * 10).astype(int)]
        sure = (55 + 40 * abs(heights * 10 % 1 - 0.5) * 2).astype("uint8")
        when = f"{year}-06-01T00:00:00Z"
        for product, values in (("classes", classes), ("confidence", sure)):
            href = write(folder / f"land-cover-{product}-{year}.tif", [values], box)
            yield item("land-cover", f"{product}-{year}", box, when, {product: href}, **{"lc:product": product})


def elevation(folder: Path):
    box = around(45.9766, 7.6585, 0.25)
    data = write(folder / "elevation.tif", [(600 + 3800 * relief(4)).astype("float32")], box, -9999)
    yield item("elevation-10m", "alps", box, "2022-08-01T00:00:00Z", {"data": data})


LANDSCAPES = {"naip": naip, "sentinel-2-l2a": sentinel, "land-cover": land_cover, "elevation-10m": elevation}


async def load(database: Path, folder: Path) -> int:
    """How many items are new; a collection that is not there yet is passed over and named."""
    app, count = create_app(database, Settings(read_folders=[folder])), 0
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://emulator.localhost", params=API) as http:
        for collection, made in LANDSCAPES.items():
            path = f"/stac/collections/{collection}"
            if (await http.get(path)).status_code == 404:
                print(f"{collection} is not on this catalog: pcsync apply makes it", file=sys.stderr)
                continue
            for entry in made(folder):
                if (await http.get(f"{path}/items/{entry['id']}")).status_code == 404:
                    (await http.post(f"{path}/items", json=entry)).raise_for_status()
                    count += 1
        await http.get("/inma/operations")  # what was asked for is done before anybody looks
    app.close()
    return count


if __name__ == "__main__":
    catalog = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / ".pcsync" / "local.sqlite"
    print(f"{asyncio.run(load(catalog, HERE / '.pcsync' / 'sample-imagery'))} items are new in {catalog}")
