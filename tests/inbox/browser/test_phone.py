"""The narrowest phone: every view can be reached, with and without scripts."""

import re

import pytest
from playwright.async_api import expect

from tests.inbox.browser.conftest import Desk
from tests.inbox.browser.test_looks import PHONE, faults

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("runs_scripts", [True, False])
async def test_every_view_can_be_reached_on_a_phone(desk: Desk, runs_scripts: bool) -> None:
    """The bar's last entry opens the views that have no room in it; one of them is a tap away."""
    page = await desk.window("Emily", size=PHONE, runs_scripts=runs_scripts)
    await page.get_by_text("More", exact=True).click()
    sheet = page.get_by_role("navigation", name="More views")
    await expect(sheet.get_by_role("link")).to_have_text(
        ["Waiting for contact", "Snoozed", "Resolved", "All tickets", "Toulouse"]
    )
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if runs_scripts:
        assert await faults(page) == []
    await sheet.get_by_role("link", name="Resolved").click()
    await expect(page).to_have_url(re.compile(r"/views/resolved$"))


async def test_the_bar_fits_in_french_too(desk: Desk) -> None:
    """Five entries and the portrait stand side by side within the window."""
    page = await desk.window("Claire", size=PHONE)
    more = await page.get_by_text("Plus", exact=True).bounding_box()
    me = await page.locator(".rail-me").bounding_box()
    assert more and me
    assert more["x"] + more["width"] <= me["x"]
    assert me["x"] + me["width"] <= PHONE[0]
