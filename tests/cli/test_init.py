"""pcsync init, as a new user meets it."""

from __future__ import annotations

from pathlib import Path

from tests.harness import Folder


def test_a_new_project_has_no_problem_and_is_formatted(tmp_path: Path) -> None:
    started = Folder(tmp_path).run("init", "my-catalog")
    folder = Folder(tmp_path / "my-catalog")

    assert started.code == 0
    assert folder.run("validate").out == "1 manifest: no problems\n"
    assert folder.run("fmt", "--check").code == 0


def test_a_new_project_applies_to_the_emulator_and_has_nothing_to_do_then(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.run("init")

    assert folder.run("apply", "--yes").code == 0
    assert folder.run("plan", "--detailed-exitcode").code == 0


def test_what_comes_next_begins_with_the_way_into_the_folder(tmp_path: Path) -> None:
    assert "next: cd 'my catalog', pcsync validate" in Folder(tmp_path).run("init", "my catalog").err
    assert "next: pcsync validate" in Folder(tmp_path).run("init").err


def test_a_project_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    path = folder.project(owner="somebody")
    before = path.read_bytes()

    again = folder.run("init")

    assert again.code == 64
    assert "there is a project already" in again.err
    assert path.read_bytes() == before
