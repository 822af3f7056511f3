"""What checks found on the page: in full by collection, and in a line each beside the changes of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pcsync.core.checks import CheckReport, CheckResult, Verdict
from pcsync.core.resource import COLLECTION, Key
from pcsync.render.checks import collection_of, subject, tally
from pcsync.render.html.change import plain
from pcsync.render.html.markup import Child, Markup, fragment, join, tag
from pcsync.render.html.pictures import source
from pcsync.render.html.sections import link_to, notes
from pcsync.render.values import compact
from pcsync.render.wording import count, duration, number

SIGNS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.ERROR: "!", Verdict.SKIPPED: "–"}
ORDER = (Verdict.FAILED, Verdict.ERROR, Verdict.SKIPPED, Verdict.PASSED)
HEAD = tag("thead", tag("tr", tag("td"), tag("th", "Expected", scope="col"), tag("th", "Measured", scope="col")))
BESIDE = 12  # checks of a collection that stand beside its changes
Numbered = tuple[int, CheckResult]
"""A result with its place in the report, which is its anchor."""


def by_collection(report: CheckReport) -> Mapping[str, Sequence[Numbered]]:
    """The results of each collection, those that failed first; collections with a failure come first."""
    found: dict[str, list[Numbered]] = {}
    for index, result in enumerate(report.results):
        found.setdefault(collection_of(result), []).append((index, result))
    for results in found.values():
        results.sort(key=_weight)
    return dict(sorted(found.items(), key=lambda it: _weight(it[1][0])))


def _weight(numbered: Numbered) -> int:
    return ORDER.index(numbered[1].verdict)


def checks(report: CheckReport) -> Markup:
    """Every check by collection, those that failed open."""
    head = tag("p", f"{tally(report)} in {duration(report.seconds)}, {count(report.requests, 'request')}.")
    return join(head, *(_of(collection, results) for collection, results in by_collection(report).items()), notes(report.notes))


def _of(collection: str, results: Sequence[Numbered]) -> Markup:
    said = tag("span", tally(CheckReport(tuple(result for _, result in results))), class_="counts")
    head = tag("h3", plain(str(Key(COLLECTION, collection))), " ", said)
    return tag("section", head, tag("div", *(_check(*it) for it in results), class_="checks"), aria_label=f"Checks of {collection}")


def _check(index: int, result: CheckResult) -> Markup:
    name = tag("span", subject(result), tag("span", _summary(result), class_="hint"), class_="name")
    head = tag("summary", *_verdict(result), name, tag("span", result.sort, class_="pill"))
    wrong = result.verdict in (Verdict.FAILED, Verdict.ERROR)
    body = tag("div", *_body(result), class_="body")
    return tag("details", head, body, id=f"check:{index}", class_="check", data_verdict=str(result.verdict), open=wrong)


def _verdict(result: CheckResult) -> tuple[Markup, Markup]:
    badge = tag("span", SIGNS[result.verdict], class_="badge", aria_hidden="true")
    return badge, tag("span", f"{result.verdict}: ", class_="hidden")


def _summary(result: CheckResult) -> str:
    return result.message.partition("\n")[0][:200]


def _body(result: CheckResult) -> Iterable[Child]:
    where = (tag("code", str(result.position)), " ") if result.position else ()
    took = f"{duration(result.seconds)}, {count(result.requests, 'request')}"
    yield tag("p", link_to(result.address), " ", *where, took, None if result.declared else ", not declared", class_="meta")
    yield tag("p", result.message, class_="message") if result.message else None
    names = list(dict.fromkeys((*result.expected, *result.measured)))
    if names:
        rows = (tag("tr", tag("th", name, scope="row"), _cell(result.expected, name), _cell(result.measured, name)) for name in names)
        yield tag("table", HEAD, tag("tbody", *rows))
    if picture := result.picture:
        size = {"width": picture.width, "height": picture.height}
        yield tag("img", src=source(picture.content, picture.media_type), alt=f"What {result.name} saw", class_="saw", **size)


def _cell(values: Any, name: str) -> Markup:
    return tag("td", tag("code", compact(values[name])) if name in values else "–")


def beside(results: Sequence[Numbered]) -> Markup:
    """The checks of one collection in a line each, with links to all there is to say of them."""
    if not results:
        return Markup()
    lines = (tag("li", *_verdict(it), _line(index, it), data_verdict=str(it.verdict)) for index, it in results[:BESIDE])
    left = len(results) - BESIDE
    more = tag("li", tag("a", f"{number(left)} more", href="#checks")) if left > 0 else None
    return tag("ul", *lines, more, class_="beside-checks", aria_label="Checks")


def _line(index: int, result: CheckResult) -> Markup:
    said = tag("span", _summary(result), class_="hint") if result.message else None
    return tag("span", tag("a", subject(result), href=fragment(f"check:{index}")), said, class_="name")
