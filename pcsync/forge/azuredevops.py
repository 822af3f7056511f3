"""Comments on an Azure DevOps pull request (REST API 7.1: pull request threads).

https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.forge.asking import Asking
from pcsync.forge.comment import Comment

VERSION = "api-version=7.1"
TEXT = 1  # commentType: text
CLOSED = 4  # status of a thread that waits for nobody


@dataclass(frozen=True)
class AzureDevOps:
    """One pull request of a repository; ``repository`` is the path ``PROJECT/_apis/git/repositories/ID`` below the organisation."""

    asking: Asking
    repository: str
    number: int

    def mine(self, marker: str) -> Iterator[Comment]:
        """See Forge.mine."""
        author = str(self.asking.ask("GET", "_apis/connectionData")["authenticatedUser"]["id"])
        for thread in self.asking.ask("GET", f"{self._threads}?{VERSION}")["value"]:
            first = None if thread.get("isDeleted") else next(iter(thread.get("comments") or ()), None)
            if first and not first.get("isDeleted") and (it := _comment(thread, first)).author == author and it.body.startswith(marker):
                yield it

    def edit(self, comment: Comment, body: str) -> Comment:
        """See Forge.edit."""
        thread, _, number = comment.id.partition("/")
        found = self.asking.ask("PATCH", f"{self._threads}/{thread}/comments/{number}?{VERSION}", {"content": body})
        return _comment({"id": thread}, found)

    def add(self, body: str) -> Comment:
        """See Forge.add."""
        first = {"parentCommentId": 0, "content": body, "commentType": TEXT}
        thread = self.asking.ask("POST", f"{self._threads}?{VERSION}", {"comments": [first], "status": CLOSED})
        return _comment(thread, thread["comments"][0])

    @property
    def _threads(self) -> str:
        return f"{self.repository}/pullRequests/{self.number}/threads"


def _comment(thread: Mapping[str, Any], found: Mapping[str, Any]) -> Comment:
    return Comment(f"{thread['id']}/{found['id']}", found.get("content") or "", (found.get("author") or {}).get("id", ""))
