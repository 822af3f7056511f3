"""A token that is kept in a key vault: asked for by plan and apply, told to nobody."""

from __future__ import annotations

import contextlib
import io
import logging
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pcsync.cli.applying import Applying
from pcsync.cli.options import GlobalOptions
from pcsync.cli.printing import Printer
from pcsync.cli.wiring import Wiring, wire
from pcsync.client.keyvault import KeyVault
from tests.client.vaults import TOKEN, Credential, Vault
from tests.harness import Folder

CANARY = "c4n4ry5ignature"
SAS = f"sp=rl&se=2036-04-22T15:55:57Z&sv=2024-11-04&sr=c&sig={CANARY}"
SOURCE = {
    "apiVersion": "pcsync/v1",
    "kind": "IngestionSource",
    "name": "imagery",
    "containerUrl": "https://acct.blob.core.windows.net/data",
    "sasToken": {"$secret": "keyvault:contoso/sas"},
}


@dataclass(frozen=True)
class Vaulted(Wiring):
    """A wiring whose key vaults are the one under test."""

    service: Vault = field(default_factory=lambda: Vault({}))

    @property
    def vault(self) -> KeyVault:  # type: ignore[override]  # the same, not cached
        """The fake vault, behind the real client."""
        return KeyVault(Credential, self.service.transport)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project with one source, whose token is in a vault."""
    folder = Folder(tmp_path)
    folder.project(manifests=["sources.yaml"])
    folder.write("sources.yaml", SOURCE)
    return folder


def applied(folder: Folder, service: Vault) -> tuple[int, str]:
    """One ``pcsync -vv apply --yes``: its exit code and all it said."""
    options = GlobalOptions(str(folder.path / "pcsync.yaml"), 2, False, False, {"NO_COLOR": "1"})
    wired = wire(options)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        vaulted = Vaulted(wired.project, wired.spec, wired.environment, service=service)
        code = Applying(vaulted, Printer(options, (), folder.path), "default", 8, 4).fresh((), ask=False)
    return code, said.getvalue()


def test_the_token_reaches_the_catalog_and_nothing_else(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    service = Vault({("sas", ""): SAS})
    with caplog.at_level(logging.DEBUG):
        code, said = applied(folder, service)

    assert code == 0, said
    kept = [path for path in (folder.path / ".pcsync").rglob("*") if path.is_file() and "sqlite" not in path.name]
    assert {"journal", "undo"} <= {path.parent.name for path in kept}
    text = said + caplog.text + "".join(path.read_text() for path in kept)
    assert "2036-04-22" in text
    assert CANARY not in text
    assert TOKEN not in text


def test_a_token_that_was_rotated_in_the_vault_is_a_change(folder: Folder) -> None:
    applied(folder, Vault({("sas", ""): SAS}))

    same = applied(folder, Vault({("sas", ""): SAS.replace(CANARY, "another")}))
    rotated = applied(folder, Vault({("sas", ""): SAS.replace("2036", "2037")}))

    assert "1 to change" not in same[1]
    assert rotated[0] == 0
    assert "1 changed" in rotated[1]


def test_validate_asks_no_vault_and_says_nothing_is_wrong(folder: Folder) -> None:
    validated = folder.run("validate")

    assert validated.code == 0, validated.err
    assert folder.run("validate", "-o", "json").code == 0


def test_a_name_that_cannot_be_a_vaults_is_an_error_with_its_place(folder: Folder) -> None:
    folder.write("sources.yaml", {**SOURCE, "sasToken": {"$secret": "keyvault:https://evil.example/sas"}})

    refused = folder.run("validate")

    assert refused.code == 3
    assert "sources.yaml:" in refused.out + refused.err
    assert "this names no key vault" in refused.out + refused.err
