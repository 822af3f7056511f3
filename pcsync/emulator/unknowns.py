"""Everything the service's documents do not say, as named switches.

Each switch has the default that the emulator guesses and the alternatives that a client should survive too.
None of them is a statement about the service; geocatalog-api section 8 lists what a live catalog would settle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Unknown:
    """One unknown behaviour; the first choice is the default."""

    name: str
    choices: tuple[str, ...]
    guess: str

    @property
    def default(self) -> str:
        return self.choices[0]


UNKNOWNS = (
    Unknown("validation-status", ("400", "422"), "A guess: the status of a body that fails validation."),
    Unknown("put-missing-collection", ("refuse", "create"), "A guess: PUT of a collection that does not exist is 404, or an upsert."),
    Unknown("put-missing-configuration", ("refuse", "create"), "A guess: PUT of a missing mosaic, render option or queryable."),
    Unknown("put-missing-source", ("refuse", "create"), "A guess: PUT of an ingestion source that does not exist."),
    Unknown("put-missing-asset", ("refuse", "create"), "A guess: PUT of a collection asset whose key does not exist."),
    Unknown("duplicate-collection", ("conflict", "operation-fails"), "A guess: POST of an existing id is 409, or 202 and Failed."),
    Unknown("duplicate-configuration", ("conflict", "replace"), "A guess: POST of an existing mosaic or render option."),
    Unknown("duplicate-queryable", ("conflict", "replace"), "A guess: POST of an existing queryable name."),
    Unknown("duplicate-asset", ("conflict", "replace"), "A guess: POST of an existing collection asset key."),
    Unknown("duplicate-source", ("conflict", "accept"), "A guess for managed identities; documented (409) for SAS tokens only."),
    Unknown(
        "duplicate-item", ("conflict", "operation-fails"), "Samples catch 409 at POST, the error page names ItemAlreadyExistsInCollection."
    ),
    Unknown("default-mosaic", ("present", "absent"), "Recorded, but no one saw who made it: collections are born with a `default` mosaic."),
    Unknown("fresh-tile-settings", ("zoom-0", "zoom-6", "zoom-12"), "A guess: minZoom of a collection whose tile settings were never set."),
    Unknown("reserved-queryable", ("refuse", "accept"), "A guess: POST of a queryable called id, datetime or geometry."),
    Unknown("queryable-create-index", ("false", "null"), "A guess: create_index in the answer when it was not sent."),
    Unknown("queryable-data-type", ("string", "null"), "data_type in the answer when it was not sent; `string` is the model's default."),
    Unknown("queryables-merge", ("first", "last"), "A guess: which collection's definition the catalog-wide queryables show."),
    Unknown("partition-on-items", ("409", "400"), "A guess: the status of PUT partition-type once items are loaded."),
    Unknown("partition-same-value", ("refuse", "accept"), "A guess: PUT of the scheme that already holds, with items loaded."),
    Unknown("configuration-unknown-keys", ("drop", "refuse"), "A guess: keys outside the model of a mosaic, option or tile settings."),
    Unknown("put-differing-asset", ("keep", "refuse"), "A guess: PUT of a collection whose `assets` entry differs from the live one."),
    Unknown(
        "item-assets-without-title",
        ("accept", "refuse"),
        "The model requires title and type in item_assets; whether the server does is open.",
    ),
    Unknown("stac-version-1.1", ("accept", "refuse"), "A guess: collections of stac_version 1.1.0."),
    Unknown("landing-child-links", ("all", "none"), "A guess: whether the landing page links every collection as a child."),
    Unknown("page-size", ("100", "10", "1000"), "A guess: entries per page of /inma lists when $top is not sent."),
    Unknown("source-without-token", ("refuse", "accept"), "A guess: a SasToken source whose sasToken is not sent."),
    Unknown(
        "source-unknown-identity", ("accept", "refuse"), "A guess: objectId outside managed-identities is refused at ingestion, or at once."
    ),
    Unknown("source-kind-change", ("refuse", "accept"), "A guess: PUT of a source with another kind."),
    Unknown("ingestion-flags", ("absent", "false"), "A guess: skipExistingItems and keepOriginalAssets when they were not sent."),
    Unknown("ingestion-patch-without-import-type", ("refuse", "accept"), "A guess: PATCH of an ingestion without importType."),
    Unknown("ingestion-delete-active-run", ("409", "400"), "A guess: the status of deleting an ingestion whose run is not finished."),
    Unknown("ingestion-existing-items", ("replace", "fail"), "A guess: items that exist, when a run does not skip existing items."),
    Unknown("partly-failed-run", ("failed", "succeeded"), "A guess: the final status of a run some of whose items failed."),
    Unknown("search-limit-over-maximum", ("clamp", "refuse"), "A guess: a search limit above the documented 1000."),
    Unknown("search-bbox-heights", ("ignore", "compare"), "A guess: heights of a 3D bbox; PostGIS, which answers, compares in the plane."),
    Unknown(
        "cancel-outcome", ("canceled", "canceling"), "Recorded: an operation that stayed Canceling for hours. The usual end is a guess."
    ),
    Unknown("cancel-finished", ("409", "400", "204"), "A guess: the status of cancelling an operation that has ended."),
    Unknown(
        "mosaic-missing-asset",
        ("fail", "skip"),
        "Recorded: 424 for a point of a collection when one item's asset is gone. Whether tiles fail too is a guess.",
    ),
    Unknown(
        "publisher-colours",
        ("serve", "withhold"),
        "A guess: usda-cdl, usgs-lcmap and esa-cci-lc have the colours that USDA, USGS and ESA publish for their classes.",
    ),
    Unknown(
        "cube-parameters",
        ("refuse", "ignore"),
        "A guess: subdataset_name, sel, datetime and the like beside an asset that is no NetCDF, Zarr or GRIB; 501 here, or no effect.",
    ),
    Unknown("empty-picture", ("404", "204", "blank"), "A guess: a tile or crop under which there is no data."),
)


def choices(overrides: Mapping[str, str]) -> dict[str, str]:
    """The choice of every switch. Raises ValueError for an unknown name or value, with what was probably meant."""
    known = {unknown.name: unknown for unknown in UNKNOWNS}
    for name, value in overrides.items():
        if name not in known:
            meant = get_close_matches(name, known, 1)
            raise ValueError(f"no unknown is called {name!r}" + (f"; you mean {meant[0]!r}" if meant else ""))
        if value not in known[name].choices:
            raise ValueError(f"{name} is one of {', '.join(known[name].choices)}, not {value!r}")
    return {name: overrides.get(name, unknown.default) for name, unknown in known.items()}


def describe() -> str:
    """The switches as text: name, choices with the default first, and why it is one."""
    return "\n".join(f"{unknown.name}={'|'.join(unknown.choices)}\n    {unknown.guess}" for unknown in UNKNOWNS)
