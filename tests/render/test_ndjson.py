"""Lines of JSON."""

from __future__ import annotations

import json
from collections import Counter

from pcsync.core.document import digest
from pcsync.render.ndjson import diagnostics_ndjson, line, outcome_ndjson, plan_ndjson

from .golden_files import golden
from .plans import EVERYTHING, PARTLY_READ
from .test_diagnostics import FOUND
from .test_outcome import PARTIAL

TEXTS = {"plan": plan_ndjson(EVERYTHING), "diagnostics": diagnostics_ndjson(FOUND, 9), "outcome": outcome_ndjson(PARTIAL)}


def test_lines_read_as_their_golden_files() -> None:
    for name, text in TEXTS.items():
        assert text == golden(f"{name}.ndjson", text)


def test_every_line_is_an_object_with_a_type_and_the_summary_is_last() -> None:
    for text in TEXTS.values():
        lines = [json.loads(entry) for entry in text.splitlines()]
        assert all(isinstance(entry["type"], str) for entry in lines)
        assert [index for index, entry in enumerate(lines) if entry["type"] == "summary"] == [len(lines) - 1]


def test_there_is_a_line_for_each_change_and_the_digest_in_the_summary() -> None:
    lines = [json.loads(entry) for entry in TEXTS["plan"].splitlines()]

    assert Counter(entry["type"] for entry in lines)["change"] == len(EVERYTHING.changes)
    assert lines[-1]["digest"] == digest(EVERYTHING)


def test_what_could_not_be_read_has_a_line() -> None:
    assert '"type":"unknown"' in plan_ndjson(PARTLY_READ)


def test_a_line_break_in_a_value_does_not_end_the_line() -> None:
    assert line("event", {"message": "a\nb"}).count("\n") == 1
