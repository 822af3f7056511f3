"""``pcsync comment``: a report on the pull request it is about."""

from __future__ import annotations

from pathlib import Path

import click

from pcsync.cli.options import GlobalOptions, option
from pcsync.core.errors import UsageError

MOST_BYTES = 4 * 65_536
"""A full comment of four-byte characters."""


@click.command("comment")
@click.argument("report", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option("--pull-request", metavar="NUMBER", type=click.IntRange(1), help="The pull request (default: the one this pipeline run is about).")
@click.pass_obj
def command(options: GlobalOptions, report: Path, pull_request: int | None) -> None:
    """Put a REPORT on a pull request: one comment for each project and target, edited in place.

    REPORT is Markdown as -o markdown=FILE writes it. Runs in GitHub Actions (GITHUB_TOKEN) and Azure Pipelines (SYSTEM_ACCESSTOKEN).
    """
    from pcsync.cli.pullrequest import pull_request_of
    from pcsync.forge.comment import put

    body = _text(report)
    with pull_request_of(options.environment, pull_request) as forge:
        done = put(forge, body)
    click.echo(f"comment {done.what}{f': {done.comment.url}' if done.comment.url else ''}", err=True)


def _text(path: Path) -> str:
    """The Markdown of a report. Raises UsageError where it cannot be one."""
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise UsageError(
            f"the report has {len(content):,} bytes: no comment takes that", where=str(path), fix="write it with -o markdown=FILE"
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise UsageError("the report is no UTF-8 text", where=str(path), fix="write it with -o markdown=FILE") from wrong
