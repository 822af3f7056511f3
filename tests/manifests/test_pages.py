"""Everything that reading finds wrong has a page, and its examples are so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import pcsync
from pcsync.manifests.pages import PAGES, Page
from pcsync.rules.book import rules
from pcsync.rules.live import LIVE
from tests.harness import Folder as Project
from tests.manifests.folder import Folder

HEAD = "apiVersion: pcsync/v1\nkind: Collection\nid: example\n"
SOURCES = sorted(path for part in ("manifests", "cli", "rules", "kinds") for path in (Path(pcsync.__file__).parent / part).rglob("*.py"))
PREFIXES = "file|json|manifest|overlay|pattern|policy|project|removal|secret|stac|variable|yaml|service|render|mosaic|style|live"
ID = re.compile(rf"(?:{PREFIXES})-[a-z][a-z-]*[a-z]")
NOT_IDS = {"render-option"}  # a kind of resource


def ids(path: Path) -> set[str]:
    """The texts of a module that look like rule ids, but for its docstrings."""
    constants = (node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str) and ID.fullmatch(text)}


USED = set().union(*map(ids, SOURCES)) - NOT_IDS


def test_ids_are_found_in_the_code() -> None:
    assert {"yaml-tab", "manifest-limit", "render-unknown-asset", "live-identity", "policy-schema"} <= USED
    assert len(USED) > 120


def test_every_id_that_a_diagnostic_can_carry_is_explained(tmp_path: Path) -> None:
    explained = {rule.id for rule in (*rules(), *LIVE)} | {page.id for page in PAGES}
    folder = Project(tmp_path)

    assert USED - explained == set()
    assert [id for id in sorted(explained) if folder.run("explain", id).code] == []


def test_every_page_is_of_an_id_that_there_is() -> None:
    assert {page.id for page in PAGES} - USED == set()
    assert len({page.id for page in PAGES}) == len({page.title for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("page", [page for page in PAGES if page.bad], ids=lambda page: page.id)
def test_the_examples_of_a_page_are_so(folder: Folder, page: Page) -> None:
    folder.write("collections/naip.yaml", f"{HEAD}{page.bad}\n")
    found = folder.load().diagnostics
    assert page.id in {it.rule for it in found}
    assert {str(it.severity) for it in found if it.rule == page.id} == {"warning" if page.warns else "error"}

    folder.write("collections/naip.yaml", f"{HEAD}{page.good}\n")
    assert page.id not in {it.rule for it in folder.load().diagnostics}
