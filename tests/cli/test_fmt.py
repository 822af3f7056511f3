"""pcsync fmt, as its user meets it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.harness import Folder

UNTIDY = "kind: Removal   # gone\napiVersion: pcsync/v1\ncollection:   old\n"
TIDY = "apiVersion: pcsync/v1\nkind: Removal   # gone\ncollection: old\n"
PROJECT = (
    "apiVersion: pcsync/v1\nkind: Project\nowner: contoso\nmanifests: [collections]\n"
    "targets:\n  local:\n    endpoint: emulator:.pcsync/local.sqlite\n    overlays: [overlays]\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project with one untidy manifest."""
    folder = Folder(tmp_path)
    folder.write("pcsync.yaml", PROJECT)
    folder.write("collections/old.yaml", UNTIDY)
    return folder


def read(folder: Folder, name: str = "collections/old.yaml") -> str:
    return (folder.path / name).read_text(encoding="utf-8")


def test_the_whole_project_is_formatted_and_said_to_be(folder: Folder) -> None:
    ran = folder.run("fmt")

    assert (ran.code, ran.out) == (0, "")
    assert "wrote collections/old.yaml" in ran.err
    assert read(folder) == TIDY
    assert read(folder, "pcsync.yaml") == PROJECT


def test_the_second_time_there_is_nothing_to_do(folder: Folder) -> None:
    folder.run("fmt")

    ran = folder.run("fmt")

    assert (ran.code, ran.err) == (0, "2 files: 0 changed\n")


def test_check_lists_what_would_change_exits_1_and_writes_nothing(folder: Folder) -> None:
    ran = folder.run("fmt", "--check")

    assert (ran.code, ran.out) == (1, "collections/old.yaml\n")
    assert read(folder) == UNTIDY


def test_check_exits_0_when_everything_is_tidy(folder: Folder) -> None:
    folder.run("fmt")

    assert folder.run("fmt", "--check").code == 0


def test_diff_shows_what_would_change_and_writes_nothing(folder: Folder) -> None:
    ran = folder.run("fmt", "--diff")

    assert ran.code == 0
    assert "--- a/collections/old.yaml\n+++ b/collections/old.yaml\n" in ran.out
    assert "\n-collection:   old\n+collection: old\n" in ran.out
    assert read(folder) == UNTIDY


def test_diff_and_check_together_show_and_exit_1(folder: Folder) -> None:
    ran = folder.run("fmt", "--diff", "--check")

    assert ran.code == 1
    assert "+collection: old\n" in ran.out


def test_a_file_that_does_not_parse_is_not_touched_and_the_others_are_formatted(folder: Folder) -> None:
    broken = "kind: Removal\ncollection: a\ncollection: b\n"
    folder.write("collections/broken.yaml", broken)

    ran = folder.run("fmt")

    assert ran.code == 3
    assert "collections/broken.yaml:3:1: error yaml-duplicate-key" in ran.err
    assert read(folder, "collections/broken.yaml") == broken
    assert read(folder) == TIDY


def test_overlays_are_formatted_with_the_project(folder: Folder) -> None:
    folder.write("overlays/a.yaml", "of: Removal/old\nkind: Overlay\napiVersion: pcsync/v1\n")

    folder.run("fmt")

    assert read(folder, "overlays/a.yaml") == "apiVersion: pcsync/v1\nkind: Overlay\nof: Removal/old\n"


def test_only_the_files_named_are_formatted_and_no_project_is_needed(folder: Folder) -> None:
    (folder.path / "pcsync.yaml").unlink()
    folder.write("collections/other.yaml", UNTIDY)

    ran = folder.run("fmt", "collections/other.yaml")

    assert ran.code == 0
    assert (read(folder), read(folder, "collections/other.yaml")) == (UNTIDY, TIDY)


def test_a_file_that_is_no_manifest_is_passed_over(folder: Folder) -> None:
    folder.write("workflow.yaml", "b:   1\na: 2")

    assert folder.run("fmt", "--check", "workflow.yaml").code == 0


def test_a_file_that_is_not_there_is_a_usage_error(folder: Folder) -> None:
    ran = folder.run("fmt", "gone.yaml")

    assert ran.code == 64
    assert "there is no file gone.yaml" in ran.err


def test_permissions_stay_and_no_draft_is_left(folder: Folder) -> None:
    path = folder.path / "collections/old.yaml"
    path.chmod(0o640)

    folder.run("fmt")

    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [it.name for it in path.parent.iterdir()] == ["old.yaml"]


def test_a_symbolic_link_stays_one(folder: Folder) -> None:
    link = folder.path / "linked.yaml"
    link.symlink_to("collections/old.yaml")

    folder.run("fmt", "linked.yaml")

    assert link.is_symlink()
    assert read(folder) == TIDY


def test_windows_line_endings_stay(folder: Folder) -> None:
    path = folder.write("collections/old.yaml", UNTIDY.replace("\n", "\r\n").encode())

    folder.run("fmt")

    assert path.read_bytes() == TIDY.replace("\n", "\r\n").encode()


def test_a_formatted_project_is_as_valid_as_it_was(folder: Folder) -> None:
    before = folder.run("validate", "-o", "json").json
    folder.run("fmt")
    after = folder.run("validate", "-o", "json").json

    assert before == after


def test_an_environment_variable_of_another_command_does_not_keep_fmt_from_writing(folder: Folder) -> None:
    Folder(folder.path, {"PCSYNC_CHECK": "1", "PCSYNC_DIFF": "1"}).run("fmt")

    assert read(folder) == TIDY
