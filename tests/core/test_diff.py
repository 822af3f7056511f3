"""A diff names exactly the fields that differ."""

from __future__ import annotations

import pytest
from hypothesis import given

from pcsync.core.diff import FieldDiff, Op, at, carried, diff, same, without
from tests.core.test_canonical import JSON

TABLE = [
    pytest.param({"a": 1}, {"a": 1.0}, [], id="one number type"),
    pytest.param({"a": 1}, {"a": True}, [FieldDiff(Op.REPLACE, "/a", 1, True)], id="true is not 1"),
    pytest.param({}, {"a": None}, [FieldDiff(Op.ADD, "/a", None, None)], id="null is not absent"),
    pytest.param({"a": {"b": 1}}, {"a": {}}, [FieldDiff(Op.REMOVE, "/a/b", 1, None)], id="a key less"),
    pytest.param([1, 2], [1, 3], [FieldDiff(Op.REPLACE, "/1", 2, 3)], id="arrays of one length go place by place"),
    pytest.param([1], [1, 2], [FieldDiff(Op.REPLACE, "", [1], [1, 2])], id="arrays of other lengths go whole"),
    pytest.param({"a/b": 1}, {"a/b": 2}, [FieldDiff(Op.REPLACE, "/a~1b", 1, 2)], id="pointers are escaped"),
    pytest.param({"a": [1]}, {"a": {"0": 1}}, [FieldDiff(Op.REPLACE, "/a", [1], {"0": 1})], id="an array is no object"),
]


@pytest.mark.parametrize(("before", "after", "expected"), TABLE)
def test_a_diff_names_what_differs(before: object, after: object, expected: list[FieldDiff]) -> None:
    assert list(diff(before, after)) == expected


@given(JSON)
def test_a_value_does_not_differ_from_itself(value: object) -> None:
    assert list(diff(value, value)) == []


@given(JSON, JSON)
def test_every_difference_points_at_what_it_shows(before: object, after: object) -> None:
    for entry in diff(before, after):
        if entry.op is not Op.ADD:
            assert same(at(before, entry.path), entry.before)
        if entry.op is not Op.REMOVE:
            assert same(at(after, entry.path), entry.after)


@given(JSON, JSON)
def test_values_without_a_difference_are_the_same(before: object, after: object) -> None:
    assert (list(diff(before, after)) == []) == same(before, after)


@pytest.mark.parametrize(
    ("value", "pointers", "left"),
    [
        ({"a": {"b": 1, "c": 2}}, ["/a/b"], {"a": {"c": 2}}),
        ({"a": [{"b": 1}, {"b": 2}]}, ["/a/1/b"], {"a": [{"b": 1}, {}]}),
        ({"a": 1}, ["/b", "/a/x"], {"a": 1}),
        ({"ab": 1, "a": 2}, ["/a"], {"ab": 1}),
    ],
)
def test_ignored_pointers_leave_the_comparison(value: object, pointers: list[str], left: object) -> None:
    assert without(value, pointers) == left


@pytest.mark.parametrize(
    ("desired", "live", "pointers", "sent"),
    [
        ({"a": 1}, {"a": 9}, ["/a"], {"a": 9}),
        ({"a": {"b": 1, "c": 1}}, {"a": {"b": 9}}, ["/a/b"], {"a": {"b": 9, "c": 1}}),
        ({"a": 1}, {}, ["/a"], {"a": 1}),
        ({}, {"a": {"b": 9}}, ["/a/b"], {}),
    ],
)
def test_what_others_write_is_carried_into_our_write(desired: object, live: object, pointers: list[str], sent: object) -> None:
    assert carried(desired, live, pointers) == sent
