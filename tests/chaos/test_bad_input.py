"""Whatever is in a file or an answer: a clear error and an exit code, no traceback, nothing written, no secret told."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pcsync.emulator import Fault
from tests.chaos.projects import prepare
from tests.chaos.rig import CANARY, SAS, STORE, FakeTime, Result, apply, copied, service, state
from tests.harness import Folder, Ran

CODES = frozenset({1, 3, 5, 6, 8, 9, 64})
WRONG = ["null", "[]", "{}", "0", '""', '{"a":' * 2000 + "1" + "}" * 2000, "[" * 100_000, '{"a": NaN}', "\u0000", "\ufeff{}"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An applied project, with a saved plan of what somebody moved since."""
    root = tmp_path_factory.mktemp("bad") / "p"
    prepare(root)
    folder = Folder(root, {"IMAGERY_SAS": SAS})
    assert folder.run("plan", "--out", "plan.json").code == 0
    shutil.copytree(root, root.parent / "planned")
    time = FakeTime()
    with service(root, time) as app:
        assert apply(root, app, time).code == 0
    return root


def spoiled(raw: bytes, seed: int) -> Iterator[bytes]:
    """The same bytes cut off, with bits flipped, with values of another type, and far too long."""
    chance = random.Random(seed)
    for _ in range(6):
        yield raw[: chance.randrange(len(raw))]
    for _ in range(12):
        place = chance.randrange(len(raw))
        yield raw[:place] + bytes([raw[place] ^ (1 << chance.randrange(8))]) + raw[place + 1 :]
    for before, after in ((b'"', b"1"), (b"true", b'"true"'), (b"null", b"{}"), (b"[", b"{"), (b":", b": -1e999,")):
        yield raw.replace(before, after, 1)
    for text in WRONG:
        yield text.encode()


def refused(ran: Ran, name: str) -> None:
    """It says what is wrong, in words."""
    assert ran.code in CODES, (name, ran.code, ran.err)
    assert ran.err.strip()
    for text in ("Traceback", "internal error", CANARY):
        assert text not in ran.err + ran.out, ran.err[:500]


@pytest.mark.parametrize(("command", "name"), [(("apply",), "plan"), (("show",), "plan"), (("undo", "--yes"), "undo")])
def test_a_plan_or_undo_file_that_was_damaged_is_refused_and_nothing_is_written(
    project: Path, tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    with copied(project.parent / "planned", tmp_path / "p") as root:
        folder = Folder(root, {"IMAGERY_SAS": SAS})
        path = root / "plan.json" if name == "plan" else next((project / ".pcsync" / "undo").iterdir())
        whole = path.read_bytes()
        before = (root / STORE).read_bytes()
        for content in spoiled(whole, 1):
            if content != whole:
                folder.write("spoiled.json", content)
                refused(folder.run(*command, "spoiled.json"), name)
        assert (root / STORE).read_bytes() == before
        assert not (root / ".pcsync" / "journal").exists()


def test_a_damaged_journal_never_stands_in_the_way_and_is_never_believed(project: Path, tmp_path: Path) -> None:
    whole = next((project / ".pcsync" / "journal").iterdir()).read_bytes()
    with copied(project, tmp_path / "p") as root:
        for content in spoiled(whole.rsplit(b"\n", 2)[0] + b"\n", 2):
            path = root / ".pcsync" / "journal" / "20990101T000000.000000Z-0.jsonl"
            path.write_bytes(content)
            time = FakeTime()
            with service(root, time) as app:
                resumed = apply(root, app, time, resume=True)
                usual = apply(root, app, time)
            assert resumed.code in (0, 1), resumed.said
            assert (usual.code, resumed.writes, usual.writes) == (0, [], [])
            path.unlink(missing_ok=True)


def test_a_catalog_file_that_is_no_catalog_is_an_error_in_words(project: Path, tmp_path: Path) -> None:
    whole = (project / STORE).read_bytes()
    with copied(project, tmp_path / "p") as root:
        folder = Folder(root, {"IMAGERY_SAS": SAS})
        for content in (b"SQLite format 3\0" + b"\xff" * 5000, whole[:1000], whole[: len(whole) // 2], b"not a database" * 1000):
            for left in (root / ".pcsync").glob("local.sqlite-*"):
                left.unlink()
            (root / STORE).write_bytes(content)
            refused(folder.run("apply", "--yes"), "sqlite")


class Spoiling(httpx.AsyncBaseTransport):
    """Answers as they should be, spoiled one after the other."""

    def __init__(self, inner: httpx.AsyncBaseTransport, seed: int) -> None:
        self._inner, self._chance = inner, random.Random(seed)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        raw = await response.aread()
        if request.method != "GET" or not raw or self._chance.random() < 0.5:
            return response
        content = self._chance.choice(list(spoiled(raw, self._chance.randrange(1000))))
        return httpx.Response(response.status_code, headers={"content-type": "application/json"}, content=content)


@pytest.mark.parametrize("seed", range(12))
def test_answers_that_are_spoiled_never_end_in_a_traceback_nor_lose_anything_foreign(project: Path, tmp_path: Path, seed: int) -> None:
    with copied(project.parent / "planned", tmp_path / "p") as root:
        time = FakeTime()
        with service(root, time) as app:
            spoiled_run: Result = apply(root, app, time, wrapped=lambda inner: Spoiling(inner, seed))
            assert spoiled_run.code in CODES | {0}
            assert "Traceback" not in spoiled_run.said
            assert CANARY not in spoiled_run.said
            assert apply(root, app, time).code == 0
            assert str(state(app)).count("'theirs'") == 6


def test_a_planted_token_is_in_nothing_that_is_printed_or_kept(project: Path, tmp_path: Path) -> None:
    with copied(project.parent / "planned", tmp_path / "p") as root:
        folder = Folder(root, {"IMAGERY_SAS": SAS})
        said = [folder.run("-vv", "plan", "-o", form) for form in ("text", "json", "markdown", "ndjson")]
        commands = (["apply", "plan.json"], ["apply", "--yes"], ["undo", "--yes"], ["show", "plan.json"])
        said += [folder.run("-vv", *command) for command in commands]
        text = "".join(ran.out + ran.err for ran in said)

        assert CANARY not in text
        kept = [path for path in root.rglob("*") if path.is_file()]
        assert any(path.parent.name == "journal" for path in kept)
        assert any(path.parent.name == "undo" for path in kept)
        assert [path.name for path in kept if CANARY.encode() in path.read_bytes() and "sqlite" not in path.name] == []


def test_a_token_in_an_error_of_the_catalog_is_not_repeated(project: Path, tmp_path: Path) -> None:
    with copied(project.parent / "planned", tmp_path / "p") as root:
        time = FakeTime()
        with service(root, time) as app:
            message = f"cannot read with {SAS}"
            app.world.faults.arm([Fault("status", status=400, method="POST", path="/ingestion", message=message)])
            failed = apply(root, app, time)
            journal = next((root / ".pcsync" / "journal").iterdir()).read_text()

        assert failed.code == 6
        assert "cannot read with" in failed.said
        assert CANARY not in failed.said + journal
