"""Every rule by its own documentation: the bad example is found, the good one is not, and nothing else is wrong with either."""

from __future__ import annotations

import pytest

from pcsync.core.diagnostic import Severity
from pcsync.rules.book import rules
from pcsync.rules.rule import SETS, Rule
from tests.rules.examples import diagnostics, found, written

RULES = rules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_bad_example_of_a_rule_is_found(rule: Rule, tmp_path) -> None:
    assert rule.id in found(written(tmp_path, rule.bad))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_good_example_of_a_rule_has_neither_errors_nor_warnings(rule: Rule, tmp_path) -> None:
    wrong = [it for it in diagnostics(written(tmp_path, rule.good)) if it.severity is not Severity.NOTE or it.rule == rule.id]

    assert [str(it) for it in wrong] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_where_and_what_to_do(rule: Rule, tmp_path) -> None:
    for it in diagnostics(written(tmp_path, rule.bad)):
        if it.rule == rule.id:
            assert it.what
            assert not it.what.endswith(".")
            assert it.position.file
            assert it.position.line > 0 or rule.id == "stac-not-checked"  # about many files at once
            assert it.end == 0 or it.end > it.position.column


def test_every_rule_is_documented_in_its_own_words() -> None:
    assert len({rule.id for rule in RULES}) == len({rule.title for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.set in SETS
        assert rule.title[0].islower() or not rule.title[0].isalpha() or rule.title.startswith("CQL2"), rule.title
        assert rule.why.endswith("."), rule.id
        assert rule.bad != rule.good, rule.id


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.answers], ids=lambda rule: rule.id)
def test_a_first_guess_gets_one_answer_and_no_complaint_of_the_schema_beside_it(rule: Rule, tmp_path) -> None:
    places = [(it.position, it.pointer) for it in diagnostics(written(tmp_path, rule.bad)) if it.severity is Severity.ERROR]

    assert len(places) == len(set(places))
