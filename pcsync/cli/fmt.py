"""``pcsync fmt``: manifests in their canonical key order and style."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import GlobalOptions, option
from pcsync.core.errors import ManifestError, PcsyncError, UsageError

if TYPE_CHECKING:
    from pcsync.core.diagnostic import Diagnostic

UNTIDY_EXIT = 1


@click.command("fmt")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@option(
    "--check", envvar="PCSYNC_FMT_CHECK", is_flag=True, help="Write nothing; list the files that would change and exit 1 if there are any."
)
@option("--diff", envvar="PCSYNC_FMT_DIFF", is_flag=True, help="Write nothing; print what would change.")
@click.pass_obj
def command(options: GlobalOptions, files: tuple[Path, ...], check: bool, diff: bool) -> int:
    """Put manifests into their canonical key order and style: FILES, or the whole project with its overlays.

    Comments stay, and so does every value. A file that is no manifest is passed over; one that does not parse is left alone, and the
    exit code is 3. With --check the exit code is 1 when a file would change.
    """
    from pcsync.cli.printing import Printer

    root, chosen = project_files(options, files)
    printer = Printer(options, root=root)
    formatting = Formatting(root, write=not (check or diff))
    for path in chosen:
        formatting.take(path)
    for name, before, after in formatting.changed if diff else ():
        printer.result("".join(difference(name, before, after)))
    for name, *_ in formatting.changed if not diff else ():
        printer.result(f"{name}\n") if check else printer.say(f"wrote {name}")
    printer.warn(formatting.diagnostics)
    for wrong in formatting.failures:
        printer.say(str(wrong))
    printer.say(formatting.summary(len(chosen)))
    return formatting.exit_code(check)


class Formatting:
    """What became of the files so far: (name, text before, text after) of those that change, and what is wrong with the others."""

    def __init__(self, root: Path, *, write: bool) -> None:
        self.root, self.write = root, write
        self.changed: list[tuple[str, bytes, bytes]] = []
        self.diagnostics: list[Diagnostic] = []
        self.failures: list[PcsyncError] = []

    def take(self, path: Path) -> None:
        """One file: formatted, and written where it changes."""
        from pcsync.manifests.style import styled

        name, before = shown(path, self.root), path.read_bytes()
        try:
            after = styled(before, name)
        except ManifestError as wrong:
            self.diagnostics += wrong.diagnostics
        except PcsyncError as wrong:
            self.failures.append(wrong)
        else:
            if after != before:
                self.changed.append((name, before, after))
                if self.write:
                    replace_whole(path, after)

    def summary(self, files: int) -> str:
        """What was done, in words."""
        from pcsync.render.wording import count

        verb = "changed" if self.write else "to change"
        return f"{count(files, 'file')}: {len(self.changed)} {verb}"

    def exit_code(self, check: bool) -> int:
        """3 where a file does not parse, 1 where one could not be formatted or ``check`` found one that is not."""
        if self.diagnostics:
            return ManifestError.exit_code
        return UNTIDY_EXIT if self.failures or (check and self.changed) else 0


def project_files(options: GlobalOptions, files: Sequence[Path]) -> tuple[Path, Sequence[Path]]:
    """The folder that names are relative to, and the files: those named, else the project's own file, manifests and overlays."""
    from pcsync.manifests.project import find_project, read_project

    if files:
        return Path.cwd(), [existing(path) for path in files]
    project = read_project(find_project(Path.cwd(), Path(options.config) if options.config else None), options.environment)
    overlays = (path for spec in project.targets.values() for path in project.overlays(spec)[0])
    return project.root, sorted({project.file, *project.files(), *overlays})


def existing(path: Path) -> Path:
    """The path of a file that is there. Raises UsageError."""
    if not path.is_file():
        raise UsageError(f"there is no file {path}", fix="name manifest files, or none for the whole project")
    return path.absolute()


def shown(path: Path, root: Path) -> str:
    """A path as people know it: from the root where it is below it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def difference(name: str, before: bytes, after: bytes) -> Iterator[str]:
    """A unified diff, to read."""
    from difflib import unified_diff

    old, new = ([f"{line}\n" for line in text.decode().split("\n")] for text in (before, after))
    yield from unified_diff(_ended(old), _ended(new), f"a/{name}", f"b/{name}")


def _ended(lines: list[str]) -> list[str]:
    """The lines of a text that was split at its line ends; a last line without one is marked as ``diff`` does."""
    *whole, last = lines
    return whole if last == "\n" else [*whole, f"{last}\\ No newline at end of file\n"]


def replace_whole(path: Path, content: bytes) -> None:
    """Write a file in one step, with the permissions it had; behind a symbolic link, the file it leads to."""
    real = path.resolve()
    draft = real.with_name(f".{real.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        shutil.copymode(real, draft)
        draft.replace(real)
    finally:
        draft.unlink(missing_ok=True)
