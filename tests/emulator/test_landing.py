"""The page in the browser: only for who asks for HTML, from its own files only."""

from __future__ import annotations

import re

import pytest

from pcsync.emulator.landing import FILES, PAGE

from .catalog import Catalog

HTML = {"accept": "text/html,application/xhtml+xml"}


async def test_a_browser_gets_the_page_and_anyone_else_what_the_service_says(catalog: Catalog) -> None:
    page = await catalog.http.get("/", headers=HTML)
    other = await catalog.http.get("/", headers={"accept": "application/json"})

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert (other.status_code, other.json()["error"]["code"]) == (404, "ResourceNotFound")


async def test_every_file_that_the_page_names_is_served(catalog: Catalog) -> None:
    page = (await catalog.http.get("/", headers=HTML)).text
    named = re.findall(r'(?:href|src)="(/_emulator/page/[^"]+)"', page)

    assert {name.removeprefix("/_emulator/page/") for name in named} == set(FILES)
    for name in named:
        assert (await catalog.http.get(name)).status_code == 200


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "index.html", "vendor", "", "vendor/LICENSE.maplibre-gl.txt"])
async def test_no_other_file_is_served(catalog: Catalog, name: str) -> None:
    assert (await catalog.http.get(f"/_emulator/page/{name}")).status_code == 404


def test_the_page_asks_no_other_host_and_writes_no_markup() -> None:
    """Texts of a catalog are somebody else's: they go in as text."""
    for name in ("index.html", "page.js", "page.css"):
        text = (PAGE / name).read_text()
        assert not re.search(r"https?://", text)
        assert "innerHTML" not in text
    assert "Redistribution" in (PAGE / "vendor" / "LICENSE.maplibre-gl.txt").read_text()
