"""One comment per project and target on a pull request, edited in place: the rule, whatever the forge."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pcsync.core.errors import UsageError

MARKER = re.compile(r"<!-- pcsync:[^\n]*? -->")
MOST = 65_536
"""Characters of a comment that GitHub takes (422 beyond it); Azure DevOps takes 150,000."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that somebody left: the forge's own id of it, its text, who wrote it, and the address where people read it."""

    id: str
    body: str
    author: str = ""
    url: str = ""


class Forge(Protocol):
    """Where a pull request is discussed. Each method raises PcsyncError when the forge refuses or cannot be reached."""

    def mine(self, marker: str) -> Iterable[Comment]:
        """Comments on the pull request that begin with the marker and were written by the account of our own token, oldest first."""

    def edit(self, comment: Comment, body: str) -> Comment:
        """The comment with another text."""

    def add(self, body: str) -> Comment:
        """A new comment."""


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a comment: ``added``, ``edited`` or ``unchanged``."""

    what: str
    comment: Comment


def put(forge: Forge, body: str) -> Put:
    """Bring the pull request's one comment of this project and target to this text.

    A comment of somebody else's is never edited, whatever it begins with: its author could change it back after the review.
    """
    marker = marker_of(body)
    if len(body) > MOST:
        raise UsageError(f"a comment takes {MOST:,} characters, this has {len(body):,}", fix="write it with: pcsync plan -o markdown=FILE")
    found = next(iter(forge.mine(marker)), None)
    if found is None:
        return Put("added", forge.add(body))
    if _same(found.body, body):
        return Put("unchanged", found)
    return Put("edited", forge.edit(found, body))


def marker_of(body: str) -> str:
    """The hidden first line by which the comment is found again. Raises UsageError for a text that has none."""
    match = MARKER.match(body)
    if match is None:
        fix = "make it with -o markdown=FILE (plan, apply, validate, check)"
        raise UsageError("the text has no hidden first line of pcsync's: it could not be found again and would pile up", fix=fix)
    return match[0]


def _same(there: str, here: str) -> bool:
    """Forges trim the end of a comment and may give line ends as CRLF."""
    return there.replace("\r\n", "\n").rstrip() == here.rstrip()
