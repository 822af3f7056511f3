"""Where a finding is: the very characters, where they stand in the file as they are, else the value."""

from __future__ import annotations

import pytest

from pcsync.core.diagnostic import Diagnostic
from tests.rules.examples import Folder, diagnostics, written


def only(folder: Folder, rule: str) -> tuple[Diagnostic, str]:
    """The one finding of a rule, and the characters it is about."""
    (said,) = (it for it in diagnostics(folder) if it.rule == rule)
    line = (folder.path / said.position.file).read_text(encoding="utf-8").splitlines()[said.position.line - 1]
    return said, line[said.position.column - 1 : said.end - 1] if said.end else ""


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        ("assets=imgae&nodata=0", "imgae"),
        ("'assets=imgae&nodata=0'", "imgae"),
        ('"assets=imgae&nodata=0"', "imgae"),
        ("nodata=0&expression=(image_b1-imgae_b2)", "imgae_b2"),
        ("expression=%28imgae_b1%29", "imgae_b1"),
        ("{assets: imgae}", "imgae"),
        ("{assets: [image, imgae, image]}", "imgae"),
        ('{asset_bidx: "imgae|1", assets: image}', "imgae"),
    ],
)
def test_a_finding_inside_a_text_means_the_very_characters(tmp_path, options: str, meant: str) -> None:
    text = f"renderOptions:\n  - id: example\n    name: Example\n    options: {options}\n"

    assert only(written(tmp_path, text), "render-unknown-asset")[1] == meant


@pytest.mark.parametrize(
    ("options", "end"),
    [
        ('"assets=\\x69mgae"', (4, 31)),
        (">-\n      assets=imgae", (5, 19)),
        ("|\n      assets=imgae\n      \n\n    # more", (5, 19)),
        ("assets=${asset}", (4, 29)),
        ("assets=\n      ${asset}", (5, 15)),
    ],
)
def test_where_the_text_is_written_otherwise_the_finding_is_the_whole_value(tmp_path, options: str, end: tuple[int, int]) -> None:
    """An escape, a block of lines, a variable: no column inside it is guessed."""
    folder = written(tmp_path, f"renderOptions:\n  - id: example\n    name: Example\n    options: {options}\n")
    folder.project(targets={"local": {"endpoint": "emulator:local.sqlite", "variables": {"asset": "imgae"}}})

    said, _ = only(folder, "render-unknown-asset")

    assert said.position.line == 4
    assert (said.last_line, said.end) == end


def test_a_finding_about_a_key_means_the_key(tmp_path) -> None:
    text = "renderOptions:\n  - {id: a, name: A, options: assets=data, 'maxZoom': 20}\n"

    assert only(written(tmp_path, text), "render-max-zoom")[1] == "'maxZoom'"


def test_a_number_and_a_text_are_meant_as_a_whole(tmp_path) -> None:
    text = "tileSettings: {minZoom: 4, maxItemsPerTile: 0}\nrenderOptions:\n  - {id: a, name: A, options: assets=data&colormap_name=x}\n"
    folder = written(tmp_path, text)

    assert only(folder, "service-items-per-tile")[1] == "0"
    assert only(folder, "render-colormap-name")[1] == "x"


def test_a_finding_in_a_json_base_document_is_where_it_is_written(tmp_path) -> None:
    folder = written(tmp_path, "renderOptions: {$file: options.json}\n")
    folder.write("collections/options.json", '[{"id": "a", "name": "A",\n  "options": "assets=imgae"}]\n')

    said, meant = only(folder, "render-unknown-asset")

    assert (said.position.file, said.position.line, meant) == ("collections/options.json", 2, "imgae")


def test_every_problem_is_said_once_in_the_order_of_the_files(tmp_path) -> None:
    options = "assets=imgae&assets=imgae&nodata=x&colour=1&colormap_name=y"
    said = diagnostics(written(tmp_path, f"renderOptions:\n  - {{id: a, name: A, options: {options}}}\n"))

    assert said == sorted(set(said), key=lambda it: it.order)
    assert len(said) >= 4
