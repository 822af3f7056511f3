"""Comparisons in words: the table of the terminal, the section of a comment, the index."""

from __future__ import annotations

import json

import pytest

from pcsync.core.picture import Comparison, Picture, Place
from pcsync.render.pictures import pictures_json, pictures_markdown, pictures_text, share, summary
from pcsync.render.terminal import Style, cells

PLACE = Place((1.0, 2.0, 3.0, 4.0), 9, "default location")
GOOD = Picture(b"png", "image/png", 512, 512, "/data/x", uniform=0.1)
WHITE = Picture(b"png", "image/png", 512, 512, "/data/y", uniform=1.0)
ABSENT = "the collection is not on this catalog yet"


def shown(title: str = "Grey", collection: str = "naip", **fields: object) -> Comparison:
    return Comparison(f"collection/{collection}/render-option/grey", title, collection, **{"place": PLACE, **fields})  # type: ignore[arg-type]


EVERY = (
    shown("Same", before=GOOD, after=GOOD, changed=0.0, difference=0.0),
    shown("Other", before=GOOD, after=WHITE, changed=0.1234, difference=0.5, mask=b"png"),
    shown("New", after=GOOD),
    shown("Gone", before=GOOD),
    shown("One", "new", place=None, why=ABSENT),
    shown("Two", "new", place=None, why=ABSENT),
)


def test_every_layer_has_its_line_and_one_reason_is_said_once() -> None:
    assert pictures_text(EVERY, Style(width=100)).splitlines() == [
        "Layer          Changed       Place",
        "naip: Same     identical     default location, zoom 9",
        "naip: Other    12.3 %        default location, zoom 9",
        "  after: one colour only",
        "naip: New      new           default location, zoom 9",
        "naip: Gone     gone          default location, zoom 9",
        "new: 2 layers  no picture",
        f"  {ABSENT}",
        "",
        "6 layers looked at: 1 looks different, 1 identical, 1 new, 1 gone, 2 without a picture",
    ]


def test_a_narrow_terminal_gets_narrow_lines() -> None:
    long = shown("A title that is far too long for any terminal of this width", "a-collection", before=GOOD, after=GOOD, changed=0.5)

    assert all(cells(line) <= 60 for line in pictures_text([long, *EVERY[:2]], Style(width=60)).splitlines()[:-1])


@pytest.mark.parametrize(
    ("value", "words"), [(1.0, "100 %"), (0.99999, "> 99.9 %"), (0.5, "50.0 %"), (0.00001, "< 0.1 %"), (0.001, "0.1 %")]
)
def test_a_share_never_rounds_something_to_nothing_nor_nearly_all_to_all(value: float, words: str) -> None:
    assert share(value) == words


def test_a_comment_names_the_place_of_the_pictures_and_obeys_no_title() -> None:
    text = pictures_markdown([shown("a | b\n# c <b> [x](http://x)", before=GOOD, after=GOOD, changed=0.5)], "the report")
    row = next(line for line in text.splitlines() if line.startswith("| `naip`"))

    assert row.replace("\\|", "").count("|") == 5
    assert "<b>" not in row
    assert "The pictures are in the report: a comment cannot hold them." in text


def test_a_comment_of_a_thousand_layers_stays_short() -> None:
    many = [shown(f"Layer {number}", before=GOOD, after=GOOD, changed=0.5) for number in range(1000)]

    assert len(pictures_markdown(many, "the report")) < 8000


def test_the_index_holds_everything_but_the_bytes() -> None:
    found = json.loads(pictures_json(EVERY, "abc", {1: {"before": "1.png", "after": "2.png", "mask": "3.png"}}))

    assert (found["format_version"], found["plan_digest"]) == ("1.0", "abc")
    assert found["comparisons"][1] == {
        "address": "collection/naip/render-option/grey",
        "title": "Other",
        "collection": "naip",
        "place": {"bounds": [1.0, 2.0, 3.0, 4.0], "zoom": 9, "why": "default location"},
        "changed": 0.1234,
        "difference": 0.5,
        "before": {
            "file": "1.png",
            "media_type": "image/png",
            "width": 512,
            "height": 512,
            "bytes": 3,
            "transparent": 0.0,
            "uniform": 0.1,
            "clipped": 0.0,
            "remark": "",
            "route": "/data/x",
        },
        "after": {
            "file": "2.png",
            "media_type": "image/png",
            "width": 512,
            "height": 512,
            "bytes": 3,
            "transparent": 0.0,
            "uniform": 1.0,
            "clipped": 0.0,
            "remark": "blank",
            "route": "/data/y",
        },
        "mask": "3.png",
        "why": "",
        "seconds": 0.0,
    }


def test_nothing_to_see_is_said() -> None:
    assert summary([]) == "Nothing of this plan can be seen on the map."
