"""The counter, from a customer's message to an agent's answer: real processes, a real browser, another's Telegram."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.counter import Counter

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(240)]

# A machine with other things to do may need this long for what takes a blink.
PATIENCE, USUAL = 30_000, 5_000
ANSWER = "Bonjour Ann, c’est réglé sous 48 heures."


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """How long the page may take to show what is expected of it."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=USUAL)


async def opens_first(page: Page) -> None:
    """The agent goes to the first ticket and opens it, without the mouse."""
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread-title")).to_be_focused()
    await expect(page).to_have_url(re.compile(r"/tickets/\d+$"))


async def writes(page: Page, text: str) -> None:
    """The agent types into the reply, and sends it by Ctrl+Enter."""
    await page.locator("#reply-text").focus()
    await page.keyboard.type(text)
    await page.keyboard.press("Control+Enter")


@pytest.mark.parametrize("mode", ["poll", "webhook"])
async def test_from_question_to_answer(counter: Counter, browser: Browser, mode: str) -> None:
    """A question appears by itself, is answered with a canned reply by keyboard, arrives once, and its sequel comes back live."""
    async with counter.opened(undo_seconds=2, mode=mode) as desk:
        page = await desk.window(browser)
        await expect(page.locator("#rows .row")).to_have_count(0)
        await desk.emulator.say("Bonjour, où en est mon virement ?")
        await expect(page.locator("#rows .row-preview")).to_contain_text("où en est mon virement")
        await opens_first(page)
        await answers_by_canned_reply(page)
        assert await desk.said(1) == [ANSWER]
        await expect(page.locator("#thread-head .chip-waiting")).to_be_visible()

        await desk.emulator.say("Merci ! Et pour le prochain ?")
        await expect(page.locator("#items .said-text").last).to_have_text("Merci ! Et pour le prochain ?")
        await expect(page.locator("#thread-head .chip-open")).to_be_visible()
        await page.locator("#thread-scroll").focus()
        await page.keyboard.press("e")
        await expect(page.locator("#thread-head .chip-resolved")).to_be_visible()

        await desk.emulator.say("Encore un mot.")
        await expect(page.locator("#items .said-text").last).to_have_text("Encore un mot.")
        await expect(page.locator("#thread-head .chip-open")).to_be_visible()
        assert await desk.said(1) == [ANSWER]
    if mode == "webhook":
        assert await counter.emulator.delivered(3) == [200, 200, 200]


async def answers_by_canned_reply(page: Page) -> None:
    """By `/`, a few letters and Enter; the blank must be filled; then the words leave, and are marked as sent."""
    await page.keyboard.press("r")
    await page.keyboard.type("/")
    await expect(page.locator("#picker")).to_be_visible()
    await page.keyboard.type("dela")
    await page.keyboard.press("Enter")
    await expect(page.locator("#reply-text")).to_have_value("Bonjour Ann, c’est réglé sous {{delai}}.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".said-out")).to_have_count(0)
    await page.keyboard.type("48 heures")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".said-out .said-text")).to_have_text(ANSWER)
    await expect(page.locator(".said-out .said-foot")).to_contain_text("Part dans quelques secondes")
    await expect(page.locator(".said-out .said-foot")).to_contain_text("Envoyé")


async def test_taken_back_in_time(counter: Counter, browser: Browser) -> None:
    """What an agent takes back within the time never reaches the network; what they send instead does, alone."""
    async with counter.opened(undo_seconds=6) as desk:
        await desk.emulator.say("Bonjour")
        page = await desk.window(browser)
        await expect(page.locator("#rows .row")).to_have_count(1)
        await opens_first(page)
        await writes(page, "Bonjour, Monsieur.")
        await expect(page.locator(".said-out")).to_have_count(1)
        await page.locator("#toasts button").press("Enter")
        await expect(page.locator(".said-out")).to_have_count(0)
        await expect(page.locator("#reply-text")).to_have_value("Bonjour, Monsieur.")
        await page.locator("#reply-text").fill("Bonjour, Madame.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".said-out .said-foot")).to_contain_text("Envoyé")

        assert await desk.said(1) == ["Bonjour, Madame."]


async def test_somebody_answered_since(counter: Counter, browser: Browser) -> None:
    """Of two agents who answer the same question, the one who has not seen the other's words is asked first, and once."""
    async with counter.opened(undo_seconds=0) as desk:
        await desk.emulator.say("Bonjour, qui peut m’aider ?")
        claire, mehdi = await desk.window(browser), await desk.window(browser, "mehdi@bank.test")
        # Claire's window hears nothing more; otherwise it would show her what Mehdi says, and there would be nothing to ask.
        await claire.route("**/live?*", lambda route: route.abort())
        for page in (claire, mehdi):
            await page.reload()
            await expect(page.locator("#rows .row")).to_have_count(1)
            await opens_first(page)
        await writes(mehdi, "Moi, Madame.")
        assert await desk.said(1) == ["Moi, Madame."]
        await writes(claire, "Je regarde.")
        await expect(claire.locator("#reply-warn [role=alert]")).to_contain_text("Mehdi Benali")
        await expect(claire.locator("#items .said-text").last).to_have_text("Moi, Madame.")
        await expect(claire.locator("#reply-text")).to_have_value("Je regarde.")
        await claire.locator("#reply-text").press("Control+Enter")
        await expect(claire.locator("#items .said-text").last).to_have_text("Je regarde.")

        assert await desk.said(2) == ["Moi, Madame.", "Je regarde."]
