"""pcsync emulate, as its user starts it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.test_exit_codes import STAC
from tests.harness import Folder

COMMAND = [
    sys.executable,
    "-c",
    "import sys; from pcsync.cli.main import main; sys.exit(main())",
    "emulate",
    "--port",
    "0",
    "--log",
    "none",
]


@contextmanager
def emulating(*arguments: str) -> Iterator[str]:
    """The address a running `pcsync emulate` says it serves; it ends cleanly on SIGTERM."""
    with subprocess.Popen([*COMMAND, *arguments], stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as running:
        try:
            yield _address(running)
            running.send_signal(signal.SIGTERM)
            assert running.wait(30) in (0, 143, -signal.SIGTERM)
        finally:
            running.kill()


def _address(running: subprocess.Popen[str]) -> str:
    assert running.stderr is not None
    said = ""
    while not (found := re.search(r"http://127\.0\.0\.1:\d+", said)):
        line = running.stderr.readline()
        assert line, said
        said += line
    return found[0]


@pytest.mark.slow
def test_it_serves_what_a_folder_holds_and_breaks_what_a_file_says(tmp_path: Path) -> None:
    seed, faults = tmp_path / "seed", tmp_path / "faults.json"
    seed.mkdir()
    (seed / "naip.json").write_text(json.dumps({"type": "Collection", "id": "naip", "stac_version": "1.0.0", "links": [], **STAC}))
    faults.write_text(json.dumps([{"effect": "status", "status": 503, "path": "/queryables$"}]))

    with emulating("--seed-from", str(seed), "--faults", str(faults), "--db", str(tmp_path / "catalog.sqlite")) as url:
        version = {"api-version": "2026-04-15"}
        with httpx.Client(transport=httpx.HTTPTransport(retries=6), timeout=60) as client:  # it greets just before it listens
            collection = client.get(f"{url}/stac/collections/naip", params=version)
            broken = client.get(f"{url}/stac/collections/naip/queryables", params=version)

    assert (collection.status_code, collection.json()["id"]) == (200, "naip")
    assert broken.status_code == 503


@pytest.mark.parametrize(
    "arguments",
    [("--faults", "bad.json"), ("--unknown", "nothing"), ("--mount", "https://a.example"), ("--seed-from", "missing"), ("--port", "70000")],
)
def test_what_makes_no_sense_is_refused_before_anything_is_served(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    folder = Folder(tmp_path)
    folder.write("bad.json", '[{"effect": "explode"}]')

    ran = folder.run("emulate", "--port", "0", *arguments)

    assert ran.code == 64
    assert "Traceback" not in ran.err


def test_it_lists_what_is_not_known_of_the_service(tmp_path: Path) -> None:
    ran = Folder(tmp_path).run("emulate", "--unknowns")

    assert ran.code == 0
    assert "default" in ran.out


def _title(client: httpx.Client, url: str) -> str:
    reply = client.get(f"{url}/stac/collections/naip", params={"api-version": "2026-04-15"})
    return str(reply.json().get("description", reply.status_code))


@pytest.mark.slow
def test_a_snapshot_is_taken_and_put_back_while_a_server_serves_the_catalog(tmp_path: Path) -> None:
    folder, version = Folder(tmp_path), {"api-version": "2026-04-15"}
    body = {"type": "Collection", "id": "naip", "stac_version": "1.0.0", "links": [], **STAC}
    folder.write("seed/naip.json", json.dumps({**body, "description": "before"}))
    database = str(tmp_path / "catalog.sqlite")

    with emulating("--seed-from", str(tmp_path / "seed"), "--db", database) as url, httpx.Client(timeout=60) as client:
        taken = folder.run("emulate", "--db", database, "snapshot", str(tmp_path / "kept"))
        client.put(f"{url}/stac/collections/naip", params=version, json={**body, "description": "after"})
        changed = _title(client, url)
        restored = folder.run("emulate", "--db", database, "restore", str(tmp_path / "kept"))
        now = _title(client, url)

    assert (taken.code, restored.code) == (0, 0), taken.err + restored.err
    assert (changed, now) == ("after", "before")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("snapshot", "kept"), "no catalog in memory"),
        (("--db", "missing.sqlite", "snapshot", "kept"), "no such file"),
        (("--db", "new.sqlite", "restore", "junk"), "no snapshot"),
        (("--db", "junk", "snapshot", "kept"), "no emulated catalog"),
        (("--db", "new.sqlite", "restore", "missing"), "does not exist"),
    ],
)
def test_a_snapshot_that_cannot_be_is_refused_in_words(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    folder = Folder(tmp_path)
    folder.write("junk", "this is no database at all, only text that is long enough to look like a file of some kind")

    ran = folder.run("emulate", *(str(tmp_path / part) if part in ("kept", "junk") or "." in part else part for part in arguments))

    assert ran.code != 0
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "kept").exists()
