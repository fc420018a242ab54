"""The bot at the counter: it answers what it knows, calls a person for what it does not, is silent, and is given the ticket back.

Real processes, a real browser, and a Telegram that somebody else has written.
"""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from bot.autoreply import phrases
from bot.desk import channelling, starting
from bot.model.event import SYSTEM
from bot.store import channels, engagements
from bot.store.database import Database, run_once
from bot.store.transaction import Transaction
from tests.journeys.counter import Counter
from tests.journeys.processes import until

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(240)]

# A machine with other things to do may need this long for what takes a blink.
PATIENCE, USUAL = 30_000, 5_000
HOURS = "Quels sont vos horaires ?"
UNKNOWN = "Mon perroquet a avalé mon chéquier."
BRANCH = "Où est l’agence la plus proche ?"
PERSON = "Bonjour Ann, ici Claire : gardez le perroquet."


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """How long the page may take to show what is expected of it."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=USUAL)


def let_in(tx: Transaction) -> None:
    """The operator takes the starter set, and lets the bot answer on every channel."""
    starting.take(tx, by=SYSTEM)
    for channel in channels.all(tx):
        channelling.let_bot_answer(tx, channel.id, by=SYSTEM)


def decided(tx: Transaction, course: str, reason: str) -> bool:
    """Whether the newest message was decided so."""
    told = engagements.decisions(tx, 1)
    return bool(told) and (told[-1].course, told[-1].reason) == (course, reason)


async def test_from_the_bot_to_a_person_and_back(counter: Counter, browser: Browser) -> None:
    """A question in French is answered in French by a bot that names itself; what it does not know goes to a person with a
    summary; while that person answers it is silent and only suggests; given back, it answers again.
    """
    async with counter.opened(undo_seconds=0) as desk:
        run_once(counter.house.database_url, let_in)
        onlooker = Database(counter.house.database_url)
        await onlooker.open()
        page = await desk.window(browser)

        await desk.emulator.say(HOURS)
        (answer,) = await desk.said(1)
        assert answer.startswith("Ici Comptoir, l’assistant automatique.")
        assert "écrivez" in answer

        await desk.emulator.say(UNKNOWN)
        farewell = (await desk.said(2))[1]
        assert phrases.say("fr", "unknown") in farewell
        await sees_the_handover(page, desk.address)
        await writes(page, PERSON)
        assert (await desk.said(3))[2] == PERSON

        await desk.emulator.say(BRANCH)
        await until(onlooker, lambda tx: decided(tx, "suggest", "person"))
        await expect(page.locator("#suggestions .suggestion")).to_have_count(1)
        assert len(await desk.said(3)) == 3

        await page.locator("#handback button[type=submit]").click()
        await expect(page.locator("#understood .chip-bot")).to_be_visible()
        assert "agence" in (await desk.said(4))[3]
        await expect(page.locator(".said-out .chip-bot")).to_have_count(3)
        await expect(page.locator("#thread-head .chip-waiting")).to_be_visible()
        await onlooker.close()


async def sees_the_handover(page: Page, address: str) -> None:
    """The agent opens the ticket: the bot's words bear its mark, and its note says what was asked, answered and understood."""
    await page.goto(f"{address}/tickets/1")
    await page.wait_for_load_state("load")
    await expect(page.locator(".said-out .chip-bot")).to_have_count(2)
    note = page.locator(".said-note .said-text")
    await expect(note).to_contain_text("il ne connaît pas la réponse")
    await expect(note).to_contain_text(UNKNOWN)
    await expect(note).to_contain_text("Horaires")
    await expect(page.locator(".happened", has_text="passe la main")).to_be_visible()
    await expect(page.locator("#understood")).to_contain_text("Une personne répond")


async def writes(page: Page, text: str) -> None:
    """The agent types into the reply, and sends it by Ctrl+Enter."""
    await page.locator("#reply-text").focus()
    await page.keyboard.type(text)
    await page.keyboard.press("Control+Enter")
