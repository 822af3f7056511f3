"""Pictures before and after, said in words: a table for the terminal, one for a comment, and the index of the files they are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from pcsync.core.picture import Comparison, Picture
from pcsync.render.flow import flowed, summed
from pcsync.render.markdown_fit import rows
from pcsync.render.markdown_text import cell, code, inline
from pcsync.render.terminal import Style, cells, cut, one_line, padded
from pcsync.render.wording import count, number

FORMAT_VERSION = "1.0"
SEEN = {"empty": "nothing in it", "blank": "one colour only", "clipped": "clipped: the rescale does not fit"}
WIDEST = 44  # columns of a layer's name
NAME = 120  # characters of a name in a comment
Files = Mapping[int, Mapping[str, str]]
"""File names of the pictures: by the comparison's place in the list, then ``before``, ``after``, ``mask``."""


def score(shown: Comparison) -> str:
    """How much differs, in a word or two."""
    if shown.changed is not None:
        return share(shown.changed) if shown.changed else "identical"
    if shown.before and shown.after:
        return "not compared"
    return "new" if shown.after else "gone" if shown.before else "no picture"


def share(value: float) -> str:
    """A share in percent that never rounds something to nothing, nor nearly all to all."""
    if value >= 1.0:
        return "100 %"
    return "< 0.1 %" if value < 0.001 else "> 99.9 %" if value >= 0.9995 else f"{100 * value:.1f} %"


def remark(shown: Comparison) -> str:
    """What a reader should know of the pictures, and why one is missing."""
    both = (("before", shown.before), ("after", shown.after))
    said = [f"{side}: {SEEN[picture.remark]}" for side, picture in both if picture and picture.remark]
    return "; ".join([*said, *([shown.why] if shown.why else [])])


def place(shown: Comparison) -> str:
    """Where it was looked at."""
    return f"{shown.place.why}, zoom {shown.place.zoom}".removeprefix(", ") if shown.place else ""


def summary(comparisons: Sequence[Comparison]) -> str:
    """``4 layers looked at: 2 look different, 1 is new, 1 has no picture``."""
    differ = sum(bool(it.changed) for it in comparisons)
    parts = [
        (differ, "look different" if differ != 1 else "looks different"),
        (sum(it.changed == 0.0 for it in comparisons), "identical"),
        *((sum(score(it) == word for it in comparisons), word) for word in ("new", "gone", "not compared")),
        (sum(not it.before and not it.after for it in comparisons), "without a picture"),
    ]
    said = ", ".join(f"{number(many)} {words}" for many, words in parts if many)
    return f"{count(len(comparisons), 'layer')} looked at: {said}" if comparisons else "Nothing of this plan can be seen on the map."


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: a layer, or several of one collection that have no picture for one reason."""

    collection: str
    layer: str
    score: str
    place: str
    remark: str
    flag: float | None = None


def table(comparisons: Sequence[Comparison]) -> Iterator[Row]:
    """The lines of a table, in the order given."""
    for (collection, _), entries in groupby(comparisons, key=_reason):
        first, *others = entries
        layer = count(1 + len(others), "layer") if others else first.title
        yield Row(collection, layer, score(first), place(first), remark(first), first.changed)


def _reason(shown: Comparison) -> tuple[str, object]:
    """Neighbours that say the same: one collection and one reason, and no picture. Any other is by itself."""
    return shown.collection, shown.why if shown.place is None and not shown.before and not shown.after else id(shown)


def pictures_text(comparisons: Sequence[Comparison], style: Style) -> str:
    """The table: layer, how much differs, where, and what to know of it."""
    return "\n".join([*_text_lines(comparisons, style), *summed(summary(comparisons), style.width)]) + "\n"


def _text_lines(comparisons: Sequence[Comparison], style: Style) -> Iterator[str]:
    if not comparisons:
        return
    lines = [*table(comparisons)]
    names = [one_line(f"{it.collection}: {it.layer}") for it in lines]
    wide = min(max(map(cells, names)), WIDEST, max(12, style.width - 30))
    yield style.bold(f"{padded('Layer', wide)}  {padded('Changed', 12)}  Place")
    for name, line in zip(names, lines, strict=True):
        paint = style.warm if line.flag else style.dim if line.flag == 0.0 else str
        where = cut(one_line(line.place), max(10, style.width - wide - 16), style)
        yield f"{padded(cut(name, wide, style), wide)}  {paint(padded(line.score, 12))}  {where}".rstrip()
        if line.remark:
            yield from (style.dim(part) for part in flowed(one_line(line.remark), style.width, "  "))
    yield ""


def pictures_markdown(comparisons: Sequence[Comparison], report: str) -> str:
    """A section of a comment. ``report`` says where the pictures are: a comment can hold none that are not on the web already."""
    told = [*table(comparisons)]
    lines = rows(map(_row, told), len(told), lambda more: f"| … | | {more} more | |")
    head = [f"### Before and after ({number(len(comparisons))})", "", f"{summary(comparisons)}.", ""]
    shown = ["| Layer | Changed | Place | Remark |", "| --- | ---: | --- | --- |", *lines, ""] if comparisons else []
    where = f"The pictures are in {report}: a comment cannot hold them." if comparisons else ""
    return "\n".join([*head, *shown, where]).rstrip()


def _row(line: Row) -> str:
    layer = f"{code(cut(line.collection, NAME, Style()))} {inline(cut(line.layer, NAME, Style()))}"
    fields = (layer, line.score, inline(line.place), inline(cut(line.remark, 2 * NAME, Style())))
    return "| " + " | ".join(cell(it) for it in fields) + " |"


def pictures_json(comparisons: Sequence[Comparison], digest: str, files: Files | None = None) -> str:
    """The index of a preview (format_version 1.0): everything about the pictures but their bytes, with their files where there are any."""
    entries = [_comparison(it, (files or {}).get(index, {})) for index, it in enumerate(comparisons)]
    document = {"format_version": FORMAT_VERSION, "plan_digest": digest, "comparisons": entries}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _comparison(shown: Comparison, files: Mapping[str, str]) -> dict[str, Any]:
    where = shown.place
    return {
        "address": shown.address,
        "title": shown.title,
        "collection": shown.collection,
        "place": {"bounds": list(where.bounds), "zoom": where.zoom, "why": where.why} if where else None,
        "changed": shown.changed,
        "difference": shown.difference,
        "before": _picture(shown.before, files.get("before")),
        "after": _picture(shown.after, files.get("after")),
        "mask": files.get("mask"),
        "why": shown.why,
        "seconds": round(shown.seconds, 3),
    }


def _picture(picture: Picture | None, file: str | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    shares = {name: round(getattr(picture, name), 6) for name in ("transparent", "uniform", "clipped")}
    size = {"width": picture.width, "height": picture.height, "bytes": len(picture.content)}
    return {"file": file, "media_type": picture.media_type, **size, **shares, "remark": picture.remark, "route": picture.route}
