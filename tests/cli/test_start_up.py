"""What a command imports before it does anything: people run validate a hundred times a day, and each module costs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pcsync.rules.book import rules, rules_across
from pcsync.rules.catalog import Catalog
from tests.rules.examples import written

GOOD = "renderOptions:\n  - {id: rgb, name: RGB, options: assets=data}\n"
IMPORTED = "import sys; from pcsync.cli.main import main; assert main(['validate']) == 0; print(*sys.modules)"
ABOUT_PLANS = {
    f"pcsync.core.{name}" for name in ("assess", "change", "checks", "compare", "diff", "ownership", "plan", "resource", "state")
}
KINDS = {f"pcsync.kinds.{name}" for name in ("_shapes", "asset", "collection", "ingestion_source", "render_option")}
LATE = {"asyncio", "concurrent.futures", "importlib.metadata", "mimetypes", "multiprocessing", "pkgutil", "secrets", "yaml"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    written(tmp_path, GOOD)
    return tmp_path


def imported(project: Path) -> set[str]:
    """The modules of one run in a process of its own."""
    environment = {"XDG_CACHE_HOME": str(project / "home"), "PATH": ""}
    ran = subprocess.run([sys.executable, "-c", IMPORTED], cwd=project, env=environment, capture_output=True, text=True, check=True)
    return set(ran.stdout.splitlines()[-1].split())


def test_validate_imports_no_kind_no_plan_and_nothing_for_many_files(project: Path) -> None:
    modules = imported(project)

    assert "pcsync.rules.render.option" in modules
    assert modules & (ABOUT_PLANS | KINDS | LATE) == set()


def test_validate_of_what_was_found_good_before_imports_no_rule_about_single_documents(project: Path) -> None:
    imported(project)

    again = imported(project)

    assert {"pcsync.rules.service.across", "pcsync.rules.stac.across"} <= again
    assert {it for it in again if it.startswith(("pcsync.rules.render", "pcsync.rules.mosaic", "pcsync.rules.check"))} == set()


def test_every_rule_over_all_documents_stands_where_such_rules_are_looked_for() -> None:
    assert {it.id for it in rules() if it.subject is Catalog} <= {it.id for it in rules_across()}
    assert {it.id for it in rules_across()} < {it.id for it in rules()}
