"""What is said once about the STAC documents of all manifests."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.rules.catalog import Catalog
from pcsync.rules.rule import NOTE, Finding, rule


@rule(
    "stac-not-checked",
    Catalog,
    NOTE,
    "extension schemas that could not be had",
    why="""
The schemas of extensions are not packaged, and validation never goes to the network. pcsync schema fetch gets them where there is one,
or put them into a folder by their URLs (DIR/stac-extensions.github.io/eo/v1.1.0/schema.json) and name it with --stac-schemas.""",
    bad="stac:\n  stac_extensions: [https://stac-extensions.github.io/raster/v1.1.0/schema.json]\n",
    good="stac:\n  stac_extensions: []\n",
)
def not_checked(catalog: Catalog) -> Iterator[Finding]:
    missing = {url: extract for extract in reversed(catalog.extracts) for url in extract.extensions if url not in catalog.schemas}
    missing = {url: extract for url, extract in missing.items() if "://" in url}
    if missing:
        first = next(iter(sorted(missing.values(), key=lambda it: it.origin.file)))
        count = "1 extension schema was" if len(missing) == 1 else f"{len(missing)} extension schemas were"
        names = sorted(
            {url.partition("#")[0].removeprefix("https://stac-extensions.github.io/").removesuffix("/schema.json") for url in missing}
        )
        listed = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        fix = "pcsync schema fetch gets them; or name a folder that holds them with --stac-schemas"
        yield Finding("/stac/stac_extensions", f"{count} not checked: {listed}", fix, origin=first.origin, whole=True)
