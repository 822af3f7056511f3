"""Equal JSON values have equal bytes, whatever their key order and number spelling."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.core.canonical import canonical, digest, fingerprint
from pcsync.core.diff import same

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="key order"),
        pytest.param([6.0], [6], id="whole floats"),
        pytest.param({"bbox": [-180.0, -0.0]}, {"bbox": [-180, 0]}, id="minus zero"),
        pytest.param((1, 2), [1, 2], id="tuples are arrays"),
    ],
)
def test_equal_values_have_one_digest(left: object, right: object) -> None:
    assert digest(left) == digest(right)
    assert fingerprint(left) == fingerprint(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(True, 1, id="true is not 1"),
        pytest.param("1.0", "1", id="text that looks like a number"),
        pytest.param({"a": None}, {}, id="null is not absent"),
        pytest.param([1, 2], [2, 1], id="array order"),
        pytest.param("a:1.0,", "a:1,", id="text with a float in it"),
    ],
)
def test_different_values_have_different_digests(left: object, right: object) -> None:
    assert digest(left) != digest(right)


@given(JSON)
def test_a_value_equals_itself_after_a_round_trip_through_json(value: object) -> None:
    assert canonical(orjson.loads(orjson.dumps(value))) == canonical(value)


@given(JSON, JSON)
def test_the_digest_and_the_diff_agree_on_equality(left: object, right: object) -> None:
    assert (canonical(left) == canonical(right)) == same(left, right)
