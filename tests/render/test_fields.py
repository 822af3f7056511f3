"""In which form a changed field is shown."""

from __future__ import annotations

from typing import Any

from pcsync.core.change import Action, Change
from pcsync.core.diff import FieldDiff, Op, diff
from pcsync.core.resource import Key
from pcsync.render.fields import Nested, Plain, View, Words, views
from pcsync.render.markdown_fields import gist, view_lines
from pcsync.render.terminal import Style
from pcsync.render.text_fields import field_lines


def shown(before: dict[str, Any], after: dict[str, Any], kind: str = "collection") -> list[str]:
    """The lines of all changed fields."""
    return [line for view in seen(before, after, kind) for line in field_lines(view, Style(), "")]


def seen(before: dict[str, Any], after: dict[str, Any], kind: str = "collection") -> tuple[View, ...]:
    return views(Change(Key(kind, "c", "n"), Action.UPDATE, before, after, tuple(diff(before, after))))


def test_a_short_value_is_shown_before_and_after() -> None:
    assert shown({"minZoom": 8, "title": "A"}, {"minZoom": 10, "title": "B"}) == ["~ minZoom: 8 → 10", "~ title: A → B"]


def test_a_text_that_reads_as_a_number_keeps_its_quotes() -> None:
    assert shown({"a": "10", "b": "true", "c": ""}, {"a": 10, "b": True, "c": " "}) == [
        '~ a: "10" → 10',
        '~ b: "true" → true',
        '~ c: "" → " "',
    ]


def test_a_field_that_comes_or_goes_has_its_own_sign() -> None:
    assert shown({"gone": 1}, {"come": {"x": [1, "a, b"]}}) == ['+ come: {x: [1, "a, b"]}', "- gone: 1"]


def test_a_long_text_is_compared_word_by_word() -> None:
    text = "Every scene is corrected for the atmosphere and delivered within five days of acquisition, clouds included."

    assert shown({"d": text}, {"d": text.replace("five days", "three days")}) == [
        "~ d:",
        "    … atmosphere and delivered within [-five-] {+three+} days of acquisition, clouds included.",
    ]


def test_texts_with_nothing_in_common_are_shown_one_after_the_other() -> None:
    views_ = seen({"d": "x" * 60}, {"d": "y" * 70})

    assert views_ == (Plain(views_[0].op, "/d", "x" * 60, "y" * 70),)  # type: ignore[union-attr]


def test_a_changed_line_break_is_seen() -> None:
    text = "The first paragraph says what it is.\n\nThe second one says where it is from."

    assert any("↵" in line for line in shown({"d": text}, {"d": text.replace("\n\n", " ")}))


def test_a_list_shows_the_members_that_went_and_came() -> None:
    assert shown({"k": ["a", "b", "c"]}, {"k": ["a", "c", "d", "e"]}) == ["~ k: (2 others unchanged)", "    - b", "    + d", "    + e"]


def test_lists_of_one_length_are_compared_by_members_too() -> None:
    assert shown({"k": ["a", "b", "c"]}, {"k": ["b", "c", "d"]}) == ["~ k: (2 others unchanged)", "    - a", "    + d"]


def test_members_with_a_name_are_compared_by_it() -> None:
    before = {"bands": [{"name": "red", "gsd": 10}, {"name": "nir", "gsd": 10}]}
    after = {"bands": [{"name": "nir", "gsd": 20}, {"name": "green", "gsd": 10}]}

    assert shown(before, after) == [
        "~ bands:",
        "    - red: {name: red, gsd: 10}",
        "    + green: {name: green, gsd: 10}",
        "    ~ nir:",
        "        ~ gsd: 10 → 20",
    ]


def test_numbers_that_belong_together_are_shown_together() -> None:
    assert shown({"bbox": [[0, 1, 2, 3]]}, {"bbox": [[0, 1, 2, 4]]}) == ["~ bbox: [[0, 1, 2, 3]] → [[0, 1, 2, 4]]"]


def test_a_list_in_another_order_is_shown_whole() -> None:
    assert shown({"k": ["a", "b"]}, {"k": ["b", "a"]}) == ["~ k: [a, b] → [b, a]"]


def test_one_is_not_true_in_a_list() -> None:
    assert shown({"k": [1, "a"]}, {"k": [True, "a", "b"]}) == ["~ k: (1 other unchanged)", "    - 1", "    + true", "    + b"]


def test_render_options_are_shown_parameter_by_parameter() -> None:
    before = {"options": "assets=image&colormap_name=viridis&nodata=0&rescale=0,1"}
    after = {"options": "assets=image&colormap_name=rdylgn&rescale=-1,1&rescale=0,1"}

    assert shown(before, after, "render-option") == [
        "~ options: (1 other unchanged)",
        "    ~ colormap_name: viridis → rdylgn",
        "    - nodata: 0",
        "    ~ rescale: 0,1 → [-1,1, 0,1]".replace("[-1,1, 0,1]", '["-1,1", "0,1"]'),
    ]


def test_a_colour_map_is_shown_class_by_class() -> None:
    before = {"options": "assets=a&colormap=%7B%221%22%3A%5B0%2C0%2C0%2C255%5D%7D"}
    after = {"options": "assets=a&colormap=%7B%221%22%3A%5B9%2C0%2C0%2C255%5D%2C%222%22%3A%5B1%2C1%2C1%2C255%5D%7D"}

    assert shown(before, after, "render-option")[1:] == [
        "    ~ colormap/1: [0, 0, 0, 255] → [9, 0, 0, 255]",
        "    + colormap/2: [1, 1, 1, 255]",
    ]


def test_a_filter_is_shown_as_text_expression_by_expression() -> None:
    cloud = {"op": "<=", "args": [{"property": "eo:cloud_cover"}, 10]}
    summer = {"op": "anyinteracts", "args": [{"property": "datetime"}, {"interval": ["2023-06-01", ".."]}]}

    assert shown({"cql": [cloud]}, {"cql": [summer, cloud]}, "mosaic") == [
        "~ cql: (1 other unchanged)",
        "    + datetime in 2023-06-01 to ..",
    ]


def test_a_string_is_no_place_to_look_for_parameters_in_other_kinds() -> None:
    assert isinstance(seen({"options": "a=1"}, {"options": "a=2"})[0], Plain)


def test_every_view_of_a_huge_text_comes_quickly() -> None:
    """The quadratic word matcher is not let loose on texts that nobody reads word by word."""
    before, after = " ".join(f"a{n}" for n in range(20_000)), " ".join(f"b{n}" for n in range(20_000))

    assert isinstance(seen({"d": before}, {"d": after})[0], Plain)
    assert isinstance(seen({"d": before}, {"d": before.replace("a500 ", "new ")})[0], Words)
    assert isinstance(seen({"d": [before]}, {"d": [after, before]})[0], Nested)


def test_a_file_that_is_replaced_is_said_in_words_for_nobody_knows_what_was_there() -> None:
    change = Change(Key("asset", "c", "n"), Action.UPDATE, {}, {}, (FieldDiff(Op.REPLACE, "/sha256", None, "367dffb2855ad397"),))
    (view,) = views(change)

    assert [*field_lines(view, Style(), "")] == ["~ the file is replaced; its SHA-256 is now 367dffb2855a"]
    assert [*view_lines(view)] == ["! the file is replaced; its SHA-256 is now 367dffb2855a"]
    assert gist(change) == ["file replaced"]
