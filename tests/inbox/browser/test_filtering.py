"""A list is filtered and ordered by keyboard, and what happens elsewhere keeps to the filter."""

import re

import pytest
from playwright.async_api import expect

from bot.desk import ticketing
from bot.model.event import SYSTEM
from tests.inbox.browser.conftest import Desk

pytestmark = pytest.mark.browser


async def test_by_keyboard(desk: Desk) -> None:
    """F opens the filters with the first one in focus; Enter on the button applies; the chip takes it away again."""
    await desk.hears("Hello, my card is lost.", who="Hugo Delmas")
    await desk.engine.database.write(lambda tx: ticketing.prioritise(tx, 1, "urgent", by=SYSTEM))
    page = await desk.window()
    await page.keyboard.press("f")
    await expect(page.locator("#filter-menu select").first).to_be_focused()
    await page.locator("#filter-priority").focus()
    await page.keyboard.type("Urg")
    await page.locator("#filter-menu button").focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/views/open\?priority=urgent$"))
    await expect(page.locator("#rows .row-name")).to_have_text(["Amélie Rousseau"])
    await page.locator("#list-chips .chip-filter").press("Enter")
    await expect(page.locator("#rows .row")).to_have_count(2)
    assert desk.complaints == []


async def test_what_happens_elsewhere_keeps_to_the_filter(desk: Desk) -> None:
    """A ticket that no longer passes leaves the list; one that does not pass never comes."""
    await desk.engine.database.write(lambda tx: ticketing.prioritise(tx, 1, "urgent", by=SYSTEM))
    page = await desk.window(path="/views/open?priority=urgent")
    await expect(page.locator("#rows .row")).to_have_count(1)
    await desk.hears("Bonjour", who="Hugo Delmas")
    await desk.engine.database.write(lambda tx: ticketing.prioritise(tx, 1, "normal", by=SYSTEM))
    await expect(page.locator("#rows .row")).to_have_count(0)
    await expect(page.locator("#list-pill")).to_be_hidden()
    await desk.engine.database.write(lambda tx: ticketing.prioritise(tx, 2, "urgent", by=SYSTEM))
    await expect(page.locator("#list-pill")).to_have_text("1 nouveau ticket")
    await page.locator("#list-pill").click()
    await expect(page.locator("#rows .row-name")).to_have_text(["Hugo Delmas"])


async def test_the_longest_waiting_stay_first(desk: Desk) -> None:
    """Chosen from the menu, the order holds also for a ticket that comes while the window is open: it goes to the end."""
    await desk.hears("Bonjour", who="Hugo Delmas")
    page = await desk.window()
    await page.locator("#sort-menu > summary").press("Enter")
    await page.locator("#sort-menu a", has_text="Plus longue attente").click()
    await expect(page.locator("#rows .row-name")).to_have_text(["Amélie Rousseau", "Hugo Delmas"])
    await desk.hears("Bonjour", who="Inès Caron")
    await page.locator("#list-pill").click()
    await expect(page.locator("#rows .row-name")).to_have_text(["Amélie Rousseau", "Hugo Delmas", "Inès Caron"])


async def test_without_scripts(desk: Desk) -> None:
    """The filters are a plain form."""
    page = await desk.window(runs_scripts=False)
    await page.locator("#filter-menu > summary").click()
    await page.locator("#filter-language").select_option("en")
    await page.locator("#filter-menu button").click()
    await expect(page).to_have_url(re.compile(r"/views/open\?language=en$"))
    await expect(page.locator("#blank")).to_be_visible()
