"""The README tells the truth about the command line."""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from pcsync.cli.main import COMMANDS, pcsync
from pcsync.core import errors
from tests.harness import Folder

README = Path(__file__).resolve().parent.parent / "README.md"
HELP = re.compile(r"(```console\n\$ pcsync --help\n).*?(```\n)", re.DOTALL)


def help_text() -> str:
    settings = {**pcsync.context_settings, "terminal_width": 100, "max_content_width": 100}
    context = click.Context(pcsync, info_name="pcsync", **settings)
    return pcsync.get_help(context) + "\n"


def test_the_help_in_the_readme_is_what_the_command_says() -> None:
    """Rewritten with PCSYNC_UPDATE_GOLDEN=1."""
    text = README.read_text(encoding="utf-8")
    if os.environ.get("PCSYNC_UPDATE_GOLDEN"):
        README.write_text(HELP.sub(lambda found: found[1] + help_text() + found[2], text), encoding="utf-8")
        text = README.read_text(encoding="utf-8")

    shown = HELP.search(text)

    assert shown is not None
    assert shown[0] == f"```console\n$ pcsync --help\n{help_text()}```\n"


def test_the_plan_in_the_readme_is_what_the_command_says(tmp_path: Path) -> None:
    shown = re.search(r"```console\n\$ pcsync plan\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    specs = shutil.copytree(README.parent / "examples" / "catalog-specs", tmp_path / "specs", ignore=shutil.ignore_patterns(".pcsync"))
    expiry = (datetime.now(UTC) + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    folder = Folder(specs, {"IMAGERY_SAS": f"sp=rl&se={expiry}&sv=2022-11-02&sr=c&sig=bm90LWEtc2VjcmV0"})
    folder.run("apply", "--yes", "--no-checks")
    manifest = specs / "collections" / "naip" / "collection.yaml"
    edited = manifest.read_text(encoding="utf-8").replace('rescale: "-1,1"', "rescale: -0.2,0.9").replace("rdylgn", "viridis")
    manifest.write_text(edited, encoding="utf-8")

    assert shown is not None
    assert folder.run("plan").out == shown[1].replace("→", "->")  # the harness's stdout has no encoding that could carry an arrow


def test_every_command_of_the_readme_exists() -> None:
    text = README.read_text(encoding="utf-8")
    code = "\n".join([*re.findall(r"```console\n(.*?)```", text, re.DOTALL), *re.findall(r"`([^`\n]+)`", text)])
    used = re.findall(r"(?:^|\$ |&& )pcsync ([a-z]+)", code, re.MULTILINE)

    assert len(used) > 10
    assert set(used) <= COMMANDS.keys()


def test_every_exit_code_of_an_error_is_in_the_readme() -> None:
    codes = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.PcsyncError)}
    documented = {
        int(code) for line in re.findall(r"^\| ([0-9, ]+) \|", README.read_text(encoding="utf-8"), re.MULTILINE) for code in line.split(",")
    }

    assert codes <= documented
