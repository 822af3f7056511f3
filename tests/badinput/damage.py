"""The ways in which bytes go bad: cut off, a bit flipped, too much of something, a value of another type. Deterministic."""

from __future__ import annotations

import re

from hypothesis import strategies as st

SCALAR = re.compile(rb'(?<=[:\[, ])("(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null|[a-z][\w-]*)(?=[,\]}\n])')
OTHERS = [
    *(b"null", b"[]", b"{}", b"[[]]", b"0", b"-1", b"1e999", b"1" * 400, b"true", b'""', b'"x"', b".nan", b"2022-13-45", b"~"),
    *(b"[" * 300, b'{"a": ' * 200, b"&a [*a]", b"!!python/object:os.system x", b'"\\u0000"', b'"\\ud800"', b"\xff\xfe", b"${nowhere}"),
    *(b'{"$file": "../../../etc/passwd"}', b'{"$secret": "env:HOME"}', b'"' + b"x" * 70_000 + b'"', "\u202e\u2028".encode()),
]
WHOLE = [b"", b"\0", b"\n" * 1000, b"null", b"[]", b"{}", b"0", b"---\n---\n", b"a: b: c", b"\xef\xbb\xbf", b"[" * 100_000, b"x" * 100_000]


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The content, damaged in one way."""
    way = draw(st.sampled_from(["cut", "flipped", "doubled", "retyped", "retyped", "spliced", "replaced"]))
    place = draw(st.integers(0, len(content) - 1))
    if way == "cut":
        return content[:place]
    if way == "flipped":
        return content[:place] + bytes([content[place] ^ (1 << draw(st.integers(0, 7)))]) + content[place + 1 :]
    if way == "doubled":
        return content[:place] + content[place : place + 200] * draw(st.sampled_from([2, 50, 2000])) + content[place:]
    if way == "replaced":
        return draw(st.sampled_from(WHOLE))
    other = draw(st.sampled_from(OTHERS))
    if way == "spliced":
        return content[:place] + other + content[place:]
    scalars = [*SCALAR.finditer(content)]
    found = scalars[draw(st.integers(0, len(scalars) - 1))]
    return content[: found.start()] + other + content[found.end() :]
