"""Options of pcsync itself that somebody wrote behind the command's name."""

from __future__ import annotations

import click


def aimed(wrong: click.ClickException) -> click.ClickException:
    """The same mistake, with where the option belongs if it is one that stands before the command."""
    context = getattr(wrong, "ctx", None)
    if not isinstance(wrong, click.NoSuchOption) or context is None or context.parent is None:
        return wrong
    known = next((it for it in context.parent.command.params if wrong.option_name in (*it.opts, *it.secondary_opts)), None)
    if not isinstance(known, click.Option):
        return wrong
    value = "" if known.is_flag or known.count else f" {known.make_metavar(context)}"
    where = f"{context.parent.info_name} {wrong.option_name}{value} {context.info_name}"
    return click.NoSuchOption(wrong.option_name, f"{wrong.option_name} stands before the command: {where}", ctx=context)
