"""The parameters of options: their names, how often they may stand, and what they take."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pcsync.rules.render.option import Option
from pcsync.rules.render.parameter import Parameter
from pcsync.rules.render.snippet import raster
from pcsync.rules.render.vocabulary import ENUMS, FORMS, KNOWN, NUMBER, OF_THE_CALLER, OF_THE_URL, RENAMED, REPEATABLE, enumeration
from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.words import meant, shown

TWICE = re.compile(r"%[0-9A-Fa-f]{2}")
ELSEWHERE = {"maxItemsPerTile": "it is a tile setting: tileSettings.maxItemsPerTile"}


@rule(
    "render-unknown-parameter",
    Option,
    WARNING,
    "the tiler knows no parameter of that name",
    why="A parameter that the tiler does not know is ignored without a word, so a misspelt one draws the wrong picture.",
    bad=raster("assets=image&asset_bidx=image|1&colormap=viridis".replace("colormap=", "colormap_nam=")),
    good=raster("assets=image&asset_bidx=image|1&colormap_name=viridis"),
)
def unknown_parameter(option: Option) -> Iterator[Finding]:
    for parameter in option.parameters:
        name = parameter.name
        if name in KNOWN or name in OF_THE_CALLER or name in OF_THE_URL or name in ELSEWHERE or name.startswith("amp;"):
            continue
        fix = f"did you mean {RENAMED[name]}?" if name in RENAMED else meant(name, KNOWN, "remove it; the tiler ignores it")
        yield parameter.name_finding(f"the tiler knows no parameter {shown(name)!r}", fix)


@rule(
    "render-misplaced-parameter",
    Option,
    WARNING,
    "a parameter that whoever asks for a tile sets",
    why="""
The catalog and its clients set the collection, the place, the zoom and the format themselves. Inside a render option these parameters
are ignored or get in the way.""",
    bad=raster("collection=naip&assets=image&asset_bidx=image|1,2,3&minzoom=9"),
    good=raster("assets=image&asset_bidx=image|1,2,3", "minZoom: 9"),
)
def misplaced_parameter(option: Option) -> Iterator[Finding]:
    for parameter in option.parameters:
        name = parameter.name
        if name in OF_THE_CALLER:
            yield parameter.name_finding(f"{name} is set by whoever asks for a tile", "remove it")
        elif name in OF_THE_URL:
            fix = "write minZoom beside options" if name.lower() == "minzoom" else "remove it"
            yield parameter.name_finding(f"{name} belongs on a URL, not in options", fix)
        elif name in ELSEWHERE:
            yield parameter.name_finding(f"{name} is no parameter of the tiler", ELSEWHERE[name])


@rule(
    "render-repeated-parameter",
    Option,
    WARNING,
    "a parameter that takes one value stands several times",
    why="assets, asset_bidx, bidx, rescale and sel may repeat. Of any other parameter only one counts, and which one is up to the server.",
    bad=raster("assets=image&asset_bidx=image|1&colormap_name=viridis&colormap_name=magma"),
    good=raster("assets=image&asset_bidx=image|1&colormap_name=viridis"),
)
def repeated_parameter(option: Option) -> Iterator[Finding]:
    for name, repeats in option.by_name.items():
        if len(repeats) > 1 and name in KNOWN and (name not in REPEATABLE or name == "expression"):
            yield repeats[1].name_finding(f"{name} stands {len(repeats)} times, and takes one value", "keep one of them")


@rule(
    "render-empty-parameter",
    Option,
    WARNING,
    "a parameter without a value",
    why="A parameter without a value is refused by the tiler or taken as an empty text.",
    bad=raster("assets=image&asset_bidx=image|1,2,3&color_formula="),
    good=raster("assets=image&asset_bidx=image|1,2,3"),
)
def empty_parameter(option: Option) -> Iterator[Finding]:
    for parameter in option.parameters:
        if not parameter.value and parameter.name in KNOWN:
            yield parameter.name_finding(f"{parameter.name} has no value", "give it one, or remove it")


@rule(
    "render-value",
    Option,
    ERROR,
    "a parameter takes no such value",
    why="The tiler refuses a tile whose parameters have values of the wrong form.",
    bad=raster("assets=B04&nodata=none&resampling=nearst"),
    good=raster("assets=B04&nodata=0&resampling=nearest"),
)
def value(option: Option) -> Iterator[Finding]:
    for parameter in option.parameters:
        if not parameter.value:
            continue
        if parameter.name in FORMS:
            form, words = FORMS[parameter.name]
            if not form.fullmatch(parameter.value.strip()):
                yield parameter.finding(f"{parameter.name} takes {words}, not {shown(parameter.value)!r}", _form_fix(parameter))
        elif parameter.name in ENUMS and parameter.name != "colormap_name":
            values = enumeration(ENUMS[parameter.name])
            if parameter.value not in values:
                yield parameter.finding(f"there is no {parameter.name} {shown(parameter.value)!r}", meant(parameter.value, values))


def _form_fix(parameter: Parameter) -> str:
    if parameter.name == "sel" and "=" not in parameter.value:
        return "write the dimension too: sel=time=2100-01-01"
    if parameter.name in ("bidx", "subdataset_bands") and "," in parameter.value:
        return "repeat the parameter: " + "&".join(f"{parameter.name}={part.strip()}" for part in parameter.value.split(","))
    return ""


@rule(
    "render-rescale",
    Option,
    ERROR,
    "rescale is not min,max",
    why="rescale takes the two values that become black and white, the smaller first. It is repeated for each band.",
    bad=raster("assets=B04&rescale=3000,0"),
    good=raster("assets=B04&rescale=0,3000"),
    needs="rescale",
)
def rescale(option: Option) -> Iterator[Finding]:
    for parameter in option.all("rescale"):
        parts = [part.strip() for part in parameter.value.strip().strip("[]()").split(",")]
        if len(parts) != 2 or not all(NUMBER.fullmatch(part) for part in parts):
            pairs = [",".join(parts[at : at + 2]) for at in range(0, len(parts), 2)]
            even = len(parts) > 2 and len(parts) % 2 == 0 and all(NUMBER.fullmatch(part) for part in parts)
            fix = "repeat it: " + "&".join(f"rescale={pair}" for pair in pairs) if even else "write two numbers: rescale=0,3000"
            yield parameter.finding(f"{shown(parameter.value)!r} is not min,max", fix)
        elif float(parts[0]) >= float(parts[1]):
            fix = f"write rescale={parts[1]},{parts[0]}" if float(parts[0]) > float(parts[1]) else "let the second be larger"
            yield parameter.finding(f"the range {parts[0]} to {parts[1]} is empty", fix)


@rule(
    "render-rescale-count",
    Option,
    WARNING,
    "as many ranges as bands, or one for all of them",
    why="One rescale counts for every band; several count band by band. Any other number leaves bands or ranges over.",
    bad=raster("assets=B04&assets=B03&assets=B02&rescale=0,3000&rescale=0,2500"),
    good=raster("assets=B04&assets=B03&assets=B02&rescale=0,3000&rescale=0,2500&rescale=0,2500"),
    needs="rescale",
)
def rescale_count(option: Option) -> Iterator[Finding]:
    ranges, bands = option.all("rescale"), option.bands
    if len(ranges) > 1 and bands is not None and not option.transformed and len(ranges) != bands:
        what = f"{len(ranges)} ranges for {bands} band{'s' if bands > 1 else ''}"
        yield ranges[-1].finding(what, "write one rescale for all bands, or one for each")


@rule(
    "render-algorithm-params",
    Option,
    ERROR,
    "algorithm_params is no JSON object, or there is no algorithm",
    why="algorithm_params is a JSON object with the parameters of the algorithm that stands beside it.",
    bad=raster("assets=data&algorithm=hillshade&algorithm_params=azimuth:315"),
    good=raster("assets=data&algorithm=hillshade&buffer=3&algorithm_params=%7B%22azimuth%22%3A315%7D"),
    needs="algorithm_params",
)
def algorithm_params(option: Option) -> Iterator[Finding]:
    for parameter in option.all("algorithm_params"):
        if not option.first("algorithm"):
            yield parameter.name_finding("algorithm_params stands without an algorithm", "add algorithm=…, or remove it")
        elif parameter.json is None and not isinstance(_json(parameter.value), dict):
            yield parameter.finding("algorithm_params is no JSON object", 'write it as an object, or as {"azimuth": 315} percent-encoded')


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@rule(
    "render-sel-method",
    Option,
    WARNING,
    "sel_method without sel",
    why="sel_method says how the values in sel are looked up; without sel it does nothing.",
    bad=raster("assets=data&subdataset_name=tas&sel_method=nearest"),
    good=raster("assets=data&subdataset_name=tas&sel=time=2100-01-01&sel_method=nearest"),
    needs="sel_method",
)
def sel_method(option: Option) -> Iterator[Finding]:
    for parameter in option.all("sel_method"):
        if not option.first("sel"):
            yield parameter.name_finding("sel_method stands without sel", "add sel=dimension=value, or remove it")


@rule(
    "render-encoding",
    Option,
    WARNING,
    "options are encoded twice, or pasted with what stands around them",
    why="""
Options are a query string and nothing else: no leading question mark, no URL, no HTML. They are stored as they are written, so a
percent sign that was encoded itself stays in the value.""",
    bad=raster("?assets=image&amp;asset_bidx=image|1,2,3"),
    good=raster("assets=image&asset_bidx=image|1,2,3"),
)
def encoding(option: Option) -> Iterator[Finding]:
    text = option.body.get("options")
    if not isinstance(text, str) or not text:
        return
    at = f"{option.pointer}/options"
    if "://" in text.partition("?")[0] and "?" in text:
        yield Finding(at, "this is a URL; options are what stands behind its ?", "remove everything up to the ?", (0, text.index("?") + 1))
    elif text[0] == "?":
        yield Finding(at, "options begin without a question mark", "remove the ?", (0, 1))
    if "&amp;" in text:
        start = text.index("&amp;")
        yield Finding(at, "&amp; is HTML; parameters are joined with &", "write & instead of &amp;", (start, start + 5))
    for parameter in option.parameters:
        if "%" in parameter.value and (found := TWICE.search(parameter.value)):
            yield parameter.finding(f"{found[0]} is left after decoding: this value was encoded twice", "encode it once", *found.span())
