"""Colours: maps, formulas, and what does not go together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pcsync.rules.render.option import Option
from pcsync.rules.render.parameter import Parameter
from pcsync.rules.render.snippet import raster
from pcsync.rules.render.vocabulary import NUMBER, enumeration
from pcsync.rules.rule import ERROR, WARNING, Finding, rule
from pcsync.rules.shape import number
from pcsync.rules.words import meant, shown

HEX = re.compile(r"#(?:[0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")
WORD = re.compile(r"[^\s,]+")
OPERATIONS = {"gamma": ("bands", "gamma"), "sigmoidal": ("bands", "contrast", "bias"), "saturation": ("proportion",)}
BANDS = re.compile(r"(?i)[rgb]+|[1-3]+")


@rule(
    "render-colormap-name",
    Option,
    ERROR,
    "there is no colormap of that name",
    why="The tiler has 260 colormaps; their names are lower case, and _r at the end reverses one. Any other name is refused.",
    bad=raster("assets=B04&colormap_name=Viridus"),
    good=raster("assets=B04&colormap_name=viridis"),
    needs="colormap_name",
)
def colormap_name(option: Option) -> Iterator[Finding]:
    for parameter in option.all("colormap_name"):
        names = enumeration("ColorMapNames")
        if parameter.value and parameter.value not in names:
            lower = parameter.value.lower()
            fix = f"write {lower}" if lower in names else meant(parameter.value, names, "the names: pcsync explain render-colormap-name")
            yield parameter.finding(f"there is no colormap {shown(parameter.value)!r}", fix)


@rule(
    "render-colormap",
    Option,
    ERROR,
    "colormap is no map of values to colours",
    why="""
A colormap is JSON: an object of whole values to colours, or a list of [[min, max], colour]. A colour is [red, green, blue, alpha], each
0 to 255.""",
    bad="""
renderOptions:
  - id: example
    name: Example
    options:
      assets: data
      colormap: {"1": [47, 111, 281, 255]}
""",
    good="""
renderOptions:
  - id: example
    name: Example
    options:
      assets: data
      colormap: {"1": [47, 111, 181, 255]}
""",
    needs="colormap",
)
def colormap(option: Option) -> Iterator[Finding]:
    for parameter in option.all("colormap"):
        parsed = parameter.json if parameter.json is not None else _json(parameter.value)
        problem = _colormap_problem(parsed)
        if problem and parameter.value:
            named = parameter.value in enumeration("ColorMapNames")
            yield parameter.finding(problem, f"write colormap_name={parameter.value}" if named else "")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _colormap_problem(value: Any) -> str:
    if isinstance(value, dict) and value:
        keys = [key for key in value if not re.fullmatch(r"-?[0-9]{1,18}", key)]
        if keys:
            return f"the colormap's key {shown(keys[0])!r} is no whole number; ranges are written as a list of [[min, max], colour]"
        wrong = [key for key, colour in value.items() if not _colour(colour)]
        return f"the colour of {wrong[0]} is not [red, green, blue, alpha], each 0 to 255" if wrong else ""
    if isinstance(value, list) and value:
        return next((problem for entry in value if (problem := _interval_problem(entry))), "")
    return "colormap is neither an object of values to colours nor a list of ranges and colours"


def _interval_problem(entry: Any) -> str:
    if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], list) and len(entry[0]) == 2):
        return "a member of the colormap is not [[min, max], [red, green, blue, alpha]]"
    low, high = entry[0]
    if not number(low) or not number(high) or low > high:
        return f"the colormap's range {shown(low)} to {shown(high)} is none"
    return "" if _colour(entry[1]) else f"the colour of {low} to {high} is not [red, green, blue, alpha], each 0 to 255"


def _colour(value: Any) -> bool:
    if isinstance(value, str):
        return bool(HEX.fullmatch(value))
    return isinstance(value, list) and len(value) in (3, 4) and all(isinstance(it, int) and number(it) and 0 <= it <= 255 for it in value)


@rule(
    "render-two-colormaps",
    Option,
    ERROR,
    "colormap and colormap_name exclude each other",
    why="The tiler takes one colormap: a name, or one of your own.",
    bad=raster("assets=B04&colormap_name=viridis&colormap=%7B%221%22%3A%5B0%2C0%2C0%2C255%5D%7D"),
    good=raster("assets=B04&colormap_name=viridis"),
    needs="colormap",
)
def two_colormaps(option: Option) -> Iterator[Finding]:
    own, named = option.first("colormap"), option.first("colormap_name")
    if own and named:
        yield own.name_finding("colormap and colormap_name exclude each other", "keep one of them")


@rule(
    "render-colormap-bands",
    Option,
    WARNING,
    "a colormap over several bands",
    why="A colormap gives the values of one band a colour. Over three bands, which are colours already, it fails or does nothing.",
    bad=raster("assets=B04&assets=B03&assets=B02&colormap_name=viridis"),
    good=raster("assets=B04&colormap_name=viridis"),
    needs="colormap colormap_name",
)
def colormap_bands(option: Option) -> Iterator[Finding]:
    parameter = option.first("colormap_name") or option.first("colormap")
    if parameter and option.bands is not None and option.bands > 1 and not option.transformed:
        yield parameter.name_finding(f"a colormap needs one band, and {option.bands} are read", "read one band, or remove the colormap")


@rule(
    "render-color-formula",
    Option,
    ERROR,
    "color_formula cannot be parsed",
    why="""
color_formula is a row of rio-color operations, in capitals or not, with or without commas: Gamma BANDS VALUE, Sigmoidal BANDS CONTRAST
BIAS, Saturation VALUE. Bands are letters of RGB; gamma is above 0, bias 0 to 1.""",
    bad=raster("assets=B04&assets=B03&assets=B02&color_formula=Gamma 3.7 Saturation RGB 1.5"),
    good=raster("assets=B04&assets=B03&assets=B02&color_formula=Gamma RGB 3.7 Saturation 1.5 Sigmoidal RGB 15 0.35"),
    needs="color_formula",
)
def color_formula(option: Option) -> Iterator[Finding]:
    for parameter in option.all("color_formula"):
        yield from _formula(parameter)


def _formula(parameter: Parameter) -> Iterator[Finding]:
    words = list(WORD.finditer(parameter.value))
    at = 0
    while at < len(words):
        name = words[at]
        wanted = OPERATIONS.get(name[0].lower())
        if wanted is None:
            fix = meant(name[0], [it.capitalize() for it in OPERATIONS])
            yield parameter.finding(f"{shown(name[0])!r} is no operation of a colour formula", fix, *name.span())
            return
        for operand in wanted:
            at += 1
            word = words[at] if at < len(words) and words[at][0].lower() not in OPERATIONS else None
            problem = _operand_problem(operand, word[0] if word else None)
            if problem:
                place = (word or name).span()
                yield parameter.finding(f"{name[0]} {problem}", f"write {_form(name[0].capitalize(), wanted)}", *place)
                return
        at += 1


def _form(name: str, wanted: tuple[str, ...]) -> str:
    examples = {"bands": "RGB", "gamma": "1.5", "proportion": "1.5", "contrast": "15", "bias": "0.35"}
    return " ".join([name, *(examples[operand] for operand in wanted)])


def _operand_problem(operand: str, word: str | None) -> str:
    if word is None:
        return f"has no {operand}"
    if operand == "bands":
        return "" if BANDS.fullmatch(word) else f"takes bands of RGB, not {shown(word)!r}"
    if not NUMBER.fullmatch(word):
        return f"takes a number as {operand}, not {shown(word)!r}"
    if operand == "bias" and not 0 <= float(word) <= 1:
        return f"takes a bias of 0 to 1, not {word}"
    return f"takes a {operand} above 0, not {word}" if operand == "gamma" and float(word) <= 0 else ""


@rule(
    "render-color-formula-bands",
    Option,
    WARNING,
    "a colour formula over one band",
    why="Operations on red, green and blue need three bands; the tiler refuses them over one or two.",
    bad=raster("assets=B04&color_formula=Gamma RGB 3.7"),
    good=raster("assets=B04&assets=B03&assets=B02&color_formula=Gamma RGB 3.7"),
    needs="color_formula",
)
def color_formula_bands(option: Option) -> Iterator[Finding]:
    parameter, bands = option.first("color_formula"), option.bands
    several = parameter and re.search(r"(?i)\b(?:rgb|saturation|[gb])\b", parameter.value)
    if parameter and several and bands is not None and bands < 3 and not option.transformed:
        yield parameter.name_finding(f"this formula needs three bands, not {bands}", "read three bands")
