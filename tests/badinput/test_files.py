"""Whatever is in a file of the project: an exit code that is documented, a message that says where and what, and nothing is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.badinput.damage import damaged
from tests.chaos.projects import prepare
from tests.chaos.rig import CANARY, SAS
from tests.harness import Folder, Ran

EXAMPLES = 15
DOCUMENTED = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 64})
FEW = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=[*HealthCheck])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with something to apply, a saved plan, and an apply behind it: an undo file and a journal."""
    root = tmp_path_factory.mktemp("bad") / "p"
    prepare(root)
    folder = Folder(root, {"IMAGERY_SAS": SAS})
    assert folder.run("plan", "--out", "plan.json").code == 0
    done = shutil.copytree(root, root.parent / "done")
    assert Folder(done, {"IMAGERY_SAS": SAS}).run("apply", "--yes").code == 0
    return root


def kept(root: Path) -> dict[str, bytes]:
    """What must not change: the catalog, and what belongs to it; an empty write-ahead log is none."""
    files = (path for path in (root / ".pcsync").rglob("*") if path.is_file())
    return {str(path.relative_to(root)): content for path in files if (content := path.read_bytes()) and not path.name.endswith("-shm")}


def said_well(ran: Ran, what: str) -> None:
    """A documented exit code; where it is none of the good ones, words that name the file or place."""
    assert ran.code in DOCUMENTED, (ran.code, ran.err)
    for text in ("Traceback", "internal error", CANARY):
        assert text not in ran.err + ran.out, ran.err[:600]
    if ran.code not in (0, 2):
        assert what in ran.err + ran.out, (ran.code, ran.err[:300], ran.out[:300])


def run(root: Path, *command: str) -> Ran:
    return Folder(root, {"IMAGERY_SAS": SAS}).run(*command)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pcsync.yaml", "manifests/alpha.yaml", "manifests/tokens.yaml"])
@FEW
@given(data=st.data())
def test_a_damaged_manifest_or_project_file_says_where_and_writes_nothing(project: Path, name: str, data: st.DataObject) -> None:
    path = project / (name if (project / name).exists() else "manifests/imagery.yaml")
    whole = path.read_bytes()
    before = kept(project)
    try:
        path.write_bytes(data.draw(damaged(whole)))
        for command in (("validate",), ("plan", "--detailed-exitcode")):
            said_well(run(project, *command), "")
        ran = run(project, "validate")
        assert ran.code in (0, 3, 64), ran.err
        assert ran.code == 0 or path.name in ran.out + ran.err
        after = kept(project)  # a damaged endpoint may name another catalog in a file, which is then made; ours stays
        assert {name: after.get(name) for name in before} == before
    finally:
        path.write_bytes(whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plan", "undo"])
@FEW
@given(data=st.data())
def test_a_damaged_plan_or_undo_file_is_refused_and_nothing_is_written(project: Path, name: str, data: st.DataObject) -> None:
    root = project if name == "plan" else project.parent / "done"
    source = root / "plan.json" if name == "plan" else next((root / ".pcsync" / "undo").iterdir())
    whole, spoiled = source.read_bytes(), root / "spoiled.json"
    before = kept(root)
    content = data.draw(damaged(whole))
    spoiled.write_bytes(content)
    for command in (("show",), ("apply",)) if name == "plan" else (("undo", "--yes"),):
        ran = run(root, *command, "spoiled.json")
        said_well(ran, "spoiled.json")
        assert ran.code in (1, 5), (ran.code, ran.err, content[:100])
    assert kept(root) == before


@pytest.mark.slow
@FEW
@given(data=st.data())
def test_a_damaged_journal_is_never_in_the_way_of_a_plan_and_is_named_by_resume(project: Path, data: st.DataObject) -> None:
    root = project.parent / "done"
    source = next((root / ".pcsync" / "journal").iterdir())
    damage = data.draw(damaged(source.read_bytes()))
    spoiled = source.with_name("20990101T000000.000000Z-0.jsonl")
    before = kept(root)
    try:
        spoiled.write_bytes(damage)
        resumed = run(root, "apply", "--resume", "--yes")
        said_well(resumed, "")
        assert resumed.code in (0, 1, 64)
        assert resumed.err.strip()
        assert run(root, "plan", "--detailed-exitcode").code == 0
    finally:
        for path in spoiled.parent.glob("20990101*"):
            path.unlink()
    assert kept(root) == before


def limits(root: Path) -> Iterator[tuple[str, tuple[str, ...], str]]:
    yield "pcsync.yaml", ("validate",), "MiB"
    yield "manifests/alpha.yaml", ("validate",), "MiB"
    yield "plan.json", ("show", "plan.json"), "MiB"
    yield "plan.json", ("apply", "plan.json"), "MiB"
    yield "way-back.json", ("undo", "--yes", "way-back.json"), "MiB"


def test_a_file_that_is_too_large_is_not_even_read_and_the_limit_is_told(project: Path, tmp_path: Path) -> None:
    """A gigabyte of nothing, which takes no place on the disk."""
    root = shutil.copytree(project, tmp_path / "p")
    before = kept(root)
    for name, command, limit in limits(root):
        path = root / name
        whole = path.read_bytes() if path.exists() else b""
        path.touch()
        os.truncate(path, 2**30)
        ran = run(root, *command)
        said_well(ran, path.name)
        assert ran.code in (1, 3), (name, ran.code)
        assert limit in ran.out + ran.err, ran.err + ran.out
        assert "fix" in ran.out + ran.err, ran.err + ran.out
        path.write_bytes(whole)
    assert kept(root) == before
