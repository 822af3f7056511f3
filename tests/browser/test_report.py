"""The HTML report in a real browser, from a file, as a reviewer opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcsync.core.report import Report
from pcsync.render.html import report_html
from tests.browser.conftest import Open
from tests.browser.window import Window
from tests.render.plans import CLEAR, EVERYTHING, GONE, LOCAL, NDVI, PARTITION, SETTLED
from tests.render.reports import ATTACKS, CHECKS, FULL, hostile, large
from tests.render.test_html import APPLIED as OUTCOME

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def reading(window: Open, folder: Path, report: Report, at: str = "", **context: object) -> Window:
    """The report, opened from its file."""
    file = folder / "report.html"
    file.write_text(report_html(report, source=lambda _file, line: f"line {line} {'of a long file ' * 9}"), encoding="utf-8")
    shown = await window(**context)
    await shown.page.goto(file.as_uri() + at)
    return shown


async def addresses(shown: Window) -> list[str]:
    """The changes that can be seen, in order."""
    found = await shown.page.locator(".change:visible").evaluate_all("rows => rows.map(row => row.id)")
    return [str(address) for address in found]


async def test_it_opens_from_a_file_asks_for_nothing_and_says_nothing_in_the_console(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL)
    await shown.page.get_by_role("heading", name="Changes").wait_for()

    assert len(await addresses(shown)) == len(FULL.plan.changes) if FULL.plan else 0
    assert shown.strangers(tmp_path.as_uri()) == []
    assert shown.errors == []


async def test_what_stands_in_the_way_is_said_before_anything_else(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL)

    assert await shown.page.locator(".verdict").inner_text() == "This plan cannot be applied: 2 refusals."
    assert await shown.page.locator("main h2").first.inner_text() == "Before you apply"


async def test_a_filter_leaves_the_changes_that_it_names_and_counts_them(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL)
    await shown.page.get_by_label("delete").check()

    assert await addresses(shown) == [GONE.address]
    assert await shown.page.locator("#found").inner_text() == "1 change"

    await shown.page.get_by_label("drift").check()
    assert await addresses(shown) == []

    await shown.page.get_by_role("button", name="Clear").click()
    await shown.page.locator("#found:empty").wait_for(state="attached")
    assert len(await addresses(shown)) == 9


@pytest.mark.parametrize(
    ("choice", "address"), [("looks different", NDVI.address), ("check failed", NDVI.address), ("refused", PARTITION.address)]
)
async def test_pictures_checks_and_refusals_are_filters_as_well(window: Open, tmp_path: Path, choice: str, address: str) -> None:
    shown = await reading(window, tmp_path, FULL)
    await shown.page.get_by_label(choice).check()

    assert address in await addresses(shown)
    assert len(await addresses(shown)) < 3


async def test_a_search_looks_in_addresses_values_and_files_and_a_slash_begins_it(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL)
    await shown.page.keyboard.press("/")
    await shown.page.keyboard.type("RdYlGn")
    assert await addresses(shown) == [NDVI.address]

    await shown.page.keyboard.press("Escape")
    assert len(await addresses(shown)) == 9

    await shown.page.keyboard.type("collection.yaml:80")
    assert await addresses(shown) == [CLEAR.address]


async def test_a_link_to_an_address_opens_that_change_wherever_it_is_folded(window: Open, tmp_path: Path) -> None:
    report = large(5_000, 100)
    shown = await reading(window, tmp_path, report, "#collection/collection-042/render-option/option-04942")

    opened = shown.page.locator("details.change[open]")
    assert await opened.evaluate_all("rows => rows.map(row => row.id)") == ["collection/collection-042/render-option/option-04942"]
    await shown.page.wait_for_function("document.activeElement.parentElement.id.endsWith('option-04942')")


async def test_five_thousand_changes_cost_no_more_elements_than_are_looked_at(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, large(5_000, 100))
    assert await shown.page.evaluate("document.querySelectorAll('*').length") < 1_500

    await shown.page.get_by_label("Search").fill("option-01234")
    assert await addresses(shown) == ["collection/collection-034/render-option/option-01234"]
    assert await shown.page.evaluate("document.querySelectorAll('*').length") < 1_500


async def test_a_collection_with_thousands_of_changes_shows_them_in_portions(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, large(1_000, 1))
    await shown.page.locator(".group > summary").click()
    assert await shown.page.locator(".change").count() == 200

    await shown.page.get_by_role("button", name="Show 200 more of 800").click()
    assert await shown.page.locator(".change").count() == 400
    assert await shown.page.evaluate("document.activeElement.parentElement.id") == "collection/collection-000/render-option/option-00200"


async def test_arrows_walk_the_tree_and_open_and_close_what_they_stand_on(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, large(100, 2))
    page = shown.page
    await page.locator(".group > summary").first.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowRight")

    assert await page.locator("details.change[open]").evaluate_all("rows => rows.map(row => row.id)") == [
        "collection/collection-000/render-option/option-00002"
    ]

    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    assert await page.locator("details[open].group").count() == 1
    await page.keyboard.press("ArrowLeft")
    assert await page.locator("details[open].group").count() == 0


async def test_tab_stops_once_in_the_tree(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, large(100, 2))

    assert await shown.page.locator("#tree summary[tabindex='0']").count() == 1


async def test_the_slider_follows_the_mouse_and_the_arrows(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL)
    slider = shown.page.get_by_role("slider", name="Before and after: NDVI")
    box = await slider.bounding_box()
    assert box is not None
    await slider.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    at = "document.activeElement.parentElement.style.getPropertyValue('--at')"
    assert 22 <= float((await shown.page.evaluate(at)).rstrip("%")) <= 28

    before = float((await shown.page.evaluate(at)).rstrip("%"))
    await shown.page.keyboard.press("ArrowRight")
    assert float((await shown.page.evaluate(at)).rstrip("%")) == before + 1


async def test_the_difference_shows_what_differs_over_the_new_picture(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL)
    card = shown.page.locator(".shot", has=shown.page.get_by_role("heading", name="NDVI", exact=True))
    assert not await card.locator(".mask").is_visible()
    await card.get_by_role("button", name="Difference").click()
    assert await card.locator(".mask").is_visible()
    assert not await card.locator(".before img").is_visible()

    await card.get_by_role("button", name="Side by side").click()
    left, right = [await card.locator(f".{side} img").bounding_box() for side in ("before", "after")]
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] < right["x"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_has_nothing_against_it(window: Open, tmp_path: Path, scheme: str) -> None:
    shown = await reading(window, tmp_path, FULL, color_scheme=scheme)

    assert await shown.violations() == []


async def test_axe_has_nothing_against_it_on_a_narrow_screen_which_it_never_overflows(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL, viewport={"width": 390, "height": 800})

    assert await shown.violations() == []
    assert await shown.page.evaluate("document.documentElement.scrollWidth") == 390


async def test_axe_has_nothing_against_code_frames_on_a_narrow_screen(window: Open, tmp_path: Path) -> None:
    report = Report("Manifests", diagnostics=FULL.diagnostics)
    shown = await reading(window, tmp_path, report, viewport={"width": 390, "height": 800})

    assert await shown.page.locator(".problems pre").count() > 0
    assert await shown.violations() == []


async def test_the_theme_is_the_systems_until_somebody_chooses(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL, color_scheme="dark")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    dark = await shown.page.evaluate(paper)
    await shown.page.get_by_role("button", name="Dark").click()

    assert dark == "rgb(16, 19, 23)"
    assert await shown.page.evaluate(paper) == "rgb(246, 247, 249)"
    assert await shown.violations() == []


async def test_paper_shows_every_change_and_no_buttons(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, large(300, 3))
    await shown.page.emulate_media(media="print")
    await shown.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert await shown.page.locator(".change[open]:visible").count() == 300
    assert not await shown.page.locator("#filters").is_visible()

    await shown.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert await shown.page.locator(".change[open]:visible").count() == 0


async def test_without_scripts_every_change_can_be_read(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL, java_script_enabled=False)

    assert await shown.page.locator(".change").count() == 9
    assert await shown.page.locator("ins").first.is_visible()
    assert await shown.page.locator(".shot .after img").first.is_visible()
    assert not await shown.page.locator("#filters").is_visible()


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("scripts", [True, False])
async def test_nothing_that_a_manifest_or_a_catalog_says_is_more_than_text(
    window: Open, tmp_path: Path, attack: str, scripts: bool
) -> None:
    shown = await reading(window, tmp_path, hostile(attack), java_script_enabled=scripts)
    for _ in range(2):  # what a fold is filled with when it opens has folds of its own
        await shown.page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        await shown.page.wait_for_timeout(20)

    assert shown.errors == []
    assert shown.strangers(tmp_path.as_uri()) == []
    assert await shown.page.locator("[onerror], [onload], script, img:not([alt]), iframe").count() == 1  # the report's own script
    assert await shown.page.locator("a:not([href^='#'])").count() == 0


async def test_a_plan_without_changes_says_so(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, Report(f"Plan for {LOCAL.name}", SETTLED))

    assert await shown.page.get_by_text("Nothing to do.").is_visible()
    assert await shown.violations() == []


async def test_a_printed_page_has_every_picture_whole_and_every_fold_open(window: Open, tmp_path: Path) -> None:
    """Chromium's own way to PDF; it writes the dictionaries of images as they are."""
    shown = await reading(window, tmp_path, FULL)
    pdf = await shown.page.pdf(format="A4")
    await shown.page.emulate_media(media="print")
    await shown.page.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins
    await shown.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    pictures = shown.page.locator(".shot figure img, .saw")
    boxes = [await picture.bounding_box() for picture in await pictures.all()]

    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Subtype /Image") >= len({*await pictures.evaluate_all("all => all.map(one => one.src)")})
    assert len(boxes) == 6
    assert all(box is not None and box["width"] > 60 and box["x"] >= 0 and box["x"] + box["width"] <= 688 for box in boxes)
    assert await shown.page.locator("details:not([open])").count() == 0
    assert await shown.page.locator(".slider:visible, .handle:visible, .modes:visible").count() == 0


APPLIED = Report("Apply to local", EVERYTHING, checks=CHECKS)


async def reading_outcome(window: Open, folder: Path, **context: object) -> Window:
    file = folder / "apply.html"
    file.write_text(report_html(APPLIED, outcome=OUTCOME), encoding="utf-8")
    shown = await window(**context)
    await shown.page.goto(file.as_uri())
    return shown


async def test_what_failed_of_an_apply_is_found_by_its_outcome(window: Open, tmp_path: Path) -> None:
    shown = await reading_outcome(window, tmp_path)
    await shown.page.get_by_label("failed", exact=False).first.check()

    assert await addresses(shown) == [NDVI.address]
    assert "400 ValidationError: rescale has one number" in await shown.page.locator(".change:visible").inner_text()


async def test_a_check_beside_a_collection_leads_to_all_that_is_known_of_it(window: Open, tmp_path: Path) -> None:
    shown = await reading_outcome(window, tmp_path)
    await shown.page.locator("[id='group:collection/naip'] .beside-checks a").first.click()

    assert await shown.page.evaluate("decodeURIComponent(location.hash)") == "#check:1"
    assert await shown.page.locator("[id='check:1'][open] .saw").is_visible()


@pytest.mark.parametrize("context", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 800}}])
async def test_axe_has_nothing_against_the_page_of_an_apply(window: Open, tmp_path: Path, context: dict[str, object]) -> None:
    shown = await reading_outcome(window, tmp_path, **context)

    assert await shown.violations() == []
    assert shown.errors == []
    assert await shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_nothing_is_remembered_outside_the_page(window: Open, tmp_path: Path) -> None:
    shown = await reading(window, tmp_path, FULL, color_scheme="light")
    await shown.page.get_by_role("button", name="Dark").click()
    await shown.page.get_by_label("delete").check()

    assert await shown.page.context.cookies() == []
    assert await shown.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
