"""Files that a novice writes by accident and an attacker on purpose: one clear answer each, at its place, at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness import Folder, Ran

HEAD = "apiVersion: pcsync/v1\nkind: Collection\nid: naip\n"
LAUGHS = "".join(f"  {chr(98 + it)}: &{chr(98 + it)} [{', '.join([f'*{chr(97 + it)}'] * 9)}]\n" for it in range(10))
SIZE = "tileSettings: {minZoom: %s, maxItemsPerTile: 35}\n"
SECONDS = 2.0

ODD: dict[str, tuple[str | bytes, str, str]] = {
    "brackets without end": (f"{HEAD}stac: {'[' * 50_000}", "4:134: error yaml-too-deep", "a bracket that is never closed"),
    "brackets with an end": (f"{HEAD}stac: {{a: {'[' * 2000}{']' * 2000}}}", "4:137: error yaml-too-deep", "bracket"),
    "deep indentation": (HEAD + "stac:\n" + "".join(f"{'  ' * it} k:\n" for it in range(1, 3000)), "error yaml-too-deep", ""),
    "laughing aliases": (f"{HEAD}stac:\n  a: &a [x, x, x]\n{LAUGHS}", "error yaml-alias-bomb", "write them out"),
    "an alias of itself": (f"{HEAD}stac: &a {{b: *a}}\n", "4:14: error yaml-alias", "stands inside the value it names"),
    "a Python object": (f"{HEAD}stac: !!python/object/apply:os.system [touch pwned]\n", "4:7: error yaml-tag", "remove the tag"),
    "YAML 1.1": (f"%YAML 1.1\n---\n{HEAD}", "1:1: error yaml-version", "remove the %YAML line"),
    "a key of another alphabet": (f"{HEAD}render\u041eptions: []\n", "4:1: error manifest-unknown-key", "did you mean renderOptions?"),
    "a NUL": (f"{HEAD}stac: {{title: a\0b}}\n", "4:16: error yaml-control-character", "U+0000"),
    "UTF-16": (HEAD.encode("utf-16"), "1:1: error yaml-encoding", "UTF-16, not UTF-8"),
    "Windows-1252": (f"{HEAD}stac: {{title: caf\xe9}}\n".encode("cp1252"), "4:18: error yaml-encoding", "Windows-1252"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "1:1: error yaml-encoding", "the file is no text"),
    "a tab": (f"{HEAD}stac:\n\ttitle: a\n", "5:1: error yaml-tab", "replace the tab by spaces"),
    "CR as line end": (f"{HEAD}titel: 1\n".replace("\n", "\r"), "4:1: error manifest-unknown-key", ""),
    "a number beyond all": (HEAD + SIZE % "1e999", "4:25: error yaml-ambiguous-number", "1e999"),
    "not a number": (HEAD + SIZE % ".nan", "4:25: error yaml-not-finite", ""),
    "a number of 26 digits": (HEAD + SIZE % ("9" * 26), "4:25: error yaml-integer-too-large", ""),
    "an empty id": (HEAD.replace("naip", '""'), "3:5: error manifest-limit", ""),
    "a number as id": (HEAD.replace("naip", "2022"), "3:5: error manifest-wrong-type", 'quote it: "2022"'),
    "two dots as id": (HEAD.replace("naip", ".."), "3:5: error service-dots", ""),
    "two dots as id of a mosaic": (f"{HEAD}mosaics: [{{id: .., name: A, cql: []}}]\n", "4:16: error manifest-pattern", ""),
    "two dots as queryable": (f"{HEAD}queryables: [{{name: .., definition: {{}}}}]\n", "4:21: error service-dots", ""),
    "a slash in the id of a layer": (
        f"{HEAD}renderOptions: [{{id: a/b, name: A, options: assets=x}}]\n",
        "4:22: error manifest-pattern",
        "",
    ),
    "an id twice": (f"{HEAD}---\n{HEAD}", "7:5: error manifest-claimed-twice", "keep one of them"),
    "a key twice": (f"{HEAD}id: other\n", "4:1: error yaml-duplicate-key", "the first is in line 3"),
    "a colon forgotten": (HEAD.replace("kind:", "kind"), "2:1: error yaml-syntax", "neither `key: value` nor a list member"),
    "a quote forgotten": (f'{HEAD}stac: {{title: "abc}}\n', "4:15: error yaml-syntax", "close the quote"),
    "half a surrogate": (f'{HEAD}stac: {{title: "\\ud800"}}\n', "4:15: error yaml-syntax", ""),
    "a list as key": (f"{HEAD}? [a, b]\n: c\n", "4:3: error yaml-key-not-text", ""),
    "a kind misspelt": (HEAD.replace("Collection", "Colection"), "2:7: error manifest-unknown-kind", "did you mean Collection?"),
    "another product's file": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "2:7: error manifest-unknown-kind", ""),
    "no kind": ("id: naip\nstac: {}\n", "1:1: error manifest-missing-key", "add apiVersion: pcsync/v1 and kind: Collection"),
    "a file outside": (f"{HEAD}stac: {{$file: ../../other.json}}\n", "4:15: error file-outside", ""),
    "a file of the system": (f"{HEAD}stac: {{$file: /etc/passwd}}\n", "4:15: error file-", ""),
    "a file that is not there": (f"{HEAD}stac: {{$file: nowhere.json}}\n", "4:15: error file-missing", "in that folder are: odd.yaml"),
    "a file of itself": (f"{HEAD}stac: {{$file: odd.yaml}}\n", "4:15: error file-cycle", ""),
    "a file from the network": (f"{HEAD}stac: {{$file: 'https://example.com/a.json'}}\n", "4:15: error file-", ""),
    "a folder as file": (f"{HEAD}stac: {{$file: .}}\n", "4:15: error file-", ""),
    "an unknown variable": (f"{HEAD}stac: {{title: '${{nowhere}}'}}\n", "error variable-", "nowhere"),
    "20 MB": (f"{HEAD}stac: {{keywords: [{'aaaaaaaaaaaaaaaaaa, ' * 1_000_000}a]}}\n", "1:1: error file-too-large", "16 MiB"),
}
JSON = '{"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip"%s}'
ODD_JSON = {
    "a comma at the end": (JSON % ', "stac": {"title": "x",},', "1:", "comma"),
    "comments": (JSON % ", // no\n", "1:", "comment"),
    "NaN": (JSON % ', "tileSettings": {"minZoom": NaN}', "1:", "NaN"),
    "a key twice": (JSON % ', "id": "b"', "1:", "yaml-duplicate-key"),
    "single quotes": ("{'apiVersion': 'pcsync/v1'}", "1:2", ""),
    "half a file": (JSON[:50], "", "json-syntax"),
    "brackets without end": ('{"a":' * 100_000, "1:", "yaml-too-deep"),
    "nothing": ("", "1:1", ""),
    "a list": ("[]", "1:1: error manifest-expected", "start with apiVersion"),
}


def validated(path: Path, name: str, content: str | bytes) -> Ran:
    folder = Folder(path)
    folder.project(manifests=[f"collections/{name}" if name.endswith("json") else "collections"])
    folder.write(f"collections/{name}", content)
    started = time.process_time()
    ran = folder.run("validate")
    assert time.process_time() - started < SECONDS
    assert "Traceback" not in ran.err
    assert not (path / "pwned").exists()
    return ran


@pytest.mark.parametrize("case", ODD)
def test_an_odd_manifest_is_answered_at_its_place(tmp_path: Path, case: str) -> None:
    content, place, words = ODD[case]
    ran = validated(tmp_path, "odd.yaml", content)

    assert ran.code == 3
    assert f"collections/odd.yaml:{place}" in ran.out if place[0].isdigit() else place in ran.out, ran.out
    assert words in " ".join(ran.out.split())


@pytest.mark.parametrize("case", ODD_JSON)
def test_odd_json_is_answered_at_its_place(tmp_path: Path, case: str) -> None:
    content, place, words = ODD_JSON[case]
    ran = validated(tmp_path, "odd.json", content)

    assert ran.code == 3
    assert f"collections/odd.json:{place}" in ran.out
    assert words in " ".join(ran.out.split())


def test_a_hundred_mistakes_are_a_hundred_answers(tmp_path: Path) -> None:
    options = "".join(f"  - {{id: o{it}, name: O{it}, maxZoom: {it}, options: assets=x}}\n" for it in range(200))
    ran = validated(tmp_path, "odd.yaml", f"{HEAD}renderOptions:\n{options}")

    assert ran.code == 3
    assert ran.out.count("error render-max-zoom") == 200


@pytest.mark.parametrize("case", ["missing", "itself", "spoilt"])
def test_what_a_file_would_have_said_is_not_missed_beside_it(tmp_path: Path, case: str) -> None:
    """One mistake, one answer: without the STAC document nothing is said about the licence that is not in it."""
    folder = Folder(tmp_path)
    folder.write("collections/itself.json", '{"$file": "itself.json"}')
    folder.write("collections/spoilt.json", '{"title": "a",}')
    ran = validated(tmp_path, "odd.yaml", f"{HEAD}stac: {{$file: {case}.json}}\n")

    assert ran.code == 3
    assert "1 manifest: 1 error in 1 file" in ran.out, ran.out


def test_a_key_that_is_missing_is_missed_once(tmp_path: Path) -> None:
    ran = validated(tmp_path, "odd.yaml", f"{HEAD}stac: {{description: d, license: CC0-1.0, title: 3}}\n")

    assert [line.split(": ")[1] for line in ran.out.splitlines() if ": error " in line] == [
        "error manifest-missing-key",
        "error manifest-wrong-type",
    ]


def links(root: Path) -> dict[str, Callable[[], object]]:
    (root / "collections").mkdir()
    odd, outside = root / "collections" / "odd.yaml", root.parent / f"{root.name}-outside"
    outside.mkdir()
    (outside / "a.yaml").write_text(HEAD, encoding="utf-8")
    return {
        "a file outside": lambda: odd.symlink_to(outside / "a.yaml"),
        "a folder outside": lambda: (root / "collections" / "more").symlink_to(outside),
        "itself": lambda: odd.symlink_to("odd.yaml"),
        "nothing": lambda: odd.symlink_to("nowhere.yaml"),
        "a pipe that nobody writes to": lambda: os.mkfifo(odd),
    }


@pytest.mark.parametrize("case", ["a file outside", "a folder outside", "itself", "nothing", "a pipe that nobody writes to"])
def test_what_is_no_file_of_the_project_is_never_read(tmp_path: Path, case: str) -> None:
    root = tmp_path / "p"
    root.mkdir()
    folder = Folder(root)
    folder.project()
    links(root)[case]()
    ran = folder.run("validate")

    assert ran.code == 3
    assert "pcsync.yaml:" in ran.out or "odd.yaml" in ran.out
    assert "naip" not in ran.out
