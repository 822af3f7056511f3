"""Secrets are references in manifests; a value is in no diagnostic, no document and no fact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pcsync.manifests.secrets import SecretError, resolve
from tests.manifests.folder import Folder, said

TOKEN = "sp=rl&se=2030-01-01&sig=abcdefghijklmnop"
SOURCE = {
    "apiVersion": "pcsync/v1",
    "kind": "IngestionSource",
    "name": "imagery",
    "containerUrl": "https://contoso.blob.core.windows.net/imagery",
}


def source(folder: Folder, **keys: object) -> Folder:
    """A project with one ingestion source."""
    folder.write("collections/source.yaml", {**SOURCE, **keys})
    return folder


def test_a_secret_is_described_and_not_kept(folder: Folder) -> None:
    loaded = source(Folder(folder.root, {"SAS": TOKEN}), sasToken={"$secret": "env:SAS"}).load()

    facts = dict(loaded.documents[0].facts["/sasToken"])
    assert abs(datetime.now(UTC) - datetime.fromisoformat(facts.pop("at"))) < timedelta(minutes=5)
    assert facts == {"ref": "env:SAS", "length": len(TOKEN)}
    assert loaded.documents[0].body["sasToken"] == {"$secret": "env:SAS"}
    assert TOKEN not in repr(loaded)


def test_a_secret_that_cannot_be_had_is_said_to_be_missing(folder: Folder) -> None:
    """Validating and planning go on without it; only sending needs it."""
    loaded = source(folder, sasToken={"$secret": "env:SAS"}).load()

    assert (loaded.valid, loaded.documents[0].facts["/sasToken"]["missing"]) == (True, "the environment has no SAS")


def test_a_literal_secret_is_refused_and_not_repeated(folder: Folder) -> None:
    loaded = source(folder, sasToken=TOKEN).load()

    assert said(loaded) == [("secret-literal", "collections/source.yaml:5:11")]
    assert "abcdefghijklmnop" not in str(loaded.diagnostics)


def test_a_literal_that_comes_from_a_variable_is_refused_too(folder: Folder) -> None:
    loaded = source(folder, sasToken="${token}").load(variables={"token": TOKEN})

    assert [rule for rule, _ in said(loaded)] == ["secret-literal"]
    assert "abcdefghijklmnop" not in str(loaded.diagnostics)


@pytest.mark.parametrize("ref", ["vault:x", "env:", "plain", TOKEN])
def test_an_unknown_provider_is_refused(folder: Folder, ref: str) -> None:
    loaded = source(folder, sasToken={"$secret": ref}).load()

    assert [rule for rule, _ in said(loaded)] == ["secret-provider"]
    assert "abcdefghijklmnop" not in str(loaded.diagnostics)


def test_a_secret_where_none_belongs_is_refused(folder: Folder) -> None:
    folder.collection(stac={"description": {"$secret": "env:X"}})

    assert "secret-misplaced" in dict(said(folder.load()))


def test_secrets_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "sas").write_text(f"{TOKEN}\n")

    assert resolve("env:SAS", {"SAS": TOKEN}, tmp_path) == TOKEN
    assert resolve("file:sas", {}, tmp_path) == TOKEN
    assert resolve(f"file:{tmp_path}/sas", {}, Path("/")) == TOKEN


@pytest.mark.parametrize("ref", ["env:NOPE", "file:nope", "file:empty", "file:binary", "keyvault:a/b", "other:x", "", "file:\0"])
def test_a_secret_that_is_not_there_says_what_to_do(tmp_path: Path, ref: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xfd")

    with pytest.raises(SecretError) as raised:
        resolve(ref, {}, tmp_path)

    assert raised.value.fix
