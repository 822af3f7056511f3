"""pcsync.yaml: found, read, and its targets, endpoints and patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcsync.core.errors import ManifestError, UsageError
from pcsync.manifests.project import find_project, read_project
from tests.manifests.folder import Folder


def test_a_project_is_found_upward_to_the_git_root(folder: Folder) -> None:
    inner = folder.root / "a" / "b"
    inner.mkdir(parents=True)
    file = folder.write("pcsync.yaml", "")

    assert find_project(inner) == file
    (inner / ".git").mkdir()
    with pytest.raises(UsageError, match="here or above"):
        find_project(inner)


def test_a_project_may_be_named(folder: Folder) -> None:
    file = folder.write("other/project.yaml", "")
    named = folder.write("other/pcsync.yaml", "")

    assert find_project(folder.root, file) == file
    assert find_project(folder.root, folder.root / "other") == named
    with pytest.raises(UsageError, match="there is no project file"):
        find_project(folder.root, folder.root / "gone.yaml")


def test_a_project_without_targets_has_a_catalog_in_a_file(folder: Folder) -> None:
    project = read_project(folder.write("pcsync.yaml", "apiVersion: pcsync/v1\nkind: Project\nowner: contoso\n"), {})

    assert (project.target().name, project.target().endpoint, project.root) == ("local", "emulator:.pcsync/local.sqlite", folder.root)


def test_the_default_target_is_taken_when_none_is_named(folder: Folder) -> None:
    two = {"a": {"endpoint": "emulator:a.db"}, "b": {"endpoint": "emulator:b.db", "protected": True}}

    assert folder.project(targets=two, defaultTarget="b").target().protected
    with pytest.raises(UsageError, match="no target is named"):
        folder.project(targets=two).target()
    with pytest.raises(UsageError) as raised:
        folder.project(targets={"production": {"endpoint": "emulator:p.db"}}).target("producton")
    assert raised.value.fix == "did you mean production?"


@pytest.mark.parametrize(
    ("written", "endpoint"),
    [
        ("https://contoso.abc.uksouth.geocatalog.spatio.azure.com/", "https://contoso.abc.uksouth.geocatalog.spatio.azure.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("emulator:.pcsync/local.sqlite", "emulator:.pcsync/local.sqlite"),
        ("emulator:./x/../local.sqlite", "emulator:local.sqlite"),
        ("${env:ENDPOINT}", "https://from.environment"),
    ],
)
def test_an_endpoint_is_kept_without_its_trailing_slash(folder: Folder, written: str, endpoint: str) -> None:
    there = Folder(folder.root, {"ENDPOINT": "https://from.environment/"})

    assert there.project(targets={"t": {"endpoint": written}}).target().endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    ["http://contoso.example", "contoso.example", "ftp://x", "https://", "https://host/stac", "https://host?x=1", "https://u@host", "https://host:99999",
     "emulator:", "emulator:../outside.sqlite", "emulator:/tmp/x.sqlite", "http://localhost.evil.example", "${env:NOT_SET}"],
)  # fmt: skip
def test_an_endpoint_that_tokens_must_not_travel_to_is_refused(folder: Folder, endpoint: str) -> None:
    project = folder.project(targets={"ok": {"endpoint": "emulator:ok.db"}, "bad": {"endpoint": endpoint}})

    assert project.target("ok").endpoint == "emulator:ok.db"
    with pytest.raises(ManifestError) as raised:
        project.target("bad")
    assert raised.value.diagnostics[0].position.line == 10
    assert raised.value.diagnostics[0].fix


def test_every_problem_of_a_project_file_is_said(folder: Folder) -> None:
    with pytest.raises(ManifestError) as raised:
        folder.project(owner="a b", gards={}, manifests=[], targets={"t": {"endpont": "x"}}, defaultTarget="q")

    assert sorted(it.rule for it in raised.value.diagnostics) == [
        "manifest-limit", "manifest-missing-key", "manifest-pattern", "manifest-unknown-key", "manifest-unknown-key"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "a: 1\n---\nb: 2\n", "apiVersion: [", "\x00"])
def test_what_is_no_project_is_an_error(folder: Folder, text: str) -> None:
    with pytest.raises(ManifestError):
        read_project(folder.write("pcsync.yaml", text), {})


def test_a_default_target_has_to_exist(folder: Folder) -> None:
    with pytest.raises(ManifestError, match="did you mean local"):
        folder.project(defaultTarget="lokal")


def files(folder: Folder, *patterns: str) -> list[str]:
    """The manifest files of some patterns."""
    return [path.relative_to(folder.root).as_posix() for path in folder.project(manifests=list(patterns)).files()]


def test_patterns_are_files_folders_and_globs(folder: Folder) -> None:
    for name in (
        "a.yaml",
        "collections/b.yaml",
        "collections/deep/c.yml",
        "collections/stac.json",
        "collections/.hidden.yaml",
        ".git/x.yaml",
    ):
        folder.write(name, "")

    assert files(folder, "collections") == ["collections/b.yaml", "collections/deep/c.yml"]
    assert files(folder, "a.yaml", "a.yaml") == ["a.yaml"]
    assert files(folder, "*.yaml") == ["a.yaml"]  # the project file itself is none
    assert files(folder, "collections/**/*.y*ml") == ["collections/b.yaml", "collections/deep/c.yml"]
    assert files(folder, ".") == ["a.yaml", "collections/b.yaml", "collections/deep/c.yml"]
    assert files(folder, "collections/*.json") == ["collections/stac.json"]


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [("gone.yaml", "pattern-matches-nothing"), ("empty", "pattern-matches-nothing"), ("*.nope", "pattern-matches-nothing"),
     ("../outside", "file-outside"), ("/etc", "file-outside"), ("../*.yaml", "file-outside"), ("a**b/***", "pattern-invalid")],
)  # fmt: skip
def test_a_pattern_that_matches_nothing_or_leaves_the_project_is_said(folder: Folder, pattern: str, rule: str) -> None:
    (folder.root / "empty").mkdir()
    problems = folder.project(manifests=[pattern]).problems()

    assert [(it.rule, str(it.position)) for it in problems] == [(rule, "pcsync.yaml:5:3")]


def test_a_link_out_of_the_project_is_said(folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside: Path = tmp_path_factory.mktemp("outside") / "x.yaml"
    outside.write_text("")
    (folder.root / "collections").mkdir()
    (folder.root / "collections" / "x.yaml").symlink_to(outside)

    assert [it.rule for it in folder.project().problems()] == ["file-outside"]
