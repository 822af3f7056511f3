"""A team's own rules: policy files and plugins, found, chosen, overridden and suppressed like any other rule."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pcsync.cli.checking import Wanted
from tests.harness import Folder
from tests.rules.examples import diagnostics, found, whole

LICENSE: dict[str, Any] = {
    "id": "contoso-license",
    "at": "/stac",
    "assert": {"required": ["license"], "properties": {"license": {"not": {"const": "proprietary"}}}},
    "message": "a collection needs a license that lets others use it",
    "fix": "ask the data office, or write CC-BY-4.0",
    "why": "The portal is public.",
}
KEYWORDS: dict[str, Any] = {
    "id": "contoso-keywords",
    "severity": "warning",
    "at": "/stac/keywords",
    "assert": {"minItems": 2},
    "message": "two keywords at least",
}
CLOSED = {"license": "proprietary", "keywords": ["one"]}


def project(path: Path, *rules: dict[str, Any], stac: dict[str, Any] = CLOSED, **changes: Any) -> Folder:
    folder = Folder(path)
    folder.project(**{"policies": ["policies"], **changes})
    folder.write("policies/contoso.yaml", {"apiVersion": "pcsync/v1", "kind": "Policy", "rules": list(rules)})
    folder.write("collections/example.yaml", whole({"kind": "Collection", "stac": stac}))
    return folder


def line_of(folder: Folder, text: str, file: str = "collections/example.yaml") -> int:
    lines = (folder.path / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_every_collection_has_an_open_license_and_two_keywords(tmp_path) -> None:
    folder = project(tmp_path, LICENSE, KEYWORDS)

    said = {it.rule: it for it in diagnostics(folder)}

    assert said.keys() == {"contoso-license", "contoso-keywords"}
    wrong = said["contoso-license"]
    assert (wrong.what, wrong.fix, wrong.pointer) == (LICENSE["message"], LICENSE["fix"], "/stac/license")
    assert (wrong.position.file, wrong.position.line) == ("collections/example.yaml", line_of(folder, "license:"))
    assert said["contoso-keywords"].position.line == line_of(folder, "keywords:")
    assert folder.run("validate").code == 3


def test_a_collection_that_fits_the_policies_is_good(tmp_path) -> None:
    assert found(project(tmp_path, LICENSE, KEYWORDS, stac={"keywords": ["one", "two"]})) == []


def test_a_missing_key_is_found_where_it_is_missing(tmp_path) -> None:
    demand = {**LICENSE, "assert": {"required": ["providers"]}}

    assert [it.pointer for it in diagnostics(project(tmp_path, demand, stac={}))] == ["/stac"]


def test_a_star_stands_for_every_member(tmp_path) -> None:
    demand = {**LICENSE, "at": "/stac/item_assets/*/title", "assert": {"pattern": "^[A-Z]"}}

    said = [it.pointer for it in diagnostics(project(tmp_path, demand, stac={"item_assets": {"a": {"title": "a"}, "b": {"title": "B"}}}))]

    assert "/stac/item_assets/a/title" in said
    assert "/stac/item_assets/b/title" not in said


def test_where_chooses_the_manifests(tmp_path) -> None:
    other = {**LICENSE, "where": {"properties": {"id": {"pattern": "^private-"}}}}
    mine = {**LICENSE, "where": {"properties": {"id": {"pattern": "^exam"}}}}

    assert found(project(tmp_path / "a", other)) == []
    assert found(project(tmp_path / "b", mine)) == ["contoso-license"]


def test_policies_are_about_one_kind_of_manifest(tmp_path) -> None:
    assert found(project(tmp_path, {**LICENSE, "kind": "IngestionSource", "at": "", "assert": {"required": ["x"]}})) == []


def test_policies_are_selected_ignored_and_weighed_like_any_rule(tmp_path) -> None:
    folder = project(tmp_path, LICENSE, KEYWORDS)

    assert [it.rule for it in diagnostics(folder, wanted=Wanted(select=("contoso-license",)))] == ["contoso-license"]
    assert [it.rule for it in diagnostics(folder, wanted=Wanted(ignore=("contoso",)))] == []
    assert folder.run("validate", "--select", "contoso-licence").code == 64
    folder.project(policies=["policies"], rules={"contoso-*": "note"})
    assert {str(it.severity) for it in diagnostics(folder)} == {"note"}


def test_a_policy_is_suppressed_beside_the_value_with_a_reason(tmp_path) -> None:
    folder = project(tmp_path, LICENSE)
    path = tmp_path / "collections" / "example.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("license: proprietary", "license: proprietary  # pcsync: ignore contoso-license: until the lawyers answer")
    )

    assert found(folder) == []


def test_many_files_are_checked_in_worker_processes_too(tmp_path) -> None:
    folder = project(tmp_path, LICENSE)
    for number in range(60):
        folder.write(f"collections/more-{number}.yaml", {**whole({"kind": "Collection", "stac": CLOSED}), "id": f"more-{number}"})

    assert found(folder).count("contoso-license") == 61


def test_a_policy_below_the_manifests_is_no_manifest(tmp_path) -> None:
    folder = project(tmp_path, LICENSE, manifests=["."])

    assert found(folder) == ["contoso-license"]


def test_a_policy_that_no_project_lists_is_misplaced(tmp_path) -> None:
    folder = project(tmp_path, LICENSE, manifests=["."], policies=[])

    assert found(folder) == ["policy-misplaced"]


@pytest.mark.parametrize(
    ("wrong", "rule", "pointer"),
    [
        ({**LICENSE, "assert": {"type": "sentence"}}, "policy-schema", "/rules/0/assert"),
        ({**LICENSE, "where": {"$ref": "https://contoso.example/schema.json"}}, "policy-schema", "/rules/0/where"),
        ({**LICENSE, "id": "render-unknown-asset"}, "policy-taken-id", "/rules/0/id"),
        ({**LICENSE, "asert": {}}, "manifest-unknown-key", "/rules/0/asert"),
        ({**LICENSE, "severity": "fatal"}, "manifest-wrong-value", "/rules/0/severity"),
    ],
)
def test_a_policy_that_cannot_be_used_is_an_error_at_its_place(tmp_path, wrong: dict[str, Any], rule: str, pointer: str) -> None:
    (said,) = diagnostics(project(tmp_path, wrong))

    assert (said.rule, said.pointer) == (rule, pointer)
    assert said.position.file == "policies/contoso.yaml"
    assert said.position.line > 1


def test_a_pattern_of_policies_that_matches_nothing_is_reported(tmp_path) -> None:
    (said,) = diagnostics(project(tmp_path, LICENSE, policies=["polices/*.yaml"]))

    assert (said.position.file, said.pointer) == ("pcsync.yaml", "/policies/0")


def test_explain_knows_the_rules_of_the_project(tmp_path) -> None:
    folder = project(tmp_path, LICENSE)

    assert "contoso-license" in folder.run("explain").out
    assert "The portal is public." in folder.run("explain", "contoso-license").out


PLUGIN = """
from pcsync.rules.manifest import Manifest
from pcsync.rules.rule import ERROR, Finding, rule


@rule("{name}-owner", Manifest, ERROR, "no owner", why="Somebody answers.", bad="stac: {{}}", good="stac: {{}}")
def owner(manifest):
    if "owner" not in manifest.body.get("stac", {{}}):
        yield Finding("/stac", "nobody owns this", "name an owner")
"""


def installed(path: Path, name: str, monkeypatch: pytest.MonkeyPatch, text: str = PLUGIN) -> None:
    """A package with a plugin, on the path of modules."""
    (path / f"{name}_rules.py").write_text(text.format(name=name))
    meta = path / f"{name}-1.0.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (meta / "entry_points.txt").write_text(f"[pcsync.rules]\n{name} = {name}_rules\n")
    monkeypatch.syspath_prepend(str(path))


def test_rules_of_an_installed_package_count_where_the_project_names_it(tmp_path, tmp_path_factory, monkeypatch) -> None:
    installed(tmp_path_factory.mktemp("site"), "fabrikam", monkeypatch)
    folder = project(tmp_path, LICENSE, policies=[], plugins=["fabrikam"])

    assert found(folder) == ["fabrikam-owner"]
    assert "Somebody answers." in folder.run("explain", "fabrikam-owner").out
    folder.project()
    assert found(folder) == []
    assert "fabrikam_rules" in sys.modules


def test_a_plugin_that_is_not_there_or_cannot_be_loaded_is_a_usage_error(tmp_path, tmp_path_factory, monkeypatch) -> None:
    installed(tmp_path_factory.mktemp("site"), "northwind", monkeypatch, "import no_such_module_at_all\n")

    missing = project(tmp_path / "a", LICENSE, plugins=["nortwind"]).run("validate")
    broken = project(tmp_path / "b", LICENSE, plugins=["northwind"]).run("validate")

    assert (missing.code, broken.code) == (64, 64)
    assert "did you mean northwind?" in missing.err
    assert "no_such_module_at_all" in broken.err
