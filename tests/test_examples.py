"""Every example project validates, plans as its golden file says, applies, and then has nothing to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.harness import Folder

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/pcsync.yaml"))
GOLDEN = Path(__file__).parent / "golden"
SAS = "sv=2024-11-04&sr=c&sp=rl&se={}&sig=bm90LWEtc2VjcmV0"


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.name)
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    """A copy of an example project with the environment its README asks for."""
    folder = tmp_path / request.param.name
    shutil.copytree(request.param, folder, ignore=shutil.ignore_patterns(".pcsync"))
    expiry = (datetime.now(UTC) + timedelta(days=5)).strftime("%Y-%m-%dT00:00:00Z")
    return Folder(folder, {"IMAGERY_SAS": SAS.format(expiry), "COLUMNS": "110", "PCSYNC_STAGING_ENDPOINT": "https://staging.example"})


def test_an_example_has_no_problem_on_any_of_its_targets(example: Folder) -> None:
    ran = example.run("validate", "--all-targets", "-o", "json")

    assert ran.code == 0
    assert {it["rule"] for it in ran.json["diagnostics"]} <= {"stac-not-checked"}  # extension schemas are on the network


def test_an_examples_plan_is_its_golden_one(example: Folder) -> None:
    ran = example.run("plan")
    expiry = example.environment["IMAGERY_SAS"].partition("se=")[2][: len("2026-01-01T00:00:00Z")]
    out = ran.out.replace(expiry, "2036-01-01T00:00:00Z")  # the one date that is not the example's

    golden = GOLDEN / f"{example.path.name}.plan.txt"
    if os.environ.get("PCSYNC_UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(out, encoding="utf-8")
    assert out == golden.read_text(encoding="utf-8")


def test_an_example_is_applied_and_then_there_is_nothing_to_do(example: Folder) -> None:
    saved = example.run("plan", "--out", "plan.json", "--detailed-exitcode")
    applied = example.run("apply", "plan.json")
    again = example.run("plan", "--detailed-exitcode")

    assert (saved.code, applied.code, again.code) == (2, 0, 0), applied.out + applied.err
    assert "read again: everything is as declared" in applied.out


def test_what_an_example_makes_of_a_catalog_can_be_dumped_and_changes_nothing(example: Folder) -> None:
    """A dump is a project of its own whose plan against the same catalog writes at most which fields are managed now."""
    assert example.run("apply", "--yes").code == 0
    dumped = example.run("dump", "--to", "dumped")
    assert dumped.code == 0, dumped.err
    example.write("pcsync.yaml", {**yaml.safe_load((example.path / "pcsync.yaml").read_text()), "manifests": ["dumped"]})

    planned = example.run("plan", "-o", "json")

    assert planned.code == 0, planned.err
    changes = planned.json["resource_changes"]
    others = {change["address"] for change in changes if change["type"] != "collection"}
    assert [field for change in changes for field in change["pcsync"]["fields"]] == []
    assert all(f"{address}: left out" in dumped.err for address in others)  # an asset whose bytes the catalog does not give back


def documents() -> Iterator[tuple[Path, dict[str, object]]]:
    for path in sorted((ROOT / "examples").rglob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if isinstance(document, dict) and "kind" in document:
                yield path, document


@pytest.mark.parametrize(("path", "document"), [pytest.param(*it, id=str(it[0].relative_to(ROOT / "examples"))) for it in documents()])
def test_an_examples_documents_fit_the_published_schemas(path: Path, document: dict[str, object]) -> None:
    """What an editor checks with the generated schema, judged by another validator than ours."""
    schema = yaml.safe_load((ROOT / f"pcsync/manifests/schemas/{document['kind']}.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator(schema).validate(document)
    assert f"pcsync/manifests/schemas/{document['kind']}.json" in path.read_text(encoding="utf-8").splitlines()[0]
