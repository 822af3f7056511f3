"""What a STAC document says about its licence and its items' assets."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.core.source import step
from pcsync.rules.rule import NOTE, WARNING, Finding, rule
from pcsync.rules.shape import object_of, text_of
from pcsync.rules.stac.stac import Stac
from pcsync.rules.words import shown

OWN_TERMS = frozenset({"proprietary", "various", "other"})


@rule(
    "stac-license-link",
    Stac,
    NOTE,
    "a licence of its own, and no link to its text",
    why="Where license is other, various or proprietary, STAC asks for a link of rel license, so that people can read the terms.",
    bad="stac: {license: proprietary, links: []}\n",
    good="stac: {license: proprietary, links: [{rel: license, href: https://example.com/terms}]}\n",
)
def license_link(stac: Stac) -> Iterator[Finding]:
    name = text_of(stac.body.get("license")).lower()
    if name in OWN_TERMS and stac.body.get("links") is not None and not any(link.get("rel") == "license" for _, link in stac.links()):
        yield stac.finding("/license", f"the licence is {name}, and no link leads to its text", "add a link: {rel: license, href: …}")


@rule(
    "stac-license",
    Stac,
    WARNING,
    "a license that is no identifier",
    why="license is an SPDX identifier such as CC-BY-4.0, or proprietary, various, other. A sentence or a URL belongs into a link.",
    bad="stac: {stac_version: 1.1.0, license: see https://example.com/terms}\n",
    good="stac: {stac_version: 1.1.0, license: CC-BY-4.0}\n",
)
def license_(stac: Stac) -> Iterator[Finding]:
    name = text_of(stac.body.get("license"))
    if any(sign in name for sign in " :/"):
        yield stac.finding("/license", f"{shown(name)!r} is no identifier", "write other, and add a link of rel license")


@rule(
    "stac-item-asset",
    Stac,
    NOTE,
    "an entry of item_assets says too little",
    why="The Explorer shows the title of an asset, and the tiler needs its media type: an entry has a title and a type.",
    bad="stac:\n  item_assets: {cloud: {roles: [data]}}\n",
    good="stac:\n  item_assets: {cloud: {title: Cloud mask, type: image/tiff; application=geotiff, roles: [data]}}\n",
)
def item_asset(stac: Stac) -> Iterator[Finding]:
    assets = object_of(stac.body.get("item_assets"))
    for field in ("title", "type"):
        without = [name for name, asset in assets.items() if not object_of(asset).get(field)]
        if without:
            more = f" and {len(without) - 1} more" if len(without) > 1 else ""
            what = f"the asset {shown(without[0])}{more} {'have' if more else 'has'} no {field}"
            yield stac.finding(f"/item_assets{step(without[0])}", what, f"add {field}: …", key=True)
