"""A reader of a plan knows of each change why pcsync may make it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pcsync.core import why
from pcsync.core.ownership import MARKER
from tests.cli.test_exit_codes import STAC
from tests.cli.test_ownership import NAIP, NIR, OPTION, OTHER, RGB, SOURCE, Catalog, catalog

__all__ = ["catalog"]  # the fixture

NEW, THEIRS = {**RGB, "name": "New"}, {**RGB, "id": "theirs", "name": "Theirs"}


def ahead(catalog: Catalog) -> tuple[str, ...]:
    catalog.declare(renderOptions=[NEW, NIR])
    return ()


def drifted(catalog: Catalog) -> tuple[str, ...]:
    catalog.edit_option(RGB, name="Edited")
    return ()


def removed(catalog: Catalog) -> tuple[str, ...]:
    catalog.send("DELETE", f"{NAIP}/configurations/render-options/rgb")
    return ()


def forced(catalog: Catalog) -> tuple[str, ...]:
    drifted(catalog)
    ahead(catalog)
    return ("--force-conflicts",)


def dropped(catalog: Catalog) -> tuple[str, ...]:
    catalog.declare(renderOptions=[NIR])
    return ()


def unproven(catalog: Catalog) -> tuple[str, ...]:
    catalog.edit(**{MARKER: None})
    return ahead(catalog)


def authoritative(catalog: Catalog) -> tuple[str, ...]:
    catalog.declare(renderOptions=[NIR], management={"modes": {"renderOptions": "authoritative"}})
    return ()


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (ahead, why.AHEAD), (drifted, why.DRIFTED), (removed, why.REMOVED), (forced, why.FORCED), (dropped, why.DROPPED),
        (unproven, why.UNKNOWN_TO_US), (authoritative, why.AUTHORITATIVE),
    ],
)  # fmt: skip
def test_a_change_of_a_child_says_why(catalog: Catalog, happens: Callable[[Catalog], tuple[str, ...]], said: str) -> None:
    flags = happens(catalog)

    planned = catalog.plan(*flags)

    assert planned[OPTION]["why"] == said
    assert all(it["why"] for it in planned.values())
    text, comment = catalog.folder.run("plan", *flags).out, catalog.folder.run("plan", "-o", "markdown", *flags).out
    assert f"why: {said}" in " ".join(text.split())
    assert f"# why: {said}" in comment


def collection_said(catalog: Catalog, *flags: str) -> Any:
    return catalog.plan(*flags)["collection/naip"]["why"]


def test_a_change_of_the_collection_says_why(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB, NIR], stac={**STAC, "title": "New"})
    assert collection_said(catalog) == why.AHEAD
    catalog.declare(renderOptions=[RGB])
    assert collection_said(catalog) == why.BOOKKEEPING
    catalog.edit(**{MARKER: None})
    assert collection_said(catalog) == why.ADOPTED
    catalog.declare(renderOptions=[RGB, NIR])
    catalog.apply()
    catalog.folder.project(owner="fabrikam", targets={"local": {"endpoint": catalog.url}})
    assert collection_said(catalog, "--take-over", "--from", "contoso-imagery") == "--take-over from contoso-imagery"


def test_sources_and_removals_say_why(catalog: Catalog) -> None:
    for source in (SOURCE, OTHER):
        catalog.folder.write(f"collections/{source['name']}.yaml", source)
    assert {it["why"] for it in catalog.plan().values()} == {why.ABSENT}
    catalog.apply()
    (catalog.folder.path / "collections/other.yaml").unlink()
    catalog.folder.write("collections/naip.yaml", {"apiVersion": "pcsync/v1", "kind": "Removal", "collection": "naip", "expectItems": 0})

    assert {it["why"] for it in catalog.plan().values()} == {why.BY_ITS_ID, why.REMOVAL}


def test_a_plain_creation_needs_no_line_of_its_own(catalog: Catalog) -> None:
    catalog.declare(renderOptions=[RGB, NIR, THEIRS])

    assert why.ABSENT not in catalog.folder.run("plan").out
    assert catalog.plan()["collection/naip/render-option/theirs"]["why"] == why.ABSENT
