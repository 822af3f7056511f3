"""Files that pcsync writes can be written on every system, Windows among them, whatever a manifest calls its layers."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.cli.previewing import save
from pcsync.cli.printing import parse_output
from pcsync.core.picture import Comparison, Picture
from pcsync.core.plan import Plan
from tests.render.plans import LOCAL

PICTURE = Picture(b"png", "image/png", 1, 1)
LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")
"""What no system objects to; Windows takes neither : nor \\ / * ? " < > |, nor a dot or a blank at the end."""
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
NAMES = st.text(max_size=90) | st.sampled_from(["CON", "nul", "aux.png", 'C:\\maps\\a|b<c>?*"', "../../etc", "a. ", "", "日本", "x" * 300])


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES)
def test_a_picture_has_a_name_that_every_system_takes(collection: str, title: str) -> None:
    shown = Comparison("collection/a/render-option/b", title, collection, before=PICTURE, after=PICTURE, changed=0.5, mask=b"png")
    with tempfile.TemporaryDirectory() as folder:
        index = save(Path(folder), Plan(LOCAL), [shown])
        names = {path.name for path in Path(folder).iterdir()}
        (entry,) = json.loads(index.read_text(encoding="utf-8"))["comparisons"]

    assert names == {"index.json", entry["before"]["file"], entry["after"]["file"], entry["mask"]}
    assert all(LEGAL.fullmatch(name) for name in names)
    assert not {name.partition(".")[0].lower() for name in names} & RESERVED


def test_an_output_may_go_to_a_drive_of_windows() -> None:
    assert parse_output("html=C:\\reports\\plan=1.html") == ("html", Path("C:\\reports\\plan=1.html"))


def test_the_manifests_of_a_project_are_named_with_slashes(tmp_path: Path) -> None:
    """On Windows the same: the path within the project is made of its parts, not of the system's text."""
    from pcsync.manifests.load import _relative

    assert _relative(tmp_path / "collections" / "naip" / "collection.yaml", tmp_path) == "collections/naip/collection.yaml"
