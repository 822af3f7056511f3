"""Two parsers, one meaning: the fast one and the fallback read the same values, or the text is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pcsync.manifests import json_nodes
from pcsync.manifests.nodes import compose
from pcsync.manifests.parse import CLASSES, RULES, careful, fast, parse, proven, suspicious
from pcsync.manifests.text import TrapError, decoded

REAL = Path(os.environ.get("PCSYNC_REAL_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
FILES = sorted(REAL.rglob("*.json"))
needs_real_data = pytest.mark.skipif(not FILES, reason=f"no real collections at {REAL} (set PCSYNC_REAL_DATA)")

ALPHABET = "ab01289_.+-eExob:#&*!<>|'\"%@`[]{},?~ \n\t/\\$\u00e9\u2028"
TOKENS = st.text("0123456789_.+-eExobXOB", min_size=1, max_size=8)


class Plain(yaml.SafeDumper):
    """Writes YAML without anchors, as people do."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@pytest.mark.real
@needs_real_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(REAL).as_posix())
def test_real_documents_read_the_same_by_both_parsers(path: Path) -> None:
    """As YAML in block and in flow style, and the JSON text itself as YAML and as JSON."""
    value = json.loads(path.read_text(encoding="utf-8"))
    block = yaml.dump(value, Dumper=Plain, allow_unicode=True, sort_keys=False)
    flow = yaml.dump(value, Dumper=Plain, default_flow_style=True, width=200)

    for text in (block, flow):
        assert (value,) == parse(text.encode(), "a.yaml").documents
        assert (value,) == careful(text, "a.yaml").documents
    assert (value,) == parse(path.read_bytes(), "a.json").documents
    assert value == json_nodes.compose(path.read_text(encoding="utf-8")).documents[0].value


@pytest.mark.real
@needs_real_data
def test_real_documents_take_the_fast_path() -> None:
    """The doubts that send a text to the careful parser are rare in what people write."""
    texts = [yaml.dump(json.loads(path.read_bytes()), Dumper=Plain, allow_unicode=True).encode() for path in FILES]

    assert sum(map(suspicious, texts)) <= len(texts) * 0.05


@pytest.mark.parametrize("text", ["a: scaled by 10,000 m\n", 'a: "10,000"\n', "a: [1, 2]\nb: |\n  some 1,050,000 of them\n"])
def test_the_commas_of_large_numbers_in_a_text_are_no_reason_for_the_careful_reading(text: str) -> None:
    assert fast(text, text.encode()) == careful(text, "a.yaml").documents[:1]


@pytest.mark.parametrize("text", ["a: [10,000]\n", "a: {b: 1,000}\n", 'a: [x 10,000, "3,000", 5,000]\n', 'a: ["1\\x2c000", 10,000]\n'])
def test_a_comma_between_members_is_never_taken_for_one_in_a_number(text: str) -> None:
    assert fast(text, text.encode()) is None


def same(first: Any, second: Any) -> bool:
    """Equal values of equal types."""
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


@settings(max_examples=400, deadline=None)
@given(TOKENS)
@example("1_")
@example("0b1")
@example("-0o7")
@example("1e5")
@example("._1")
def test_number_like_words_mean_one_thing_or_are_refused(token: str) -> None:
    for text in (f"a: {token}\n", f"- {token}\n", f"[{token}, {token}]\n", f'{{"a":{token}}}\n'):
        quick = fast(text, text.encode())
        if quick is not None:
            slow = careful(text, "a.yaml")
            assert (same(list(quick), list(slow.documents)), slow.diagnostics) == (True, ()), text


@settings(max_examples=600, deadline=None)
@given(st.text(ALPHABET, max_size=60))
@example(">\n 0")
@example(">\n#|:")
@example("a: |\n# end\n")
@example("-00")
@example("0_B0")
def test_what_the_fast_parser_accepts_the_careful_one_reads_alike(text: str) -> None:
    try:
        text = decoded(text.encode())
    except TrapError:
        return
    quick = fast(text, text.encode())
    composed = compose(text)
    if quick is not None and not composed.traps:
        assert same(list(quick), [None if node is None else node.value for node in composed.documents] or [None])
    assert not any(trap.rule in ("yaml-octal", "yaml-not-finite", "yaml-duplicate-key") for trap in composed.traps) or quick is None


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(ALPHABET, max_size=120).map(str.encode)), st.sampled_from(["a.yaml", "a.json"]))
def test_no_bytes_make_parsing_raise(raw: bytes, file: str) -> None:
    found = parse(raw, file)

    assert found.documents or found.diagnostics or not raw.strip() or file == "a.yaml"
    assert all(it.rule and it.what and it.position.line >= 1 for it in found.diagnostics)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(json_values)
def test_any_json_value_survives_its_own_text(value: Any) -> None:
    """JSON text means the same as JSON, and as YAML wherever YAML takes it."""
    text = json.dumps(value, ensure_ascii=True)
    assert parse(text.encode(), "a.json").documents == (value,)
    assert json_nodes.compose(text).documents[0].value == value
    found = parse(text.encode(), "a.yaml")
    assert found.diagnostics or same(found.documents[0], value) or '"<<"' in text  # which is a merge key in YAML


@pytest.mark.parametrize("written", ["9" * 309 + ".", "-9" + "0" * 310 + ".5", "1" * 211 + ".0e98", "9" * 306 + ".5", "0." + "1" * 400])
def test_the_fast_reading_never_makes_infinity_of_a_long_number_wherever_it_stands(written) -> None:
    for before in range(70):
        raw = b"#" * before + f"\na: {written}\n".encode()
        careful_value = careful(raw.decode(), "a.yaml").documents
        assert fast(raw.decode(), raw) in (None, careful_value)


SIGNS = (
    "a: ",
    "- ",
    "[",
    ",",
    "{",
    "}",
    " ",
    "\n",
    "\r\n",
    "0",
    "9",
    "_",
    "e",
    "E",
    ".",
    "+",
    "-",
    "0x",
    "0b",
    "&",
    "!",
    "<<",
    "inf",
    "x",
    '"',
)


@given(st.lists(st.sampled_from(SIGNS), max_size=40))
def test_looking_at_the_lines_with_signs_finds_what_looking_at_the_whole_file_finds(parts) -> None:
    raw = "".join(parts).encode()
    classes = b" " + raw.translate(CLASSES)
    for sign, proof in RULES:
        whole = bool(sign.search(classes)) and (proof is None or bool(proof.search(raw)))
        assert proven(raw, sign.finditer(classes), proof) <= whole
        assert suspicious(raw) or not any(it.search(classes) and (sure is None or sure.search(raw)) for it, sure in RULES)
