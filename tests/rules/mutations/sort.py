"""What a mutation is, and the parts that most of them are made of."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Manifest = dict[str, Any]
Change = Callable[[Manifest, random.Random], bool]
"""Change a manifest in place; False where there is nothing of the sort to change."""


@dataclass(frozen=True)
class Sort:
    """One way to break a manifest for a rule.

    ``first`` adds, rightly, what the real file does not have (its own checks, say). ``beside`` are the errors of other rules that the same
    mistake rightly is as well.
    """

    rule: str
    change: Change
    first: Change = field(default=lambda *_: True)
    beside: frozenset[str] = frozenset()

    def broken(self, manifest: Manifest, chance: random.Random) -> tuple[Manifest, Manifest] | None:
        """(good, broken) copies of a manifest; None where it has nothing of the sort."""
        good = deepcopy(manifest)
        if not self.first(good, chance):
            return None
        bad = deepcopy(good)
        return (good, bad) if self.change(bad, chance) else None


def sort(rule: str, change: Change, *beside: str, first: Change | None = None) -> Sort:
    """A sort of mutation, short to write."""
    return Sort(rule, change, first or (lambda *_: True), frozenset(beside))


def options(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """The render options that draw pixels."""
    return (it for it in manifest.get("renderOptions", ()) if it.get("type") in (None, "raster-tile") and it.get("options"))


def in_options(pattern: str, replacement: Callable[[re.Match[str], random.Random], str], unless: str = r"(?!)") -> Change:
    """Replace one match in the query string of one render option, of those that ``unless`` is not found in."""

    def change(manifest: Manifest, chance: random.Random) -> bool:
        chosen = (it for it in options(manifest) if not re.search(unless, it["options"]))
        places = [(option, match) for option in chosen for match in re.finditer(pattern, option["options"])]
        if not places:
            return False
        option, match = chance.choice(places)
        text = option["options"]
        option["options"] = text[: match.start()] + replacement(match, chance) + text[match.end() :]
        return bool(option["options"] != text)

    return change


def behind(text: str, unless: str = r"(?!)") -> Change:
    """Parameters after all others."""
    return in_options(r"\Z", lambda *_: text, unless)


def misspelt(match: re.Match[str], chance: random.Random) -> str:
    """The matched name with one letter doubled, exchanged, or one more at its end."""
    word = match[0]
    at = chance.randrange(len(word))
    return chance.choice([word[: at + 1] + word[at:], word[:at] + "x" + word[at + 1 :], word + "q"])


def member(section: str, change: Callable[[dict[str, Any], random.Random], Any], unless: Callable[[Any], bool] = lambda _: False) -> Change:
    """Change one member of a list (of render options: one that draws pixels)."""

    def whole(manifest: Manifest, chance: random.Random) -> bool:
        members = list(options(manifest)) if section == "renderOptions" else list(manifest.get(section, ()))
        members = [it for it in members if not unless(it)]
        if not members:
            return False
        return change(chance.choice(members), chance) is not False

    return whole


def put(**changes: Any) -> Callable[[dict[str, Any], random.Random], bool]:
    """Fields that are written, whatever they were."""

    def write(body: dict[str, Any], _chance: random.Random) -> bool:
        body.update(deepcopy(changes))
        return True

    return write


def stac(change: Callable[[dict[str, Any], random.Random], bool]) -> Change:
    """Change the STAC document."""
    return lambda manifest, chance: change(manifest["stac"], chance)


def without(*path: str) -> Change:
    """Take a field away."""

    def change(manifest: Manifest, _chance: random.Random) -> bool:
        body = manifest
        for name in path[:-1]:
            body = body.get(name) or {}
        return bool(body.pop(path[-1], None))

    return change


def copied(section: str, **changes: Callable[[str], str]) -> Change:
    """Add a copy of the first member, with fields changed."""

    def change(manifest: Manifest, _chance: random.Random) -> bool:
        members = manifest.get(section)
        if not members:
            return False
        copy = deepcopy(members[0])
        copy.update({name: made(copy.get(name, "")) for name, made in changes.items()})
        members.append(copy)
        return copy != members[0] or not changes

    return change
