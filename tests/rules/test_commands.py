"""``pcsync validate`` with its rules and ``pcsync explain``, as a person runs them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pcsync.rules.book import rules
from tests.harness import Folder
from tests.rules.examples import written

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "catalog-specs"
BROKEN = """renderOptions:
  - {id: a, name: A, options: assets=imgae&colour=true}
mosaics:
  - {id: b, name: B, cql: [{op: eq, args: [{property: gsd}, 1]}]}
"""


def said(folder: Folder, *arguments: str) -> tuple[int, set[str]]:
    """Exit code and the rules in the output."""
    ran = folder.run("validate", *arguments, "-o", "json")
    return ran.code, {it["rule"] for it in ran.json["diagnostics"]}


def test_validate_exits_3_on_an_error_of_a_rule_and_says_where_and_what_to_do(tmp_path) -> None:
    ran = written(tmp_path, BROKEN).run("validate")

    assert ran.code == 3
    assert "collections/manifest-0.yaml:2:38: error render-unknown-asset" in ran.out
    assert "did you mean image?" in ran.out


def test_rules_are_selected_and_ignored_by_id_set_and_pattern(tmp_path) -> None:
    folder = written(tmp_path, BROKEN)

    assert said(folder)[1] == {"render-unknown-asset", "render-unknown-parameter", "mosaic-operator"}
    assert said(folder, "--select", "mosaic") == (3, {"mosaic-operator"})
    assert said(folder, "--select", "render", "--ignore", "render-unknown-asset") == (0, {"render-unknown-parameter"})
    assert said(folder, "--ignore", "render-unknown-*", "--ignore", "mosaic") == (0, set())


def test_a_rule_that_there_is_none_of_is_a_usage_error_with_a_hint(tmp_path) -> None:
    ran = written(tmp_path, BROKEN).run("validate", "--select", "render-unknown-aset")

    assert ran.code == 64
    assert "did you mean render-unknown-asset?" in ran.err


def test_warnings_fail_only_when_asked_to(tmp_path) -> None:
    folder = written(tmp_path, "renderOptions:\n  - {id: a, name: A, options: assets=data&colour=true}\n")

    assert folder.run("validate").code == 0
    assert folder.run("validate", "--fail-level", "warning").code == 3


def test_what_schemas_of_extensions_were_not_at_hand_is_said_once_and_never_called_valid(tmp_path) -> None:
    eo = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"
    folder = written(tmp_path, f"stac:\n  stac_extensions: [{eo}]\n  item_assets: {{image: {{eo:bands: red}}}}\n")

    assert said(folder) == (0, {"stac-not-checked"})
    assert said(folder, "--stac-schemas", "schemas") == (0, {"stac-extension"})


def test_the_examples_have_neither_errors_nor_warnings() -> None:
    ran = Folder(EXAMPLES, {"PCSYNC_STAGING_ENDPOINT": "https://staging.abc123.uksouth.geocatalog.spatio.azure.com"}).run(
        "validate", "--all-targets", "--fail-level", "warning"
    )

    assert ran.code == 0, ran.out


def test_explain_lists_every_rule_and_prints_the_page_of_one(tmp_path) -> None:
    folder = Folder(tmp_path)
    listing, page = folder.run("explain"), folder.run("explain", "render-unknown-asset")

    assert all(rule.id in listing.out and rule.title in listing.out for rule in rules())
    assert page.code == 0
    assert "options: assets=imgae" in page.out
    assert "options: assets=image" in page.out


def headings(markdown: str, level: int) -> list[str]:
    """The headings of a level, outside of code."""
    return re.findall(rf"^{'#' * level} (.+)$", re.sub(r"(?ms)^(`{3,}).*?^\1$", "", markdown), re.MULTILINE)


def test_the_book_of_rules_has_a_section_for_every_rule_and_a_link_to_each(tmp_path) -> None:
    folder = Folder(tmp_path)
    book = folder.run("explain", "-o", "markdown").out
    listed = [it["id"] for it in folder.run("explain", "-o", "json").json]

    assert headings(book, 1) == ["Rules"]
    assert headings(book, 3) == re.findall(r"\]\(#([\w-]+)\)", book) == listed
    assert {rule.id for rule in rules()} < set(listed)
    assert {"live-mosaic-empty", "yaml-syntax", "manifest-limit"} <= set(listed)
    for rule in rules():
        assert f"```yaml\n{rule.bad}```\n\nRight:\n\n```yaml\n{rule.good}```" in book


def test_the_book_of_rules_is_written_to_a_file_and_says_the_same_of_a_rule_as_its_page(tmp_path) -> None:
    folder = Folder(tmp_path)
    assert folder.run("explain", "-o", "markdown=site/rules.md", "-o", "json=site/rules.json").out == ""

    page = folder.run("explain", "render-unknown-asset", "-o", "markdown").out

    assert page.startswith("### render-unknown-asset\n\n**error**: ")
    assert page in (tmp_path / "site" / "rules.md").read_text(encoding="utf-8")


def test_what_cannot_show_rules_is_said(tmp_path) -> None:
    ran = Folder(tmp_path).run("explain", "-o", "junit")

    assert ran.code == 64
    assert "one of: text, markdown, json" in ran.err


def test_explaining_a_rule_that_there_is_none_of_hints_at_the_nearest(tmp_path) -> None:
    ran = Folder(tmp_path).run("explain", "render-unknown-aset")

    assert ran.code == 64
    assert "did you mean render-unknown-asset?" in ran.err


@pytest.mark.parametrize("command", ["validate", "explain"])
def test_no_network_library_no_pydantic_and_no_emulator_is_ever_loaded(tmp_path, command: str) -> None:
    written(tmp_path, BROKEN)
    script = (
        "import sys; from pcsync.cli.main import main; main([sys.argv[1]]); "
        "print(sorted({'httpx', 'aiohttp', 'azure', 'pydantic', 'starlette', 'asyncio', 'pcsync.emulator'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script, command], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "[]"
