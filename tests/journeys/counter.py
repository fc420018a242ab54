"""A bank's counter: a desk in a process of its own, a network on one side of it, agents' browsers on the other.

Every network's journey builds its house, opens it, opens and answers tickets with what stands here; below, Telegram's counter.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.desk import passwords, staffing
from bot.desk.staffing import Post
from bot.model.event import SYSTEM
from bot.store import canned_replies, schema
from bot.store.database import run_once
from bot.store.transaction import Transaction
from tests.databases import free_port
from tests.journeys.processes import House
from tests.peers.telegram import TOKEN, Emulator

PASSWORD = "sous-le-pont-de-pierre"
CANNED = "Bonjour {{contact_first_name}}, c’est réglé sous {{delai}}."
HOOK_SECRET = "only-the-network-knows"

CHANNEL = """
[[channel]]
name = "telegram"
title = "Telegram"
network = "telegram"
base_url = "{base_url}"
secrets = {{ token = "COMPTOIR_SECRET_TELEGRAM", hook_secret = "COMPTOIR_SECRET_HOOK" }}
options = {{ mode = "{mode}" }}
"""


def built(folder: Path, database_url: str, network_url: str) -> House:
    """A house in an empty folder under this one; on SQLite its database is in there."""
    home = folder / "house"
    home.mkdir()
    url = f"sqlite:///{home / 'comptoir.db'}" if database_url.startswith("sqlite") else database_url
    schema.upgrade(url)
    return House(home, url, network_url)


def settled(house: House, written: str, environment: Mapping[str, str]) -> House:
    """A house with two agents, whose channels are `written`, and whose secrets stand in the environment."""
    house.port, house.environment = free_port(), dict(environment)
    (house.folder / "comptoir.toml").write_text(written, encoding="utf-8")
    furnish(house)
    return house


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[str]:
    """The desk's address, from its start to its end."""
    async with house.running() as desk:
        yield desk.address
        assert await desk.stop() == 0


async def opens(page: Page, words: str) -> None:
    """The agent opens the ticket whose row shows these words, by its own address: a click may meet a row being redrawn."""
    link = await page.locator("#rows .row", has_text=words).first.locator("a").first.get_attribute("href")
    await page.goto(urljoin(page.url, link))
    await expect(page.locator("#items .said-text", has_text=words)).to_be_visible()
    await page.wait_for_load_state("load")


async def answers(page: Page, text: str) -> None:
    """The agent answers the open ticket, and the answer arrives."""
    await page.locator("#reply-text").focus()
    await page.keyboard.type(text)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".said-out .said-foot").last).to_contain_text("Envoyé")


def furnish(house: House) -> None:
    """Two agents who see everything, and one canned reply with a blank."""
    hashed = passwords.hashed(PASSWORD)
    run_once(house.database_url, lambda tx: _staff(tx, hashed))


def _staff(tx: Transaction, password_hash: str) -> None:
    for email, name in (("claire@bank.test", "Claire Dumont"), ("mehdi@bank.test", "Mehdi Benali")):
        post = Post(email, name, "supervisor", ("fr",))
        staffing.hire(tx, post, by=SYSTEM, locale="fr", password_hash=password_hash)
    canned_replies.save(tx, shortcut="delai", title="Délai", text_fr=CANNED)


async def window(address: str, browser: Browser, email: str = "claire@bank.test") -> Page:
    """A browser of an agent, who has come in by the door, and sees the open tickets."""
    context = await browser.new_context(viewport=ViewportSize(width=1440, height=900))
    page = await context.new_page()
    await page.goto(f"{address}/views/open")
    await page.locator("input[name=email]").fill(email)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#list-title")).to_have_text("Ouverts")
    # Keys are heard once the scripts are there.
    await page.wait_for_load_state("load")
    return page


@dataclass(slots=True)
class Open:
    """A desk that serves, and the customer who stands before it."""

    address: str
    emulator: Emulator

    async def window(self, browser: Browser, email: str = "claire@bank.test") -> Page:
        return await window(self.address, browser, email)

    async def said(self, count: int) -> list[str]:
        """What the bank has said on Telegram, once it is so much."""
        return [written["text"] for written in await self.emulator.written(count)]


@dataclass(slots=True)
class Counter:
    """The furnished house, and the emulator to which its channel leads."""

    house: House
    emulator: Emulator

    @asynccontextmanager
    async def opened(self, *, undo_seconds: int, mode: str = "poll") -> AsyncIterator[Open]:
        """The desk, from its start to its end. By webhook, the emulator calls the desk's public address."""
        self.house.port = free_port()
        self.house.environment = {
            "COMPTOIR_UNDO_SECONDS": str(undo_seconds),
            "COMPTOIR_PUBLIC_URL": f"http://127.0.0.1:{self.house.port}",
            "COMPTOIR_SECRET_TELEGRAM": TOKEN,
            "COMPTOIR_SECRET_HOOK": HOOK_SECRET,
        }
        written = CHANNEL.format(base_url=self.house.network_url, mode=mode)
        (self.house.folder / "comptoir.toml").write_text(written, encoding="utf-8")
        async with self.house.running() as desk:
            yield Open(desk.address, self.emulator)
            assert await desk.stop() == 0
