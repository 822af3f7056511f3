"""Numbers, sizes and times as they read."""

from __future__ import annotations

import pytest

from pcsync.render.wording import count, duration, listed, number, rate, size


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (number(1234567), "1,234,567"),
        (count(1, "collection"), "1 collection"),
        (count(0, "collection"), "0 collections"),
        (count(2, "query"), "2 queries"),
        (count(2, "key"), "2 keys"),
        (count(3, "class"), "3 classes"),
        (count(2, "index", "indices"), "2 indices"),
        (size(0), "0 bytes"),
        (size(999), "999 bytes"),
        (size(1000), "1 kB"),
        (size(38285), "38.3 kB"),
        (size(999_999), "1 MB"),
        (size(123_456_789), "123 MB"),
        (size(5 * 10**15), "5000 TB"),
        (duration(0), "0.0 s"),
        (duration(9.94), "9.9 s"),
        (duration(9.96), "10 s"),
        (duration(59.6), "1 min 0 s"),
        (duration(200), "3 min 20 s"),
        (duration(7500), "2 h 5 min"),
        (rate(0, 10), ""),
        (rate(10, 0), ""),
        (rate(3, 4), "0.8/s"),
        (rate(42_000, 10), "4,200/s"),
        (listed([]), ""),
        (listed(["a"]), "a"),
        (listed(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_it_reads_as_people_write(said: str, expected: str) -> None:
    assert said == expected
