"""pcsync doctor: every question of a support person has a line, no answer shows a secret, and nothing is written to a catalog."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from pcsync.cli.doctoring.catalog import Visit
from pcsync.cli.locking import locked
from pcsync.cli.options import GlobalOptions
from pcsync.cli.wiring import wire
from pcsync.client.claims import claims
from pcsync.client.clock import Clock
from pcsync.emulator import create_app
from tests.cli.test_exit_codes import Served, manifest
from tests.emulator.port import on_port
from tests.harness import Folder, Ran

CANARY = "c4n4ry5ignature"
SOURCE = {
    "apiVersion": "pcsync/v1",
    "kind": "IngestionSource",
    "name": "imagery",
    "containerUrl": "https://acct.blob.core.windows.net/data",
    "sasToken": {"$secret": "env:IMAGERY_SAS"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project with one collection, on a catalog of its own."""
    folder = Folder(tmp_path)
    folder.project(manifests=["collections", "sources"])
    folder.write("collections/naip.yaml", manifest())
    (tmp_path / "sources").mkdir()
    return folder


@pytest.fixture
def served(folder: Folder, tmp_path: Path) -> Iterator[Served]:
    with on_port(create_app(tmp_path / "served.sqlite")) as url:
        folder.project(targets={"local": {"endpoint": url}})
        yield Served(folder, url)


def looked(ran: Ran) -> dict[str, list[dict[str, Any]]]:
    """What ``doctor -o json`` found, by name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for it in ran.json["symptoms"]:
        found.setdefault(it["name"], []).append(it)
    return found


def one(ran: Ran, name: str) -> dict[str, Any]:
    (found,) = looked(ran)[name]
    return found


def token(**said: Any) -> str:
    """A token of Entra's shape; nobody signed it."""
    head, body = (base64.urlsafe_b64encode(json.dumps(it).encode()).decode().rstrip("=") for it in ({"alg": "none"}, said))
    return f"{head}.{body}.{CANARY}"


def test_a_healthy_project_has_no_failure_and_a_line_for_everything(served: Served) -> None:
    served.folder.run("apply", "--yes")

    ran = served.folder.run("doctor", "-o", "json")

    assert ran.code == 0, ran.out
    assert ran.json["healthy"]
    names = {"pcsync", "extra emulator", "extra keyvault", "pcsync.yaml", "target local", "state folder", "manifests", "DNS", "token"}
    assert {*names, "clock", "access", "api-version", "time per request", "listing", "ingestion sources"} <= looked(ran).keys()
    assert one(ran, "listing")["what"] == "1 collection can be read"


def test_nothing_is_written_to_the_catalog(served: Served) -> None:
    httpx.delete(f"{served.url}/_emulator/requests")

    served.folder.run("doctor")

    log = httpx.get(f"{served.url}/_emulator/requests").json()
    methods = {entry["method"] for entry in (log if isinstance(log, list) else log["requests"])}
    assert methods <= {"GET"}


def test_an_emulated_catalog_is_not_made_by_looking(folder: Folder) -> None:
    ran = folder.run("doctor", "-o", "json")

    assert ran.code == 0
    assert "not there yet" in one(ran, "file")["what"]
    assert not (folder.path / ".pcsync/local.sqlite").exists()


def test_an_emulated_catalog_that_is_there_is_opened_and_read(folder: Folder) -> None:
    folder.run("apply", "--yes")

    assert one(folder.run("doctor", "-o", "json"), "listing")["status"] == "ok"


def test_a_file_that_is_no_emulated_catalog_is_named(folder: Folder) -> None:
    folder.write(".pcsync/local.sqlite", b"this is no database, and long enough to be looked at as one" * 20)

    ran = folder.run("doctor", "-o", "json")

    assert ran.code == 1
    assert "no emulated catalog" in one(ran, "open")["what"]


def test_without_a_project_the_machine_is_told_all_the_same(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()

    ran = Folder(tmp_path).run("doctor")

    assert ran.code == 1
    assert "extra emulator" in ran.out
    assert "pcsync init" in ran.out


def test_a_project_file_that_is_broken_is_told_by_its_place(folder: Folder) -> None:
    folder.write("pcsync.yaml", "apiVersion: pcsync/v1\nkind: Project\nowner: [\n")

    ran = folder.run("doctor")

    assert ran.code == 1
    assert "pcsync.yaml:" in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_a_target_that_lacks_its_environment_fails_where_it_is_asked_about_and_warns_elsewhere(folder: Folder) -> None:
    targets = {"local": {"endpoint": "emulator:.pcsync/local.sqlite"}, "staging": {"endpoint": "${env:NO_SUCH_ENDPOINT}"}}
    folder.project(targets=targets)

    local, staging = folder.run("doctor", "-o", "json"), folder.run("doctor", "--target", "staging", "-o", "json")

    assert (local.code, one(local, "target staging")["status"]) == (0, "warning")
    assert (staging.code, one(staging, "target staging")["status"]) == (1, "failed")
    assert "NO_SUCH_ENDPOINT" in one(staging, "target staging")["what"]


def test_a_target_that_there_is_not_is_told_with_its_fix(folder: Folder) -> None:
    ran = folder.run("doctor", "--target", "lokal", "-o", "json")

    assert ran.code == 1
    assert "local" in one(ran, "target")["fix"]


def test_variables_that_manifests_want_are_named(folder: Folder) -> None:
    folder.write("collections/other.yaml", manifest("other", stac={"description": "${region} and ${env:NOWHERE_SET}"}))

    ran = folder.run("doctor", "-o", "json")

    assert ran.code == 1
    assert {it["what"] for it in looked(ran)["variables"]} == {"the target has no variable region", "the environment has no NOWHERE_SET"}


@pytest.mark.parametrize(("value", "status"), [(None, "failed"), (f"se=2036-01-01&sp=rl&sr=c&sig={CANARY}", "ok")])
def test_a_secret_is_named_and_never_shown(folder: Folder, value: str | None, status: str) -> None:
    folder.write("sources/imagery.yaml", SOURCE)
    inside = Folder(folder.path, {"IMAGERY_SAS": value} if value else {})

    ran = inside.run("doctor", "-o", "json")

    assert one(ran, "secret env:IMAGERY_SAS")["status"] == status
    assert CANARY not in ran.out + ran.err + inside.run("doctor").out


def test_what_an_apply_left_behind_is_told_with_the_way_on(served: Served) -> None:
    served.fault(effect="status", status=400, method="POST", path="/render-options$")
    assert served.folder.run("apply", "--yes").code != 0
    served.heal()

    found = one(served.folder.run("doctor", "-o", "json"), "journal of local")

    assert found["status"] == "warning"
    assert "--resume" in found["fix"]


def test_an_apply_that_runs_now_is_told(folder: Folder) -> None:
    with locked("emulator:.pcsync/local.sqlite", folder.path):
        found = one(folder.run("doctor", "-o", "json"), "lock of local")

    assert found["status"] == "warning"
    assert "another apply" in found["what"]
    assert "lock of local" not in looked(folder.run("doctor", "-o", "json"))


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_state_that_git_does_not_ignore_is_a_warning(folder: Folder) -> None:
    subprocess.run(["git", "init", "-q", str(folder.path)], check=True)

    before = one(folder.run("doctor", "-o", "json"), "git")
    folder.write(".gitignore", ".pcsync/\n")
    after = one(folder.run("doctor", "-o", "json"), "git")

    assert (before["status"], after["status"]) == ("warning", "ok")
    assert ".gitignore" in before["fix"]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_state_that_is_in_git_is_a_warning(folder: Folder) -> None:
    subprocess.run(["git", "init", "-q", str(folder.path)], check=True)
    folder.write(".pcsync/journal/x.jsonl", "{}")
    subprocess.run(["git", "-C", str(folder.path), "add", "-f", ".pcsync"], check=True)

    assert "git rm" in looked(folder.run("doctor", "-o", "json"))["git"][0]["fix"]


@pytest.mark.parametrize(("effect", "said"), [("expired-token", "401"), ("role-missing", "403")])
def test_8_where_the_catalog_does_not_let_us_in_and_the_two_reasons_differ(served: Served, effect: str, said: str) -> None:
    served.fault(effect=effect)

    ran = served.folder.run("doctor", "-o", "json")

    assert ran.code == 8
    assert f"({said})" in one(ran, "access")["what"]


def test_an_administrators_part_that_a_reader_may_not_read_is_a_warning(served: Served) -> None:
    served.fault(effect="role-missing", path="/ingestion-sources")

    ran = served.folder.run("doctor", "-o", "json")

    assert ran.code == 0
    assert one(ran, "ingestion sources")["status"] == "warning"


def test_of_a_token_only_ids_are_told(served: Served) -> None:
    said = {"tid": "tenant-1", "appid": "app-1", "oid": "object-1", "aud": "https://geocatalog.spatio.azure.com", "exp": 4_000_000_000}
    inside = Folder(served.folder.path, {"PCSYNC_TOKEN": token(**said, name="Jane Doe", upn="jane@contoso.com")})

    ran = inside.run("doctor", "-o", "json")

    found = one(ran, "token")
    assert found["status"] == "ok"
    assert all(it in found["what"] for it in ("tenant-1", "app-1", "object-1"))
    assert CANARY not in ran.out
    assert "Jane" not in ran.out
    assert "contoso.com" not in ran.out


def test_a_token_for_another_service_is_a_warning_and_an_expired_one_a_failure(served: Served) -> None:
    def ran(**said: Any) -> Ran:
        return Folder(served.folder.path, {"PCSYNC_TOKEN": token(**said)}).run("doctor", "-o", "json")

    assert one(ran(aud="https://management.azure.com", exp=4_000_000_000), "token")["status"] == "warning"
    assert (expired := ran(exp=1)).code == 8
    assert "expired" in one(expired, "token")["what"]


@pytest.mark.parametrize(
    "header", ["Bearer opaque", "Bearer a.b.c", "Bearer a.W10.c", "Bearer a.bnVsbA.c", "Bearer a.eyJleHAiOiJ4In0.c", ""]
)
def test_a_token_that_says_nothing_is_none_of_ours_to_judge(header: str) -> None:
    assert claims(header) is None


def test_a_host_that_there_is_not_fails_before_any_token_is_asked_for(folder: Folder) -> None:
    ran = folder.run("doctor", "--endpoint", "https://catalog.invalid", "-o", "json")

    assert ran.code == 1
    assert "cannot be resolved" in one(ran, "network")["what"]
    assert "token" not in looked(ran)


def test_a_port_where_nobody_listens_is_told(folder: Folder) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    ran = folder.run("doctor", "--endpoint", f"https://127.0.0.1:{port}", "-o", "json")

    assert ran.code == 1
    assert "no connection" in one(ran, "network")["what"]


def test_a_certificate_that_nobody_vouches_for_is_told_with_its_way_out(folder: Folder) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_shake, args=(listener, context), daemon=True)
        thread.start()
        ran = folder.run("doctor", "--endpoint", f"https://127.0.0.1:{listener.getsockname()[1]}", "-o", "json")
        thread.join(10)

    assert ran.code == 1
    assert "TLS" in one(ran, "network")["what"]
    assert "SSL_CERT_FILE" in one(ran, "network")["fix"]


def _shake(listener: socket.socket, context: ssl.SSLContext) -> None:
    taken, _ = listener.accept()
    with taken:
        try:
            context.wrap_socket(taken, server_side=True)
        except (OSError, ssl.SSLError):
            return


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"effect": "status", "status": 404}, "no GeoCatalog"),
        ({"effect": "status", "status": 500}, "500"),
        ({"effect": "garbage-body"}, "no JSON"),
        ({"effect": "drop-before"}, "fix:"),
    ],
)
def test_an_answer_that_makes_no_sense_is_told_without_a_traceback(served: Served, fault: dict[str, Any], said: str) -> None:
    served.fault(**fault)

    ran = served.folder.run("doctor")

    assert ran.code == 1
    assert said in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_a_clock_that_is_wrong_is_a_warning(served: Served) -> None:
    wiring = wire(GlobalOptions(str(served.folder.path / "pcsync.yaml"), 0, False, False, {}))

    async def found(clock: Clock) -> list[str]:
        return [f"{it.health} {it.what}" async for it in Visit(wiring, "none", clock).symptoms() if it.name == "clock"]

    assert asyncio.run(found(Clock()))[0].startswith("ok")
    (wrong,) = asyncio.run(found(Clock(wall=lambda: time.time() + 3600)))
    assert wrong.startswith("warning this machine is 360")
    assert "ahead of the catalog" in wrong


def test_a_format_that_doctor_has_not_is_refused(folder: Folder) -> None:
    assert folder.run("doctor", "-o", "html").code == 64
