"""The samples that come with the official SDK, unchanged, each as a process of its own, against `pcsync emulate --tls`.

They get their credential from a managed identity endpoint and the one public picture that they fetch through a proxy
(`edge.py`). What they did is judged by the log of requests and by what the catalog holds afterwards.
"""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import struct
import subprocess
import sys
import warnings
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from .catalog import collection, static_catalog
from .edge import public_web, token_endpoint

SAMPLES = Path(__file__).parent / "sdk_samples"
VERSION = "2026-04-15"
COLLECTION = "naip-atl"
ITEM = "ga_m_3308421_se_16_060_20211114"
"""The item that the samples of the tiler name."""
SCENE = (737334.0, 3723324.0, 743706.0, 3730800.0)
"""West, south, east, north of that item in metres of UTM zone 16 north, as the sample's own item says."""
THUMBNAIL_URL = "https://ai4edatasetspublicassets.blob.core.windows.net/assets/pc_thumbnails/naip.png"
SHOWN = (10, 20, 30, 255)
"""Red, green, blue and alpha where the item has pixels."""
NAIP_TIF = "ga/2021/ga_060cm_2021/33084/m_3308421_se_16_060_20211114.tif"
"""Where the item that the item sample makes has its pixels, below NAIP."""
NAIP = "https://naipeuwest.blob.core.windows.net/naip/v002"
GITHUB = "https://raw.githubusercontent.com/contoso/catalog/main"
CONTAINER = "https://acct.blob.core.windows.net/imagery"
EMULATE = [sys.executable, "-c", "import sys; from pcsync.cli.main import main; sys.exit(main())", "emulate", "--port", "0", "--tls"]

pytestmark = pytest.mark.slow


def png(red: int, green: int, blue: int) -> bytes:
    """One pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes((0, red, green, blue)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


THUMBNAIL = png(1, 2, 3)


@dataclass
class Emulator:
    """A running emulator, the environment in which a program written for Azure meets it, and a client that looks on."""

    environment: dict[str, str]
    http: httpx.Client
    suffix: str

    def get(self, path: str) -> Any:
        reply = self.http.get(path)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def asked(self) -> list[tuple[str, str, int]]:
        """Method, path and status of every request since it was last forgotten."""
        return [(entry["method"], entry["path"], entry["status"]) for entry in self.get("/_emulator/requests")]

    def forget(self) -> None:
        self.http.delete("/_emulator/requests")


def seed(folder: Path) -> None:
    """The collection with its thumbnail and the item with pixels: 10, 20, 30 and 40 in its four bands."""
    from .tiler import cogs

    naip = folder / COLLECTION
    naip.mkdir(parents=True)
    (naip / "collection.json").write_text(json.dumps(collection(COLLECTION)))
    (naip / "thumbnail.png").write_bytes(THUMBNAIL)
    cogs.write(naip / "image.tif", cogs.flat(10, 20, 30, 40), SCENE, crs="EPSG:26916", photometric="RGB", alpha="NO")
    box = (-84.44157, 33.621853, -84.370894, 33.690654)
    scene = cogs.item(ITEM, {"image": "image.tif"}, box, COLLECTION, "2021-11-14T16:00:00Z")
    (naip / "item.json").write_text(json.dumps(scene))


@contextmanager
def emulating(*arguments: str) -> Iterator[tuple[str, Path]]:
    """Address and certificate authority of a running emulator."""
    with subprocess.Popen([*EMULATE, *arguments], stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        said = ""
        while "curl" not in said:
            line = running.stderr.readline()
            assert line, said
            said += line
        try:
            yield re.findall(r"https://127\.0\.0\.1:\d+", said)[0], Path(re.findall(r"SSL_CERT_FILE=(\S+)", said)[0])
        finally:
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=30)


@pytest.fixture(scope="module", params=["sync", "async"])
def emulator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    pytest.importorskip("rio_tiler")
    folder = tmp_path_factory.mktemp("samples")
    seed(folder / "seed")
    static_catalog(folder / "github")
    (folder / NAIP_TIF).parent.mkdir(parents=True)
    (folder / NAIP_TIF).write_bytes((folder / "seed" / COLLECTION / "image.tif").read_bytes())
    with ExitStack() as stack:
        mounts = ("--mount", f"{GITHUB}={folder / 'github'}", "--mount", f"{NAIP}={folder}")
        arguments = ("--seed-from", str(folder / "seed"), *mounts, "--log", "none", "--require-bearer")
        url, authority = stack.enter_context(emulating(*arguments))
        web = stack.enter_context(public_web({THUMBNAIL_URL: THUMBNAIL}, folder / "web.pem"))
        identity = stack.enter_context(token_endpoint())
        both = folder / "both.pem"
        both.write_bytes(authority.read_bytes() + (folder / "web.pem").read_bytes())
        environment = {**_plain_environment(), **web, **identity, "SSL_CERT_FILE": str(both), "REQUESTS_CA_BUNDLE": str(both)}
        trust = ssl.create_default_context(cafile=str(both))
        bearer = {"Authorization": "Bearer planted"}
        client = httpx.Client(base_url=url, verify=trust, headers=bearer, params={"api-version": VERSION}, trust_env=False)
        yield Emulator({**environment, "PLANETARYCOMPUTER_ENDPOINT": url}, stack.enter_context(client), request.param)


def _plain_environment() -> dict[str, str]:
    """Without what would lead the credential or the proxies elsewhere."""
    return {name: value for name, value in os.environ.items() if not re.match(r"AZURE_|PLANETARYCOMPUTER_|IDENTITY_|.*_proxy$", name, re.I)}


def run(emulator: Emulator, sample: str, folder: Path, **variables: str) -> str:
    """What the sample logged. Fails when it ends badly."""
    path = SAMPLES / "async" / f"{sample}_async.py" if emulator.suffix == "async" else SAMPLES / f"{sample}.py"
    environment = {**emulator.environment, "PLANETARYCOMPUTER_COLLECTION_ID": COLLECTION, **variables}
    emulator.forget()
    ended = subprocess.run([sys.executable, path], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def refused(emulator: Emulator) -> list[tuple[str, str, int]]:
    """The requests that were not answered with success."""
    return [entry for entry in emulator.asked() if entry[2] >= 400]


def test_the_collection_sample_configures_a_collection(emulator: Emulator, tmp_path: Path) -> None:
    made = f"made-{emulator.suffix}"
    here = f"/stac/collections/{made}"
    said = run(emulator, "planetary_computer_00_stac_collection", tmp_path, PLANETARYCOMPUTER_COLLECTION_ID=made)

    assert "Collection Configuration Complete" in said
    assert refused(emulator) == [("DELETE", f"{here}/assets/thumbnail", 404)]  # the sample removes what may be there
    live = emulator.get(here)
    assert live["description"].endswith("deployments. - Updated for testing")
    assert live["assets"]["thumbnail"]["title"] == "Thumbnail"
    assert emulator.http.get(f"{here}/thumbnail").content == THUMBNAIL
    configured = emulator.get(f"{here}/configurations")
    [option] = configured["mosaicInfo"]["renderOptions"]
    assert (option["id"], option["description"]) == ("natural-color", "RGB from visual assets")
    assert [mosaic["id"] for mosaic in configured["mosaicInfo"]["mosaics"]][-1] == "mos1"
    assert (configured["tileSettings"]["minZoom"], configured["tileSettings"]["maxItemsPerTile"]) == (6, 35)
    assert emulator.get(f"{here}/configurations/partition-type") == {"scheme": "year"}
    assert "eo:cloud_cover" in emulator.get(f"{here}/queryables")["properties"]


def test_the_ingestion_sample_ingests_a_static_catalog(emulator: Emulator, tmp_path: Path) -> None:
    said = run(
        emulator,
        "planetary_computer_01_ingestion_management",
        tmp_path,
        PLANETARYCOMPUTER_INGESTION_CONTAINER_URI=CONTAINER,
        PLANETARYCOMPUTER_INGESTION_CATALOG_URL=f"{GITHUB}/catalog.json",
        PLANETARYCOMPUTER_MANAGED_IDENTITY_OBJECT_ID="11111111-2222-3333-4444-555555555555",
        AZURE_INGESTION_SAS_CONTAINER_URI="https://acct.blob.core.windows.net/sas",
        AZURE_INGESTION_SAS_TOKEN="sp=rl&st=2026-01-01T00:00:00Z&se=2099-01-01T00:00:00Z&sv=2024-11-04&sr=c&sig=planted",
    )

    assert "Items - Total: 3, Successful: 3, Failed: 0" in said
    assert {entry["kind"] for entry in emulator.get("/inma/ingestion-sources")["value"]} == {"BlobManagedIdentity", "SasToken"}
    [definition] = emulator.get(f"/inma/collections/{COLLECTION}/ingestions")["value"]
    assert definition["displayName"] == "Sample Dataset Ingestion"
    assert emulator.get(f"/stac/collections/{COLLECTION}/items/i2")["id"] == "i2"


def test_the_item_sample_creates_changes_and_deletes_items(emulator: Emulator, tmp_path: Path) -> None:
    item = f"sample-{emulator.suffix}"
    here = f"/stac/collections/{COLLECTION}/items"
    said = run(emulator, "planetary_computer_02_stac_specification", tmp_path, PLANETARYCOMPUTER_ITEM_ID=item)

    assert "Search returned 1 items" in said  # the seeded one
    assert f"Updated item {item}, platform: Imagery" in said
    assert "Verified replaced item, platform: Imagery Updated" in said
    assert f"Verified item {item}_replace_demo was successfully deleted" in said
    assert refused(emulator) == [("GET", f"{here}/{item}_replace_demo", 404)]  # the sample's own proof that it is gone
    assert emulator.get(f"{here}/{item}")["properties"]["platform"] == "Imagery"


def test_the_sas_sample_downloads_with_a_signed_address_and_revokes(emulator: Emulator, tmp_path: Path) -> None:
    run(emulator, "planetary_computer_03_shared_access_signature", tmp_path)

    assert refused(emulator) == []
    asked = [(method, re.sub(f"/{COLLECTION}-[0-9a-f]{{8}}/", "/CONTAINER/", path)) for method, path, _ in emulator.asked()]
    blob = "/blob/CONTAINER/collection-assets/thumbnail/thumbnail.png"
    assert asked.count(("GET", blob)) == 2
    assert asked[-1] == ("POST", "/sas/token/revoke")


def test_the_item_tiler_sample_saves_pictures_of_the_pixels(emulator: Emulator, tmp_path: Path) -> None:
    run(emulator, "planetary_computer_04_stac_item_tiler", tmp_path)

    assert refused(emulator) == []
    assert {len(_pixels(path)) for path in tmp_path.glob("*dims*.png")} == {512}
    for name in ("crop_geojson", "crop_geojson_dims", "part", "part_dims", "preview", "preview_format"):
        assert SHOWN in _colours(tmp_path / f"{name}_{ITEM}.png"), name
    assert SHOWN in _colours(tmp_path / f"tile_{ITEM}_z14_x4349_y6564.png")
    assert "<Capabilities" in (tmp_path / f"wmts_capabilities_{ITEM}.xml").read_text()


def test_the_mosaic_sample_draws_a_registered_search(emulator: Emulator, tmp_path: Path) -> None:
    said = run(emulator, "planetary_computer_05_mosaics_tiler", tmp_path)

    assert refused(emulator) == []
    assert re.search(f"Assets for point: ({ITEM}|sample-)", said)  # the item sample may have added one at the same place
    [tile] = tmp_path.glob("mosaic_tile_*_z13_x2174_y3282.png")
    assert SHOWN in _colours(tile)
    [wmts] = tmp_path.glob("wmts_capabilities_*.xml")
    assert "<Capabilities" in wmts.read_text()


def test_the_legend_sample_reads_three_legends(emulator: Emulator, tmp_path: Path) -> None:
    said = run(emulator, "planetary_computer_06_map_legends", tmp_path)

    assert refused(emulator) == []
    assert "'1': [0, 100, 0, 255]" in said  # mtbs-severity
    assert len(_pixels(tmp_path / "legend_rdylgn.png")[0]) == 387


def test_every_sample_is_run_and_none_is_touched() -> None:
    """The digest is that of the files in the source distribution of azure-planetarycomputer 1.0.0."""
    files = sorted(SAMPLES.rglob("planetary_computer_*.py"))
    digest = sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    source = Path(__file__).read_text()

    assert len(files) == 14
    assert digest == "95360e9a9e2188413050707537a8b081a88ab46dd3ca5e531fde5db8d7721341"
    assert all(path.stem.removesuffix("_async") in source for path in files)


def _pixels(path: Path) -> Any:
    """Rows of RGBA."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as picture:
            return picture.read().transpose(1, 2, 0).tolist()


def _colours(path: Path) -> set[tuple[int, ...]]:
    return {tuple(pixel) for row in _pixels(path) for pixel in row}
