"""``pcsync diff``: two catalogs side by side, or two saved plans."""

from __future__ import annotations

import asyncio

import click

from pcsync.cli.options import GlobalOptions, concurrency, credential, only, option, output

CHANGES_EXIT = 2


@click.command("diff")
@click.argument("a")
@click.argument("b")
@credential
@only
@output
@option("--detailed-exitcode", is_flag=True, help="Exit 2 when there is a difference.")
@concurrency(32)
@click.pass_obj
def command(
    options: GlobalOptions,
    a: str,
    b: str,
    credential: str,
    only: tuple[str, ...],
    outputs: tuple[str, ...],
    detailed_exitcode: bool,
    concurrency: int,
) -> int:
    """Show how A and B differ: two catalogs (targets of the project, or endpoints), or two saved plans. Changes nothing.

    Catalogs are compared as plan compares: what only one has, and what differs field by field. What a catalog does not give back (SAS
    tokens, the bytes of assets, data types of queryables) is not compared. Of plans: what came and went since the first one, what would be
    written otherwise, and what the catalog has become meanwhile.

    Exit code 0; 2 with --detailed-exitcode when there is a difference; 1 when part of a catalog could not be read.
    """
    from pcsync.cli.contrasting import are_plans, of_catalogs, of_plans, project_of, wiring_of
    from pcsync.cli.printing import Printer

    printer = Printer(options, outputs)
    printer.require_valid("contrast")
    if are_plans((a, b)):
        found = of_plans(a, b, only)
    else:
        project = project_of(options)
        sides = [wiring_of(project, name, options.environment, credential) for name in (a, b)]
        found = asyncio.run(of_catalogs(sides[0], sides[1], printer, only, concurrency))
    printer.contrast(found)
    if found.unread:
        return 1
    return CHANGES_EXIT if detailed_exitcode and not found.alike else 0
