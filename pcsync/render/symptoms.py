"""What doctor found: as lines to read aloud on the telephone, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from pcsync.core.symptom import Health, Symptom
from pcsync.render.flow import flowed
from pcsync.render.json import FORMAT_VERSION, dumps
from pcsync.render.terminal import Style, cells, one_line, padded

WORD = max(len(health) for health in Health)
BELOW = " " * (WORD + 4)


def symptoms_text(found: Sequence[Symptom], style: Style) -> str:
    """By topic, each with its verdict first and what to do below it; the counts last."""
    lines: list[str] = []
    for topic, symptoms in groupby(found, key=lambda it: it.topic):
        lines += [style.bold(one_line(topic)), *(line for it in symptoms for line in _lines(it, style)), ""]
    return "\n".join([*lines, style.bold(_verdict(found))]) + "\n"


def _lines(symptom: Symptom, style: Style) -> Iterator[str]:
    paint = {Health.OK: style.good, Health.WARNING: style.warm, Health.FAILED: style.bad}[symptom.health]
    text = one_line(f"{symptom.name}: {symptom.what}" if symptom.name else symptom.what)
    first, *rest = flowed(text, style.width, BELOW)
    yield f"  {paint(padded(symptom.health, WORD))}  {first[len(BELOW) :] if cells(first) > len(BELOW) else first}"
    yield from rest
    if symptom.fix:
        yield from (style.dim(line) for line in flowed(f"fix: {one_line(symptom.fix)}", style.width, BELOW))


def _verdict(found: Sequence[Symptom]) -> str:
    counts = Counter(it.health for it in found)
    return ", ".join(f"{counts[health]} {health}" for health in Health)


def symptoms_json(found: Sequence[Symptom]) -> str:
    """Every symptom in order, and their counts."""
    counts = Counter(it.health for it in found)
    return dumps(
        {
            "format_version": FORMAT_VERSION,
            "healthy": not counts[Health.FAILED],
            "summary": {str(health): counts[health] for health in Health},
            "symptoms": [
                {"topic": it.topic, "name": it.name, "status": str(it.health), "what": it.what, "fix": it.fix, "refused": it.refused}
                for it in found
            ],
        }
    )
