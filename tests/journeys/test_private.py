"""A public complaint is moved to private: one ticket, both kinds of words, and the answer goes where the contact last wrote."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.connectors.fake.ledger import What
from bot.connectors.fake.payloads import User
from bot.connectors.fake.server import FakeServer
from bot.store import tickets
from bot.store.database import Database
from tests.databases import free_port
from tests.journeys.counter import PASSWORD, furnish
from tests.journeys.processes import House
from tests.journeys.witness import happens

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(240)]

PATIENCE = 30_000
LEA = User("lea", "Léa Martin", "lea")
CHANNEL = """
[[channel]]
name = "brand"
title = "Réseau de la place"
network = "fake"
base_url = "{base_url}"
options = {{ window_hours = "24", private_reply_days = "7", acts = "hide, like, edit, delete" }}
"""


@asynccontextmanager
async def opened(house: House, browser: Browser, *, undo_seconds: int = 0) -> AsyncIterator[Page]:
    """A desk on a network that has windows and knows deeds, and Claire's browser on its open tickets."""
    furnish(house)
    (house.folder / "comptoir.toml").write_text(CHANNEL.format(base_url=house.network_url), encoding="utf-8")
    house.port = free_port()
    house.environment = {"COMPTOIR_UNDO_SECONDS": str(undo_seconds)}
    async with house.running() as desk:
        context = await browser.new_context(viewport=ViewportSize(width=1440, height=900))
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        await page.goto(f"{desk.address}/views/open")
        await page.locator("input[name=email]").fill("claire@bank.test")
        await page.locator("input[name=password]").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("#list-title")).to_have_text("Ouverts", timeout=PATIENCE)
        await page.wait_for_load_state("load")
        yield page
        assert await desk.stop() == 0


async def opens(page: Page, name: str) -> None:
    await page.get_by_role("link", name=name).first.click()
    await expect(page.locator("#thread-title")).to_have_text(name, timeout=PATIENCE)


async def test_from_a_public_complaint_to_a_private_answer(
    house: House, network: FakeServer, onlooker: Database, browser: Browser
) -> None:
    """Both texts leave, the private one first; what the contact answers in private is in the same ticket, and answered there."""
    account = network.network.accounts["brand"]
    async with opened(house, browser) as page:
        complaint = await account.say(LEA, "Toujours aucune réponse, c’est honteux !", thread="wall", is_public=True)
        await expect(page.locator("#rows .row")).to_have_count(1, timeout=PATIENCE)
        await opens(page, "Léa Martin")
        await expect(page.locator("#composer-may")).to_contain_text("tout le monde peut la lire")
        await expect(page.locator("#composer-may .left")).to_contain_text("encore 6 j", timeout=PATIENCE)

        await page.keyboard.press("p")
        await expect(page.locator("#move-text")).to_be_focused()
        await page.keyboard.type("Bonjour Léa, donnez-nous la date de votre demande.")
        await page.keyboard.press("Control+Enter")
        sent = await happens(network, What.TAKEN, lambda found: len(found) == 2)
        assert [entry.thread for entry in sent] == ["chat-lea", "wall"]
        assert sent[0].text == "Bonjour Léa, donnez-nous la date de votre demande."
        assert account.posts[sent[1].post].reply_to == complaint.id
        await expect(page.locator(".said-out .said-foot").last).to_contain_text("Envoyé", timeout=PATIENCE)
        await expect(page.locator(".said-out .chip-public")).to_have_count(1)

        await account.say(LEA, "C’était le 3 novembre.")
        await expect(page.locator("#items .said-text").last).to_have_text("C’était le 3 novembre.", timeout=PATIENCE)
        await expect(page.locator("#composer-may")).to_contain_text("personne d’autre ne le lit")
        await expect(page.locator("#tab-move")).to_be_disabled()
        await expect(page.locator("#rows .row")).to_have_count(1)
        await page.locator("#reply-text").fill("Merci, nous le traitons aujourd’hui.")
        await page.keyboard.press("Control+Enter")
        answered = await happens(network, What.TAKEN, lambda found: len(found) == 3)
        assert (answered[2].thread, answered[2].text) == ("chat-lea", "Merci, nous le traitons aujourd’hui.")

    (only,) = await onlooker.read(lambda tx: tickets.rows(tx, range(1, 10)))
    assert (only.message_count, only.unanswered_count, only.state) == (5, 0, "waiting")


async def test_both_are_taken_back_at_once(house: House, network: FakeServer, browser: Browser) -> None:
    """Undo takes the public line back with the private message; the words are in the form again, and nothing has left."""
    account = network.network.accounts["brand"]
    async with opened(house, browser, undo_seconds=60) as page:
        await account.say(LEA, "Toujours rien !", thread="wall", is_public=True)
        await expect(page.locator("#rows .row")).to_have_count(1, timeout=PATIENCE)
        await opens(page, "Léa Martin")
        await page.keyboard.press("p")
        await page.keyboard.type("Bonjour Léa.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".said-out")).to_have_count(2, timeout=PATIENCE)
        await page.locator("#toasts button").press("Enter")
        await expect(page.locator(".said-out")).to_have_count(0, timeout=PATIENCE)
        await expect(page.locator("#move-text")).to_have_value("Bonjour Léa.")
        assert network.network.ledger.entries(What.TAKEN) == []


async def test_deeds_by_keyboard(house: House, network: FakeServer, browser: Browser) -> None:
    """A message is hidden, and words of ours are changed, from the message's menu without the mouse; the message shows both."""
    account = network.network.accounts["brand"]
    async with opened(house, browser) as page:
        insult = await account.say(LEA, "Bande de voleurs !", thread="wall", is_public=True)
        await expect(page.locator("#rows .row")).to_have_count(1, timeout=PATIENCE)
        await opens(page, "Léa Martin")
        menu = page.locator(".said-menu").first
        await menu.locator("summary").first.press("Enter")
        await menu.get_by_role("button", name="Masquer sur le réseau").press("Enter")
        await expect(page.locator(".said .chip-high")).to_have_text("Masqué au public", timeout=PATIENCE)
        assert insult.id in account.hidden

        await page.locator("#reply-text").fill("Bonjour Léa, que s’est-il passé ?")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".said-out .said-foot")).to_contain_text("Envoyé", timeout=PATIENCE)
        own = page.locator(".said-out .said-menu")
        await own.locator("summary").first.press("Enter")
        await own.locator(".said-sure > summary").first.press("Enter")
        await own.locator("textarea").fill("Bonjour Léa, que s’est-il passé hier ?")
        await own.get_by_role("button", name="Modifier sur le réseau").press("Enter")
        await expect(page.locator(".said-out .said-text")).to_have_text(
            "Bonjour Léa, que s’est-il passé hier ?", timeout=PATIENCE
        )
        (done,) = [entry for entry in network.network.ledger.entries(What.DONE) if entry.kind == "edit"]
        assert account.posts[done.post].text == "Bonjour Léa, que s’est-il passé hier ?"
