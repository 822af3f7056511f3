"""The pre-commit hooks, run by pre-commit itself on a repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.harness import Folder
from tests.pipelines.repository import ROOT, checked_out, git, manifest

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
BIN = Path(sys.executable).parent


@pytest.fixture
def repository(tmp_path: Path) -> Folder:
    """A repository with a catalog and our hooks, which take the pcsync of this environment instead of building one."""
    folder = checked_out(tmp_path / "repository")
    hooks = [{**hook, "language": "system", "entry": str(BIN / hook["entry"])} for hook in HOOKS]
    folder.write(".pre-commit-config.yaml", {"repos": [{"repo": "local", "hooks": hooks}]})
    git(folder, "add", "--all")
    return folder


def pre_commit(folder: Folder) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(folder.path), "PATH": "/usr/bin:/bin", "PRE_COMMIT_HOME": str(folder.path / ".cache"), "NO_COLOR": "1"}
    return subprocess.run([BIN / "pre-commit", "run", "--all-files"], cwd=folder.path, env=environment, capture_output=True, text=True)


def test_the_manifest_of_the_hooks_is_one():
    subprocess.run([BIN / "pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], check=True)


def test_hooks_pass_on_tidy_valid_manifests(repository):
    repository.run("fmt")
    git(repository, "add", "--all")

    ran = pre_commit(repository)

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_an_invalid_manifest_stops_the_commit_and_says_where(repository):
    repository.write("collections/naip.yaml", {**manifest(), "tileSettings": {"minZoom": 99, "maxItemsPerTile": 35}})

    ran = pre_commit(repository)

    assert ran.returncode == 1
    assert "collections/naip.yaml:" in ran.stdout


def test_untidy_manifests_are_put_in_order_and_have_to_be_added_again(repository):
    repository.write("collections/naip.yaml", 'kind: "Collection"\napiVersion: pcsync/v1\nid: naip\n')

    ran = pre_commit(repository)

    assert ran.returncode == 1
    assert (repository.path / "collections/naip.yaml").read_text().startswith("apiVersion:")
