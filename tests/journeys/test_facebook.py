"""A Facebook Page, from a comment to the answer under it: a real process, a real browser, the Graph played on loopback.

No server of Meta's can be had. What is played here keeps to what Meta documents, with token, proof and signature.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from bot.store import schema
from tests.connectors.facebook.far import Facebook, comment
from tests.connectors.meta.far import VERIFY_TOKEN, signature
from tests.connectors.meta.graph_api import APP_ID, APP_SECRET, TOKEN
from tests.databases import free_port
from tests.journeys.counter import furnish, window
from tests.journeys.processes import House

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(240)]

# A machine with other things to do may need this long for what takes a blink.
PATIENCE, USUAL = 60_000, 5_000

CHANNEL = """
[[channel]]
name = "page"
title = "Facebook"
network = "facebook"
base_url = "{base_url}"
options = {{ page_id = "{page}", app_id = "{app}", look_every = "1" }}
[channel.secrets]
token = "COMPTOIR_SECRET_PAGE"
app_secret = "COMPTOIR_SECRET_APP"
verify_token = "COMPTOIR_SECRET_WORD"
"""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """How long the page may take to show what is expected of it."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=USUAL)


@pytest.fixture
async def far() -> AsyncIterator[Facebook]:
    side = Facebook()
    await side.api.start()
    yield side
    await side.api.stop()


@pytest.fixture
def house(tmp_path: Path, database_url: str, far: Facebook) -> House:
    """A bank with two agents, whose channel is its Page."""
    folder = tmp_path / "house"
    folder.mkdir()
    url = f"sqlite:///{folder / 'comptoir.db'}" if database_url.startswith("sqlite") else database_url
    schema.upgrade(url)
    secrets = {"COMPTOIR_SECRET_PAGE": TOKEN, "COMPTOIR_SECRET_APP": APP_SECRET, "COMPTOIR_SECRET_WORD": VERIFY_TOKEN}
    house = House(folder, url, far.api.url, port=free_port(), environment=secrets)
    written = CHANNEL.format(base_url=far.api.url, page=far.us, app=APP_ID)
    (folder / "comptoir.toml").write_text(written, encoding="utf-8")
    furnish(house)
    return house


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[str]:
    """The desk's address, from its start to its end."""
    async with house.running() as desk:
        yield desk.address
        assert await desk.stop() == 0


async def brings(address: str, told: dict[str, Any], secret: str = APP_SECRET) -> int:
    """Meta calls our door; what it is answered."""
    body = json.dumps(told).encode()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body, secret)}
    url = f"{address}/hooks/page"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


async def looks(address: str) -> str:
    """Meta looks whether we are there, before it calls; what it hears."""
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    async with aiohttp.ClientSession() as session, session.get(f"{address}/hooks/page", params=query) as answer:
        return await answer.text()


async def opens(page: Page, address: str, words: str) -> None:
    """The agent goes to the one ticket by its number, and reads these words."""
    await page.goto(f"{address}/tickets/1")
    await expect(page.locator("#items .said-text", has_text=words)).to_be_visible()
    await page.wait_for_load_state("load")


async def test_from_comment_to_answer(house: House, far: Facebook, browser: Browser) -> None:
    """A signed comment becomes a ticket, once however often Meta repeats it; the answer stands under it; a forged one is refused.

    Then the desk is away: what was said meanwhile is found after its next start, and joins its conversation.
    """
    async with opened(house) as address:
        page = await window(address, browser)
        heard = await looks(address)
        told = comment("Ma carte est bloquée depuis hier")
        answers = [await brings(address, told), await brings(address, told), await brings(address, told, "forged")]
        await expect(page.locator("#rows .row-preview")).to_contain_text("Ma carte est bloquée")
        await opens(page, address, "Ma carte est bloquée")
        await page.locator("#reply-text").focus()
        await page.keyboard.type("Bonjour Ann, nous regardons.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".said-out .said-foot").last).to_contain_text("Envoyé")
        await page.close()

    await far.say("Ma carte est bloquée depuis hier")
    await far.say("Toujours bloquée")
    # Meta's times are whole seconds: what is said in the second of our answer would stand before it.
    far.comments[-1]["created_time"] = (datetime.now(UTC) + timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    async with opened(house) as address:
        page = await window(address, browser)
        await expect(page.locator("#rows .row-preview")).to_contain_text("Toujours bloquée")
        await opens(page, address, "Toujours bloquée")
        await expect(page.locator("#items .said-text")).to_have_text(
            ["Ma carte est bloquée depuis hier", "Bonjour Ann, nous regardons.", "Toujours bloquée"]
        )

    assert heard == "1158201444"
    assert answers == [200, 200, 401]
    assert far.commented == [("500_1", "Bonjour Ann, nous regardons.")]
