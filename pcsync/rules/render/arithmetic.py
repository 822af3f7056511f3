"""Band arithmetic: what is wrong inside an expression, and what does not go with one."""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.rules.render.option import SUFFIX, Option
from pcsync.rules.render.snippet import raster
from pcsync.rules.rule import ERROR, WARNING, Finding, rule


@rule(
    "render-expression",
    Option,
    ERROR,
    "an expression cannot be parsed",
    why="""
Expressions are band arithmetic (the numexpr subset that rio-tiler takes): assets, or asset_bN for one band of an asset; + - * / ** % //,
comparisons, & | ~, and functions such as where, sqrt, log. Bands are separated with semicolons.""",
    bad=raster("expression=(B08-B04/(B08+B04)&asset_as_band=true"),
    good=raster("expression=(B08-B04)/(B08+B04)&asset_as_band=true"),
    needs="expression",
)
def expression(option: Option) -> Iterator[Finding]:
    for parameter, found in option.expressions:
        for fault in found.faults:
            yield parameter.finding(fault.what, fault.fix, fault.start, fault.end)


@rule(
    "render-caret",
    Option,
    WARNING,
    "^ in an expression is no power",
    why="In band arithmetic ^ is the exclusive or of whole numbers; on reflectances it fails. A power is written **.",
    bad=raster("expression=B04^2&asset_as_band=true"),
    good=raster("expression=B04**2&asset_as_band=true"),
    needs="expression",
)
def caret(option: Option) -> Iterator[Finding]:
    for parameter, found in option.expressions:
        for token in found.carets:
            yield parameter.finding("^ is the exclusive or of whole numbers, not a power", "write ** for a power", token.start, token.end)


@rule(
    "render-asset-as-band",
    Option,
    WARNING,
    "an expression uses assets as if they were bands, or the other way round",
    why="""
An expression over single-band assets (B08-B04) needs asset_as_band=true. Without it, every operand is one band of an asset: image_b1.
With it, image_b1 is looked for as an asset of that name.""",
    bad=raster("expression=(B08-B04)/(B08+B04)"),
    good=raster("expression=(B08-B04)/(B08+B04)&asset_as_band=true"),
    needs="expression",
)
def asset_as_band(option: Option) -> Iterator[Finding]:
    for reference in option.operands:
        assets = option.item_assets
        if not option.asset_as_band and not reference.bands and (assets is None or reference.asset in assets):
            fix = f"add asset_as_band=true, or write {reference.asset}_b1"
            yield reference.finding(f"{reference.asset} is an asset, not a band", fix)
            return
        split = SUFFIX.fullmatch(reference.asset) if option.asset_as_band else None
        if split and assets is not None and reference.asset not in assets and split["asset"] in assets:
            fix = f"leave asset_as_band out, or write {split['asset']}"
            yield reference.finding(f"with asset_as_band, {reference.asset} is the name of an asset", fix)
            return


@rule(
    "render-expression-and-assets",
    Option,
    WARNING,
    "assets stand beside an expression",
    why="The assets of an expression are those it names; what stands in assets or asset_bidx beside it is ignored.",
    bad=raster("assets=B04&expression=(B08-B04)/(B08+B04)&asset_as_band=true"),
    good=raster("expression=(B08-B04)/(B08+B04)&asset_as_band=true"),
    needs="expression",
)
def expression_and_assets(option: Option) -> Iterator[Finding]:
    if option.operands:
        for name in ("assets", "asset_bidx"):
            for parameter in option.all(name)[:1]:
                yield parameter.name_finding(f"{name} is ignored, because there is an expression", f"remove {name}, or the expression")


@rule(
    "render-band-count",
    Option,
    WARNING,
    "the number of bands makes no picture",
    why="A picture has one band (with a colormap) or three (red, green, blue). Two or five cannot be shown.",
    bad=raster("assets=B04&assets=B03"),
    good=raster("assets=B04&assets=B03&assets=B02"),
)
def band_count(option: Option) -> Iterator[Finding]:
    count = option.bands
    if count is not None and count not in (1, 3, 4) and count > 0 and not option.transformed and option.raster:
        where = option.first("expression") or option.first("asset_bidx") or option.first("assets")
        if where and not any(found.faults for _, found in option.expressions):
            yield where.finding(f"these are {count} bands; a picture has 1 or 3", "choose bands with asset_bidx=asset|1,2,3")


@rule(
    "render-repeated-band",
    Option,
    WARNING,
    "a composite reads the same band for every colour",
    why="Red, green and blue from one band are a grey picture; a single band with colormap_name=gray is the same at a third of the cost.",
    bad=raster("assets=B04&assets=B04&assets=B04"),
    good=raster("assets=B04&assets=B03&assets=B02"),
)
def repeated_band(option: Option) -> Iterator[Finding]:
    names = [it.asset for it in option.assets]
    if len(names) == 3 and len(set(names)) == 1 and not option.indexes:
        yield option.assets[1].finding(f"{names[0]} is read three times", "name three assets, or one with colormap_name=gray")
