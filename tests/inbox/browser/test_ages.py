"""How old things are, as the page's script tells it."""

import asyncio

import pytest
from playwright.async_api import Locator

from tests.inbox.browser.conftest import Desk

pytestmark = pytest.mark.browser

TOLD = """(time, day) => {
    time.setAttribute("datetime", day);
    document.dispatchEvent(new Event("pieces"));
    return time.textContent;
}"""


async def told(time: Locator) -> list[str]:
    """What the page says of that day, word by word."""
    said: str = await time.evaluate(TOLD, "2017-10-31T12:00:00Z")
    return sorted(said.replace(",", "").split())


async def test_a_time_of_another_year_shows_it(desk: Desk) -> None:
    """A row of an earlier year says the year, in the list as among what was found, in the reader's language."""
    english, french = await desk.window("Emily"), await desk.window("Claire")
    for page, said in ((english, "31 Oct 2017"), (french, "31 oct. 2017")):
        time = page.locator("time[data-age]").first
        async with asyncio.timeout(20):  # the row may be drawn anew meanwhile
            while await told(time) != sorted(said.split()):
                pass
