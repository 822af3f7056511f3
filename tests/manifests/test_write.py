"""What dump writes reads back as the same values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.core.diff import same
from pcsync.manifests.parse import parse
from pcsync.manifests.write import dump
from tests.core.test_canonical import JSON

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"))
TRAPS = ["on", "No", "2022-12-01", "010", "0o17", "1e3", "123E45", "1_000", "~", "", "null", ".inf", "12:30:45", "<<", "=", "- a", "a: b"]


@pytest.mark.parametrize("text", TRAPS)
def test_a_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert parse(dump({"value": text}).encode(), "a.yaml").documents == ({"value": text},)


@given(st.dictionaries(TEXT.filter(lambda name: name != "<<"), TEXT, max_size=5))
def test_any_text_survives_writing_and_reading(value: dict[str, str]) -> None:
    parsed = parse(dump(value).encode(), "a.yaml")

    assert parsed.diagnostics == ()
    assert parsed.documents == (value,)


@given(st.dictionaries(st.text("abc", min_size=1), JSON.filter(lambda value: "\\u" not in repr(value) and "\\x" not in repr(value))))
def test_any_value_survives_writing_and_reading(value: dict[str, object]) -> None:
    parsed = parse(dump(value).encode(), "a.yaml")

    assert same(list(parsed.documents), [value])


def test_long_texts_are_blocks_and_short_leaves_stand_on_one_line() -> None:
    written = dump({"description": "One.\n\nTwo.\n", "roles": ["data", "visual"], "bbox": [[-180, -90, 180, 90]]})

    assert written == "description: |\n  One.\n\n  Two.\nroles: [data, visual]\nbbox: [[-180, -90, 180, 90]]\n"
