"""Manifests in canonical key order and style."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcsync.core.canonical import canonical
from pcsync.core.errors import ManifestError, PcsyncError
from pcsync.manifests.order import SHAPES, Shape
from pcsync.manifests.parse import parse
from pcsync.manifests.schema import packaged
from pcsync.manifests.style import comments, styled
from pcsync.manifests.write import dump
from tests.real.corpus import entries, mosaics, needs_real_data, render_options, verbatim

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").rglob("*.yaml"))
SHORT = 12_000  # bytes of a real manifest; larger ones are more of the same and take seconds


def style(text: str, file: str = "naip.yaml") -> str:
    """A text in canonical style, which has to be its own canonical style and to say the same with the same comments."""
    raw = text.encode()
    done = styled(raw, file)

    assert styled(done, file) == done
    assert canonical(parse(done, file).documents) == canonical(parse(raw, file).documents)
    if file.endswith(".yaml"):
        assert sorted(it for _, it in comments(done.decode())) == sorted(it for _, it in comments(text.replace("\r", "")))
    return done.decode()


UNTIDY = """\
# about this file


# about naip
kind:   Collection
apiVersion: pcsync/v1   # the version
# the id
id:    "naip"
mosaics:
# the first mosaic
- name: Most recent
  # its id
  id: most-recent   # short
  cql:
  - {args: [{property: a}, 1.0e-3], op: "="}
  # after the filters
-   id: two
    name: Two
    cql: []
# before stac
stac:
    title: T\x20\x20
    # what it is
    description: |
        # not a comment
        text

          indented
    # who may use it
    license: 'CC-BY-4.0'
    keywords: [a,b,
       c,   # why c
       d]
    extent:
        temporal: {interval: [[2020-01-01T00:00:00Z, null]]}
        spatial: {bbox: [[-125.0, 24.0, -66.0, 50.0]]}
    type: Collection
    x:a: ~
    x:b:
    x:c: plain text that
       goes on
    x:d: "quoted # no
      comment"
    # the end of stac


renderOptions:
  -
    name: X
    id: x
  - options: {nodata: 0,assets: [a,b]}
    id: z
    type: raster-tile
    name: Z
# the end
"""
TIDY = """\
# about this file

# about naip
apiVersion: pcsync/v1   # the version
kind: Collection
# the id
id: "naip"
# before stac
stac:
  type: Collection
  title: T
  # what it is
  description: |
    # not a comment
    text

      indented
  # who may use it
  license: 'CC-BY-4.0'
  keywords: [a,b,
     c,   # why c
     d]
  extent:
    spatial: {bbox: [[-125.0, 24.0, -66.0, 50.0]]}
    temporal: {interval: [[2020-01-01T00:00:00Z, null]]}
  x:a: null
  x:b: null
  x:c: plain text that
     goes on
  x:d: "quoted # no
    comment"
  # the end of stac

renderOptions:
  - id: x
    name: X
  - id: z
    name: Z
    type: raster-tile
    options: {nodata: 0, assets: [a, b]}
mosaics:
  # the first mosaic
  # its id
  - id: most-recent # short
    name: Most recent
    cql:
      - {op: "=", args: [{property: a}, 1.0e-3]}
      # after the filters
  - id: two
    name: Two
    cql: []
# the end
"""


def test_keys_are_ordered_and_everything_else_is_spelt_as_its_author_spelt_it() -> None:
    assert style(UNTIDY) == TIDY


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.relative_to(path.parents[2]).as_posix())
def test_the_examples_are_in_canonical_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert style(text) == text


def manifest(entry: Any) -> dict[str, Any] | None:
    """A real file as a Collection manifest, whatever it is a file of."""
    body = entry.body
    if isinstance(body, dict) and body.get("type") == "Collection":
        return verbatim(body)
    if entry.kind in ("render-options", "mosaics") and isinstance(body, list):
        section = {"renderOptions": render_options(body)} if entry.kind == "render-options" else {"mosaics": mosaics(body)}
        return {"mosaics": [], **section, "id": "x", "kind": "Collection", "apiVersion": "pcsync/v1"}
    return None


@needs_real_data
@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_real_manifests_say_the_same_in_canonical_style_and_stay_in_it(part: int) -> None:
    files = entries("collection", "collection-served", "render-options", "mosaics")[part::8]
    texts = [text.encode() for entry in files if (body := manifest(entry)) and len(text := dump(body)) < SHORT]
    done = [styled(text, "a.yaml") for text in texts]

    assert len(texts) > 10
    assert [canonical(parse(text, "a.yaml").documents) for text in done] == [canonical(parse(text, "a.yaml").documents) for text in texts]
    assert [styled(text, "a.yaml") for text in done[:3]] == done[:3]  # it stops at what it leaves unchanged, so three are enough


lines = st.lists(st.integers(0, 40), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(UNTIDY.split("\nmosaics:")[0].split("\n")[4:]), lines, lines, lines)
def test_comments_and_empty_lines_anywhere_survive_and_settle(head: list[str], own: list[int], ends: list[int], empty: list[int]) -> None:
    """A line of a comment, a comment behind a line, an empty line: wherever YAML takes them, nothing is lost and nothing moves twice."""
    text = [line for line in head if not line.startswith("#")] + TIDY.split("\n")[8:]
    for number in empty:
        text.insert(number % len(text), "")
    for number, place in enumerate(own):
        at = place % len(text)
        indent = len(text[at]) - len(text[at].lstrip())
        text.insert(at, f"{' ' * indent}# own {number}")
    for number, place in enumerate(ends):
        at = place % len(text)
        if text[at].strip() and "#" not in text[at] and not text[at].rstrip().endswith(("|", "that", "on", "text", "indented", "no", ",")):
            text[at] += f"  # end {number}"
    raw = "\n".join(text)
    if not parse(raw.encode(), "a.yaml").diagnostics:
        style(raw)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_endings_and_a_byte_order_mark_stay(ending: str, mark: str) -> None:
    done = styled((mark + UNTIDY.replace("\n", ending)).encode(), "a.yaml").decode()

    assert done == mark + TIDY.replace("\n", ending)


def test_a_few_stray_line_endings_follow_the_others() -> None:
    done = styled(UNTIDY.replace("\n", "\r\n", 3).encode(), "a.yaml").decode()

    assert done == TIDY


def test_a_file_that_is_no_manifest_is_left_as_it_is() -> None:
    for raw in (b"b:   1\na: 2", b"[1,2]", b"", b"# nothing\n"):
        assert styled(raw, "stac.yaml") == raw


def test_a_file_that_does_not_parse_is_refused_with_what_is_wrong() -> None:
    with pytest.raises(ManifestError, match="a second time"):
        styled(b"kind: Collection\nid: a\nid: b\napiVersion: pcsync/v1\n", "a.yaml")


def test_several_documents_keep_their_order_and_the_comments_between_them() -> None:
    text = "# one\nkind: Removal\napiVersion: pcsync/v1\ncollection: a\n---\n# two\ncollection: b\nkind: Removal\napiVersion: pcsync/v1\n"

    assert style(text) == (
        "# one\napiVersion: pcsync/v1\nkind: Removal\ncollection: a\n---\n# two\napiVersion: pcsync/v1\nkind: Removal\ncollection: b\n"
    )


def test_a_leading_document_marker_stays() -> None:
    assert style("---\nkind: Removal\napiVersion: pcsync/v1\ncollection: a\n").startswith("---\napiVersion")


def test_an_anchor_never_moves_behind_its_alias() -> None:
    text = "apiVersion: pcsync/v1\nkind: Collection\nid: a\nmosaics: &m []\nrenderOptions: *m\n"

    assert style(text) == text


@pytest.mark.parametrize(
    "scalar", ["2022", "2022-12-01", "on", "No", "1.0e+3", "-0.0", "0x1F", "1.50", "+12", "'null'", '"1"', ".5", "a: b".replace(": ", ":")]
)
def test_no_scalar_is_spelt_anew(scalar: str) -> None:
    text = f"apiVersion: pcsync/v1\nkind: Collection\nid: a\nstac:\n  x: {scalar}\n  y: [{scalar}]\n"

    assert style(text) == text


def test_json_manifests_get_the_same_order() -> None:
    done = style(json.dumps({"mosaics": [{"cql": [], "id": "a"}], "id": "x", "kind": "Collection", "apiVersion": "pcsync/v1"}), "a.json")

    assert [*json.loads(done)] == ["apiVersion", "kind", "id", "mosaics"]
    assert [*json.loads(done)["mosaics"][0]] == ["id", "cql"]


@pytest.mark.parametrize("kind", SHAPES)
def test_every_key_of_a_manifest_has_its_place(kind: str) -> None:
    """A key that a model gets must be given a place among the others here."""
    schema = packaged(kind)
    own = SHAPES[kind]

    assert set(schema.get("properties", {})) <= set(own.keys)
    for section, shape in own.below.items():
        if kind == "Collection":
            assert _keys(schema["properties"][section], schema) <= {*shape.keys, *(shape.each or Shape()).keys, "$file"}, section


def _keys(part: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    """The keys that a section's objects (or its members) may have."""
    if "$ref" in part:
        return _keys(schema["$defs"][part["$ref"].rsplit("/", 1)[1]], schema)
    for inner in ("else", "items", "additionalProperties"):
        if isinstance(part.get(inner), dict):
            return _keys(part[inner], schema)
    return set(part.get("properties", {}))


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_styled_or_refused(text: str) -> None:
    """Never another exception, whatever stands in a manifest."""
    raw = f"apiVersion: pcsync/v1\nkind: Removal\ncollection: a\nreason: {text}\n".encode(errors="replace")
    try:
        done = styled(raw, "a.yaml")
    except PcsyncError:
        return
    assert canonical(parse(done, "a.yaml").documents) == canonical(parse(raw, "a.yaml").documents)
