"""What an apply did."""

from __future__ import annotations

import pytest

from pcsync.core.change import Action
from pcsync.render.outcome import Outcome, outcome_text
from pcsync.render.terminal import Style

from .golden_files import golden

PARTIAL = Outcome(
    done={Action.CREATE: 11, Action.UPDATE: 1_203},
    failed=(("collection/naip/mosaic/recent", "400 ValidationError: cql[0].op is unknown\n  fix: see the operators of CQL2\x1b[2J"),),
    unknown=(("collection/naip/ingestion/nightly", "the connection was lost after the request was sent"),),
    blocked=(("collection/naip/asset/thumbnail", "needs collection/naip"),),
    skipped=("collection/dem/tile-settings",),
    remaining=(("collection/naip/tile-settings", "minZoom is 8, declared 10"),),
    seconds=83.2,
    notes=("pcsync apply --resume finishes what is left",),
)


@pytest.mark.parametrize(("name", "style"), [("100", Style()), ("60", Style(width=60)), ("color", Style(color=True))])
def test_an_outcome_reads_as_its_golden_file(name: str, style: Style) -> None:
    text = outcome_text(PARTIAL, style)

    assert text == golden(f"outcome-{name}.txt", text)


def test_a_clean_apply_is_one_line() -> None:
    text = outcome_text(Outcome({Action.CREATE: 2, Action.ADOPT: 1}, remaining=(), seconds=4.21), Style())

    assert text == "Apply: 2 created, 1 adopted, 0 changed, 0 deleted in 4.2 s; read again: everything is as declared\n"


def test_what_was_not_read_again_is_not_said_to_be_as_declared() -> None:
    assert "read again" not in outcome_text(Outcome({Action.CREATE: 2}), Style())


@pytest.mark.parametrize("field", ["failed", "unknown", "blocked", "remaining"])
def test_an_outcome_with_anything_left_is_not_clean(field: str) -> None:
    assert Outcome(remaining=()).clean
    assert not Outcome(**{field: (("collection/naip", "why"),)}).clean
