"""Colours on the page: a strip for a ramp, a list for classes. SVG, because the page's policy allows no inline styles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pcsync.core.change import Change
from pcsync.render.colours import Colour, Swatch, ramp, swatch
from pcsync.render.html.markup import Markup, join, tag
from pcsync.render.options import parameters
from pcsync.render.wording import number

LISTED = 'class="classes"'
CLASSES = 24  # classes that are listed by name
STRIP, HEIGHT = 132, 12  # pixels


def paint(colour: Colour) -> str:
    """A colour as SVG takes it."""
    red, green, blue, alpha = colour
    return f"#{red:02x}{green:02x}{blue:02x}" + ("" if alpha == 255 else f"{alpha:02x}")


@lru_cache(maxsize=1024)
def strip(shown: Swatch) -> Markup:
    """All colours side by side, as a small picture; that of a named ramp stands in the page once (see ``ramp_symbols``)."""
    inside = tag("use", href=f"#ramp-{shown.name}") if shown.name else join(*_bars(shown))
    size: dict[str, str | int] = {"viewBox": f"0 0 {STRIP} {HEIGHT}", "width": STRIP, "height": HEIGHT}
    return tag("svg", inside, class_="strip", role="img", aria_label=_described(shown), **size)


def _bars(shown: Swatch) -> Iterator[Markup]:
    width = STRIP / len(shown.entries)
    for index, colour in enumerate(shown.colours):
        yield tag("rect", x=f"{index * width:.2f}", y=0, width=f"{width + 0.3:.2f}", height=HEIGHT, fill=paint(colour))


def ramp_symbols(page: str) -> Markup:
    """The ramps that a page refers to, each drawn once."""
    names = sorted(set(re.findall(r'<use href="#ramp-(\w+)">', page)))
    drawn = (tag("symbol", *_bars(found), id=f"ramp-{name}", viewBox=f"0 0 {STRIP} {HEIGHT}") for name in names if (found := ramp(name)))
    return tag("svg", *drawn, class_="symbols", aria_hidden="true") if names else Markup()


def _described(shown: Swatch) -> str:
    return "colour ramp" if shown.name else f"{number(len(shown.entries))} colours"


def of_parameter(parameter: str, value: Any) -> Markup:
    """The colours of a parameter's value; nothing where it has none."""
    shown = swatch(parameter, value)
    if shown is None:
        return Markup()
    return strip(shown) if len(shown.entries) > 1 else _chip(shown.colours[0])


def classes(shown: Swatch) -> Markup:
    """Each class with its colour."""
    entries = (tag("li", _chip(colour), " ", label) for label, colour in shown.entries[:CLASSES])
    more = len(shown.entries) - CLASSES
    return tag("ul", *entries, tag("li", f"… {number(more)} more") if more > 0 else None, class_="classes")


def _chip(colour: Colour) -> Markup:
    square = tag("rect", width=12, height=12, rx=2, fill=paint(colour))
    return tag("svg", square, class_="chip", viewBox="0 0 12 12", width=12, height=12, aria_hidden="true")


def legends(change: Change) -> Markup:
    """What the colours of a render option stand for, before and after where they differ; nothing for other kinds.

    A ramp that another one replaces stands in the fields already.
    """
    if change.key.kind != "render-option":
        return Markup()
    before, after = _legend(change.before), _legend(change.after)
    if before and after and before != after and LISTED not in before + after:
        return Markup()
    if before and after and before != after:
        return tag("div", _titled("Legend before", before), _titled("Legend after", after), class_="legends")
    only = after or before
    return tag("div", _titled("Legend", only), class_="legends") if only else Markup()


def _titled(title: str, legend: Markup) -> Markup:
    return tag("div", tag("p", title, class_="label"), legend)


def _legend(body: Mapping[str, Any] | None) -> Markup:
    options = (body or {}).get("options")
    return join(*_shown(parameters(options))) if isinstance(options, str) else Markup()


def _shown(options: Mapping[str, Any]) -> Iterator[Markup]:
    for parameter in ("colormap", "colormap_name"):
        shown = swatch(parameter, options.get(parameter))
        if shown:
            yield tag("p", strip(shown), *_range(options), class_="ramp") if shown.name else classes(shown)


def _range(options: Mapping[str, Any]) -> tuple[str, ...]:
    rescale = options.get("rescale")
    return (f" {rescale.replace(',', ' to ')}",) if isinstance(rescale, str) else ()
