"""JSON and time as the service writes them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.emulator.clock import Clock, rfc3339, rfc3339_micro, rfc3339_seven, ticks_of
from pcsync.emulator.jsonb import BASE, NotJsonError, loads, localise, ordered, stored

TICKS = st.integers(0, 253_402_300_799 * 10_000_000)
unhurried = settings(deadline=None)
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
)


@unhurried
@given(values)
def test_ordering_changes_no_value_and_is_idempotent(value: Any) -> None:
    assert ordered(value) == value
    assert json.dumps(ordered(ordered(value))) == json.dumps(ordered(value))


@unhurried
@given(st.dictionaries(text, st.none()))
def test_keys_are_ordered_by_length_in_bytes_then_by_bytes(value: dict[str, None]) -> None:
    keys = [key.encode() for key in ordered(value)]

    assert keys == sorted(keys, key=lambda key: (len(key), key))


@unhurried
@given(values)
def test_what_goes_in_comes_out_whatever_the_host(value: Any) -> None:
    assert json.loads(localise(stored(loads(json.dumps(value).encode())), "https://host")) == value


@unhurried
@given(text)
def test_the_host_is_put_in_its_place_and_nowhere_else(user: str) -> None:
    kept = stored({"href": f"{BASE}/stac/", "user": user})

    assert json.loads(localise(kept, 'https://ho"st')) == {"href": 'https://ho"st/stac/', "user": user}


@pytest.mark.parametrize("body", [b"NaN", b"[Infinity]", b"1e999", b'"\\ud800"', b'{"a\\u0000": 1}', b"\xff", b"[" * 65 + b"]" * 65, b""])
def test_text_that_the_service_could_not_store_is_refused(body: bytes) -> None:
    with pytest.raises(NotJsonError):
        loads(body)


def test_nesting_of_63_levels_is_fine() -> None:
    assert loads(b"[" * 63 + b"]" * 63)


@unhurried
@given(TICKS)
def test_a_timestamp_has_up_to_seven_digits_and_no_trailing_zero(ticks: int) -> None:
    shown = rfc3339(ticks)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?Z", shown)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", rfc3339_seven(ticks))
    assert ticks_of(rfc3339_micro(ticks)) == ticks - ticks % 10


@unhurried
@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))
def test_an_instant_with_an_offset_is_the_same_instant(when: datetime) -> None:
    utc = when.replace(tzinfo=UTC)

    assert ticks_of(utc.isoformat()) == ticks_of((utc + timedelta(hours=2)).isoformat().replace("+00:00", "+02:00"))


def test_a_clock_that_stands_still_still_gives_different_stamps() -> None:
    clock = Clock(lambda: 1_776_000_000.0)
    stamps = [clock.stamp() for _ in range(100)]

    assert stamps == sorted(set(stamps))
    assert clock.now() == 17_760_000_000_000_000
