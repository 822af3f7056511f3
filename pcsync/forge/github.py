"""Comments on a GitHub pull request (REST API 2022-11-28: issue comments; https://docs.github.com/rest/issues/comments)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pcsync.core.errors import AuthenticationError, UsageError
from pcsync.forge.asking import Asking
from pcsync.forge.comment import Comment

HEADERS = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
WORKFLOW_ACCOUNT = "github-actions[bot]"
"""Who writes with a workflow's own token; that token may not ask who it is (GET /user answers 403)."""


@dataclass(frozen=True)
class GitHub:
    """One pull request of a repository (``owner/name``)."""

    asking: Asking
    repository: str
    number: int

    def mine(self, marker: str) -> Iterator[Comment]:
        """See Forge.mine."""
        author = self._account()
        for page in self.asking.pages(f"repos/{self.repository}/issues/{self.number}/comments?per_page=100"):
            yield from (it for it in map(_comment, page) if it.author == author and it.body.startswith(marker))

    def edit(self, comment: Comment, body: str) -> Comment:
        """See Forge.edit."""
        return _comment(self.asking.ask("PATCH", f"repos/{self.repository}/issues/comments/{comment.id}", {"body": body}))

    def add(self, body: str) -> Comment:
        """See Forge.add."""
        return _comment(self.asking.ask("POST", f"repos/{self.repository}/issues/{self.number}/comments", {"body": body}))

    def _account(self) -> str:
        try:
            return str(self.asking.ask("GET", "user")["login"])
        except AuthenticationError:
            return WORKFLOW_ACCOUNT


def number_of(event: Mapping[str, Any], asking: Asking, repository: str) -> int:
    """The pull request that a workflow's event is about. Raises UsageError for an event about none.

    A ``workflow_run`` of a fork names no pull request; it is found by the fork's branch and commit, which GitHub says itself,
    never by what the untrusted run left in an artifact.
    """
    number = (event.get("pull_request") or {}).get("number")
    if number is None and (run := event.get("workflow_run")):
        number = _of_run(run, asking, repository)
    if not isinstance(number, int):
        raise UsageError("this run is about no open pull request", where="GITHUB_EVENT_PATH", fix="say --pull-request NUMBER")
    return number


def _of_run(run: Mapping[str, Any], asking: Asking, repository: str) -> int | None:
    fork = (run.get("head_repository") or {}).get("owner", {}).get("login", "")
    head = quote(f"{fork}:{run['head_branch']}", safe="")
    pulls = asking.ask("GET", f"repos/{repository}/pulls?state=open&per_page=100&head={head}")
    return next((pull["number"] for pull in pulls if pull["head"]["sha"] == run["head_sha"]), None)


def _comment(found: Mapping[str, Any]) -> Comment:
    return Comment(str(found["id"]), found.get("body") or "", (found.get("user") or {}).get("login", ""), found.get("html_url", ""))
