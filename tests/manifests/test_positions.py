"""Every value leads back to the line where its author wrote it, through files, overlays and merged lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.core.source import Extent, Origin, Position, step
from pcsync.manifests.merge import merge
from pcsync.manifests.positions import extent, key_extent, locate
from pcsync.manifests.problem import Problem
from pcsync.manifests.tree import Tree
from tests.manifests.folder import STAC, Folder

OVERLAY = {"apiVersion": "pcsync/v1", "kind": "Overlay", "of": "Collection/naip"}


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Pointer and value of every scalar."""
    if isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(member, at + step(key))
    else:
        yield at, value


def line(position: Position, root: Path) -> str:
    """The line of a position, from its column on."""
    return (root / position.file).read_text(encoding="utf-8").splitlines()[position.line - 1][position.column - 1 :]


def written(value: Any) -> str:
    """A scalar as YAML and JSON both write it."""
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value


def test_positions_are_right_through_files_overlays_and_keyed_lists(folder: Folder) -> None:
    folder.write("shared/providers.yaml", "# who\n- name: Contoso\n  roles: [host]\n- {name: Northwind, roles: [producer]}\n")
    base = {**STAC, "title": "Base title", "providers": {"$file": "../shared/providers.yaml"}, "keywords": ["k1", "k2"]}
    folder.write("collections/stac.json", json.dumps(base, indent=2))
    options = [
        {"id": f"option-{n}", "name": f"Option {n}", "type": "raster-tile", "options": f"assets=a{n}", "minZoom": n} for n in range(4)
    ]
    folder.collection(
        stac={"$file": "stac.json", "title": "Own title", "providers": [{"name": "Contoso", "url": "https://contoso.example"}]},
        renderOptions=options,
        tileSettings={"minZoom": 6, "maxItemsPerTile": 35, "defaultLocation": {"zoom": 12, "coordinates": [33.75, -84.39]}},
    )
    folder.write(
        "overlays/naip.yaml",
        {
            **OVERLAY,
            "stac": {"license": "MIT-0", "providers": [{"name": "Fabrikam", "roles": ["processor"]}]},
            "renderOptions": [
                {"id": "option-0", "$patch": "delete"},
                {"id": "option-2", "minZoom": 17, "legend": {"type": "continuous", "labels": ["low", "high"]}},
                {"id": "added", "name": "Added", "options": "assets=added"},
                {"id": "option-3", "$patch": "replace", "name": "Replaced", "options": "assets=r"},
            ],
        },
    )

    loaded = folder.load(overlays=["overlays"])

    assert [str(it) for it in loaded.diagnostics] == []
    (document,) = loaded.documents
    files = set()
    for pointer, value in leaves(document.body):
        position = locate(document.origin.at(pointer), folder.root)
        files.add(position.file)
        assert written(value) in line(position, folder.root), (pointer, position)
    assert files == {"collections/naip.yaml", "collections/stac.json", "overlays/naip.yaml", "shared/providers.yaml"}


names = st.sampled_from(["a", "b", "c", "id", "x/y", "t~e", "name", "list"])
unique = st.integers(1000, 9999).map(lambda number: f"v{number}")
scalars = unique | st.integers(100, 999) | st.booleans()
keyed = st.lists(st.sampled_from("pqrst"), unique=True, max_size=4).flatmap(
    lambda ids: st.tuples(*(st.dictionaries(names.filter(lambda n: n != "id"), scalars, max_size=3) for _ in ids)).map(
        lambda bodies: [{"id": name, **body} for name, body in zip(ids, bodies, strict=True)]
    )
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4) | keyed, max_leaves=12)
objects = st.dictionaries(names, values | keyed, min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(st.lists(objects, min_size=2, max_size=4), st.sampled_from([True, False, None]))
def test_every_leaf_of_any_merge_is_where_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, layers: list[Any], flow: bool | None
) -> None:
    root = tmp_path_factory.mktemp("merge")
    trees = []
    for number, layer in enumerate(layers):
        suffix = ".json" if number % 2 else ".yaml"
        text = json.dumps(layer, indent=number) if number % 2 else yaml.safe_dump(layer, default_flow_style=flow)
        (root / f"{number}{suffix}").write_text(text, encoding="utf-8")
        trees.append(Tree(layer, f"{number}{suffix}"))
    problems: list[Problem] = []

    merged = trees[0]
    for patch in trees[1:]:
        merged = merge(merged, patch, problems.append)

    origin = merged.origin("0.yaml", 0)
    for pointer, value in leaves(merged.value):
        position = locate(origin.at(pointer), root)
        assert line(position, root).startswith((written(value), f'"{value}"', f"'{value}'")), (pointer, position)


def test_merging_any_way_round_means_the_same(folder: Folder) -> None:
    """(a + b) + c is a + b + c with provenance of its own: a part taken from a merged tree knows where it comes from."""
    first = merge(Tree({"l": [{"id": "x", "n": 1}]}, "a.yaml"), Tree({"l": [{"id": "y", "n": 2}]}, "b.yaml"), list[Problem]().append)

    moved = first.below("l").below(1).below("n")

    assert (moved.file, moved.pointer) == ("b.yaml", "/l/0/n")


def test_every_leaf_of_real_documents_is_where_it_was_written(tmp_path: Path) -> None:
    text = "# comment\na:\n  - b: caf\u00e9\n    c: {d: 1, e: [2, 3]}\n---\nf: >-\n  folded\n  text\ng: &x [h]\ni: *x\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")

    def at(pointer: str, document: int = 0) -> str:
        return str(locate(Origin("a.yaml", pointer, document), tmp_path))

    assert at("/a/0/b") == "a.yaml:3:8"
    assert at("/a/0/c/e/1") == "a.yaml:4:22"
    assert at("/a") == "a.yaml:2:1"
    assert at("/a/0") == "a.yaml:3:5"
    assert at("/f", 1) == "a.yaml:6:4"
    assert at("/i/0", 1) == "a.yaml:9:8"
    assert at("/i", 1) == "a.yaml:9:4"


@pytest.mark.parametrize(
    ("pointer", "place"),
    [("", "a.yaml:1:1"), ("/nope", "a.yaml:1:1"), ("/a/nope/deeper", "a.yaml:1:1"), ("/a/b/0", "a.yaml:2:6"), ("/a/b/0/x", "a.yaml:2:6")],
)
def test_what_is_not_in_the_file_is_where_its_parent_is(tmp_path: Path, pointer: str, place: str) -> None:
    (tmp_path / "a.yaml").write_text("a:\n  b: text\n")

    assert str(locate(Origin("a.yaml", pointer), tmp_path)) == place


def test_a_file_that_is_gone_or_broken_still_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("[" * 100_000)
    (tmp_path / "text.md").write_text("# hello\n")
    (tmp_path / "latin.yaml").write_bytes(b"\xff")

    assert str(locate(Origin("gone.yaml", "/a"), tmp_path)) == "gone.yaml"
    assert str(locate(Origin("broken.yaml", "/a"), tmp_path)) == "broken.yaml"
    assert str(locate(Origin("latin.yaml", "/a"), tmp_path)) == "latin.yaml"
    assert str(locate(Origin("text.md"), tmp_path)) == "text.md:1:1"


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    before = locate(Origin("a.yaml", "/a"), tmp_path)
    path.write_text("# moved down\na: 1\n")

    assert (before.line, locate(Origin("a.yaml", "/a"), tmp_path).line) == (1, 2)


def test_json_positions_count_characters_beyond_the_basic_plane(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": "\\ud83d\\ude00",\r\n\t"b": [1,\n {"c": "x\\"y"}]}', encoding="utf-8")

    assert str(locate(Origin("a.json", "/b/1/c"), tmp_path)) == "a.json:3:8"
    assert str(key_extent(Origin("a.json", "/b"), tmp_path).position) == "a.json:2:2"


def between(found: Extent, root: Path) -> str:
    """The characters from where something begins to where it ends."""
    lines = (root / found.position.file).read_text(encoding="utf-8").split("\n")
    lines = [f"{line}\n" for line in lines]
    first, last = found.position.line - 1, found.end_line - 1
    text = "".join(lines[first : last + 1])
    return text[found.position.column - 1 : len(text) - len(lines[last]) + found.end - 1]


ENDS = """\
plain: some words  # and a comment
wrapped: some
  more words
quoted: 'it''s'   # x
double: "a\\x41b
  c"
literal: |
  one
  two

# not part of it
folded: >2-
    three
flow: {a: [1,
  2], b: 3}  # x
empty: ""
block:
  inner: 1
list:
- x
"""


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ("/plain", "some words"),
        ("/wrapped", "some\n  more words"),
        ("/quoted", "'it''s'"),
        ("/double", '"a\\x41b\n  c"'),
        ("/literal", "|\n  one\n  two"),
        ("/folded", ">2-\n    three"),
        ("/flow", "{a: [1,\n  2], b: 3}"),
        ("/flow/a", "[1,\n  2]"),
        ("/flow/a/1", "2"),
        ("/flow/b", "3"),
        ("/empty", '""'),
        ("/block", "block"),
        ("/list", "list"),
        ("/list/0", "x"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_value_ends_behind_its_last_character(tmp_path: Path, pointer: str, text: str, ending: str) -> None:
    (tmp_path / "a.yaml").write_bytes(ENDS.replace("\n", ending).encode())

    assert between(extent(Origin("a.yaml", pointer), tmp_path), tmp_path) == text


def test_a_key_ends_behind_its_last_character(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("'a b': 1\nplain :\n  c: 2\n", encoding="utf-8")

    assert between(key_extent(Origin("a.yaml", "/a b"), tmp_path), tmp_path) == "'a b'"
    assert between(key_extent(Origin("a.yaml", "/plain"), tmp_path), tmp_path) == "plain"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
    )
)
@settings(max_examples=150, deadline=None)
def test_what_stands_at_a_value_of_json_is_the_value(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    root = tmp_path_factory.mktemp("ends")
    (root / "a.json").write_text(json.dumps([value], indent=1), encoding="utf-8", newline="")

    assert json.loads(between(extent(Origin("a.json", "/0"), root), root)) == value
