"""pcsync diff: two catalogs as they are, or what became of an approved plan; nothing is written, nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from pcsync.emulator import create_app
from tests.cli.test_exit_codes import RGB, STAC, manifest
from tests.emulator.port import on_port
from tests.harness import Folder, Ran

VERSION = {"api-version": "2026-04-15"}
NIR = {**RGB, "id": "nir", "name": "NIR", "options": "assets=nir&rescale=0,100&colormap_name=viridis"}
MOSAIC = {"id": "recent", "name": "Recent", "cql": []}


@dataclass(frozen=True)
class Pair:
    """A project whose two targets hold the same, until somebody edits one of them past pcsync."""

    folder: Folder
    urls: dict[str, str]

    def send(self, target: str, method: str, path: str, body: Any = None) -> Any:
        answer = httpx.request(method, self.urls[target] + path, params=VERSION, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def fault(self, target: str, **fault: Any) -> None:
        assert httpx.post(f"{self.urls[target]}/_emulator/faults", json=fault).status_code == 201

    def requests(self, target: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.urls[target]}/_emulator/requests").json()
        return found

    def forget(self) -> None:
        for url in self.urls.values():
            httpx.delete(f"{url}/_emulator/requests")

    def diff(self, *flags: str) -> Ran:
        return self.folder.run("diff", "staging", "production", *flags)

    def found(self, *flags: str) -> dict[str, dict[str, Any]]:
        """Differences by address."""
        ran = self.diff("-o", "json", *flags)
        assert ran.code == 0, ran.err
        return {it["address"]: it for it in ran.json["differences"]}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    folder = Folder(tmp_path)
    with on_port(create_app(tmp_path / "a.sqlite")) as staging, on_port(create_app(tmp_path / "b.sqlite")) as production:
        urls = {"staging": staging, "production": production}
        folder.project(targets={name: {"endpoint": url} for name, url in urls.items()}, defaultTarget="staging")
        for name in ("naip", "landsat"):
            folder.write(f"collections/{name}.yaml", manifest(name, renderOptions=[RGB, NIR], mosaics=[MOSAIC]))
        for name in urls:
            assert folder.run("apply", "--yes", "--no-checks", "--no-validate", "--target", name).code == 0
        yield Pair(folder, urls)


OPTIONS = "/stac/collections/naip/configurations/render-options"


def test_two_catalogs_of_the_same_manifests_are_alike_whatever_their_markers_say(pair: Pair) -> None:
    markers = [pair.send(name, "GET", "/stac/collections/naip")["pcsync:managed"]["at"] for name in pair.urls]

    ran = pair.diff("--detailed-exitcode")

    assert markers[0] != markers[1]
    assert ran.code == 0
    assert "No difference" in ran.out


def test_a_render_option_differs_parameter_by_parameter(pair: Pair) -> None:
    pair.send("production", "PUT", f"{OPTIONS}/nir", {**NIR, "options": "colormap_name=magma&rescale=0,100&assets=nir"})

    ran = pair.diff("--detailed-exitcode")

    assert ran.code == 2
    assert "colormap_name: viridis" in ran.out
    assert "magma" in ran.out
    assert "rescale" not in ran.out  # another order of parameters is no difference
    assert "1 different" in ran.out


def test_what_only_one_has_is_told_by_its_side(pair: Pair) -> None:
    pair.send("staging", "DELETE", f"{OPTIONS}/rgb")
    pair.send("production", "DELETE", "/stac/collections/naip/configurations/mosaics/recent")

    found = pair.found()

    assert {address: it["in"] for address, it in found.items()} == {
        "collection/naip/render-option/rgb": "b",
        "collection/naip/mosaic/recent": "a",
    }


def test_a_collection_that_one_side_lacks_is_one_difference_with_its_content_counted(pair: Pair) -> None:
    pair.send("production", "POST", "/stac/collections", {**STAC, "type": "Collection", "stac_version": "1.0.0", "id": "new", "links": []})
    pair.send("production", "POST", "/stac/collections/new/configurations/render-options", RGB)

    found = pair.found()

    assert list(found) == ["collection/new"]
    assert "resources in it" in found["collection/new"]["aspects"][0]["notes"][0]


def test_a_field_of_a_collection_differs_with_both_values(pair: Pair) -> None:
    live = pair.send("production", "GET", "/stac/collections/landsat")
    pair.send("production", "PUT", "/stac/collections/landsat", {**live, "description": "edited"})

    (field,) = pair.found()["collection/landsat"]["aspects"][0]["fields"]

    assert field == {"op": "replace", "path": "/description", "a": "d", "b": "edited"}


def test_only_narrows_it_and_lists_no_catalog(pair: Pair) -> None:
    pair.send("staging", "DELETE", f"{OPTIONS}/rgb")
    pair.send("staging", "DELETE", "/stac/collections/landsat/configurations/mosaics/recent")
    pair.forget()

    found = pair.found("--only", "collection/landsat")

    assert list(found) == ["collection/landsat/mosaic/recent"]
    assert "/stac/collections" not in {it["path"] for it in pair.requests("staging")}
    assert not any("naip" in it["path"] for it in pair.requests("staging"))


def test_nothing_but_reads_is_sent(pair: Pair) -> None:
    pair.forget()

    pair.diff()

    assert {it["method"] for name in pair.urls for it in pair.requests(name)} == {"GET"}


def test_1_where_a_part_could_not_be_read_and_that_is_no_difference(pair: Pair) -> None:
    pair.fault("production", effect="status", status=400, method="GET", path="/naip/configurations$")

    ran = pair.diff("-o", "json", "--detailed-exitcode")

    assert ran.code == 1
    assert ran.json["differences"] == []
    assert not ran.json["complete"]
    assert {it["side"] for it in ran.json["unread"]} == {"production"}


def test_8_where_one_of_them_refuses_the_token(pair: Pair) -> None:
    pair.fault("production", effect="role-missing")

    assert pair.diff().code == 8


def test_a_side_may_be_an_endpoint(pair: Pair) -> None:
    ran = pair.folder.run("diff", "staging", pair.urls["production"])

    assert ran.code == 0
    assert pair.urls["production"] in ran.out


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_it_is_said_in_every_format_with_one_exit_code(pair: Pair, form: str) -> None:
    pair.send("staging", "DELETE", f"{OPTIONS}/rgb")

    ran = pair.diff("--detailed-exitcode", "-o", form)

    assert ran.code == 2
    assert "render-option/rgb" in ran.out


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (("staging", "staging"), "one catalog"),
        (("staging", "nowhere"), "no target 'nowhere'"),
        (("staging", "emulator:.pcsync/none.sqlite"), "no emulated catalog"),
        (("staging", "pcsync.yaml"), "two saved plans, or two catalogs"),
        (("staging", "http://catalog.example"), "not encrypted"),
    ],
)
def test_64_for_sides_that_make_no_sense(pair: Pair, sides: tuple[str, str], said: str) -> None:
    ran = pair.folder.run("diff", *sides)

    assert ran.code == 64
    assert said in ran.err
    assert not (pair.folder.path / ".pcsync/none.sqlite").exists()


# Plans


def planned(folder: Folder, file: str, *flags: str) -> str:
    ran = folder.run("plan", "--no-validate", "--out", file, *flags)
    assert ran.code == 0, ran.err
    return file


def plans(folder: Folder, a: str, b: str) -> dict[str, dict[str, Any]]:
    ran = folder.run("diff", a, b, "-o", "json")
    assert ran.code == 0, ran.err
    return {it["address"]: it for it in ran.json["differences"]}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.project()
    folder.write("collections/naip.yaml", manifest(renderOptions=[RGB, NIR]))
    return folder


def test_a_plan_is_alike_to_itself_planned_again(folder: Folder) -> None:
    planned(folder, "a.json")
    folder.write("collections/naip.yaml", "# moved down by a line\n" + (folder.path / "collections/naip.yaml").read_text())
    planned(folder, "b.json")

    ran = folder.run("diff", "a.json", "b.json", "--detailed-exitcode")

    assert ran.code == 0
    assert "No difference" in ran.out


def test_a_change_that_came_and_one_that_went_are_told_apart(folder: Folder) -> None:
    planned(folder, "a.json")
    folder.write("collections/naip.yaml", manifest(renderOptions=[RGB], mosaics=[MOSAIC]))
    planned(folder, "b.json")

    found = plans(folder, "a.json", "b.json")
    said = folder.run("diff", "a.json", "b.json").out

    assert found["collection/naip/render-option/nir"]["in"] == "a"
    assert found["collection/naip/mosaic/recent"]["in"] == "b"
    assert "create mosaic/recent  only in b.json" in said


def test_what_would_be_written_otherwise_is_shown_parameter_by_parameter(folder: Folder) -> None:
    planned(folder, "a.json")
    folder.write("collections/naip.yaml", manifest(renderOptions=[RGB, {**NIR, "options": NIR["options"].replace("viridis", "magma")}]))
    planned(folder, "b.json")

    found = plans(folder, "a.json", "b.json")["collection/naip/render-option/nir"]

    assert [it["title"] for it in found["aspects"]] == ["would write"]
    assert "colormap_name: viridis" in folder.run("diff", "a.json", "b.json").out


def test_a_catalog_that_moved_since_the_approval_is_told_as_that(pair: Pair) -> None:
    pair.folder.write("collections/naip.yaml", manifest(renderOptions=[{**RGB, "name": "New"}, NIR], mosaics=[MOSAIC]))
    planned(pair.folder, "a.json")
    pair.send("staging", "PUT", f"{OPTIONS}/rgb", {**RGB, "name": "Somebody's"})
    planned(pair.folder, "b.json")

    aspects = {it["title"]: it for it in plans(pair.folder, "a.json", "b.json")["collection/naip/render-option/rgb"]["aspects"]}

    assert aspects.keys() == {"found in the catalog", "says"}
    assert aspects["found in the catalog"]["fields"][0] == {"op": "replace", "path": "/name", "a": "RGB", "b": "Somebody's"}
    assert any(entry["path"] == "/refused_by" and entry["b"] == "conflict" for entry in aspects["says"]["fields"])


def test_guards_and_the_verdict_are_compared_as_well(folder: Folder) -> None:
    folder.run("apply", "--yes", "--no-validate", "--no-checks")
    planned(folder, "a.json")
    folder.write("collections/naip.yaml", manifest(renderOptions=[]))
    planned(folder, "b.json")

    ran = folder.run("diff", "a.json", "b.json", "-o", "json", "--detailed-exitcode")

    assert ran.code == 2
    assert any(entry["path"].startswith("/checks/emptied") for entry in ran.json["plans"])


def test_plans_need_no_project(folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    planned(folder, "a.json")
    elsewhere = Folder(tmp_path_factory.mktemp("elsewhere"))
    (elsewhere.path / ".git").mkdir()

    path = str(folder.path / "a.json")

    assert elsewhere.run("diff", path, path).code == 0


def test_a_plan_that_was_edited_is_not_compared(folder: Folder) -> None:
    planned(folder, "a.json")
    document = json.loads((folder.path / "a.json").read_text())
    document["summary"]["create"] = 0
    folder.write("b.json", json.dumps(document))

    ran = folder.run("diff", "a.json", "b.json")

    assert ran.code == 1
    assert "edited" in ran.err
