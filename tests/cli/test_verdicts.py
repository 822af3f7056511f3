"""``pcsync validate`` looks at no file twice, and never says anything else because of that."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.cli.checking import Wanted, chosen_files, examining, looked, shelf_of
from pcsync.cli.examining import Examination
from pcsync.cli.owning import own_rules
from pcsync.cli.sealed import FOLDER, KEPT, read_sealed, sealing_key, write_sealed
from pcsync.cli.verdicts import Look, Looking
from pcsync.kinds.attaching import ATTACHING
from pcsync.manifests.load import context
from pcsync.manifests.project import read_project
from tests.harness import PROJECT, Folder, Ran
from tests.rules.examples import COLLECTION, token

STAC = COLLECTION["stac"]
EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"
OVERLAY = {"apiVersion": "pcsync/v1", "kind": "Overlay", "of": "Collection/one"}
SOURCE = {"apiVersion": "pcsync/v1", "kind": "IngestionSource", "name": "imagery"}
POLICY = {"id": "team-license", "at": "/stac", "message": "no license"}
SCHEMA = "schemas/" + EO.removeprefix("https://")
THUMBNAIL = {"file": "../bases/thumb.png", "title": "Thumbnail", "roles": ["thumbnail"]}
OPTION = "assets=image&asset_bidx=image|1,2,3"


def collection(id: str, **sections: Any) -> dict[str, Any]:
    """The manifest of a collection."""
    return {**COLLECTION, "id": id, **sections}


def project(**changes: Any) -> dict[str, Any]:
    """The project file."""
    targets = {
        "local": {"endpoint": "emulator:.pcsync/a.sqlite", "variables": {"zoom": 6, "words": "Natural"}},
        "other": {"endpoint": "emulator:.pcsync/b.sqlite", "variables": {"zoom": 7, "words": "Other"}, "overlays": ["overlays/one.yaml"]},
    }
    return {**PROJECT, "targets": targets, **changes}


SUPPRESSED = """apiVersion: pcsync/v1
kind: Collection
id: four
renderOptions:
  - id: a
    name: A
    options: assets=image&colour=true  # pcsync: ignore render-unknown-parameter until {until}: the next tiler knows it
"""
VARIANTS: dict[str, list[Any]] = {
    "pcsync.yaml": [
        project(),
        project(rules={"style": "error"}),
        project(policies=["policy.yaml"]),
        project(targets={"local": {"endpoint": "emulator:.pcsync/a.sqlite", "variables": {"zoom": 99, "words": "x"}}}),
        project(targets={"local": {"endpoint": "emulator:.pcsync/a.sqlite", "variables": {"zoom": "${env:ZOOM}", "words": "x"}}}),
    ],
    "collections/one.yaml": [
        collection("one", renderOptions=[{"id": "a", "name": "${words}", "options": OPTION, "minZoom": "${zoom}"}]),
        collection("one", renderOptions=[{"id": "a", "name": "A", "options": "assets=imgae"}]),
        collection("one", renderOptions=[{"id": "a", "name": "${unknown}", "options": OPTION}]),
        collection("One"),
    ],
    "collections/two.yaml": [
        collection("two", stac={"$file": "../bases/stac.json", "description": {"$file": "../bases/description.md"}}),
        collection("two", stac={"$file": "../bases/link.json"}, assets={"thumbnail": THUMBNAIL}),
        collection("one"),
        None,
    ],
    "collections/three.yaml": [
        collection("three", stac={**STAC, "title": "${env:TITLE}"}),
        collection("three", stac={**STAC, "stac_extensions": [EO]}),
        collection("three", ingestions=[{"displayName": "n", "importType": "StaticCatalog", "sourceCatalogUrl": "https://contosoimagery.blob.core.windows.net/imagery/c.json"}]),
        "kind: [",
    ],
    "collections/four.yaml": [SUPPRESSED.format(until="2999-01-01"), SUPPRESSED.format(until="2001-01-01"), collection("four")],
    "collections/source.yaml": [
        {**SOURCE, "containerUrl": "https://contosoimagery.blob.core.windows.net/imagery", "sasToken": {"$secret": "env:SAS"}},
        {**SOURCE, "containerUrl": "https://contosoimagery.blob.core.windows.net/other", "sasToken": {"$secret": "file:sas.txt"}},
        None,
    ],
    "bases/stac.json": ['{"$file": "deeper.json"}', '{"title": "B", "license": 5}', "{", None],
    "bases/deeper.json": [json.dumps(STAC), json.dumps({**STAC, "license": 5}), json.dumps(STAC)[:-1] + " }", "[]"],
    "bases/description.md": ["Good.\n", "", None],
    "bases/thumb.png": [b"\x89PNG\r\n\x1a\n" + bytes(99), b"", None],
    "overlays/one.yaml": [
        {**OVERLAY, "stac": {"title": "Over"}},
        {**OVERLAY, "renderOptions": [{"id": "a", "options": "assets=imgae"}]},
        {**OVERLAY, "stac": {"title": "${env:TITLE}"}},
        None,
    ],
    "policy.yaml": [
        {"apiVersion": "pcsync/v1", "kind": "Policy", "rules": [{**POLICY, "assert": {"required": ["license"]}}]},
        {"apiVersion": "pcsync/v1", "kind": "Policy", "rules": [{**POLICY, "assert": {"required": ["absent"]}}]},
    ],
    "sas.txt": [token(3), token(-1)],
    SCHEMA: ["{}", '{"required": ["absent"]}', "{", None],
}  # fmt: skip
ARGUMENTS: list[tuple[str, ...]] = [
    (),
    (),
    ("--target", "other"),
    ("--all-targets",),
    ("--stac-schemas", "schemas"),
    ("--select", "render"),
    ("--ignore", "stac"),
    ("collections/one.yaml",),
]
ENVIRONMENTS: list[dict[str, str]] = [
    {"TITLE": "A title", "ZOOM": "8", "SAS": token(3)},
    {"TITLE": "A title", "ZOOM": "80", "SAS": token(-1)},
    {"ZOOM": "8"},
]


def written(folder: Folder, name: str, content: Any) -> None:
    """A file of the project, or none."""
    if content is None:
        (folder.path / name).unlink(missing_ok=True)
    else:
        folder.write(name, content)


def swapped(folder: Folder, name: str, content: Any) -> None:
    """The same, with the file's date and, as far as that goes, its size as before."""
    path = folder.path / name
    before = path.stat() if path.exists() else None
    written(folder, name, content)
    if before and path.exists():
        if path.suffix == ".yaml" and path.stat().st_size < before.st_size:
            path.write_bytes(path.read_bytes() + b" " * (before.st_size - path.stat().st_size - 1) + b"\n")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def linked(folder: Folder, name: str, _content: Any) -> None:
    """The link leads to another file now."""
    link = folder.path / "bases" / "link.json"
    link.unlink(missing_ok=True)
    link.symlink_to(name if name.startswith("/") else folder.path / name)


def damaged(folder: Folder, _name: str, content: Any) -> None:
    """The cache was cut, edited, or is something else."""
    for path in (folder.path / FOLDER).glob("*.verdicts"):
        whole = path.read_bytes()
        changes = {"cut": whole[: len(whole) // 2], "edited": whole[:-9] + b"x" + whole[-8:], "foreign": b'{"good": {}}', "empty": b""}
        path.write_bytes(changes[content])


EDITS = st.one_of(
    *(st.tuples(st.sampled_from([written, swapped]), st.just(name), st.sampled_from(contents)) for name, contents in VARIANTS.items()),
    st.tuples(st.just(linked), st.sampled_from(["bases/deeper.json", "bases/stac.json", "/etc/hostname"]), st.none()),
    st.tuples(st.just(damaged), st.just(""), st.sampled_from(["cut", "edited", "foreign", "empty"])),
)
STEPS = st.lists(
    st.tuples(st.lists(EDITS, max_size=3), st.sampled_from(ARGUMENTS), st.sampled_from(ENVIRONMENTS)),
    min_size=2,
    max_size=6,
)
Step = tuple[list[tuple[Callable[[Folder, str, Any], None], str, Any]], tuple[str, ...], dict[str, str]]


def start(path: Path) -> Folder:
    """The project as it begins: all is well."""
    folder = Folder(path / "project")
    for name, contents in VARIANTS.items():
        written(folder, name, contents[0])
    linked(folder, "bases/deeper.json", None)
    return folder


def validated(folder: Folder, path: Path, environment: dict[str, str], *arguments: str) -> Ran:
    """One run with the cache."""
    cached = {"PCSYNC_NO_CACHE": "0", "XDG_CACHE_HOME": str(path / "home"), **environment}
    return Folder(folder.path, cached).run("validate", "-o", "json", *arguments)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_whatever_is_edited_validate_says_the_same_with_its_cache_and_without(steps: list[Step]) -> None:
    with TemporaryDirectory() as path:
        folder = start(Path(path))
        validated(folder, Path(path), ENVIRONMENTS[0])
        for edits, arguments, environment in steps:
            for edit, name, content in edits:
                edit(folder, name, content)
            cached = [validated(folder, Path(path), environment, *arguments) for _ in range(2)]
            anew = validated(folder, Path(path), environment, "--no-cache", *arguments)
            assert {(it.code, it.out, it.err) for it in cached} == {(anew.code, anew.out, anew.err)}


def looks(path: Path, now: datetime | None = None, environment: dict[str, str] = ENVIRONMENTS[0]) -> dict[str, Look]:
    """What was found in each file of the project, with the cache."""
    read = read_project(path / "project" / "pcsync.yaml", environment)
    whole = examining(read, Wanted(), own_rules(read))
    examination = Examination(whole.choice, now or whole.now, whole.schemas, whole.policies, whole.plugins)
    setting = context(read, None, environment, ATTACHING)
    shelf = shelf_of(examination, setting, {"XDG_CACHE_HOME": str(path / "home")})
    return {it.file: it for it in looked(Looking(examination, shelf), chosen_files(read, ()), setting)}


def test_a_file_in_which_nothing_was_found_is_not_looked_at_again_until_it_changes(tmp_path) -> None:
    folder = start(tmp_path)
    first, second = looks(tmp_path), looks(tmp_path)
    folder.write("collections/one.yaml", VARIANTS["collections/one.yaml"][1])
    folder.write("bases/deeper.json", VARIANTS["bases/deeper.json"][1])
    third = looks(tmp_path)

    assert not any(it.known for it in first.values())
    assert {name for name, it in second.items() if it.known} == {"collections/one.yaml", "collections/two.yaml"}
    assert not any(it.known for it in third.values())


def test_neither_a_suppression_nor_an_environment_variable_nor_a_secret_is_ever_part_of_a_verdict(tmp_path) -> None:
    start(tmp_path)
    looks(tmp_path)
    today, later = looks(tmp_path), looks(tmp_path, datetime(3000, 1, 1, tzinfo=UTC))

    for name in ("collections/three.yaml", "collections/four.yaml", "collections/source.yaml"):
        assert not today[name].known
    expired = {it.rule for it in later["collections/four.yaml"].examined.diagnostics}
    assert expired == {"render-unknown-parameter", "style-suppression"}
    assert "service-token-expired" in {it.rule for it in later["collections/source.yaml"].examined.diagnostics}


def test_a_finding_is_shown_every_time_it_is_there(tmp_path) -> None:
    folder = start(tmp_path)
    folder.write("collections/one.yaml", VARIANTS["collections/one.yaml"][1])

    for _ in range(3):
        ran = validated(folder, tmp_path, ENVIRONMENTS[0])
        assert ran.code == 3
        assert "render-unknown-asset" in {it["rule"] for it in ran.json["diagnostics"]}


def test_the_cache_is_ignored_by_git_small_in_number_and_holds_no_value_of_the_environment(tmp_path) -> None:
    folder = start(tmp_path)
    for number in range(KEPT + 3):
        validated(folder, tmp_path, {**ENVIRONMENTS[0], "TITLE": "hush-hush"}, "--ignore", f"render-c{'?' * number}*")
    kept = sorted((folder.path / FOLDER).iterdir())

    assert (folder.path / FOLDER / ".gitignore").read_text() == "*\n"
    assert len([it for it in kept if it.suffix == ".verdicts"]) == KEPT
    assert not [it for it in kept if b"hush-hush" in it.read_bytes() or ENVIRONMENTS[0]["SAS"].encode() in it.read_bytes()]


def test_without_a_cache_nothing_is_written(tmp_path) -> None:
    folder = start(tmp_path)
    validated(folder, tmp_path, ENVIRONMENTS[0], "--no-cache")
    validated(folder, tmp_path, {**ENVIRONMENTS[0], "PCSYNC_NO_CACHE": "1"})

    assert not (folder.path / FOLDER).exists()


def test_a_cache_that_somebody_else_sealed_is_not_believed(tmp_path) -> None:
    path, mine, theirs = tmp_path / "a.verdicts", sealing_key({"HOME": str(tmp_path / "me")}), sealing_key({"HOME": str(tmp_path / "you")})
    assert mine
    assert theirs
    write_sealed(path, b"all is well", theirs)

    assert read_sealed(path, theirs) == b"all is well"
    assert read_sealed(path, mine) is None
    assert sealing_key({"HOME": str(tmp_path / "me")}) == mine


@pytest.mark.parametrize("environ", [{}, {"HOME": "/dev/null"}])
def test_who_has_no_folder_for_a_key_has_no_cache_and_no_error(tmp_path, environ) -> None:
    assert sealing_key(environ) is None


def test_a_run_over_one_file_keeps_the_verdicts_on_the_others(tmp_path) -> None:
    folder = start(tmp_path)
    looks(tmp_path)
    validated(folder, tmp_path, ENVIRONMENTS[0], "collections/one.yaml")

    assert looks(tmp_path)["collections/two.yaml"].known


CHANGES: dict[str, tuple[str, Any, tuple[str, ...], str]] = {
    "a rule is switched on": ("pcsync.yaml", project(), (), "render-unknown-asset"),
    "a policy is added": ("pcsync.yaml", project(policies=["policy.yaml"], manifests=["collections/one.yaml"]), (), "team-license"),
    "a variable has another value": (
        "pcsync.yaml",
        project(targets={"local": {"endpoint": "emulator:.pcsync/a.sqlite", "variables": {"zoom": 99, "words": "x"}}}),
        (),
        "manifest-limit",
    ),
    "an overlay counts": ("overlays/one.yaml", VARIANTS["overlays/one.yaml"][1], ("--target", "other"), "render-unknown-asset"),
    "a base of a base changes": ("bases/deeper.json", VARIANTS["bases/deeper.json"][1], (), "manifest-wrong-type"),
    "a base is gone": ("bases/description.md", None, (), "file-missing"),
    "all rules are asked": ("nothing.txt", "", (), "stac-version"),
    "a schema is there": (SCHEMA, '{"required": ["absent"]}', ("--stac-schemas", "schemas"), "stac-extension"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "arguments", "rule"), CHANGES.values(), ids=list(CHANGES))
def test_a_verdict_ends_with_whatever_it_depended_on(tmp_path, name, content, arguments, rule) -> None:
    folder, before = start(tmp_path), ("--ignore", "stac-version") if rule == "stac-version" else arguments
    if rule == "stac-version":
        folder.write("collections/one.yaml", collection("one", stac={**STAC, "stac_version": "0.9.0"}))
    if content == project():
        folder.write("pcsync.yaml", project(rules={"render": "off"}))
        folder.write("collections/one.yaml", VARIANTS["collections/one.yaml"][1])
    if rule == "team-license":
        folder.write("policy.yaml", VARIANTS["policy.yaml"][1])
        folder.write("pcsync.yaml", project(manifests=["collections/one.yaml"]))
    if rule == "stac-extension":
        folder.write("collections/one.yaml", collection("one", stac={**STAC, "stac_extensions": [EO]}))
    first = validated(folder, tmp_path, ENVIRONMENTS[0], *before)
    written(folder, name, content)
    second = validated(folder, tmp_path, ENVIRONMENTS[0], *arguments)

    assert rule not in {it["rule"] for it in first.json["diagnostics"]}
    assert rule in {it["rule"] for it in second.json["diagnostics"]}


def test_a_policy_that_asks_for_more_ends_every_verdict(tmp_path) -> None:
    folder = start(tmp_path)
    folder.write("pcsync.yaml", project(policies=["policy.yaml"]))
    first = validated(folder, tmp_path, ENVIRONMENTS[0])
    folder.write("policy.yaml", VARIANTS["policy.yaml"][1])

    assert "team-license" not in {it["rule"] for it in first.json["diagnostics"]}
    assert "team-license" in {it["rule"] for it in validated(folder, tmp_path, ENVIRONMENTS[0]).json["diagnostics"]}


def test_a_link_that_leads_out_of_the_project_now_is_refused_though_the_bytes_are_the_same(tmp_path) -> None:
    folder = start(tmp_path)
    folder.write("collections/two.yaml", collection("two", stac={"$file": "../bases/link.json"}))
    first = validated(folder, tmp_path, ENVIRONMENTS[0])
    (tmp_path / "outside.json").write_bytes((folder.path / "bases" / "deeper.json").read_bytes())
    linked(folder, str(tmp_path / "outside.json"), None)

    assert "file-outside" not in {it["rule"] for it in first.json["diagnostics"]}
    assert "file-outside" in {it["rule"] for it in validated(folder, tmp_path, ENVIRONMENTS[0]).json["diagnostics"]}
