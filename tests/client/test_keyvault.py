"""Secrets out of Azure Key Vault, by the real client: asked for once, and told to nobody."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from pcsync.client.keyvault import KeyVault
from pcsync.core.errors import AuthenticationError, PcsyncError
from pcsync.manifests.secrets import SecretError, resolve, vaulted
from tests.client.vaults import TOKEN, Credential, Vault

CANARY = "c4n4ry5ignature"
SAS = f"sp=rl&se=2036-04-22T15:55:57Z&sr=c&sig={CANARY}"
URL = "https://contoso.vault.azure.net"
OLD = "0123456789abcdef0123456789abcdef"


def opened(vault: Vault, credential: Credential | None = None) -> KeyVault:
    return KeyVault(lambda: credential or Credential(), vault.transport)


def test_a_secret_is_asked_for_without_a_token_first_and_then_with_the_one_the_challenge_wants() -> None:
    vault, credential = Vault({("sas", ""): SAS}), Credential()

    found = opened(vault, credential)("https://new.vault.azure.net", "sas")  # a process remembers the challenge of a vault it has met

    assert found == SAS
    assert credential.scopes == ["https://vault.azure.net/.default"]
    assert [it.endswith("with a token") for it in vault.asked] == [False, True]
    assert all(it.startswith("GET new.vault.azure.net/secrets/sas") for it in vault.asked)


def test_each_secret_is_asked_for_once_in_a_process() -> None:
    vault = Vault({("sas", ""): SAS, ("sas", OLD): "older"})
    keys = opened(vault)

    assert [keys(URL, "sas"), keys(URL, "sas"), keys(URL, "sas", OLD)] == [SAS, SAS, "older"]
    assert sum("with a token" in it for it in vault.asked) == 2


def test_a_challenge_for_another_resource_gets_no_token() -> None:
    vault, credential = Vault({("sas", ""): SAS}, resource="https://evil.example"), Credential()

    with pytest.raises(PcsyncError):
        opened(vault, credential)("https://another.vault.azure.net", "sas")
    assert credential.scopes == []


@pytest.mark.parametrize(("status", "kind"), [(403, AuthenticationError), (401, AuthenticationError), (400, PcsyncError)])
def test_what_a_vault_refuses_is_told_without_what_it_quotes(status: int, kind: type[PcsyncError]) -> None:
    with pytest.raises(kind) as raised:
        opened(Vault({("sas", ""): SAS}, status=status))("https://refusing.vault.azure.net", "sas")

    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert raised.value.fix
    assert "refusing.vault.azure.net/secrets/sas" in raised.value.where
    assert CANARY not in told
    assert TOKEN not in told


def test_a_secret_that_the_vault_does_not_have_is_named() -> None:
    with pytest.raises(PcsyncError, match="no such secret") as raised:
        opened(Vault({}))(URL, "sas")

    assert raised.value.where == f"{URL}/secrets/sas"


def test_nothing_is_logged_of_a_secret_however_much_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        opened(Vault({("sas", ""): SAS}))(URL, "sas")

    assert "contoso.vault.azure.net" in caplog.text
    assert CANARY not in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("contoso/sas", (URL, "sas", "")),
        (f"contoso/sas/{OLD}", (URL, "sas", OLD)),
        (f"{URL}/sas", (URL, "sas", "")),
        (f"{URL}/secrets/sas/{OLD}", (URL, "sas", OLD)),
        ("Contoso.vault.azure.net/sas", (URL, "sas", "")),
        ("https://contoso.vault.azure.cn/sas", ("https://contoso.vault.azure.cn", "sas", "")),
        ("https://contoso.vault.usgovcloudapi.net/sas", ("https://contoso.vault.usgovcloudapi.net", "sas", "")),
    ],
)
def test_a_vault_is_named_or_given_by_its_url_with_or_without_a_version(reference: str, parts: tuple[str, str, str]) -> None:
    assert vaulted(reference) == parts


@pytest.mark.parametrize(
    "reference",
    [
        *("contoso", "contoso/", "/sas", "contoso/s_a_s", "contoso/sas/v/w", "co/sas", "a--b/sas", "1contoso/sas", f"{'a' * 25}/sas"),
        *("https://evil.example/sas", "https://contoso.vault.azure.net.evil.example/sas", "http://contoso.vault.azure.net/sas"),
        *("https://user@contoso.vault.azure.net/sas", "https://contoso.vault.azure.net:8443/sas", "https://vault.azure.net/sas"),
        *("contoso.vault.azure.net\\@evil.example/sas", "contoso/sas?x=1", "contoso/sas/../other"),
    ],
)
def test_what_names_no_secret_of_a_key_vault_is_refused_before_anything_is_sent(reference: str) -> None:
    with pytest.raises(SecretError) as raised:
        resolve(f"keyvault:{reference}", {}, Path(), opened(Vault({})))

    assert "keyvault:" in raised.value.fix


def test_offline_no_vault_is_asked() -> None:
    with pytest.raises(SecretError, match="plan and apply only"):
        resolve("keyvault:contoso/sas", {}, Path())


WITHOUT = """
import sys
sys.modules["azure.keyvault"] = sys.modules["azure.keyvault.secrets"] = None
from pcsync.client.keyvault import KeyVault
from pcsync.core.errors import PcsyncError
try:
    KeyVault(object)("https://contoso.vault.azure.net", "sas")
except PcsyncError as wrong:
    print(wrong)
"""


def test_without_the_extra_it_says_how_to_get_it() -> None:
    said = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True).stdout

    assert "pip install 'pcsync[keyvault]'" in said
