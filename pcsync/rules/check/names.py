"""Names that checks use beside those that their manifest declares."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.rules.check.declared import checks, example
from pcsync.rules.collection import Collection
from pcsync.rules.rule import ERROR, Finding, rule
from pcsync.rules.shape import text_of
from pcsync.rules.words import listed, meant, shown

BORN_WITH = "default"
"""A mosaic that collections have before anybody configures one (dossier 2.4)."""
VECTOR = ("vt-polygon", "vt-line")


@rule(
    "check-render-option",
    Collection,
    ERROR,
    "a check draws with a render option that is not declared",
    why="After apply the collection has the render options of its manifest; a check of another one can only fail.",
    bad=example("{name: looks right, preview: {renderOption: rbg}}"),
    good=example("{name: looks right, preview: {renderOption: rgb}}"),
    needs="checks",
)
def render_option(collection: Collection) -> Iterator[Finding]:
    if collection.body.get("renderOptions") is None:
        return
    known = {text_of(body.get("id")) for _, body in collection.members("renderOptions")}
    for check in checks(collection):
        name = check.asked.get("renderOption")
        if isinstance(name, str) and name not in known:
            yield Finding(check.at("renderOption"), f"there is no render option {shown(name)} in this manifest", meant(name, known))


@rule(
    "check-vector",
    Collection,
    ERROR,
    "a check draws vector tiles",
    why="Vector tiles are drawn by the map in the browser, from files of the items; the service makes no picture of them.",
    bad="""
renderOptions:
  - {id: roads, name: Roads, type: vt-line, vectorOptions: {tilejsonKey: tiles, sourceLayer: roads}}
checks:
  - {name: roads are there, preview: {renderOption: roads}}
""",
    good="""
renderOptions:
  - {id: roads, name: Roads, type: vt-line, vectorOptions: {tilejsonKey: tiles, sourceLayer: roads}}
checks:
  - {name: roads are there, search: {}, expect: {count: [1, null]}}
""",
    needs="checks",
)
def vector(collection: Collection) -> Iterator[Finding]:
    found = {text_of(body.get("id")) for _, body in collection.members("renderOptions") if body.get("type") in VECTOR}
    for check in checks(collection):
        name = check.asked.get("renderOption")
        if isinstance(name, str) and name in found:
            yield Finding(
                check.at("renderOption"), f"{shown(name)} is drawn in the browser, so there is no picture of it", "search for its items"
            )


@rule(
    "check-mosaic",
    Collection,
    ERROR,
    "a check uses a mosaic that is not declared",
    why="After apply the collection has the mosaics of its manifest, and at most the one named default that it was born with.",
    bad="mosaics:\n  - {id: recent, name: Recent, cql: []}\n"
    + example("{name: has items, search: {mosaic: resent}, expect: {count: [1, null]}}"),
    good="mosaics:\n  - {id: recent, name: Recent, cql: []}\n"
    + example("{name: has items, search: {mosaic: recent}, expect: {count: [1, null]}}"),
    needs="checks",
)
def mosaic(collection: Collection) -> Iterator[Finding]:
    if collection.body.get("mosaics") is None:
        return
    known = {text_of(it.body.get("id")) for it in collection.mosaics}
    for check in checks(collection):
        name = check.asked.get("mosaic")
        if isinstance(name, str) and name not in known | {BORN_WITH}:
            yield Finding(check.at("mosaic"), f"there is no mosaic {shown(name)} in this manifest", meant(name, known))


@rule(
    "check-legend",
    Collection,
    ERROR,
    "a check wants the legend of a render option that has no named colour map",
    why="The service draws legends of colour maps by their names; a colour map of one's own, or none, has no legend there.",
    bad=example("{name: legend is there, legend: {renderOption: rgb}}"),
    good=example("{name: legend is there, legend: {colormap: viridis}}"),
    needs="checks",
)
def legend(collection: Collection) -> Iterator[Finding]:
    options = [it for it in collection.options if it.raster]
    named = {text_of(collection.body["renderOptions"][int(it.pointer.rpartition("/")[2])].get("id")): it for it in options}
    for check in checks(collection):
        option = named.get(text_of(check.asked.get("renderOption"))) if check.sort == "legend" else None
        if option is not None and not option.all("colormap_name"):
            yield Finding(
                check.at("renderOption"), "this render option has no colormap_name, so there is no legend of it", "name a colormap"
            )


@rule(
    "check-twin",
    Collection,
    ERROR,
    "two checks of one name",
    why="Reports, overlays and people tell checks of a collection apart by their names.",
    bad=example("{name: looks right, preview: {renderOption: rgb}}", "{name: looks right, thumbnail: {}}"),
    good=example("{name: looks right, preview: {renderOption: rgb}}", "{name: has a thumbnail, thumbnail: {}}"),
    needs="checks",
)
def twin(collection: Collection) -> Iterator[Finding]:
    said: set[str] = set()
    for pointer, body in collection.members("checks"):
        name = text_of(body.get("name"))
        if name and name in said:
            yield Finding(f"{pointer}/name", f"there is a check {shown(name)} already", "name each after what it looks at")
        said.add(name)


@rule(
    "check-drawn",
    Collection,
    ERROR,
    "a check that does not say what is drawn, or says it twice",
    why="A tile, a preview, a point or statistics need a render option or the tiler's own parameters; and either a mosaic or one item.",
    bad=example("{name: looks right, tile: {z: 6, x: 17, y: 25}}"),
    good=example("{name: looks right, tile: {renderOption: rgb, z: 6, x: 17, y: 25}}"),
    needs="checks",
)
def drawn(collection: Collection) -> Iterator[Finding]:
    for check in checks(collection):
        ways = WAYS.get(check.sort, ())
        given = [way for way in ways if way in check.asked]
        if ways and not given and check.sort in NEEDING:
            yield Finding(f"{check.pointer}/{check.sort}", f"nothing says what this {check.sort} is of", f"add {listed(ways)}")
        elif len(given) > 1:
            yield Finding(check.at(given[1]), f"{given[0]} says already what this {check.sort} is of", f"remove {given[0]} or {given[1]}")
        if "item" in check.asked and "mosaic" in check.asked:
            yield Finding(check.at("mosaic"), "one item is no mosaic", "remove mosaic or item")


OPTIONS = ("renderOption", "options")
WAYS = {
    **dict.fromkeys(("tile", "preview", "point", "statistics", "tilejson", "wmts"), OPTIONS),
    "legend": ("renderOption", "colormap", "classmap", "interval"),
}
NEEDING = frozenset({"tile", "preview", "point", "statistics", "legend"})
