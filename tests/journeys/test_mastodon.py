"""Mastodon, from a person's post to the agent's answer and back: real processes, a real browser, another's Mastodon."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.counter import answers, built, opened, opens, settled, window
from tests.journeys.processes import House
from tests.peers import installing, mastodon
from tests.peers.mastodon import BRAND, Mock, words

pytestmark = [pytest.mark.usefixtures("patience"), pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(400)]

CHANNEL = """
[[channel]]
name = "mastodon"
title = "Mastodon"
network = "mastodon"
base_url = "{base_url}"
secrets = {{ token = "COMPTOIR_SECRET_MASTODON" }}
"""


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
    written = CHANNEL.format(base_url=mock.url)
    return settled(built(tmp_path, database_url, mock.url), written, {"COMPTOIR_SECRET_MASTODON": BRAND})


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
