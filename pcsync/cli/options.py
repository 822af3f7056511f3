"""Options that several commands share; each has an environment variable, and a flag wins over it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import click

from pcsync.core.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

ENVIRONMENT: Mapping[str, str] = os.environ
CREDENTIALS = (
    "default",
    "cli",
    "azd",
    "powershell",
    "environment",
    "workload-identity",
    "managed-identity",
    "browser",
    "device-code",
    "none",
)
"""Names that ``client.auth`` knows; said here as well, so that --help imports no client."""


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """What stands before the command's name."""

    config: str | None
    verbose: int
    quiet: bool
    color: bool | None
    environment: Mapping[str, str]


def option(*flags: str, **attributes: Any) -> Callable[[F], F]:
    """A click option with its PCSYNC_* variable: ``--target`` reads PCSYNC_TARGET."""
    long = next(flag for flag in flags if flag.startswith("--")).split("/")[0]
    attributes.setdefault("envvar", "PCSYNC_" + long[2:].replace("-", "_").upper())
    attributes.setdefault("show_envvar", True)
    return click.option(*flags, **attributes)


def target(function: F) -> F:
    """Which catalog: a target of the project, or an endpoint of its own."""
    function = option(
        "--endpoint",
        metavar="URL",
        envvar=["PCSYNC_ENDPOINT", "PLANETARYCOMPUTER_ENDPOINT", "GEOCATALOG_URI"],
        help="Use this endpoint instead of the target's own.",
    )(function)
    return option("--target", "-t", metavar="NAME", help="Target of the project (default: its defaultTarget).")(function)


def credential(function: F) -> F:
    """How to get an Entra token."""
    return option(
        "--credential",
        type=click.Choice(CREDENTIALS),
        default="default",
        help="Where the Entra token comes from.",
    )(function)


def concurrency(default: int) -> Callable[[F], F]:
    """How many requests may be under way at once."""
    return option("--concurrency", type=click.IntRange(1, 256), default=default, show_default=True, help="Requests under way at once.")


def max_pictures(function: F) -> F:
    """How much a preview may ask of the tiler."""
    help_text = "Pictures a preview draws at most; each change takes one or two."
    return option("--max-pictures", type=click.IntRange(0, 10_000), default=60, show_default=True, help=help_text)(function)


def output(function: F) -> F:
    """Format of what goes to stdout, or to a file with =PATH; may be repeated."""
    return option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT[=PATH]",
        help="text (default), json, ndjson, markdown, html, junit, github, azuredevops; outputs (plan, apply); sarif (validate). Repeats.",
    )(function)


def validate(function: F) -> F:
    """Whether the rules of validation are asked before anything is planned."""
    return option("--validate/--no-validate", default=True, envvar="PCSYNC_VALIDATE", help="Ask the rules first; their errors stop it.")(
        function
    )


def only(function: F) -> F:
    """Limit the work to some resources."""
    return option(
        "--only",
        multiple=True,
        metavar="ADDRESS",
        help="Only these addresses and what lies below them (repeatable): collection/naip; ingestion-source alone means all of them.",
    )(function)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the command line allows a plan beyond its rules: owners to take over from, conflicts to win, addresses to delete."""

    take_over: frozenset[str] = frozenset()
    force_conflicts: bool = False
    deletes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Allowance()


NOTHING_MORE = Allowance()


def allowance(function: F) -> F:
    """The flags that allow more than is allowed by itself; the command gets them as one ``allowance``."""

    @wraps(function)
    def collected(*arguments: Any, take_over: bool, owners: tuple[str, ...], force: bool, deletes: tuple[str, ...], **others: Any) -> Any:
        if take_over != bool(owners):
            raise UsageError("taking over needs to know from whom", where="--take-over", fix="--take-over --from NAME")
        return function(*arguments, allowance=Allowance(frozenset(owners), force, deletes), **others)

    decorated: Any = option(
        "--allow-delete",
        "deletes",
        multiple=True,
        metavar="ADDRESS",
        help="Allow deletes at this address or below (repeatable).",
    )(collected)
    decorated = option("--force-conflicts", "force", is_flag=True, help="The manifest wins where the catalog moved as well.")(decorated)
    decorated = option("--from", "owners", multiple=True, metavar="NAME", help="The owner to take over from (with --take-over).")(decorated)
    return option("--take-over", "take_over", is_flag=True, help="Take over collections that another owner manages.")(decorated)  # type: ignore[no-any-return]
