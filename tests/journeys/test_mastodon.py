"""Mastodon, from a person's post to the agent's answer and back: real processes, a real browser, another's Mastodon."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.store import schema
from tests.databases import free_port
from tests.journeys.counter import furnish, window
from tests.journeys.processes import House
from tests.peers import installing, mastodon
from tests.peers.mastodon import BRAND, Mock, words

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(400)]

# A machine with other things to do may need this long for what takes a blink.
PATIENCE, USUAL = 40_000, 5_000

CHANNEL = """
[[channel]]
name = "mastodon"
title = "Mastodon"
network = "mastodon"
base_url = "{base_url}"
secrets = {{ token = "COMPTOIR_SECRET_MASTODON" }}
"""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """How long the page may take to show what is expected of it."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=USUAL)


@pytest.fixture
async def mock() -> AsyncIterator[Mock]:
    """Mastodon, as somebody else has written it."""
    try:
        with mastodon.running() as url:
            async with mastodon.played(url) as played:
                yield played
    except installing.NoPeer as why:
        pytest.skip(f"the Mastodon mock cannot be had here: {why}")


@pytest.fixture
def house(tmp_path: Path, database_url: str, mock: Mock) -> House:
    """A bank with two agents, whose channel is the brand's account on the mock."""
    folder = tmp_path / "house"
    folder.mkdir()
    url = f"sqlite:///{folder / 'comptoir.db'}" if database_url.startswith("sqlite") else database_url
    schema.upgrade(url)
    house = House(folder, url, mock.url, port=free_port(), environment={"COMPTOIR_SECRET_MASTODON": BRAND})
    (folder / "comptoir.toml").write_text(CHANNEL.format(base_url=mock.url), encoding="utf-8")
    furnish(house)
    return house


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[str]:
    """The desk's address, from its start to its end."""
    async with house.running() as desk:
        yield desk.address
        assert await desk.stop() == 0


async def opens(page: Page, words: str) -> None:
    """The agent opens the ticket whose row shows these words."""
    await page.locator("#rows .row", has_text=words).first.click()
    await expect(page).to_have_url(re.compile(r"/tickets/\d+"))
    await expect(page.locator("#items .said-text", has_text=words)).to_be_visible()


async def answers(page: Page, text: str) -> None:
    await page.locator("#reply-text").focus()
    await page.keyboard.type(text)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".said-out .said-foot").last).to_contain_text("Envoyé")


async def test_from_post_to_answer(house: House, mock: Mock, browser: Browser) -> None:
    """A mention becomes a ticket, is answered under the post, and follows its author's edit and deletion live.

    Then the desk is away: what was said and changed meanwhile is there after its next start, once, in public and in private.
    """
    await mock.follow("ann")
    async with opened(house) as address:
        page = await window(address, browser)
        asked = await mock.say("Bonjour, ma carte est bloquée")
        await expect(page.locator("#rows .row-preview")).to_contain_text("ma carte est bloquée")
        await opens(page, "ma carte est bloquée")
        await answers(page, "Bonjour Ann, nous regardons.")
        (answer,) = await mock.said(len)
        assert (words(answer), answer["in_reply_to_id"]) == ("@ann Bonjour Ann, nous regardons.", asked)

        await mock.edit(asked, "Bonjour, ma carte bleue est bloquée")
        await expect(page.locator("#items .said-text").first).to_have_text("@brand Bonjour, ma carte bleue est bloquée")
        again = await mock.say("Et la nouvelle ?", in_reply_to_id=answer["id"])
        await expect(page.locator("#items .said-text").last).to_have_text("@brand Et la nouvelle ?")
        await mock.delete(again)
        await expect(page.locator("#items .said-text").last).to_have_text("Message supprimé par son auteur")
        await page.close()

    await mock.edit(asked, "Bonjour, tout est réglé")
    await mock.say("Merci beaucoup", in_reply_to_id=answer["id"])
    await mock.say("Mon dossier est le 42", visibility="direct")
    async with opened(house) as address:
        page = await window(address, browser)
        await expect(page.locator("#rows .row")).to_have_count(2)
        await opens(page, "Merci beaucoup")
        await expect(page.locator("#items .said-text")).to_have_text(
            [
                "@brand Bonjour, tout est réglé",
                "Bonjour Ann, nous regardons.",
                "Message supprimé par son auteur",
                "@brand Merci beaucoup",
            ]
        )
        await opens(page, "Mon dossier")
        await answers(page, "Merci, Ann.")
        private = (await mock.said(lambda posts: len(posts) == 2))[-1]

    assert (words(private), private["visibility"]) == ("@ann Merci, Ann.", "direct")
