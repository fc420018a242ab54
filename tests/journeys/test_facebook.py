"""A Facebook Page, from a comment to the answer under it: a real process, a real browser, the Graph played on loopback.

No server of Meta's can be had. What is played here keeps to what Meta documents, with token, proof and signature.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.connectors.facebook.far import Facebook, comment
from tests.journeys.counter import answers, opened, opens, window
from tests.journeys.meta import brings, looks, metas_house
from tests.journeys.processes import House

pytestmark = [pytest.mark.usefixtures("patience"), pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
async def far() -> AsyncIterator[Facebook]:
    side = Facebook()
    await side.api.start()
    yield side
    await side.api.stop()


@pytest.fixture
def house(tmp_path: Path, database_url: str, far: Facebook) -> House:
    """A bank with two agents, whose channel is its Page."""
    return metas_house(far, tmp_path, database_url, "page")


async def test_from_comment_to_answer(house: House, far: Facebook, browser: Browser) -> None:
    """A signed comment becomes a ticket, once however often Meta repeats it; the answer stands under it; a forged one is refused.

    Then the desk is away: what was said meanwhile is found after its next start, and joins its conversation.
    """
    async with opened(house) as address:
        page = await window(address, browser)
        heard = await looks(address, "page")
        told = comment("Ma carte est bloquée depuis hier")
        answered = [
            await brings(address, "page", told),
            await brings(address, "page", told),
            await brings(address, "page", told, "forged"),
        ]
        await expect(page.locator("#rows .row-preview")).to_contain_text("Ma carte est bloquée")
        await opens(page, "Ma carte est bloquée")
        await answers(page, "Bonjour Ann, nous regardons.")
        await page.close()

    await far.say("Ma carte est bloquée depuis hier")
    await far.say("Toujours bloquée")
    # Meta's times are whole seconds: what is said in the second of our answer would stand before it.
    far.comments[-1]["created_time"] = (datetime.now(UTC) + timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    async with opened(house) as address:
        page = await window(address, browser)
        await expect(page.locator("#rows .row-preview")).to_contain_text("Toujours bloquée")
        await opens(page, "Toujours bloquée")
        await expect(page.locator("#items .said-text")).to_have_text(
            ["Ma carte est bloquée depuis hier", "Bonjour Ann, nous regardons.", "Toujours bloquée"]
        )

    assert heard == "1158201444"
    assert answered == [200, 200, 401]
    assert far.commented == [("500_1", "Bonjour Ann, nous regardons.")]
