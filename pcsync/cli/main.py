"""The ``pcsync`` command: its subcommands by name, and how a failure becomes text and an exit code.

Start-up is part of the product: a command's module is imported when it runs, so ``--help`` and ``validate`` never load an HTTP
client, azure, pydantic or the emulator.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

SELDOM = 20_000  # objects made before the collector looks for circles: what is imported is none, and takes a tenth longer otherwise
gc.set_threshold(max(SELDOM, gc.get_threshold()[0]))  # so before the imports below

import click  # noqa: E402

from pcsync import __version__  # noqa: E402
from pcsync.cli.options import ENVIRONMENT, GlobalOptions  # noqa: E402

COMMANDS = {
    "init": "Start a project: pcsync.yaml and a first collection.",
    "fmt": "Put manifests into their canonical order and style.",
    "validate": "Check the manifests, offline.",
    "plan": "Show what apply would change.",
    "preview": "Draw the map before and after what would change.",
    "show": "Print a saved plan.",
    "merge": "Put the plans of all shards together.",
    "apply": "Make the catalog as the manifests declare.",
    "check": "Ask whether the collections show and answer what they should.",
    "adopt": "Start to manage what is live, changing nothing else.",
    "drift": "Show what somebody changed on the catalog.",
    "diff": "Show how two catalogs differ, or two saved plans.",
    "undo": "Take back the last apply.",
    "dump": "Write manifests of what a catalog holds.",
    "explain": "Say what a rule of validation means, or list all rules.",
    "schema": "Print the JSON Schema of a manifest kind.",
    "comment": "Put a report on the pull request it is about.",
    "doctor": "Say what is wrong with installation, project or catalog.",
    "emulate": "Serve a GeoCatalog on this machine.",
}
USAGE_EXIT = 64
SIGINT_EXIT = 130


class LazyGroup(click.Group):
    """Commands known by name and one line; the module behind one is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"pcsync.cli.{cmd_name}"), "command")  # noqa: B009  a module has no such static name
        assert isinstance(command, click.Command)  # noqa: S101  a defect of ours, not of the user
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as wrong:
            raise click.UsageError(f"{wrong.message.rstrip('.')}{_meant(args[0], COMMANDS)}", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _meant(word: str, words: Sequence[str] | dict[str, str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, list(words), 1)
    return f": did you mean {close[0]!r}?" if close else f": one of {', '.join(words)}"


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="pcsync")
@click.option("--config", envvar="PCSYNC_CONFIG", metavar="FILE", help="pcsync.yaml of the project (default: found upward from here).")
@click.option("-v", "--verbose", count=True, envvar="PCSYNC_VERBOSE", help="Say more (twice: every request).")
@click.option("-q", "--quiet", is_flag=True, envvar="PCSYNC_QUIET", help="Print results and errors only.")
@click.option("--color/--no-color", default=None, envvar="PCSYNC_COLOR", help="Force or forbid colours (also NO_COLOR, FORCE_COLOR).")
@click.pass_context
def pcsync(ctx: click.Context, config: str | None, verbose: int, quiet: bool, color: bool | None) -> None:
    """The configuration of a Planetary Computer Pro GeoCatalog in Git: plan, review, apply."""
    if verbose > 1:
        _log_requests()
    ctx.obj = GlobalOptions(config=config, verbose=verbose, quiet=quiet, color=color, environment=ENVIRONMENT)


def _log_requests() -> None:
    import logging

    handler = logging.StreamHandler()  # stderr
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("pcsync.requests")
    logger.setLevel(logging.DEBUG)
    logger.handlers[:] = [handler]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code as design.md §11 has them. Never raises, never prints a traceback for a user's mistake."""
    from pcsync.core.errors import PcsyncError

    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)  # what is there at the end goes with the process: to look for circles in it takes a tenth of validate
    try:
        code = pcsync.main(args=arguments, prog_name="pcsync", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.Abort:
        return _say("interrupted", SIGINT_EXIT)
    except KeyboardInterrupt:
        return _say("interrupted", SIGINT_EXIT)
    except click.ClickException as wrong:
        from pcsync.cli.misplaced import aimed

        aimed(wrong).show(sys.stderr)
        return USAGE_EXIT
    except PcsyncError as wrong:
        return _say(str(wrong), wrong.exit_code)
    except BrokenPipeError:  # the reader of our output went away (pcsync plan | head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as wrong:  # a file or disk that says no; the file is in the message
        return _say(f"{wrong.strerror or wrong}: {wrong.filename or ''}".rstrip(": "), 1)
    except Exception as defect:
        if os.environ.get("PCSYNC_TRACEBACK"):
            raise
        return _say(f"internal error, please report it: {type(defect).__name__}: {defect}\n  (PCSYNC_TRACEBACK=1 shows where)", 1)
    return code if isinstance(code, int) else 0


def _say(what: str, code: int) -> int:
    from pcsync.render.inert import inert, obeyed
    from pcsync.render.terminal import safe

    text = f"pcsync: {safe(what)}\n"
    sys.stderr.write(inert(text) if obeyed(os.environ) else text)
    return code
