"""A suppression beside a value: with a reason, perhaps until a day, and only for the rules it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcsync.cli.checking import Wanted
from pcsync.core.diagnostic import Diagnostic
from tests.rules.examples import COLLECTION, diagnostics, found, written

RULE = "render-unknown-parameter"
OPTION = """renderOptions:
  - id: example
    name: Example{above}
    options: assets=data&colour=true{behind}
"""


def after(path: Path, *, above: str = "", behind: str = "") -> list[Diagnostic]:
    lines = "".join(f"\n    {line}" for line in above.splitlines())
    return diagnostics(written(path, OPTION.format(above=lines, behind=f"  {behind}" if behind else "")))


def rules(path: Path, **comments: str) -> list[str]:
    return [it.rule for it in after(path, **comments)]


@pytest.mark.parametrize(
    "comments",
    [
        {"behind": f"# pcsync: ignore {RULE}: the tiler of 2.1 knows it"},
        {"above": f"# pcsync: ignore {RULE}: the tiler of 2.1 knows it"},
        {"above": f"# pcsync: ignore {RULE}: the tiler of 2.1 knows it\n# and so does the one after it"},
        {"behind": f"# pcsync: ignore service-no-source, {RULE} until 2999-12-31: until the next release"},
        {"behind": f"#pcsync:ignore {RULE}:reason"},
    ],
)
def test_a_suppression_with_a_reason_hides_the_finding(tmp_path, comments: dict[str, str]) -> None:
    assert rules(tmp_path, **comments) == []


@pytest.mark.parametrize(
    ("comment", "what"),
    [
        (f"# pcsync: ignore {RULE}", "says no reason"),
        (f"# pcsync: ignore {RULE}:", "says no reason"),
        (f"# pcsync: ignore {RULE} until 2020-01-01: reason", "ended on 2020-01-01"),
        (f"# pcsync: ignore {RULE} until tomorrow: reason", "is no date"),
    ],
)
def test_a_suppression_without_a_reason_or_past_its_day_hides_nothing_and_is_reported(tmp_path, comment: str, what: str) -> None:
    said = after(tmp_path, behind=comment)

    assert {it.rule for it in said} == {RULE, "style-suppression"}
    assert [what in it.what for it in said if it.rule == "style-suppression"] == [True]


def test_a_suppression_of_another_rule_hides_nothing(tmp_path) -> None:
    assert rules(tmp_path, behind="# pcsync: ignore render-unknown-asset: reason") == [RULE, "style-idle-suppression"]


@pytest.mark.parametrize(
    ("id", "what", "fix"),
    [
        ("render-unknown-asset", "finds nothing here", "remove it"),
        ("render-unknown-asset until 2020-01-01", "it ended on 2020-01-01", "remove it"),
        ("render-unknown-aset", "there is no rule render-unknown-aset", "did you mean render-unknown-asset?"),
    ],
)
def test_a_suppression_that_hides_nothing_is_told_with_the_reason_why(tmp_path, id: str, what: str, fix: str) -> None:
    (said,) = (it for it in after(tmp_path, behind=f"# pcsync: ignore {id}: reason") if it.rule == "style-idle-suppression")

    assert what in said.what
    assert said.fix == fix
    assert said.position.line == 4
    assert said.end > said.position.column


@pytest.mark.parametrize("id", ["live-rescale", "service-no-source", "contoso-license", "manifest-limit"])
def test_a_suppression_of_what_was_not_asked_here_is_not_said_to_be_idle(tmp_path, id: str) -> None:
    """Rules that need a catalog, or all manifests together, or a team that is not here."""
    assert rules(tmp_path, behind=f"# pcsync: ignore {RULE}, {id}: reason") == []


def test_a_rule_that_was_not_selected_cannot_be_idle(tmp_path) -> None:
    folder = written(tmp_path, OPTION.format(above="", behind=f"  # pcsync: ignore {RULE}: reason"))

    assert diagnostics(folder, wanted=Wanted(ignore=(RULE,))) == []
    assert diagnostics(folder, wanted=Wanted(select=("style",))) == []


def test_a_suppression_that_one_target_needs_is_not_idle(tmp_path) -> None:
    """On staging the option is another one."""
    folder = written(tmp_path, OPTION.format(above="", behind=f"  # pcsync: ignore {RULE}: reason").replace("colour=true", "${more}"))
    targets = {
        name: {"endpoint": f"emulator:{name}.sqlite", "variables": {"more": more}} for name, more in (("a", "colour=1"), ("b", "nodata=0"))
    }
    folder.project(targets=targets, defaultTarget="b")

    assert "style-idle-suppression" in folder.run("validate").out
    assert folder.run("validate", "--all-targets").out.strip().endswith("no problems")


def test_a_suppressed_answer_lets_the_schema_speak_again(tmp_path) -> None:
    """A rule may be silenced; what the schema refuses stays refused."""
    option = "renderOptions:\n  - id: example\n    name: Example\n    options: assets=data\n    maxZoom: 20{}\n"
    answered = found(written(tmp_path / "a", option.format("")))
    silenced = found(written(tmp_path / "b", option.format("  # pcsync: ignore render-max-zoom: we like it")))

    assert answered == ["render-max-zoom"]
    assert silenced == ["manifest-unknown-key"]


def test_severities_of_the_project_count_and_later_ones_win(tmp_path) -> None:
    folder = written(tmp_path, OPTION.format(above="", behind=""))
    for levels, expected in (
        ({RULE: "error"}, ["error"]),
        ({"render": "off"}, []),
        ({"render-*": "off", RULE: "note"}, ["note"]),
        ({RULE: "note", "render": "warning"}, ["warning"]),
    ):
        folder.project(rules=levels)
        assert [str(it.severity) for it in diagnostics(folder)] == expected


def test_off_needs_no_quotes_in_the_project_file(tmp_path) -> None:
    folder = written(tmp_path, OPTION.format(above="", behind=""))
    project = (tmp_path / "pcsync.yaml").read_text(encoding="utf-8")
    folder.write("pcsync.yaml", f"{project}rules:\n  render: off\n")

    assert found(folder) == []


def test_a_severity_of_a_rule_that_there_is_none_of_is_a_warning_with_a_hint(tmp_path) -> None:
    folder = written(tmp_path, "mosaics: []\n")
    folder.project(rules={"render-unknown-aset": "error"})

    (said,) = diagnostics(folder)

    assert (said.rule, said.fix) == ("project-unknown-rule", "did you mean render-unknown-asset?")


def test_a_manifest_in_another_file_is_suppressed_where_it_was_written(tmp_path) -> None:
    """The options come from a $file; the comment stands there, not in the manifest."""
    folder = written(tmp_path, "mosaics: []\n")
    folder.write("collections/manifest-0.yaml", {**COLLECTION, "renderOptions": {"$file": "options.yaml"}})
    option = "- {id: a, name: A, options: assets=data&colour=true}"
    folder.write("collections/options.yaml", f"{option}  # pcsync: ignore {RULE}: reason\n")

    assert found(folder) == []
