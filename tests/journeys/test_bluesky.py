"""Bluesky, from a person's post to the agent's answer and back: real processes, a real browser, Bluesky's own servers."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from atproto import AsyncClient, client_utils, models  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page, expect

from bot.store import schema
from tests.databases import PostgreSQL, free_port
from tests.journeys.counter import furnish, window
from tests.journeys.processes import House
from tests.peers import bluesky, installing

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]

# A machine with other things to do may need this long for what takes a blink.
PATIENCE, USUAL = 60_000, 5_000
_numbers = count(1)

CHANNEL = """
[[channel]]
name = "bluesky"
title = "Bluesky"
network = "bluesky"
base_url = "{base_url}"
secrets = {{ password = "COMPTOIR_SECRET_BLUESKY" }}
options = {{ identifier = "{handle}" }}
"""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """How long the page may take to show what is expected of it."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=USUAL)


@pytest.fixture(scope="module")
def servers(postgresql: PostgreSQL) -> Iterator[str]:
    """Bluesky, as its makers have written it; the first time on a machine it is installed."""
    with postgresql.fresh() as url:
        try:
            with bluesky.running(url) as address:
                yield address
        except installing.NoPeer as why:
            pytest.skip(f"Bluesky's servers cannot be had here: {why}")


@dataclass
class Town:
    """The brand and Ann, both on Bluesky."""

    brand: AsyncClient
    ann: AsyncClient

    async def asks(self, text: str) -> Any:
        """Ann names the brand in a post of her own."""
        words = client_utils.TextBuilder().mention(f"@{self.brand.me.handle}", self.brand.me.did).text(text)
        return models.create_strong_ref(await self.ann.send_post(words))

    async def replies(self, text: str, parent: Any, root: Any) -> Any:
        under = models.AppBskyFeedPost.ReplyRef(parent=parent, root=root)
        return models.create_strong_ref(await self.ann.send_post(text, reply_to=under))

    async def answer(self, root: Any) -> Any:
        """What the brand has said under Ann's post, once she can see it."""
        (ours, *_) = await bluesky.until(lambda: self.answers(root))
        return models.create_strong_ref(ours)

    async def answers(self, root: Any) -> list[Any]:
        thread = (await self.ann.get_post_thread(root.uri)).thread
        return [reply.post for reply in thread.replies or [] if reply.post.author.did == self.brand.me.did]

    async def writes_over(self, ref: Any, text: str) -> None:
        """Ann changes what her post says, which her own program allows nobody."""
        repo, collection, rkey = ref.uri.removeprefix("at://").split("/")
        where = {"repo": repo, "collection": collection, "rkey": rkey}
        there = (await self.ann.com.atproto.repo.get_record(where)).value
        record = there.model_copy(update={"text": text})
        await self.ann.com.atproto.repo.put_record(models.ComAtprotoRepoPutRecord.Data(**where, record=record))


@pytest.fixture
async def town(servers: str) -> AsyncIterator[Town]:
    number = next(_numbers)
    async with bluesky.person(servers, f"bank{number}") as brand, bluesky.person(servers, f"anne{number}") as ann:
        yield Town(brand, ann)


@pytest.fixture
async def house(tmp_path: Path, database_url: str, servers: str, town: Town) -> House:
    """A bank with two agents, whose channel is the brand's account."""
    folder = tmp_path / "house"
    folder.mkdir()
    url = f"sqlite:///{folder / 'comptoir.db'}" if database_url.startswith("sqlite") else database_url
    schema.upgrade(url)
    password = await bluesky.app_password(town.brand)
    house = House(folder, url, servers, port=free_port(), environment={"COMPTOIR_SECRET_BLUESKY": password})
    written = CHANNEL.format(base_url=servers, handle=town.brand.me.handle)
    (folder / "comptoir.toml").write_text(written, encoding="utf-8")
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


async def test_from_post_to_answer(house: House, town: Town, browser: Browser) -> None:
    """A mention becomes a ticket, is answered under the post, and the answer to the answer comes live.

    Then the desk is away: what was said, written over and deleted meanwhile is there after its next start, and once.
    """
    name = f"@{town.brand.me.handle}"
    async with opened(house) as address:
        page = await window(address, browser)
        asked = await town.asks(" ma carte est bloquée 😔")
        await expect(page.locator("#rows .row-preview")).to_contain_text("ma carte est bloquée")
        await opens(page, "ma carte est bloquée")
        await page.locator("#reply-text").focus()
        await page.keyboard.type("Bonjour Anne, nous regardons.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".said-out .said-foot").last).to_contain_text("Envoyé")
        answer = await town.answer(asked)
        first = await town.replies("Et le virement ?", answer, asked)
        await expect(page.locator("#items .said-text").last).to_have_text("Et le virement ?")
        await page.close()

    await town.writes_over(asked, f"{name} ma carte bleue est bloquée")
    await town.ann.delete_post(first.uri)
    await town.replies("Merci beaucoup", answer, asked)
    async with opened(house) as address:
        page = await window(address, browser)
        await opens(page, "Merci beaucoup")
        await expect(page.locator("#rows .row")).to_have_count(1)
        await expect(page.locator("#items .said-text")).to_have_text(
            [
                f"{name} ma carte bleue est bloquée",
                "Bonjour Anne, nous regardons.",
                "Message supprimé par son auteur",
                "Merci beaucoup",
            ]
        )
    answers = await town.answers(asked)

    assert [answer.record.text for answer in answers] == ["Bonjour Anne, nous regardons."]
    assert answers[0].record.reply.parent.uri == answers[0].record.reply.root.uri == asked.uri
