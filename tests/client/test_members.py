"""A listing taken apart while it arrives: the same members however the bytes are cut."""

from __future__ import annotations

import json
import tracemalloc
from itertools import pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.client.members import BrokenListingError, Members

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12)
ALIKE = st.builds(lambda name, inner: {"id": name, "links": [{"id": "},{"}, {"id": inner}]}, TEXT, JSON)
STYLES = [
    lambda value: orjson.dumps(value),
    lambda value: json.dumps(value).encode(),
    lambda value: json.dumps(value, ensure_ascii=False, indent=2).encode(),
]


def taken(body: bytes, cuts: list[int], array: str = "collections") -> tuple[list[object], dict[str, object]]:
    page, found = Members(array), []
    edges = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        found += page.feed(body[start:end])
    found += page.finish()
    return found, page.rest


@given(
    members=st.lists(ALIKE | JSON, max_size=8),
    rest=st.dictionaries(TEXT.filter(lambda name: name != "collections"), JSON, max_size=3),
    first=st.booleans(),
    style=st.sampled_from(STYLES),
    cuts=st.lists(st.integers(0, 5000), max_size=20),
)
def test_the_members_are_the_same_however_the_bytes_are_cut(members, rest, first, style, cuts):
    whole = {"collections": members, **rest} if first else {**rest, "collections": members}
    body = style(whole)
    decoded = orjson.loads(body)  # orjson's own reading of the numbers

    assert taken(body, cuts) == (decoded.pop("collections"), decoded)


def test_every_byte_may_come_alone():
    members = [{"id": f"c{number}", "title": 'Größe }],[{ \\ " 🌍', "n": [1.5, -2e3, None]} for number in range(20)]
    body = orjson.dumps({"collections": members, "links": []})

    assert taken(body, list(range(len(body)))) == (members, {"links": []})


@given(cut=st.integers(1, 10_000), style=st.sampled_from(STYLES))
def test_a_truncated_listing_is_an_error_wherever_it_ends(cut, style):
    body = style({"links": [], "collections": [{"id": "a", "x": [1, {"id": 2}]}, {"id": "b"}, 17]})
    body = body[: cut % len(body)]

    with pytest.raises(BrokenListingError):
        taken(body, [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html></html>",
        b"[]",
        b"null",
        b'{"collections":[1 2]}',
        b'{"collections":[1,]}',
        b'{"collections":[,1]}',
        b'{"collections":[1]}x',
        b'{"collections":[{"id":}]}',
        b'{"collections":[tru]}',
        b"{1:2}",
        b'{"collections":[1],}',
        b'{"other":[1]}',
        b'{"collections":{}}',
        b'{"collections":[NaN]}',
        b'{"collections":["\xff"]}',
        b'{"collections" [1]}',
        b'{"collections":[{"a":1]}]}',
    ],
)
def test_what_is_not_such_a_listing_is_an_error(body):
    with pytest.raises(BrokenListingError):
        taken(body, [])


def test_a_listing_nested_beyond_reason_is_an_error():
    with pytest.raises(BrokenListingError):
        taken(b'{"collections":[' + b"[" * 200_000, [])


def test_memory_holds_one_member_and_not_the_listing():
    page, member = Members("collections"), b'{"id":"c","text":"' + b"x" * 10_000 + b'"},'
    tracemalloc.start()
    try:
        count = sum(sum(1 for _ in page.feed(piece)) for piece in [b'{"collections":[', *[member] * 300])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count >= 299
    assert peak < 200_000


def test_a_member_larger_than_the_cap_is_an_error_long_before_it_ends():
    page = Members("collections", cap=10_000)
    list(page.feed(b'{"collections":["'))

    with pytest.raises(BrokenListingError, match="larger than 10,000 bytes"):
        _ = [list(page.feed(b"x" * 1000)) for _ in range(20)]
