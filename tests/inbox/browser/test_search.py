"""Searching by keyboard."""

import re

import pytest
from playwright.async_api import expect

from bot.store import search
from tests.inbox.browser.conftest import Desk
from tests.inbox.browser.test_looks import DESKTOP, PHONE, faults

pytestmark = pytest.mark.browser


async def test_by_keyboard(desk: Desk) -> None:
    """A slash opens the search, Enter asks, J and Enter open what was found; nothing scrolls sideways, axe finds nothing."""
    while await desk.engine.database.read(lambda tx: search.unread(tx, 1)):
        await desk.engine.database.write(lambda tx: search.follow(tx, 100))
    page = await desk.window()
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("avalee")
    await page.keyboard.press("Enter")
    await expect(page.locator(".found-list mark")).to_have_text(["avalée"])
    for size in (PHONE, DESKTOP):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.locator("main").focus()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/views/all/tickets/1$"))
    assert desk.complaints == []
