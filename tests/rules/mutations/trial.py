"""Trying mutations out: on every real configuration and collection, a sample of each for every sort."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any

from pcsync.core.diagnostic import Severity
from pcsync.rules.catalog import Catalog, Extract
from pcsync.rules.choice import Choice
from pcsync.rules.engine import Engine, Found
from tests.real import corpus
from tests.rules.examples import EO_SCHEMA
from tests.rules.mutations import across, check, mosaic, own, render, service, stac
from tests.rules.mutations.sort import Manifest, Sort
from tests.rules.real import collections, configured, document, errors

SORTS: list[Sort] = [*render.SORTS, *mosaic.SORTS, *service.SORTS, *stac.SORTS, *check.SORTS]
SAMPLE = 40
"""Real files that each sort of mutation is made of, at most."""


@dataclass(frozen=True)
class Trial:
    """One broken file: whether its rule was found anew, and the errors of other rules that came with it."""

    file: str
    caught: bool
    others: frozenset[str]


def find(url: str) -> Any:
    """The schema of an extension, if it is the electro-optical one."""
    return EO_SCHEMA if "/eo/" in url else None


@cache
def engine() -> Engine:
    """All rules, with a schema of the electro-optical extension."""
    return Engine(Choice(), datetime(2026, 1, 1, tzinfo=UTC), find)


@cache
def ungated() -> Engine:
    """The same rules, each asked about everything."""
    asking = Engine(Choice(), engine().now, find)
    asking.chosen = {
        subject: [(replace(rule, needs=frozenset()), severity) for rule, severity in members]
        for subject, members in engine().chosen.items()
    }
    return asking


@cache
def manifests() -> tuple[Manifest, ...]:
    """Every good real collection with what is configured for it; those without a configuration come last."""
    full = [it.manifest for it in configured()]
    names = {it["id"] for it in full}
    bare = (corpus.collection(body) for name, body in sorted(collections().items()) if name not in names)
    return tuple(it for it in map(mended, (*full, *bare)) if good(engine().look(document(it))))


def good(found: list[Found]) -> bool:
    """No errors, and a STAC version whose schema was checked."""
    return not errors(found) and all(it.rule.id != "stac-version" for it in found)


def mended(manifest: Manifest) -> Manifest:
    """Without the empty options that a public catalog writes beside vector options, which a GeoCatalog refuses."""
    drawn = [{k: v for k, v in it.items() if k != "options" or v} for it in manifest.get("renderOptions", ())]
    return {**manifest, "renderOptions": drawn} if drawn else manifest


def trials(sort: Sort) -> Iterator[Trial]:
    """A sample of real files broken in one way, and what became of each."""
    return (trial(sort, *pair) for pair in broken(sort, SAMPLE))


def broken(sort: Sort, most: int) -> Iterator[tuple[Manifest, Manifest]]:
    """(good, broken) manifests of a sort, the same sample every time."""
    chance = random.Random(f"{sort.rule} {SORTS.index(sort)}")
    order = chance.sample(manifests(), len(manifests()))
    yield from islice(filter(None, (sort.broken(manifest, chance) for manifest in order)), most)


def trial(sort: Sort, good: Manifest, bad: Manifest) -> Trial:
    """The good and the broken manifest side by side: only what is new counts."""
    before = said(engine().look(document(good)))
    fresh = {key: it for key, it in said(engine().look(document(bad))).items() if key not in before}
    wrong = {it.rule.id for it in fresh.values() if it.severity is Severity.ERROR}
    return Trial(good["id"], any(it.rule.id == sort.rule for it in fresh.values()), frozenset(wrong - {sort.rule} - sort.beside))


def said(found: list[Found]) -> dict[Any, Found]:
    """Findings by what makes them one: rule, place, words."""
    return {(it.rule.id, it.finding.pointer, it.finding.span, it.finding.what): it for it in found}


def whole_catalog() -> Catalog:
    """Every real collection as the rules across documents see it, with all schemas at hand."""
    extracts = [Extract.of(document(it)) for it in manifests()]
    return Catalog(extracts, schemas=frozenset(url for it in extracts for url in it.extensions if "://" in url))


def of_catalog(rule: str, change: across.Across) -> Iterator[Trial]:
    """The whole catalog broken a few times."""
    chance, catalog = random.Random(rule), whole_catalog()
    before = said(engine().across(catalog))
    for _ in range(SAMPLE):
        fresh = [it for key, it in said(engine().across(change(catalog, chance))).items() if key not in before]
        wrong = {it.rule.id for it in fresh if it.severity is Severity.ERROR}
        yield Trial("every collection", any(it.rule.id == rule for it in fresh), frozenset(wrong - {rule}))


def of_own(sort: own.Own) -> Trial:
    """The examples broken once."""
    before = {str(it) for it in own.beforehand()}
    fresh = [it for it in own.found(sort) if str(it) not in before]
    wrong = {it.rule for it in fresh if it.severity is Severity.ERROR}
    return Trial(sort.file or ", ".join(sort.secrets), any(it.rule == sort.rule for it in fresh), frozenset(wrong - {sort.rule}))


def rates() -> dict[str, tuple[int, int]]:
    """(caught, made) of each rule."""
    found: dict[str, tuple[int, int]] = {}
    every = [(sort.rule, trials(sort)) for sort in SORTS] + [(rule, of_catalog(rule, change)) for rule, change in across.SORTS]
    for rule, tried in (*every, *((it.rule, iter([of_own(it)])) for it in own.SORTS)):
        for it in tried:
            caught, made = found.get(rule, (0, 0))
            found[rule] = (caught + it.caught, made + 1)
    return found
