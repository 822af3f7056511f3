"""Every command on every terminal: wide and narrow, of code pages that lack our signs, without colours, dumb, or none at all."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from pcsync.cli.main import COMMANDS, main
from pcsync.render.terminal import ESCAPE_SEQUENCE, cells
from tests.harness import Folder, _inside
from tests.render.test_terminal import Screen

TEXT = "Wälder → Höhe … 森 │ ✓ " + "eine lange Beschreibung mit vielen Wörtern " * 6
STAC = {
    "title": "Wälder 森",
    "description": TEXT,
    "license": "proprietary",
    "keywords": ["é"],
    "extent": {"spatial": {"bbox": [[10, 40, 12, 42]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
    "item_assets": {"bild": {"title": "Bild", "type": "image/tiff"}},
}
OPTION = {"id": "gruen", "name": "Grün → Gelb", "type": "raster-tile", "options": "assets=bild&colormap_name=viridis&rescale=0,255"}
COUNT = {"name": "Zählung ✓", "search": {}, "expect": {"count": [1, None]}}
RUNS = {
    "validate": (("validate",), 0),
    "plan": (("plan",), 0),
    "preview": (("preview",), 0),
    "check": (("check", "--retry-for", "0s"), 7),
    "apply": (("apply", "--yes", "--retry-for", "0s"), 7),
    "drift": (("drift",), 0),
}
PLAIN: Mapping[str, str] = {"NO_COLOR": "1"}
PAGES = ["utf-8", "cp1252", "cp437", "ascii"]
RAW = re.compile(r"https?://|/data/|/stac/|SHA-256|\\|^      [+~-] ")
"""Lines that hold what cannot be broken (an address, an escape) or is cut on purpose elsewhere."""


def declare(folder: Folder, **changes: object) -> None:
    head = {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "waelder", "stac": STAC}
    folder.write("collections/a.yaml", {**head, "renderOptions": [OPTION], "checks": [COUNT], **changes})


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection that is applied, and whose texts and render option have changed since."""
    made = Folder(tmp_path_factory.mktemp("applied"))
    made.project()
    declare(made)
    assert made.run("apply", "--yes", "--no-checks").code == 0
    option = {**OPTION, "name": "Gelb", "options": "assets=bild&colormap_name=magma"}
    declare(made, stac={**STAC, "description": f"{TEXT} geändert"}, renderOptions=[option])
    return made.path


@pytest.fixture
def folder(applied: Path, tmp_path: Path) -> Folder:
    """A copy of it."""
    return Folder(Path(shutil.copytree(applied, tmp_path / "project")))


def shown(folder: Folder, *arguments: str, page: str = "utf-8", tty: bool = True, how: Mapping[str, str] = PLAIN) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command on such a terminal; a character that the page lacks would be an exception."""
    out, err = Screen(page, tty), Screen(page, tty)
    with (
        _inside(folder.path, {"NO_COLOR": "", "TERM": "xterm", **how}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = main(arguments)
    return code, out.written().decode(page), err.written().decode(page)


@pytest.mark.parametrize("width", [200, 60, 40])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("command", RUNS)
def test_no_command_fails_for_want_of_a_sign_or_of_room(folder: Folder, command: str, page: str, width: int) -> None:
    arguments, expected = RUNS[command]

    code, _, err = shown(folder, *arguments, page=page, how={"NO_COLOR": "1", "COLUMNS": str(width)})

    assert code == expected, err
    assert "internal error" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize("page", ["cp1252", "cp437", "ascii"])
@pytest.mark.parametrize("command", RUNS)
def test_signs_that_a_code_page_lacks_are_written_in_ascii(folder: Folder, command: str, page: str) -> None:
    """Of a manifest in ASCII everything is; a sign of ours would be an escape, or no ASCII."""
    stac = {**STAC, "title": "Forests", "description": "Forests of the Alps, by height. " * 9, "keywords": ["forest"]}
    option = {**OPTION, "id": "green", "name": "Green", "options": "assets=bild&colormap_name=plasma&rescale=0,200"}
    declare(folder, id="forests", stac=stac, renderOptions=[option], checks=[{**COUNT, "name": "has items"}])
    arguments, expected = RUNS[command]

    code, out, err = shown(folder, *arguments, page=page, how={"NO_COLOR": "1", "COLUMNS": "60"})

    assert (code, out.isascii(), err.isascii()) == (expected, True, True), out + err
    assert "\\u" not in out + err


@pytest.mark.parametrize("width", [60, 40])
@pytest.mark.parametrize("command", ["validate", "plan", "preview", "check", "drift"])
def test_narrow_output_keeps_within_its_width(folder: Folder, command: str, width: int) -> None:
    _, out, _ = shown(folder, *RUNS[command][0], how={"NO_COLOR": "1", "COLUMNS": str(width)})

    wide = [line for line in out.splitlines() if cells(line) > width and not RAW.search(line)]
    assert wide == []


@pytest.mark.parametrize("command", [name for name in RUNS if name != "apply"])  # twice it would have nothing to do
def test_colours_only_where_they_are_seen_and_the_words_are_the_same(folder: Folder, command: str) -> None:
    arguments, _ = RUNS[command]
    _, coloured, _ = shown(folder, *arguments, how={})
    plain = [shown(folder, *arguments, how=how)[1] for how in ({"NO_COLOR": "1"}, {"TERM": "dumb"})]
    _, piped, _ = shown(folder, *arguments, tty=False, how={})

    assert "\x1b[" not in "".join((*plain, piped))
    assert timeless(ESCAPE_SEQUENCE.sub("", coloured)) == timeless(plain[0]) == timeless(plain[1])
    assert "\x1b[" in coloured or command == "validate"


def timeless(text: str) -> str:
    return re.sub(r"\d+(\.\d+)? (s|ms)\b", "0 s", text)


@pytest.mark.parametrize("how", [{"TERM": "dumb"}, {"TERM": "xterm"}])
def test_a_bar_is_drawn_only_where_the_cursor_can_move(folder: Folder, how: dict[str, str]) -> None:
    _, _, err = shown(folder, "plan", how=how)
    _, _, quiet = shown(folder, "-q", "plan", how=how)
    _, _, piped = shown(folder, "plan", tty=False, how=how)

    assert ("reading" in err) is (how["TERM"] == "xterm")
    assert "\r" not in quiet + piped


@pytest.mark.parametrize("command", RUNS)
def test_quiet_leaves_results_and_errors_and_verbose_adds_requests(folder: Folder, command: str) -> None:
    arguments, expected = RUNS[command]
    if command == "apply":
        arguments = (*arguments, "--no-checks")
        expected = 0
    code, out, err = shown(folder, "-q", *arguments, how=PLAIN)
    declare(folder, renderOptions=[{**OPTION, "name": "Orange"}])
    more, longer, said = shown(folder, "-vv", *arguments, how=PLAIN)

    assert (code, more) == (expected, expected), err + said
    assert out
    assert err == ""
    assert ("GET /stac/collections" in said) is (command != "validate"), said[:500]
    assert longer


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plan -q", "pcsync -q plan"),
        ("apply --quiet --yes", "pcsync --quiet apply"),
        ("check -v", "pcsync -v check"),
        ("validate --no-color", "pcsync --no-color validate"),
        ("show --config other.yaml plan.json", "pcsync --config FILE show"),
    ],
)
def test_an_option_of_pcsync_behind_the_command_is_told_its_place(folder: Folder, written: str, meant: str) -> None:
    ran = folder.run(*written.split())

    assert ran.code == 64
    assert f"stands before the command: {meant}\n" in ran.err


def test_an_option_that_nobody_has_is_none(folder: Folder) -> None:
    ran = folder.run("plan", "--no-such")

    assert ran.code == 64
    assert "--no-such" in ran.err
    assert "stands before" not in ran.err


@pytest.mark.parametrize("page", ["cp437", "cp1252"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_can_be_read_on_a_windows_console(folder: Folder, command: str, page: str) -> None:
    code, out, _ = shown(folder, *([command] if command else []), "--help", page=page)

    assert code == 0
    assert "Usage: pcsync" in out
    assert "\\u" not in out
