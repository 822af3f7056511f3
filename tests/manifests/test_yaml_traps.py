"""What YAML does to people, and what pcsync does about it: text stays text, and what nobody can be sure of is refused with a fix."""

from __future__ import annotations

import time

import pytest

from pcsync.manifests.nodes import compose
from pcsync.manifests.parse import careful, parse

KEPT = {
    "a date is text": (b"a: 2022-12-01\n", {"a": "2022-12-01"}),
    "a time is text": (b"a: 2022-12-01T10:00:00Z\n", {"a": "2022-12-01T10:00:00Z"}),
    "a sexagesimal is text": (b"a: 12:30:45\n", {"a": "12:30:45"}),
    "yes, no, on and off are text": (b"a: [yes, No, on, OFF, y, n]\n", {"a": ["yes", "No", "on", "OFF", "y", "n"]}),
    "on as a key is text": (b"on: 1\nNo: 2\n", {"on": 1, "No": 2}),
    "true and null in three spellings": (b"a: [true, True, FALSE, null, ~, Null]\n", {"a": [True, True, False, None, None, None]}),
    "a version is text": (b"a: 1.2.3\nb: 1.0.0\n", {"a": "1.2.3", "b": "1.0.0"}),
    "numbers": (b"a: [0, -0, 1, +5, 0x1F, .5, 5., 1.5e3, 1e-5, 1e+5]\n", {"a": [0, 0, 1, 5, 31, 0.5, 5.0, 1500.0, 1e-05, 100000.0]}),
    "2**64 - 1 is the largest integer": (b"a: 18446744073709551615\n", {"a": 2**64 - 1}),
    "quoted scalars are text": (b"a: '010'\nb: \"123E45\"\nc: '1_000'\n", {"a": "010", "b": "123E45", "c": "1_000"}),
    "block scalars are text": (b"a: |\n  010\n  1_000 &x !y <<\n", {"a": "010\n1_000 &x !y <<\n"}),
    "a byte order mark is nothing": (b"\xef\xbb\xbfa: 1\n", {"a": 1}),
    "line ends of Windows": (b"a: 1\r\nb: |\r\n  x\r\n  y\r\n", {"a": 1, "b": "x\ny\n"}),
    "line breaks of YAML 1.1 are characters": ("a: x\u0085y\u2028z\u2029\n".encode(), {"a": "x\x85y\u2028z\u2029"}),
    "an alias repeats its anchor": (b"a: &x [1]\nb: *x\n", {"a": [1], "b": [1]}),
    "a merge key fills in what is not there": (b"a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n", {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}),
    "the first of several merged mappings wins": (
        b"a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {<<: [*x, *y]}\n",
        {"a": {"p": 1}, "b": {"p": 2, "q": 2}, "c": {"p": 1, "q": 2}},
    ),
    "!!str makes text": (b"a: !!str 5\n", {"a": "5"}),
    "JSON is YAML": (b'{\n\t"a": [1, {"b": null}]\n}\n', {"a": [1, {"b": None}]}),
    "a surrogate pair is one character": (b'a: "\\ud83d\\ude00"\n', {"a": "\U0001f600"}),
    "%YAML 1.2 says what is so": (b"%YAML 1.2\n---\na: on\n", {"a": "on"}),
}

REFUSED = {
    "a leading zero": (b"a: 1\nb: 010\n", "yaml-octal", 2, 4),
    "a leading zero that is no octal": (b"a: 089\n", "yaml-octal", 1, 4),
    "an octal of YAML 1.2": (b"a: 0o17\n", "yaml-octal", 1, 4),
    "a hex colour that is a number": (b"c: {a: 123E45}\n", "yaml-ambiguous-number", 1, 8),
    "an underscore between digits": (b"- 1_000\n", "yaml-ambiguous-number", 1, 3),
    "a binary number": (b"a: 0b101\n", "yaml-ambiguous-number", 1, 4),
    "not a number": (b"a: .nan\n", "yaml-not-finite", 1, 4),
    "infinity": (b"a: -.INF\n", "yaml-not-finite", 1, 4),
    "a float that overflows": (b"a: 1.0e999\n", "yaml-not-finite", 1, 4),
    "a float of 310 digits": (b"a: 1\nb: " + b"9" * 310 + b".5\n", "yaml-not-finite", 2, 4),
    "a long float with an exponent": (b"a: [-" + b"9" * 211 + b".0e99]\n", "yaml-not-finite", 1, 5),
    "an integer beyond 64 bits": (b"a: 18446744073709551616\n", "yaml-integer-too-large", 1, 4),
    "an integer of a million digits": (b"a: " + b"1" * 1_000_000, "yaml-integer-too-large", 1, 4),
    "a duplicate key": (b"a:\n  b: 1\n  b: 2\n", "yaml-duplicate-key", 3, 3),
    "a duplicate key in other quotes": (b"a: 1\n'a': 2\n", "yaml-duplicate-key", 2, 1),
    "a number as key": (b"a: 1\n1: a\n", "yaml-key-not-text", 2, 1),
    "true as key": (b"true: a\n", "yaml-key-not-text", 1, 1),
    "null as key": (b"~: a\n", "yaml-key-not-text", 1, 1),
    "a list as key": (b"? [a, b]\n: c\n", "yaml-key-not-text", 1, 3),
    "double braces": (b"a: {{name}}\n", "yaml-key-not-text", 1, 5),
    "a tag": (b"a: !secret x\n", "yaml-tag", 1, 4),
    "a binary tag": (b"a: !!binary aGk=\n", "yaml-tag", 1, 4),
    "a tab as indentation": (b"a:\n\tb: 1\n", "yaml-tab", 2, 1),
    "UTF-16": ("a: 1\n".encode("utf-16"), "yaml-encoding", 1, 1),
    "Latin-1": (b"a: 1\nb: caf\xe9\n", "yaml-encoding", 2, 7),
    "a NUL": (b"a: x\x00y\n", "yaml-control-character", 1, 5),
    "a control character": (b"a: \x1b[0m\n", "yaml-control-character", 1, 4),
    "%YAML 1.1": (b"%YAML 1.1\n---\na: on\n", "yaml-version", 1, 1),
    "an alias of nothing": (b"a: *.yaml\n", "yaml-alias", 1, 4),
    "an alias inside its own anchor": (b"a: &x [*x]\n", "yaml-alias", 1, 8),
    "a merge of a text": (b"a: {<<: text}\n", "yaml-merge-key", 1, 9),
    "nesting without end": (b"[" * 100_000, "yaml-too-deep", 1, 129),
    "deep nesting that is closed": (b"[" * 200 + b"]" * 200, "yaml-too-deep", 1, 129),
    "deep blocks": (b"".join(b" " * i + b"a:\n" for i in range(150)), "yaml-too-deep", 129, 129),
    "too large a file": (b"#" * (16 * 2**20 + 1), "file-too-large", 1, 1),
    "a comment of JSON": (b'{"a": 1 // why\n}\n', "json-comment", 1, 7),
    "an open bracket": (b"a: [1, 2\nb: 3\n", "yaml-syntax", 2, 2),
    "an open quote": (b"a: 1\nb: 'x\n", "yaml-syntax", 2, 4),
    "a colon in a value": (b"a: b: c\n", "yaml-syntax", 1, 5),
    "an at sign": (b"a: @x\n", "yaml-syntax", 1, 4),
    "two roots": (b"{a: 1}\n{b: 2}\n", "yaml-syntax", 2, 1),
}


@pytest.mark.parametrize(("text", "value"), KEPT.values(), ids=KEPT)
def test_a_yaml_value_is_what_its_author_wrote(text: bytes, value: object) -> None:
    found = parse(text, "a.yaml")

    assert ([value], ()) == (list(found.documents), found.diagnostics)


@pytest.mark.parametrize(("text", "rule", "line", "column"), REFUSED.values(), ids=REFUSED)
def test_a_trap_is_refused_with_its_line_and_a_fix(text: bytes, rule: str, line: int, column: int) -> None:
    first = parse(text, "a.yaml").diagnostics[0]

    assert (rule, f"a.yaml:{line}:{column}") == (first.rule, str(first.position))
    assert first.fix


def test_every_trap_of_a_file_is_said_in_one_run() -> None:
    found = parse(b"a: 010\nb: 1\nb: 2\nc: !x y\n4: z\n", "a.yaml")

    assert [it.rule for it in found.diagnostics] == ["yaml-octal", "yaml-duplicate-key", "yaml-tag", "yaml-key-not-text"]


def test_aliases_cannot_explode() -> None:
    """Nine lists of nine aliases each stand for 387 million values; the refusal takes no time."""
    lines = [b"a: &a [x, x, x, x, x, x, x, x, x]\n"]
    lines += [b"%c: &%c [%s]\n" % (98 + i, 98 + i, b", ".join([b"*%c" % (97 + i)] * 9)) for i in range(9)]
    start = time.perf_counter()
    found = parse(b"".join(lines), "a.yaml")

    assert [it.rule for it in found.diagnostics] == ["yaml-alias-bomb"]
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        (b"", 1),
        (b"# nothing\n", 1),
        (b"- 1\n- 2\n", 1),
        (b"---\n- 1\n- 2\n", 1),
        (b"# first\n---\na: 1\n", 1),
        (b"a: 1\n---\nb: 2\n", 2),
        (b"---\n1\n---\n2\n", 2),
        (b"a: 1\n---\n", 2),
        (b"a: |\n  ---\n", 1),
        (b"a: 1\n...\n---\nb: 2\n", 2),
        (b"--- a\n--- b\n", 2),
    ],
)
def test_documents_are_told_from_lists(text: bytes, documents: int) -> None:
    """The fast parser gives a list for several documents and for one that is a list."""
    found = parse(text, "a.yaml")

    composed = [None if node is None else node.value for node in compose(text.decode()).documents]
    assert not found.diagnostics
    assert (documents, composed or [None]) == (max(1, len(found.documents)), list(found.documents) or [None])


@pytest.mark.parametrize("text", [text for text, _ in KEPT.values() if b"ud83d" not in text])
def test_the_fallback_parser_reads_the_same_values(text: bytes) -> None:
    body = text.removeprefix(b"\xef\xbb\xbf")

    assert parse(text, "a.yaml") == careful(body.decode(), "a.yaml")


def test_json_files_are_read_strictly() -> None:
    wrong = {
        b'{"a": 1, // x\n}': "json-comment",
        b'{"a": [1, 2,]}': "json-trailing-comma",
        b'{"a": 1,\n}': "json-trailing-comma",
        b"{'a': 1}": "json-syntax",
        b'{"a": 1, "a": 2}': "yaml-duplicate-key",
        b'{"a": NaN}': "yaml-not-finite",
        b'{"a": 1e999}': "yaml-not-finite",
        b'{"a": 18446744073709551616}': "yaml-integer-too-large",
        b'{"a": tru}': "json-syntax",
        b"[" * 5000 + b"]" * 5000: "yaml-too-deep",
        b"": "json-syntax",
    }

    assert wrong == {text: parse(text, "a.json").diagnostics[0].rule for text in wrong}
    assert parse(b'{"a": [1, -2.5, 1e3, "\\ud83d\\ude00"]}', "a.json").documents == ({"a": [1, -2.5, 1000.0, "\U0001f600"]},)
