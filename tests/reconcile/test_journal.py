"""What a journal keeps and what it tells, also when a disk, a crash or a hand has been at it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.core.change import Action, Change
from pcsync.core.errors import PcsyncError, ServiceError
from pcsync.core.plan import Plan, Target
from pcsync.core.resource import Call, Key
from pcsync.reconcile.events import Applied, Event, Failed, Sealed, Sending, Sent, Started, Unsealed, Unsure
from pcsync.reconcile.journal import SETTLED, Run, closed, end, entry, head, read_run, sealed

TARGET = Target("local", "http://127.0.0.1", "contoso-imagery")
POST = Call("POST", "/inma/collections/naip/ingestions")
INGESTION = Change(Key("ingestion", "naip", "nightly"), Action.CREATE, None, {}, calls=(POST,))
SETTINGS = Change(Key("tile-settings", "naip"), Action.UPDATE, {}, {}, calls=(Call("PUT", "/x"),))
PLAN = Plan(TARGET, (INGESTION, SETTINGS))
LOST = ServiceError("the answer was lost")


def written(*events: Event, ended: bool | None = None) -> bytes:
    """A journal of these events, one second after the other."""
    lines = [head(PLAN, "d" * 64, "2026-01-01T00:00:00Z", 1)]
    lines += [line for second, event in enumerate(events) if (line := entry(event, 1000.0 + second)) is not None]
    if ended is not None:
        lines.append(end(finished=ended, counts={"done": 1}, at="2026-01-01T00:00:09Z"))
    return b"".join(sealed(line, number) for number, line in enumerate(lines))


def told(*events: Event, ended: bool | None = None) -> Run:
    return read_run("j", written(*events, ended=ended))


def test_a_journal_names_the_target_the_plan_and_every_change() -> None:
    run = told()

    assert run.of(TARGET)
    assert run.digest == "d" * 64
    assert run.keys == (INGESTION.key, SETTINGS.key)
    assert not run.finished


def test_a_post_that_went_out_is_in_doubt_until_an_answer_is_kept() -> None:
    sending = (Started(INGESTION), Sending(INGESTION, 0, POST))

    assert [doubt.key for doubt in told(*sending).doubts] == [INGESTION.key]
    assert [doubt.key for doubt in told(*sending, Unsure(INGESTION, LOST)).doubts] == [INGESTION.key]
    assert told(*sending, Sent(INGESTION, 0, POST)).doubts == ()
    assert told(*sending, Failed(INGESTION, LOST)).doubts == ()
    assert told(*sending, Applied(INGESTION, found=True)).doubts == ()


def test_a_collection_whose_marker_is_written_once_more_is_not_done_before_that_is() -> None:
    applied = Sending(SETTINGS, 0, SETTINGS.calls[0]), Sent(SETTINGS, 0, SETTINGS.calls[0]), Applied(SETTINGS)
    again = Sending(SETTINGS, 0, SETTINGS.calls[0])

    assert told(*applied).done == {SETTINGS.key}
    assert told(*applied, again).done == frozenset()
    assert told(*applied, again, Unsealed(SETTINGS, "400")).done == frozenset()
    assert told(*applied, again, Sealed(SETTINGS)).done == {SETTINGS.key}
    assert told(*applied, Unsealed(SETTINGS, "not kept", dropped=True)).done == {SETTINGS.key}


def test_a_put_is_never_in_doubt_for_it_can_be_repeated() -> None:
    assert told(Sending(SETTINGS, 0, SETTINGS.calls[0])).doubts == ()


def test_a_delete_is_in_doubt_as_well_for_what_is_being_deleted_may_come_back() -> None:
    gone = Change(INGESTION.key, Action.DELETE, {}, None, calls=(Call("DELETE", "/inma/collections/naip/ingestions/1"),))

    assert [doubt.key for doubt in told(Sending(gone, 0, gone.calls[0]), Unsure(gone, LOST)).doubts] == [gone.key]
    assert told(Sending(gone, 0, gone.calls[0]), Sent(gone, 0, gone.calls[0])).doubts == ()


def test_doubt_is_young_until_reads_must_show_it() -> None:
    (doubt,) = told(Sending(INGESTION, 0, POST)).doubts

    assert doubt.age(1000.0) < SETTLED <= doubt.age(1000.0 + SETTLED)
    assert doubt.age(0.0) == 0.0


def test_an_apply_is_finished_by_its_closing_line_or_by_that_of_a_later_one() -> None:
    assert told(Applied(INGESTION), ended=True).finished
    assert not told(Failed(INGESTION, LOST), ended=False).finished
    raw = written(Failed(INGESTION, LOST), ended=False)
    assert read_run("j", raw + sealed(closed("later", "2026-01-02T00:00:00Z"), raw.count(b"\n"))).finished


def test_a_last_line_that_was_cut_off_was_not_written() -> None:
    raw = written(Sending(INGESTION, 0, POST), Applied(INGESTION))
    cut = raw[: raw[:-1].rfind(b"\n") + 20]

    assert read_run("j", cut) == told(Sending(INGESTION, 0, POST))


def test_a_line_that_is_missing_or_repeated_or_moved_is_noticed() -> None:
    lines = written(Sending(INGESTION, 0, POST), Sent(INGESTION, 0, POST), Applied(INGESTION)).splitlines(keepends=True)

    for wrong in ([*lines[:1], *lines[2:]], [*lines, lines[-1]], [lines[0], lines[2], lines[1], lines[3]], lines[1:]):
        with pytest.raises(PcsyncError, match="damaged at line"):
            read_run("j", b"".join(wrong))


@given(st.data())
def test_no_flipped_bit_changes_what_a_journal_tells_unnoticed(data: st.DataObject) -> None:
    raw = bytearray(written(Sending(INGESTION, 0, POST), Applied(INGESTION), ended=True))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))

    with contextlib.suppress(PcsyncError):  # or the last newline alone went: as if that line had not been written
        assert not read_run("j", bytes(raw)).finished
        assert place == len(raw) - 1


@given(st.binary(max_size=200))
def test_anything_else_is_no_journal(raw: bytes) -> None:
    with pytest.raises(PcsyncError):
        read_run("j", raw)


def test_a_journal_of_another_major_version_is_refused() -> None:
    line = {**head(PLAN, "d" * 64, "2026-01-01T00:00:00Z", 1), "journal": "2.0"}

    with pytest.raises(PcsyncError, match=r"journal format 2\.0"):
        read_run("j", sealed(line, 0))
