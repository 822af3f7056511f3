"""Exit codes as pipelines read them; they do not depend on the output format."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from pcsync.emulator import create_app
from tests.emulator.port import on_port
from tests.harness import Folder

RGB = {"id": "rgb", "name": "RGB", "type": "raster-tile", "options": "assets=image"}
STAC = {
    "description": "d",
    "license": "proprietary",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
}


def manifest(id_: str = "naip", **sections: Any) -> dict[str, Any]:
    return {"apiVersion": "pcsync/v1", "kind": "Collection", "id": id_, "stac": STAC, "renderOptions": [RGB], **sections}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project with one collection, on a catalog of its own."""
    folder = Folder(tmp_path)
    folder.project()
    folder.write("collections/naip.yaml", manifest())
    return folder


@dataclass(frozen=True)
class Served:
    """A project on a catalog behind a port, which can be told to fail."""

    folder: Folder
    url: str

    def fault(self, **fault: Any) -> None:
        """Arm one fault."""
        assert httpx.post(f"{self.url}/_emulator/faults", json=fault).status_code == 201

    def heal(self) -> None:
        """No more faults."""
        httpx.delete(f"{self.url}/_emulator/faults")


@pytest.fixture
def served(folder: Folder, tmp_path: Path) -> Iterator[Served]:
    with on_port(create_app(tmp_path / "served.sqlite")) as url:
        folder.project(targets={"local": {"endpoint": url}})
        yield Served(folder, url)


def test_0_when_there_is_nothing_wrong(folder: Folder) -> None:
    assert [folder.run(command).code for command in ("validate", "plan")] == [0, 0]


def test_1_when_part_of_the_catalog_cannot_be_read(served: Served) -> None:
    served.folder.run("apply", "--yes")
    served.fault(effect="status", status=400, method="GET", path="/configurations$")

    planned = served.folder.run("plan", "--detailed-exitcode")

    assert planned.code == 1
    assert served.folder.run("apply", "--yes").code == 1


def test_2_for_changes_only_where_it_was_asked_for(folder: Folder) -> None:
    assert folder.run("plan").code == 0
    assert folder.run("plan", "--detailed-exitcode").code == 2
    assert folder.run("plan", "--detailed-exitcode", "-o", "json").code == 2


@pytest.mark.parametrize("command", [("validate",), ("plan",), ("apply", "--yes"), ("validate", "-o", "json")])
def test_3_for_manifests_that_are_invalid(folder: Folder, command: tuple[str, ...]) -> None:
    folder.write("collections/bad.yaml", manifest("bad", tileSettings={"minZoom": 99, "maxItemsPerTile": 35}))

    ran = folder.run(*command)

    assert ran.code == 3
    assert "bad.yaml" in ran.out + ran.err


def test_3_for_warnings_only_where_it_was_asked_for(folder: Folder) -> None:
    folder.write("collections/naip.yaml", manifest(stac={**STAC, "msft:_created": "2026-01-01T00:00:00Z"}))

    assert folder.run("validate").code == 0
    assert folder.run("validate", "--fail-level", "warning").code == 3


def test_4_for_a_protected_target_without_a_saved_plan(folder: Folder) -> None:
    folder.project(targets={"local": {"endpoint": "emulator:.pcsync/local.sqlite", "protected": True}})

    refused = folder.run("apply", "--yes")
    assert folder.run("plan", "--out", "plan.json").code == 0

    assert refused.code == 4
    assert folder.run("apply", "plan.json").code == 0


def test_4_for_a_change_that_the_catalog_would_not_take(served: Served) -> None:
    served.folder.run("apply", "--yes")
    item = {
        "type": "Feature", "stac_version": "1.0.0", "id": "a", "collection": "naip", "bbox": [0, 0, 1, 1], "links": [], "assets": {},
        "geometry": {"type": "Point", "coordinates": [0, 0]}, "properties": {"datetime": "2024-01-01T00:00:00Z"},
    }  # fmt: skip
    httpx.post(f"{served.url}/stac/collections/naip/items?api-version=2026-04-15", json=item).raise_for_status()
    served.folder.write("collections/naip.yaml", manifest(partitionType={"scheme": "year"}))

    assert served.folder.run("plan").code == 0
    assert served.folder.run("apply", "--yes").code == 4


def test_5_when_the_catalog_moved_since_the_plan(folder: Folder) -> None:
    folder.run("plan", "--out", "plan.json")
    folder.run("apply", "--yes")

    late = folder.run("apply", "plan.json")

    assert late.code == 5
    assert "collection/naip" in late.err


def test_6_when_only_some_changes_were_made(served: Served) -> None:
    served.fault(effect="status", status=400, method="POST", path="/render-options$")

    applied = served.folder.run("apply", "--yes")
    served.heal()

    assert applied.code == 6
    assert "1 created, 0 changed, 0 deleted, 1 failed" in applied.out
    assert served.folder.run("apply", "--yes").code == 0


def test_8_when_the_catalog_refuses_the_token(served: Served) -> None:
    served.fault(effect="role-missing")

    assert served.folder.run("plan").code == 8


@pytest.mark.parametrize(
    "command",
    [
        ("plna",),
        ("plan", "--no-such-flag"),
        ("plan", "--target", "nowhere"),
        ("plan", "-o", "parchment"),
        ("plan", "--only", "collection"),
        ("plan", "--only", "collection/naip/rendering/x"),
        ("apply",),
        ("apply", "plan.json", "--only", "collection/naip"),
        ("plan", "--endpoint", "http://catalog.example"),
        ("validate", "missing.yaml"),
    ],
)
def test_64_for_a_command_line_that_makes_no_sense(folder: Folder, command: tuple[str, ...]) -> None:
    ran = folder.run(*command)

    assert ran.code == 64
    assert ran.err
    assert "Traceback" not in ran.err


def test_64_where_there_is_no_project(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()

    assert Folder(tmp_path).run("plan").code == 64


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"format_version": "9.0"}', b'{"format_version": "1.0"}', b"\xff\xfe", None]
)
@pytest.mark.parametrize("command", ["show", "apply"])
def test_a_plan_that_is_none_is_refused(folder: Folder, command: str, content: bytes | None) -> None:
    if content is not None:
        folder.write("plan.json", content)

    ran = folder.run(command, "plan.json")

    assert ran.code == 1
    assert "plan" in ran.err


def test_a_plan_that_was_edited_is_refused(folder: Folder) -> None:
    folder.run("plan", "--out", "plan.json")
    plan = json.loads((folder.path / "plan.json").read_text())
    plan["resource_changes"][0]["pcsync"]["calls"][0]["path"] = "/stac/collections/other"
    folder.write("plan.json", json.dumps(plan))

    assert folder.run("apply", "plan.json").code == 1
    assert folder.run("show", "plan.json").code == 1


def test_a_plan_for_another_catalog_is_refused(folder: Folder) -> None:
    folder.run("plan", "--out", "plan.json")

    assert folder.run("apply", "plan.json", "--endpoint", "emulator:other.sqlite").code == 5


def test_a_saved_plan_is_for_its_owners_eyes(folder: Folder) -> None:
    folder.run("plan", "--out", "plan.json")

    assert (folder.path / "plan.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_finishes_what_runs_and_leaves_a_catalog_that_can_be_applied_to(served: Served, number: int, code: int) -> None:
    served.fault(effect="latency", seconds=0.5, method="POST")
    for index in range(30):
        served.folder.write(f"collections/{index}.yaml", manifest(f"c{index}"))
    command = [sys.executable, "-c", "import sys; from pcsync.cli.main import main; sys.exit(main())", "apply", "--yes"]
    running = subprocess.Popen(command, cwd=served.folder.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ))
    time.sleep(4)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    served.heal()

    assert running.returncode == code, err.decode()
    assert b"not attempted" in out
    assert b"Traceback" not in err
    assert served.folder.run("apply", "--yes").code == 0
    assert served.folder.run("plan", "--detailed-exitcode").code == 0


def test_a_plan_of_another_digest_than_the_approved_one_is_not_applied_and_exits_5(folder: Folder) -> None:
    folder.run("plan", "--out", "plan.json")
    approved = json.loads((folder.path / "plan.json").read_text())["pcsync"]["digest"]

    refused = folder.run("apply", "plan.json", "--digest", approved[::-1])
    still = folder.run("plan", "--detailed-exitcode")
    applied = folder.run("apply", "plan.json", "--digest", approved)

    assert (refused.code, still.code, applied.code) == (5, 2, 0)
    assert approved in refused.err
