"""A file that is no emulated catalog: words that name it, and not a byte of it is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pcsync.emulator import create_app
from tests.harness import Folder

STORE = ".pcsync/local.sqlite"


def catalog_file(path: Path) -> None:
    """An emulated catalog that nobody has open: one file, its log written back."""
    create_app(path).close()
    with sqlite3.connect(path) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    for left in path.parent.glob(f"{path.name}-*"):
        left.unlink()


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9000])


def flipped_header(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[3] ^= 1
    path.write_bytes(whole)


def flipped_pages(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(byte ^ 0xFF for byte in whole[4096:]))


def somebody_elses(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (a)")
    other.close()


def of_a_newer_version(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:60] + (9999).to_bytes(4, "big") + whole[64:])  # the user version, by SQLite's file format


@pytest.mark.parametrize("command", ["plan", "apply", "emulate"])
@pytest.mark.parametrize("damage", [truncated, flipped_header, flipped_pages, somebody_elses, of_a_newer_version])
def test_a_file_that_is_no_catalog_is_named_and_left_as_it_is(tmp_path: Path, command: str, damage: Callable[[Path], None]) -> None:
    folder = Folder(tmp_path)
    folder.project()
    folder.write("collections/naip.yaml", {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "renderOptions": []})
    path = tmp_path / STORE
    path.parent.mkdir()
    catalog_file(path)
    assert len(path.read_bytes()) > 9000
    damage(path)
    before = path.read_bytes()

    arguments = {"plan": ("plan",), "apply": ("apply", "--yes"), "emulate": ("emulate", "--db", STORE, "--port", "1")}
    ran = folder.run(*arguments[command])

    assert ran.code == 1, (ran.out, ran.err)
    assert STORE in ran.err
    assert "internal error" not in ran.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", [".pcsync", ".pcsync/journal", ".pcsync/undo"])
def test_a_file_where_a_folder_belongs_is_named_before_anything_is_written(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path)
    folder.project(targets={"local": {"endpoint": "emulator:local.sqlite"}})
    folder.write("collections/naip.yaml", {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "stac": STAC})
    folder.write(name, "in the way")

    ran = folder.run("apply", "--yes")

    assert ran.code == 1, (ran.out, ran.err)
    assert str(tmp_path / name) in ran.err
    assert folder.run("plan", "-o", "json").json["summary"]["create"] == 1


STAC = {
    "type": "Collection",
    "stac_version": "1.0.0",
    "title": "NAIP",
    "description": "Aerial imagery",
    "license": "MIT",
    "keywords": ["aerial"],
    "extent": {"spatial": {"bbox": [[-124, 24, -66, 50]]}, "temporal": {"interval": [["2010-01-01T00:00:00Z", None]]}},
    "links": [],
}
