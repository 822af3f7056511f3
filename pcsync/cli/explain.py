"""``pcsync explain``: a rule's documentation, or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pcsync.cli.options import option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pcsync.cli.options import GlobalOptions
    from pcsync.rules.rule import Rule


@click.command("explain")
@click.argument("rule", required=False)
@option("-o", "--output", "outputs", multiple=True, metavar="FORMAT[=PATH]", help="text (default), markdown, json. Repeats.")
@click.pass_obj
def command(options: GlobalOptions, rule: str | None, outputs: tuple[str, ...]) -> None:
    """Say what RULE finds, why it matters, and how it is done right; without RULE, list the rules, with those of this
    project's policies and plugins. With -o markdown, the documentation of all of them in one document.

    Any rule counts as error, warning, note or off under rules: in pcsync.yaml. In one place it is suppressed by a comment:

        # pcsync: ignore RULE until 2027-01-31: reason
    """
    from pcsync.cli.owning import known
    from pcsync.cli.printing import Printer
    from pcsync.rules.book import rule_of

    printer = Printer(options, outputs)
    printer.require_valid("rules")
    every = known(options)
    chosen = [rule_of(rule, every)] if rule else every
    printer.rules(lambda form: rendered(form, chosen, whole=rule is None))


def rendered(form: str, rules: Sequence[Rule], *, whole: bool) -> str:
    """Rules in a format: the ``whole`` book, or one rule's page."""
    from pcsync.cli.rulebook import book_json, book_markdown, listing_text, page_markdown, page_text

    if form == "json":
        return book_json(rules)
    if form == "markdown":
        return book_markdown(rules) if whole else f"{page_markdown(rules[0])}\n"
    return listing_text(rules) if whole else page_text(rules[0])
