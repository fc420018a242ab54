"""The desk's pages in both themes and languages, on three sizes: accessible, within their budget, never scrolling sideways."""

import gzip

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, expect

from tests.inbox.browser.conftest import Desk

pytestmark = pytest.mark.browser

PATHS = ("/views/open", "/views/open/tickets/1", "/views/snoozed")
PHONE, TABLET, DESKTOP = (320, 640), (768, 1024), (1440, 900)


async def faults(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    found = await Axe().run(page)
    assert len(found.response["passes"]) > 15  # it did look
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]


@pytest.mark.parametrize("size", [PHONE, TABLET, DESKTOP], ids=["phone", "tablet", "desktop"])
@pytest.mark.parametrize("name", ["Claire", "Emily"], ids=["light French", "dark English"])
async def test_everybody_can_use_it(desk: Desk, name: str, size: tuple[int, int]) -> None:
    """Axe finds nothing, no page is wider than its window, and the browser has nothing to complain of, such as the policy."""
    page = await desk.window(name, size=size)
    for path in PATHS:
        await page.goto(desk.address + path)
        assert await faults(page) == [], path
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert desk.complaints == []


async def test_dialogs_and_menus_too(desk: Desk) -> None:
    """What opens over the page is as accessible as the page."""
    page = await desk.window(path="/views/open/tickets/1")
    for key, shown in (("?", "#shortcuts"), ("s", "#snooze-menu .menu-sheet"), ("a", "#assign-menu .menu-sheet")):
        await page.keyboard.press(key)
        await expect(page.locator(shown)).to_be_visible()
        assert await faults(page) == [], shown
        await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.locator("#palette-list [role=option]").first).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.keyboard.type("/")
    await expect(page.locator("#picker")).to_be_visible()
    assert await faults(page) == []


async def test_budgets(desk: Desk) -> None:
    """With a full list, the page is at most 60 KB of HTML, 45 of scripts, 25 of styles and 50 of font, compressed."""
    for number in range(50):
        await desk.hears("Bonjour, mon virement n’est pas arrivé.", who=f"Contact {number}")
    sizes: dict[str, int] = {}
    page = await desk.window()

    async def weigh(url: str, kind: str) -> None:
        answer = await page.request.get(url)
        body = await answer.body()
        sizes[kind] = sizes.get(kind, 0) + len(body if kind == "font" else gzip.compress(body))

    loaded = await page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    await weigh(page.url, "html")
    for url in {one for one in loaded if "/static/" in one}:
        kind = {"js": "scripts", "css": "styles", "woff2": "font"}.get(url.rpartition(".")[2])
        if kind:
            await weigh(url, kind)
    assert sizes["html"] <= 60_000
    assert sizes["scripts"] <= 45_000
    assert sizes["styles"] <= 25_000
    assert sizes["font"] <= 50_000


async def test_no_flash_of_another_theme(desk: Desk) -> None:
    """The theme is in the page as the server sends it: no script decides it after the first paint."""
    page = await desk.window("Emily", runs_scripts=False)
    assert await page.locator("html").get_attribute("data-theme") == "dark"
