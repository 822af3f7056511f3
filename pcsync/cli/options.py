"""Options that several commands share; each has an environment variable, and a flag wins over it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

ENVIRONMENT: Mapping[str, str] = os.environ


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
        type=click.Choice(["default", "cli", "environment", "managed-identity", "workload-identity", "azd", "powershell", "browser"]),
        default="default",
        help="Where the Entra token comes from.",
    )(function)


def concurrency(default: int) -> Callable[[F], F]:
    """How many requests may be under way at once."""
    return option("--concurrency", type=click.IntRange(1, 256), default=default, show_default=True, help="Requests under way at once.")


def output(function: F) -> F:
    """Format of what goes to stdout, or to a file with =PATH; may be repeated."""
    return option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT[=PATH]",
        help="text (default), json, ndjson, markdown, junit, github, azuredevops, and sarif for validate; =PATH writes a file. Repeatable.",
    )(function)


def only(function: F) -> F:
    """Limit the work to some resources."""
    return option(
        "--only", multiple=True, metavar="ADDRESS", help="Only these addresses and what lies below them (repeatable): collection/naip"
    )(function)
