"""The parameters for NetCDF, Zarr and GRIB (geocatalog-api 3.2): checked, then refused, because nothing here reads such files.

Leaving them out of account would paint another picture than the one that was asked for. What the service does when they
come with an asset that needs none of them is not known: the switch cube-parameters.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pcsync.emulator.clock import ticks_of
from pcsync.emulator.errors import Invalid, NotServed
from pcsync.emulator.world import Call

from .query import every, one_of, whole

PARAMETERS = ("subdataset_name", "subdataset_bands", "sel", "sel_method", "datetime", "crs")
SEL_METHODS = ("nearest", "linear", "bilinear", "cubic", "cubic_spline", "lanczos", "area", "mode")
MEDIA_TYPES: Mapping[str, str] = {
    "application/x-netcdf": "NetCDF",
    "application/netcdf": "NetCDF",
    "application/x-hdf5": "HDF5",
    "application/x-hdf": "HDF",
    "application/vnd+zarr": "Zarr",
    "application/vnd.zarr": "Zarr",
    "application/wmo-grib2": "GRIB",
    "application/x-grib": "GRIB",
}
READ = "this emulator reads GeoTIFF, PNG, JPEG, JPEG 2000 and WebP"


def refuse_parameters(call: Call, of_item: bool) -> None:
    """Raises Invalid for a value that makes no sense, NotServed for one that does.

    Asked for pixels only: a TileJSON repeats the query, whatever its tiles will say. The datetime of a mosaic chooses items.
    """
    given = [name for name in PARAMETERS if call.query.get(name) and (of_item or name != "datetime")]
    if not given:
        return
    _check(call)
    if call.world.chose("cube-parameters", "refuse"):
        raise NotServed(f"{', '.join(given)}: for NetCDF, Zarr and GRIB, and {READ}.")


def refuse_assets(assets: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raises NotServed for an asset that says to be of such a kind."""
    for name in names:
        kind = assets[name].get("type")
        found = MEDIA_TYPES.get(kind.partition(";")[0].strip().lower()) if isinstance(kind, str) else None
        if found is not None:
            raise NotServed(f"The asset '{name[:80]}' is {found}: {READ}.")


def _check(call: Call) -> None:
    for text in every(call, "subdataset_bands"):
        whole(text, "subdataset_bands", 1, 65_535)
    for text in every(call, "sel"):
        dimension, sign, value = text.partition("=")
        if not (dimension and sign and value):
            raise Invalid(f"sel is dimension=value, such as sel=time=2100-01-01, not '{text[:80]}'")
    if call.query.get("sel_method"):
        one_of(call, "sel_method", SEL_METHODS, "nearest")
    if call.query.get("datetime") and ticks_of(call.query["datetime"]) is None:
        raise Invalid(f"datetime is a time such as 1950-07-07T00:00:00, not '{call.query['datetime'][:80]}'")
