"""Pictures before and after: a slider, side by side, or what differs; each with its place and what its pixels say."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from pcsync.core.picture import Comparison, Picture, Place
from pcsync.render.html.change import NAME, PLAIN
from pcsync.render.html.markup import Markup, fragment, join, tag
from pcsync.render.terminal import cut
from pcsync.render.wording import count, duration, size

MEDIA_TYPES = {"image/png", "image/jpeg", "image/webp"}
REMARKS = {"blank": "one colour only", "empty": "nothing in it", "clipped": "clipped: the rescale does not fit"}
MODES = (("slide", "Slider"), ("pair", "Side by side"), ("mask", "Difference"))
BARE = "neither picture could be had"


def source(content: bytes, media_type: str) -> str:
    """A picture inside the page; a type that is no picture is shown as a PNG, which a browser then refuses."""
    kept = media_type if media_type in MEDIA_TYPES else "image/png"
    return f"data:{kept};base64,{b64encode(content).decode('ascii')}"


def comparisons(entries: Sequence[Comparison]) -> Markup:
    """Every comparison, what differs most first."""
    ordered = sorted(entries, key=_weight, reverse=True)
    seen: set[str] = set()
    return tag("div", *(_card(index, it, seen) for index, it in enumerate(ordered)), class_="shots")


def _weight(shown: Comparison) -> float:
    """How much there is to see: what comes or goes whole first, what could not be had last."""
    return shown.changed if shown.changed is not None else 1.0 if shown.before or shown.after else -1.0


def share(value: float) -> str:
    """A share as a percentage that never rounds something to nothing: ``12.3 %``, ``0.04 %``, ``under 0.01 %``."""
    percent = 100 * value
    if 0 < percent < 0.01:
        return "under 0.01 %"
    return f"{percent:.2f} %" if 0 < percent < 1 else f"{percent:.0f} %" if percent in (0, 100) else f"{percent:.1f} %"


def _card(index: int, shown: Comparison, seen: set[str]) -> Markup:
    both = shown.before is not None and shown.after is not None
    first = shown.address not in seen
    seen.add(shown.address)
    title = tag("h3", tag("a", cut(shown.title or shown.address, NAME, PLAIN), href=fragment(shown.address)))
    head = tag("header", title, tag("code", cut(shown.collection, NAME, PLAIN), class_="quiet"), _score(shown))
    modes = _modes(index, shown) if both else None
    return tag(
        "article",
        head,
        modes,
        _stage(shown, both) if shown.before or shown.after else tag("p", shown.why or BARE, class_="note"),
        _facts(shown),
        class_="shot",
        id=f"pictures:{shown.address}" if first else None,
        data_view="pair",
    )


def _score(shown: Comparison) -> Markup:
    if shown.changed is None:
        words = "new" if shown.after and not shown.before else "gone" if shown.before and not shown.after else "not compared"
        return tag("span", words, class_="pill")
    return tag(
        "span", "identical" if not shown.changed else f"{share(shown.changed)} of the pixels differ", class_="pill", data_flag="looks"
    )


def _modes(index: int, shown: Comparison) -> Markup:
    wanted = [mode for mode in MODES if mode[0] != "mask" or shown.mask]
    buttons = (tag("button", word, type="button", data_mode=mode, aria_pressed="false") for mode, word in wanted)
    return tag("div", *buttons, class_="modes scripted", role="group", aria_label=f"How to compare picture {index + 1}")


def _stage(shown: Comparison, both: bool) -> Markup:
    ratio = shown.after or shown.before
    sides = (_side("Before", shown.before, shown), _side("After", shown.after, shown))
    mask = tag("img", class_="mask", src=source(shown.mask, "image/png"), alt="What differs") if shown.mask and both else None
    slider = (
        tag("input", type="range", min=0, max=100, value=50, step=1, class_="slider", aria_label=f"Before and after: {shown.title}")
        if both
        else None
    )
    wide = bool(ratio and ratio.width > 1.4 * ratio.height)
    return tag(
        "div", *sides, mask, slider, tag("span", class_="handle", aria_hidden="true") if both else None, class_="stage", data_wide=wide
    )


def _side(label: str, picture: Picture | None, shown: Comparison) -> Markup:
    name = label.lower()
    if picture is None:
        return tag("div", tag("p", "No picture" if not shown.why else shown.why), class_=f"side none {name}")
    image = tag(
        "img",
        src=source(picture.content, picture.media_type),
        width=picture.width,
        height=picture.height,
        alt=f"{label}: {shown.title}",
        decoding="async",
    )
    return tag("figure", image, tag("figcaption", label, _remark(picture)), class_=f"side {name}")


def _remark(picture: Picture) -> Markup:
    return tag("strong", f" {REMARKS.get(picture.remark, picture.remark)}") if picture.remark else Markup()


def _facts(shown: Comparison) -> Markup:
    said = [
        *([_place(shown.place)] if shown.place else []),
        *([f"mean colour distance {share(shown.difference)}"] if shown.difference else []),
        *([f"{size(len(it.content))} {side}" for side, it in (("before", shown.before), ("after", shown.after)) if it]),
        *([duration(shown.seconds)] if shown.seconds else []),
    ]
    routes = [(side, it.route) for side, it in (("before", shown.before), ("after", shown.after)) if it and it.route]
    items = (tag("li", f"{side}: ", tag("code", route)) for side, route in routes)
    asked = tag("details", tag("summary", count(len(routes), "request")), tag("ul", *items), class_="calls") if routes else None
    why = tag("p", shown.why, class_="note") if shown.why and shown.before and shown.after else None
    return join(why, tag("p", " · ".join(said), class_="facts") if said else None, asked)


def _place(place: Place) -> str:
    return f"zoom {place.zoom} at {', '.join(f'{degrees:.4g}' for degrees in place.bounds)}" + (f" ({place.why})" if place.why else "")
