"""The engine: rules over documents, findings to diagnostics.

Pure: positions, source lines and the day are handed in, and only asked for where there is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pcsync.core.diagnostic import Diagnostic, Severity
from pcsync.core.source import Document, Origin, Position
from pcsync.rules.book import rules
from pcsync.rules.catalog import Catalog
from pcsync.rules.choice import Choice, by_subject
from pcsync.rules.place import Places, placed
from pcsync.rules.rule import Finding, Rule
from pcsync.rules.stac.schemas import Find, Schemas, nothing
from pcsync.rules.suppression import Idle, Suppression, no_rule, read, suppressions

if TYPE_CHECKING:
    from pcsync.rules.mosaic.mosaic import Mosaic
    from pcsync.rules.render.option import Option

OF_ABSENCE = frozenset({"stac-schema", "style-title", "style-keywords"})
"""Rules that miss something where the document could not be read whole."""
SCHEMA = "manifest-"
"""How the ids of the schema's complaints begin: the ones that a rule may explain better."""


REMEMBERED = 50_000
"""Render options and mosaics that are remembered as good; some hundred bytes each."""

KINDS_OF_SUBJECT = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """A rule, how much it counts, and where it does not hold."""

    rule: Rule
    severity: Severity
    finding: Finding


class Engine:
    """The chosen rules, ready to look at documents. ``now`` is the moment that expiry dates are compared with; ``find`` has the schemas of
    STAC extensions; ``known`` are the rules to choose from, all of them by default."""

    def __init__(self, choice: Choice, now: datetime, find: Find = nothing, known: Sequence[Rule] | None = None) -> None:
        self.chosen = by_subject(choice, rules() if known is None else known)
        self.now = now
        self.schemas = Schemas(find)
        self.good: set[object] = set()
        self.used: set[tuple[str, int, str]] = set()  # file, line and rule of suppressions that met a finding
        self.known: dict[tuple[type, frozenset[str]], tuple[tuple[Rule, Severity], ...]] = {}

    def look(self, document: Document) -> list[Found]:
        """What is wrong with one document, valid or not."""
        from pcsync.rules.subjects import Collection, Manifest, Source, Stac  # not needed to look across documents only

        found = list(self.apply(Manifest(document)))
        if document.kind == "Collection":
            collection = Collection(document)
            found += self.apply(collection)
            for option in collection.options:
                found += self.new(option)
            for mosaic in collection.mosaics:
                found += self.new(mosaic)
            if collection.stac is not None:
                found += self.apply(Stac(collection, self.schemas))
        elif document.kind == "IngestionSource":
            found += self.apply(Source(document, self.now))
        return found

    def new(self, subject: Option | Mosaic) -> Sequence[Found]:
        """What is wrong with a subject, unless its like was found good before: catalogs repeat themselves."""
        identity = subject.identity
        if identity in self.good:
            return ()
        found = list(self.apply(subject))
        if not found and len(self.good) < REMEMBERED:
            self.good.add(identity)
        return found

    def idle(self, file: str, lines: Sequence[str]) -> Iterator[Reported]:
        """The suppressions of a file that no finding met, of rules that were asked about it."""
        asked = {rule.id for subject, members in self.chosen.items() if subject is not Catalog for rule, _ in members}
        for number, line in enumerate(lines, 1):
            written = read(line, Position(file, number), self.now.date())
            for id in written.rules if written else ():
                if written and (file, number, id) not in self.used and (id in asked or no_rule(id)):
                    for it in self.apply(Idle(id, written)):
                        finding = it.finding
                        yield Reported(Diagnostic(it.rule.id, it.severity, finding.what, written.position, "", finding.fix, written.end))

    def across(self, catalog: Catalog) -> list[Found]:
        """What only shows when documents are seen together."""
        return list(self.apply(catalog))

    def apply(self, subject: Any) -> Iterator[Found]:
        """The chosen rules over one subject; those that need what it does not have are not asked."""
        for rule, severity in self.asked(subject):
            for finding in rule.check(subject):
                yield Found(rule, severity, finding)

    def asked(self, subject: Any) -> Sequence[tuple[Rule, Severity]]:
        """The rules to ask about a subject: catalogs have the same few sets of names over and over."""
        chosen = self.chosen.get(type(subject), ())
        names: frozenset[str] = getattr(subject, "names", frozenset())
        found = self.known.get((type(subject), names))
        if found is None:
            found = tuple(it for it in chosen if not it[0].needs or not names.isdisjoint(it[0].needs))
            if len(self.known) < KINDS_OF_SUBJECT:
                self.known[type(subject), names] = found
        return found

    def diagnostics(self, found: Iterable[Found], places: Places, document: Document | None = None) -> list[Reported]:
        """Findings (in ``document``, or each with its own origin) with their places, less what is suppressed."""
        reporting = Reporting(self, places, document)
        return [reported for it in found for reported in reporting.report(it)]


@dataclass(frozen=True, slots=True)
class Reported:
    """A diagnostic, and whether it explains a complaint of the schema better."""

    diagnostic: Diagnostic
    answers: bool = False


class Reporting:
    """One run's findings on their way to diagnostics."""

    def __init__(self, engine: Engine, places: Places, document: Document | None) -> None:
        self.engine, self.body = engine, document.body if document else {}
        self.home = document.origin if document else Origin("")
        self.places = Places(places.value, places.key, lru_cache(maxsize=1024)(places.line))
        self.said: set[Suppression] = set()

    def report(self, found: Found) -> Iterator[Reported]:
        """The diagnostic of a finding unless it is suppressed, and those about its suppressions."""
        finding, rule = found.finding, found.rule
        at = placed(finding, finding.origin or self.home, self.body, self.places)
        hidden = False
        for suppression in suppressions(at.position, self.places.line, self.engine.now.date()):
            if rule.id in suppression.rules:
                self.engine.used.add((suppression.position.file, suppression.position.line, rule.id))
                hidden = hidden or suppression.counts
                yield from self.about(suppression)
        if not hidden:
            severity, what, fix = found.severity, finding.what, finding.fix
            diagnostic = Diagnostic(rule.id, severity, what, at.position, finding.pointer, fix, at.end, at.end_line)
            yield Reported(diagnostic, rule.answers and found.severity is Severity.ERROR)

    def about(self, suppression: Suppression) -> Iterator[Reported]:
        """What is wrong with a suppression, once."""
        if suppression not in self.said:
            self.said.add(suppression)
            for it in self.engine.apply(suppression):
                yield Reported(Diagnostic(it.rule.id, it.severity, it.finding.what, suppression.position, "", it.finding.fix))


def merged(loaded: Sequence[Diagnostic], reported: Sequence[Reported], file: str) -> list[Diagnostic]:
    """The diagnostics of loading a manifest's file and of the rules, without those of each that the other explains better."""
    answered = {(it.diagnostic.position.file, it.diagnostic.pointer) for it in reported if it.answers}
    kept = [it for it in loaded if not (it.rule.startswith(SCHEMA) and (it.position.file, it.pointer) in answered)]
    return [*kept, *(it.diagnostic for it in reported if not repeats(it.diagnostic, kept, file))]


def repeats(diagnostic: Diagnostic, loaded: Sequence[Diagnostic], file: str) -> bool:
    """STAC's own schema says again what the manifest's has said of a value, or misses what stands in a file that could not be had."""
    if diagnostic.rule not in OF_ABSENCE:
        return False
    said = (it for it in loaded if it.severity is Severity.ERROR)
    return any(_missing(it, diagnostic, file) or (it.rule.startswith(SCHEMA) and it.position == diagnostic.position) for it in said)


def _missing(it: Diagnostic, diagnostic: Diagnostic, file: str) -> bool:
    """A ``$file`` inside the value, or what it names, could not be read."""
    if it.position.file != diagnostic.position.file:
        return diagnostic.position.file == file and not it.rule.startswith(SCHEMA)
    first = (diagnostic.position.line, diagnostic.position.column)
    last = (diagnostic.last_line, diagnostic.end)
    return it.rule.startswith("file-") and first <= (it.position.line, it.position.column) <= last
