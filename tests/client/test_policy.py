"""The retry rule, as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from pcsync.client.policy import RetryRule, lost, retry_after
from pcsync.client.wire import WireError

RULE = RetryRule()
REFUSED = WireError("refused", sent=False)
DROPPED = WireError("dropped", sent=True)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("outcome", [408, 429, 500, 502, 503, 504, REFUSED, DROPPED])
def test_what_can_be_repeated_safely_is_repeated(method, outcome):
    assert RULE.again(method, outcome)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    ("outcome", "again"),
    [(408, False), (429, True), (500, False), (502, False), (503, False), (504, False), (REFUSED, True), (DROPPED, False)],
)
def test_a_post_is_repeated_only_when_the_catalog_cannot_have_done_it(method, outcome, again):
    assert RULE.again(method, outcome) is again


@pytest.mark.parametrize("status", [200, 202, 400, 401, 403, 404, 405, 409, 413, 422, 501])
def test_a_clear_answer_is_never_asked_for_again(status):
    assert not RULE.again("GET", status)


def test_a_certificate_does_not_become_trusted_by_asking_again():
    assert not RULE.again("GET", WireError("CERTIFICATE_VERIFY_FAILED", sent=False, final=True))


def test_waits_double_with_jitter_up_to_a_limit():
    waits = [RetryRule(attempts=20).wait(503, attempt, 0, None, 1.0) for attempt in range(1, 9)]

    assert waits == [0.5, 1, 2, 4, 8, 16, 20, 20]
    assert RULE.wait(503, 3, 0, None, 0.0) == 1.0


def test_a_retry_after_is_waited_for_at_least_but_not_for_ever():
    assert 7 <= (RULE.wait(429, 1, 0, 7.0, 0.5) or 0) < 7.1
    assert 120 <= (RULE.wait(429, 1, 0, 86_400.0, 0.5) or 0) < 121


def test_patience_ends_by_count_and_by_time():
    assert RULE.wait(502, 6, 0, None, 0.5) is None
    assert RULE.wait(500, 3, 0, None, 0.5) is None
    assert RULE.wait(429, 6, 0, None, 0.5) is not None
    assert RULE.wait(503, 1, 299.9, None, 0.5) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12", 12.0),
        ("0", 0.0),
        (format_datetime(datetime.fromtimestamp(1090, UTC), usegmt=True), 90.0),
        ("soon", None),
        ("", None),
        ("-3", None),
        (format_datetime(datetime.fromtimestamp(900, UTC), usegmt=True), 0.0),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(text, seconds):
    assert retry_after({"retry-after": text}, now=1000.0) == seconds


@pytest.mark.parametrize(
    ("method", "outcome", "unknown"),
    [
        ("POST", DROPPED, True),
        ("PUT", DROPPED, True),
        ("POST", REFUSED, False),
        ("GET", DROPPED, False),
        ("POST", 504, True),
        ("POST", 500, False),
    ],
)
def test_a_write_without_a_clear_answer_is_unknown(method, outcome, unknown):
    assert lost(method, outcome) is unknown
