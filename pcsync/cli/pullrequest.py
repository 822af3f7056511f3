"""The pull request that a pipeline run is about, as GitHub Actions and Azure Pipelines say it in the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import orjson

from pcsync.core.errors import AuthenticationError, UsageError

if TYPE_CHECKING:
    from pcsync.forge.comment import Forge

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@contextmanager
def pull_request_of(environment: Mapping[str, str], number: int | None) -> Iterator[Forge]:
    """The pull request, open for comments. Raises UsageError outside of a pipeline, AuthenticationError without a token."""
    if environment.get("GITHUB_REPOSITORY"):
        with _github(environment, number) as forge:
            yield forge
    elif environment.get("SYSTEM_COLLECTIONURI"):
        with _azure(environment, number) as forge:
            yield forge
    else:
        fix = "run it there, or set GITHUB_REPOSITORY, GITHUB_TOKEN and --pull-request"
        raise UsageError("this is no run of GitHub Actions or Azure Pipelines", fix=fix)


@contextmanager
def _github(environment: Mapping[str, str], number: int | None) -> Iterator[Forge]:
    from pcsync.forge.asking import Asking
    from pcsync.forge.github import HEADERS, GitHub, number_of

    token = _token(
        environment, "GITHUB_TOKEN", "GH_TOKEN", fix="env: {GITHUB_TOKEN: ${{ github.token }}}, permissions: pull-requests: write"
    )
    base = _private(environment.get("GITHUB_API_URL") or "https://api.github.com", "GITHUB_API_URL")
    repository = quote(environment["GITHUB_REPOSITORY"])
    with Asking(base, token, HEADERS) as asking:
        yield GitHub(asking, repository, number or number_of(_event(environment), asking, repository))


@contextmanager
def _azure(environment: Mapping[str, str], number: int | None) -> Iterator[Forge]:
    from pcsync.forge.asking import Asking
    from pcsync.forge.azuredevops import AzureDevOps

    token = _token(environment, "SYSTEM_ACCESSTOKEN", fix="env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}")
    said = environment.get("SYSTEM_PULLREQUEST_PULLREQUESTID", "")
    if number is None and not said.isdecimal():
        raise UsageError("this run is about no pull request", where="SYSTEM_PULLREQUEST_PULLREQUESTID", fix="say --pull-request NUMBER")
    project, repository = (quote(_said(environment, name), safe="") for name in ("SYSTEM_TEAMPROJECT", "BUILD_REPOSITORY_ID"))
    base = _private(environment["SYSTEM_COLLECTIONURI"], "SYSTEM_COLLECTIONURI")
    with Asking(base, token, {}) as asking:
        yield AzureDevOps(asking, f"{project}/_apis/git/repositories/{repository}", number or int(said))


def _token(environment: Mapping[str, str], *names: str, fix: str) -> str:
    found = next((environment[name] for name in names if environment.get(name)), None)
    if found is None:
        raise AuthenticationError("there is no token to comment with", where=names[0], fix=fix)
    return found


def _said(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise UsageError("the pipeline does not say it", where=name, fix="run it as a step of the pipeline, with its environment")
    return environment[name]


def _private(base: str, name: str) -> str:
    """The base address with its trailing slash. Raises UsageError where a token would travel in the open."""
    parts = urlsplit(base)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise UsageError(f"{base!r} is not https: the token would travel in the open", where=name)
    return base.rstrip("/") + "/"


def _event(environment: Mapping[str, str]) -> Mapping[str, Any]:
    path = _said(environment, "GITHUB_EVENT_PATH")
    try:
        event = orjson.loads(Path(path).read_bytes())
    except (OSError, orjson.JSONDecodeError) as wrong:
        raise UsageError(
            f"the event cannot be read: {wrong}", where=f"GITHUB_EVENT_PATH={path}", fix="say --pull-request NUMBER"
        ) from wrong
    return event if isinstance(event, dict) else {}
