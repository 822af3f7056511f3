"""Good real configurations, broken one thing at a time: the rule that is meant finds it, and no other takes it for its own.

``python -m tests.rules.test_mutations`` prints the catch rate of each rule.
"""

from __future__ import annotations

from collections import Counter

import pytest

from pcsync.rules.book import rules
from tests.real import corpus
from tests.rules.mutations import across, own
from tests.rules.mutations.sort import Sort
from tests.rules.mutations.trial import SORTS, Trial, broken, engine, of_catalog, of_own, rates, said, trials, ungated
from tests.rules.real import document

NAMES = [f"{number}-{it.rule}" for number, it in enumerate(SORTS)]
real = pytest.mark.real


def judge(tried: list[Trial]) -> None:
    assert tried, "no real file has anything of the sort"
    assert [it.file for it in tried if not it.caught] == []
    assert Counter(name for it in tried for name in it.others) == {}


def test_every_rule_has_a_mutation() -> None:
    """A rule without one is a rule that nobody has seen find anything but its own example."""
    mutated = {it.rule for it in SORTS} | {rule for rule, _ in across.SORTS} | {it.rule for it in own.SORTS}

    assert {rule.id for rule in rules()} == mutated


def test_only_what_no_real_file_can_carry_is_tried_on_our_own_examples() -> None:
    assert {it.rule for it in own.SORTS} & ({it.rule for it in SORTS} | {rule for rule, _ in across.SORTS}) == set()
    assert all(it.reason for it in own.SORTS)


@corpus.needs_real_data
@real
@pytest.mark.parametrize("sort", SORTS, ids=NAMES)
def test_what_is_broken_in_a_good_configuration_is_found(sort: Sort) -> None:
    judge(list(trials(sort)))


@corpus.needs_real_data
@real
@pytest.mark.parametrize(("rule", "change"), across.SORTS)
def test_what_is_broken_between_good_collections_is_found(rule: str, change: across.Across) -> None:
    judge(list(of_catalog(rule, change)))


@pytest.mark.parametrize("sort", own.SORTS, ids=lambda it: it.rule)
def test_what_is_broken_in_the_examples_is_found(sort: own.Own) -> None:
    judge([of_own(sort)])


@corpus.needs_real_data
@real
@pytest.mark.parametrize("sort", SORTS, ids=NAMES)
def test_a_rule_is_asked_wherever_it_has_something_to_find(sort: Sort) -> None:
    """``needs`` is what a rule waits for so that most are never asked; it must not hide anything."""
    for _, bad in broken(sort, 3):
        assert set(said(engine().look(document(bad)))) == set(said(ungated().look(document(bad))))


if __name__ == "__main__":
    for rule, (caught, made) in sorted(rates().items()):
        print(f"{rule:32} {caught:4} of {made:4}")
