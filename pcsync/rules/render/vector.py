"""Vector tiles: which fields go with which type, and colours that browsers know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pcsync.rules.render.option import LINE, POLYGON, Option
from pcsync.rules.render.snippet import raster, vector
from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.shape import object_of
from pcsync.rules.words import shown

COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})|(?:rgb|hsl)a?\([0-9.,%/ deg-]+\)|[A-Za-z]+")
BARE = re.compile(r"[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3}")


@rule(
    "render-type",
    Option,
    ERROR,
    "options are for raster tiles, vectorOptions for vector tiles",
    why="A raster-tile is drawn from options; vt-polygon and vt-line from vectorOptions. The other one is refused.",
    bad=vector("options: assets=tiles"),
    good=vector("vectorOptions: {tilejsonKey: tiles, sourceLayer: buildings}"),
    answers=True,
    needs="type vectorOptions",
)
def type_(option: Option) -> Iterator[Finding]:
    vectors = option.type in (POLYGON, LINE)
    if vectors and option.body.get("options") is not None:
        yield option.finding(f"options are for raster tiles, and this is {option.type}", "write vectorOptions instead", at="/options")
    elif vectors and option.body.get("vectorOptions") is None:
        yield option.finding(f"{option.type} needs vectorOptions", "add vectorOptions: {tilejsonKey: …, sourceLayer: …}")
    elif option.raster and option.body.get("vectorOptions") is not None:
        fix = "add type: vt-polygon or type: vt-line" if "type" not in option.body else "write type: vt-polygon or vt-line, or remove it"
        yield option.finding("vectorOptions are for vector tiles, and this is a raster-tile", fix, at="/vectorOptions")


@rule(
    "render-vector-colour",
    Option,
    WARNING,
    "a colour that browsers do not know",
    why="fillColor and strokeColor are CSS colours. The map leaves a shape undrawn whose colour it cannot read.",
    bad=vector("vectorOptions: {tilejsonKey: tiles, sourceLayer: buildings, fillColor: c9a27e}"),
    good=vector('vectorOptions: {tilejsonKey: tiles, sourceLayer: buildings, fillColor: "#c9a27e"}'),
    needs="vectorOptions",
)
def vector_colour(option: Option) -> Iterator[Finding]:
    styles = object_of(option.body.get("vectorOptions"))
    for name in ("fillColor", "strokeColor"):
        text = styles.get(name)
        if isinstance(text, str) and (not COLOUR.fullmatch(text) or BARE.fullmatch(text)):
            fix = f'write "#{text}"' if BARE.fullmatch(text) else 'write it like "#c9a27e" or rgb(201, 162, 126)'
            yield option.finding(f"{shown(text)!r} is no CSS colour", fix, at=f"/vectorOptions/{name}")


@rule(
    "render-legend",
    Option,
    WARNING,
    "a legend that does not go with the colours",
    why="""
A continuous legend shows a colour ramp, classmap and interval legends one colour for each class or range. A legend of classes over a
smooth ramp, or any legend over three bands, shows what is not in the picture.""",
    bad=raster("assets=B04&colormap_name=viridis", "legend: {type: classmap}"),
    good=raster("assets=B04&colormap_name=viridis", "legend: {type: continuous}"),
    needs="legend",
)
def legend(option: Option) -> Iterator[Finding]:
    from pcsync.rules.render.vocabulary import ramps

    kind = object_of(option.body.get("legend")).get("type")
    named = option.first("colormap_name")
    if not option.raster or kind not in ("continuous", "classmap", "interval"):
        return
    if not named and not option.first("colormap") and option.bands is not None and option.bands >= 3 and not option.transformed:
        yield option.finding(f"a {kind} legend needs a colormap, and {option.bands} bands are drawn", "write type: none", at="/legend/type")
    elif kind != "continuous" and named and named.value in ramps():
        what = f"a {kind} legend needs a colormap of {'classes' if kind == 'classmap' else 'ranges'}, and {named.value} is a smooth ramp"
        yield option.finding(what, "write type: continuous", at="/legend/type")


@rule(
    "render-legend-labels",
    Option,
    WARNING,
    "as many labels as there are classes",
    why="A classmap legend puts its labels beside the classes of the colormap in their order; one too few or too many shifts all of them.",
    bad=raster(
        "assets=data&colormap=%7B%221%22%3A%5B0%2C0%2C255%5D%2C%222%22%3A%5B0%2C255%2C0%5D%7D", "legend: {type: classmap, labels: [Water]}"
    ),
    good=raster(
        "assets=data&colormap=%7B%221%22%3A%5B0%2C0%2C255%5D%2C%222%22%3A%5B0%2C255%2C0%5D%7D",
        "legend: {type: classmap, labels: [Water, Trees]}",
    ),
    needs="legend",
)
def legend_labels(option: Option) -> Iterator[Finding]:
    import json

    legend, own = object_of(option.body.get("legend")), option.first("colormap")
    labels = legend.get("labels")
    if legend.get("type") not in ("classmap", "interval") or not isinstance(labels, list) or own is None:
        return
    try:
        classes = own.json if own.json is not None else json.loads(own.value)
    except (ValueError, RecursionError):
        return
    trims = [legend.get(name) for name in ("trimStart", "trimEnd")]
    count = len(classes) - sum(it for it in trims if isinstance(it, int)) if isinstance(classes, dict | list) else len(labels)
    if count != len(labels):
        what = f"the legend has {len(labels)} labels for {count} {'classes' if legend['type'] == 'classmap' else 'ranges'}"
        yield option.finding(what, "write one label for each", at="/legend/labels")
