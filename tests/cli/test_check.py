"""pcsync check, and the checks that follow an apply: what a user and a pipeline meet."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from pcsync.emulator import Settings, create_app
from tests.emulator.catalog import API_VERSION
from tests.emulator.port import on_port
from tests.harness import Folder

STAC = {
    "title": "NAIP",
    "description": "d",
    "license": "proprietary",
    "keywords": ["k"],
    "extent": {"spatial": {"bbox": [[10, 40, 12, 42]]}, "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]}},
    "item_assets": {"columns": {"title": "Columns", "type": "image/tiff"}},
}
COLUMNS = {"id": "columns", "name": "Columns", "type": "raster-tile", "options": "assets=columns&rescale=0,255"}
WRONG = {**COLUMNS, "options": "assets=columns&rescale=1000,3000"}
COUNT = {"name": "has items", "search": {}, "expect": {"count": [1, None]}}
NONE = {"name": "is empty", "search": {}, "expect": {"count": 0}}
LOOK = {"name": "centre is not blank", "tile": {"renderOption": "columns", "z": 8, "x": 135, "y": 95}, "expect": {"nonBlank": 0.2}}


class Served:
    """A project, and a served catalog that reads the pictures beside it."""

    def __init__(self, folder: Folder, url: str) -> None:
        self.folder, self.url = folder, url
        folder.project(targets={"local": {"endpoint": url}})

    def declare(self, option: dict[str, Any] = COLUMNS, **sections: Any) -> None:
        head = {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "naip", "stac": STAC}
        self.folder.write("collections/naip.yaml", {**head, "renderOptions": [option], **sections})

    def ingest(self) -> None:
        """One item of known pixels."""
        from tests.emulator.tiler import cogs

        href = cogs.write(self.folder.path / "columns.tif", cogs.columns())
        path, query = f"{self.url}/stac/collections/naip/items", {"api-version": API_VERSION}
        assert httpx.post(path, params=query, json=cogs.item("scene", {"columns": href})).status_code == 202
        assert len(httpx.get(path, params=query).json()["features"]) == 1  # asked alone, it waits for the item to be there

    def fault(self, **fault: Any) -> None:
        assert httpx.post(f"{self.url}/_emulator/faults", json=fault).status_code == 201

    def check(self, *arguments: str) -> Any:
        return self.folder.run("check", *arguments)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    pytest.importorskip("rio_tiler")
    app = create_app(":memory:", Settings(read_folders=[tmp_path]))
    with on_port(app) as url:
        yield Served(Folder(tmp_path, {"PCSYNC_RETRY_FOR": "0s"}), url)
    app.close()


@pytest.fixture
def live(served: Served) -> Served:
    """naip is applied and has its item."""
    served.declare()
    assert served.folder.run("apply", "--yes").code == 0
    served.ingest()
    return served


def test_0_when_all_is_as_expected(live: Served) -> None:
    live.declare(checks=[COUNT, LOOK])
    ran = live.check()

    assert ran.code == 0, ran.out + ran.err
    assert "ok      has items [search]" in ran.out
    assert ran.out.splitlines()[-1].startswith("Checks: 2 passed in ")


def test_7_when_a_check_failed_whatever_the_format(live: Served) -> None:
    live.declare(checks=[NONE])
    formats = ("text", "json", "ndjson", "markdown", "junit", "github", "azuredevops", "outputs", "html")
    codes = {form: live.check("-o", f"{form}=out/{form}").code for form in formats}

    assert codes == dict.fromkeys(formats, 7)
    written = {form: (live.folder.path / f"out/{form}").read_text(encoding="utf-8") for form in formats}
    assert "FAILED  is empty [search] (collections/naip.yaml:" in written["text"]
    assert json.loads(written["json"])["summary"] == {"passed": 1, "failed": 1, "error": 0, "skipped": 0}
    assert ElementTree.fromstring(written["junit"]).attrib["failures"] == "1"  # noqa: S314  our own output
    assert written["github"].startswith("::error file=collections/naip.yaml,line=")
    assert "checks-failed=1\n" in written["outputs"]
    assert "is empty" in written["html"]
    assert live.check("-o", "sarif").code == 64


def test_every_render_option_has_to_draw_something_without_a_word_in_the_manifest(live: Served) -> None:
    assert live.check().code == 0
    live.declare(WRONG)
    assert live.folder.run("apply", "--yes", "--no-checks").code == 0

    ran = live.check("-o", "json")

    assert ran.code == 7
    (result,) = ran.json["results"]
    assert result["position"]["line"] == 1 + _line(live, "- id: columns")
    assert (result["name"], result["verdict"], result["declared"]) == ("draws something", "failed", False)
    assert result["message"] == "all that is visible is of one colour"
    from PIL import Image

    picture = Image.open(BytesIO(b64decode(result["picture"]["content"])))
    assert picture.convert("RGB").getextrema() == ((0, 0), (0, 0), (0, 0))
    live.declare(WRONG, checks=[])
    assert live.check().code == 0


def _line(served: Served, text: str) -> int:
    """Lines above a text of the manifest."""
    manifest = (served.folder.path / "collections/naip.yaml").read_text(encoding="utf-8")
    return manifest[: manifest.index(text)].count("\n")


def test_after_an_apply_the_checks_of_what_it_changed_are_made_and_the_outcome_says_both(live: Served) -> None:
    live.declare(WRONG, checks=[COUNT])
    ran = live.folder.run("apply", "--yes", "-o", "json")

    assert ran.code == 7, ran.out + ran.err
    document = ran.json
    assert document["clean"] is True
    assert [(it["name"], it["verdict"]) for it in document["checks"]["results"]] == [("has items", "passed"), ("draws something", "failed")]
    again = live.folder.run("apply", "--yes")
    assert again.code == 0
    assert "Checks:" not in again.out
    live.declare(COLUMNS)
    fixed = live.folder.run("apply", "--yes")
    assert fixed.code == 0
    assert "read again: everything is as declared" in fixed.out
    assert fixed.out.splitlines()[-1].startswith("Checks: 1 passed in ")


def test_no_checks_after_apply_where_nobody_wants_them(live: Served) -> None:
    live.declare(WRONG)

    assert live.folder.run("apply", "--yes", "--no-checks").code == 0
    live.declare({**WRONG, "name": "Other"})
    assert Folder(live.folder.path, {"PCSYNC_CHECKS": "false", "PCSYNC_RETRY_FOR": "0s"}).run("apply", "--yes").code == 0


def test_a_saved_plan_carries_the_checks_that_were_approved_with_it(live: Served) -> None:
    """The manifests may be of another commit by then, or gone."""
    live.declare({**COLUMNS, "name": "Other"}, checks=[NONE])
    assert live.folder.run("plan", "--out", "plan.json").code == 0
    document = json.loads((live.folder.path / "plan.json").read_text())
    (carried,) = document["pcsync"]["checks_after"]
    live.declare({**COLUMNS, "name": "Other"}, checks=[COUNT])

    ran = live.folder.run("apply", "plan.json", "-o", "json")

    assert carried["collection"] == "naip"
    assert carried["checks"][0]["check"]["name"] == "is empty"
    assert carried["checks"][0]["position"]["file"] == "collections/naip.yaml"
    assert ran.code == 7
    assert [it["name"] for it in ran.json["checks"]["results"]] == ["is empty", "draws something"]


def test_the_digest_covers_the_checks(live: Served) -> None:
    live.declare({**COLUMNS, "name": "Other"}, checks=[NONE])
    live.folder.run("plan", "--out", "plan.json")
    path = live.folder.path / "plan.json"
    document = json.loads(path.read_text())
    document["pcsync"]["checks_after"] = []
    path.write_text(json.dumps(document))

    ran = live.folder.run("apply", "plan.json")

    assert ran.code == 1
    assert "edited after it was made" in ran.err


def test_an_apply_that_failed_makes_no_checks(live: Served) -> None:
    live.declare(WRONG, checks=[NONE])
    live.fault(effect="status", status=400, method="PUT", path="/render-options/")

    ran = live.folder.run("apply", "--yes", "-o", "json")

    assert ran.code not in (0, 7)
    assert "checks" not in ran.json


def test_bad_declarations_are_exit_3_with_their_line(live: Served) -> None:
    live.declare(checks=[{**LOOK, "tile": {**LOOK["tile"], "renderOption": "colums"}}])
    for command in (("check",), ("apply", "--yes"), ("validate",)):
        ran = live.folder.run(*command)
        said = ran.out + ran.err
        assert ran.code == 3, command
        assert "collections/naip.yaml:" in said
        assert "check-render-option" in said
        assert "did you mean columns?" in said
    live.declare(checks=[{"name": "odd"}])
    assert "one of tile, preview, point" in live.folder.run("check").err
    assert live.folder.run("check").code == 3


def test_only_what_was_asked_for_is_checked(live: Served) -> None:
    live.folder.write("collections/other.yaml", {"apiVersion": "pcsync/v1", "kind": "Collection", "id": "other", "stac": STAC})
    live.declare(checks=[COUNT, LOOK])

    assert len(live.check("--collection", "naip", "-o", "json").json["results"]) == 2
    one = live.check("--only", "collection/naip/render-option/columns", "-o", "json").json["results"]
    assert [it["name"] for it in one] == ["centre is not blank"]
    other = live.check("--collection", "other", "-o", "json").json["results"]
    assert [it["message"] for it in other] == ["the collection is not on the catalog"]
    assert live.check("--collection", "nothing").code == 64


def test_a_spent_budget_skips_and_says_so(live: Served) -> None:
    live.declare(checks=[COUNT, LOOK])
    ran = live.check("--max-requests", "1", "--concurrency", "1", "-o", "json")

    assert ran.code == 0
    assert [it["verdict"] for it in ran.json["results"]] == ["passed", "skipped", "skipped"]
    assert ran.json["notes"] == ["not everything was checked: the budget of 1 requests is spent"]
    assert live.check("--budget", "soon").code == 64


@pytest.mark.slow  # the client tries again for some seconds
def test_no_connection_is_no_failed_check(served: Served) -> None:
    served.declare()
    ran = served.check("--endpoint", "http://127.0.0.1:1")

    assert ran.code == 1
    assert "127.0.0.1:1" in ran.err


def test_who_may_not_read_is_exit_8(live: Served) -> None:
    live.fault(effect="role-missing", path="/configurations")

    assert live.check().code == 8


def test_a_signal_ends_it_with_what_is_known(live: Served) -> None:
    """The first one lets what is under way finish and skips the rest."""
    live.declare(checks=[COUNT, {**COUNT, "name": "again"}])
    live.fault(effect="latency", seconds=2, method="POST", path="/stac/search", times=1)
    command = [sys.executable, "-c", "import sys; from pcsync.cli.main import main; sys.exit(main())"]
    running = subprocess.Popen(
        [*command, "check", "--concurrency", "1", "-o", "json"],
        cwd=live.folder.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "NO_COLOR": "1"},
    )
    while not any(it["path"] == "/stac/search" for it in httpx.get(f"{live.url}/_emulator/requests").json()):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)

    assert running.returncode == 130, err.decode()
    assert "passed" in {it["verdict"] for it in json.loads(out)["results"]}
    assert "interrupted" in {it["message"] for it in json.loads(out)["results"]}
    assert b"Traceback" not in err


def test_nothing_is_written(live: Served) -> None:
    live.declare(checks=[COUNT, LOOK, {"name": "t", "sas": {}}])
    httpx.delete(f"{live.url}/_emulator/requests")
    live.check()
    sent = httpx.get(f"{live.url}/_emulator/requests").json()

    posted = {it["path"] for it in sent if it["method"] != "GET"} - {"/_emulator/requests"}
    assert posted == {"/stac/search"}


def test_events_tell_each_result_before_the_summary(live: Served) -> None:
    live.declare(WRONG, checks=[COUNT])
    applied = [json.loads(line) for line in live.folder.run("apply", "--yes", "-o", "ndjson").out.splitlines()]
    checked = [json.loads(line) for line in live.check("-o", "ndjson").out.splitlines()]

    for lines in (applied, checked):
        events = {line["name"]: line for line in lines if line.get("event") == "checked"}
        assert {name: line["verdict"] for name, line in events.items()} == {"has items": "passed", "draws something": "failed"}
        assert events["draws something"]["position"].startswith("collections/naip.yaml:")
        assert lines.index(events["has items"]) < [line["type"] for line in lines].index("result")
        assert lines[-1]["type"] == "summary"


def test_a_pipe_gets_an_event_while_other_checks_are_still_asked(live: Served) -> None:
    live.declare(checks=[NONE, COUNT])
    command = [sys.executable, "-c", "import sys; from pcsync.cli.main import main; sys.exit(main())"]
    command += ["check", "-o", "ndjson", "--retry-for", "20s"]
    with subprocess.Popen(command, cwd=live.folder.path, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        first = json.loads(running.stdout.readline())
        ended = running.poll()
        running.send_signal(signal.SIGINT)
        running.wait(30)

    assert (first["event"], first["verdict"]) == ("checked", "passed")
    assert ended is None, "is empty is asked again for 20 s"
