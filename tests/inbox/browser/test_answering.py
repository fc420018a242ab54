"""From a ticket in the list to the answer on its way, by keyboard, by mouse, and without any script."""

import re

import pytest
from playwright.async_api import expect

from tests.inbox.browser.conftest import Desk

pytestmark = pytest.mark.browser


async def test_by_keyboard(desk: Desk) -> None:
    """An agent opens, answers with a canned reply, fills its blank, sends, takes it back, and resolves, without the mouse."""
    page = await desk.window()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread-title")).to_be_focused()
    await expect(page).to_have_url(re.compile(r"/views/open/tickets/\d+$"))
    await page.keyboard.press("r")
    await page.keyboard.type("/")
    await expect(page.locator("#picker")).to_be_visible()
    await page.keyboard.type("cours")
    await page.keyboard.press("Enter")
    reply = page.locator("#reply-text")
    await expect(reply).to_have_value("Bonjour Amélie, votre demande est prise en charge sous {{delai}}.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".said-out")).to_have_count(0)
    await page.keyboard.type("48 heures")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".said-out .said-text")).to_contain_text("sous 48 heures.")
    await expect(reply).to_have_value("")
    await page.locator("#toasts button").press("Enter")
    await expect(page.locator(".said-out")).to_have_count(0)
    await expect(reply).to_have_value("Bonjour Amélie, votre demande est prise en charge sous 48 heures.")
    await page.locator("#thread-scroll").focus()
    await page.keyboard.press("e")
    await expect(page.locator("#thread-head .chip-resolved")).to_be_visible()
    assert desk.complaints == []


async def test_without_scripts(desk: Desk) -> None:
    """Reading, answering, noting, assigning and resolving are plain links and forms."""
    page = await desk.window(runs_scripts=False)
    await page.get_by_role("link", name="Amélie Rousseau").click()
    await page.locator("#reply-text").fill("Bonjour Amélie, nous regardons cela.")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.locator(".said-out .said-text")).to_have_text("Bonjour Amélie, nous regardons cela.")
    await page.get_by_text("Note interne", exact=True).click()
    await page.locator("#note-text").fill("Rappeler l’agence.")
    await page.get_by_role("button", name="Ajouter la note").click()
    await expect(page.locator(".said-note .said-text")).to_have_text("Rappeler l’agence.")
    await page.locator("#assignee").select_option(label="Emily Stone")
    await page.locator("form:has(#assignee) button").click()
    await expect(page.locator("#assignee")).to_have_value(str(desk.agents["Emily"]))
    await page.get_by_role("button", name="Résoudre").first.click()
    await expect(page.locator("#thread-head .chip-resolved")).to_be_visible()


async def test_a_colleague_was_faster(desk: Desk) -> None:
    """Who answers a conversation in which somebody has spoken since is asked once, and nothing typed is lost."""
    page = await desk.window(path="/views/open/tickets/1", runs_scripts=False)
    await page.locator("#reply-text").fill("Première réponse.")
    await desk.hears("Encore une chose…", who="Amélie Rousseau")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.locator("#reply-warn [role=alert]")).to_contain_text("Amélie Rousseau")
    await expect(page.locator("#reply-text")).to_have_value("Première réponse.")
    await expect(page.locator(".said-out")).to_have_count(0)
    await page.get_by_role("button", name="Envoyer quand même").click()
    await expect(page.locator(".said-out")).to_have_count(1)


async def test_what_may_not_be_said_in_public(desk: Desk) -> None:
    """A reply that would confirm in public that someone is a client does not leave; the reason stands beside it."""
    await desk.hears("Vous ne répondez jamais !", who="Hugo Delmas", is_public=True)
    page = await desk.window()
    await page.get_by_role("link", name="Hugo Delmas").click()
    await page.locator("#reply-text").fill("Bonjour, vous êtes client chez nous depuis 2011.")
    await page.locator("#reply-text").press("Control+Enter")
    await expect(page.locator("#reply-warn [role=alert]")).to_contain_text("client")
    await expect(page.locator("#reply-text")).to_have_value(re.compile("depuis 2011"))
    await expect(page.locator(".said-out")).to_have_count(0)


async def test_keys_are_dead_in_fields(desk: Desk) -> None:
    """Letters typed into a reply are letters, and Alt-combinations are left to the keyboard's own characters."""
    page = await desk.window(path="/views/open/tickets/1")
    await page.keyboard.press("r")
    await page.keyboard.type("je reste ferme, xenon")
    await expect(page.locator("#reply-text")).to_have_value("je reste ferme, xenon")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Alt+e")
    await expect(page.locator("#thread-head .chip-open")).to_be_visible()


async def test_a_draft_survives_the_window(desk: Desk) -> None:
    """Unsent words are on the server within seconds: another window has them."""
    page = await desk.window(path="/views/open/tickets/1")
    await page.locator("#reply-text").fill("À moitié écrit")
    async with page.expect_response(lambda answer: "/drafts/reply" in answer.url and answer.status == 204):
        pass
    other = await desk.window(path="/views/open/tickets/1")
    await expect(other.locator("#reply-text")).to_have_value("À moitié écrit")


async def test_ten_tickets_without_the_mouse(desk: Desk) -> None:
    """Triage by keyboard: after each resolved ticket the focus is on the next, never lost, until the view is empty."""
    for number in range(9):
        await desk.hears("Bonjour", who=f"Contact {number}")
    page = await desk.window()
    await page.keyboard.press("j")
    for left in range(9, -1, -1):
        await page.keyboard.press("Enter")
        await expect(page.locator("#thread-title")).to_be_focused()
        await page.keyboard.press("e")
        await expect(page.locator("#thread-head .chip-resolved")).to_be_visible()
        await expect(page.locator("#rows .row:not(.is-gone)")).to_have_count(left)
        await expect(page.locator("#rows li")).to_have_count(left + 1)
        await expect(page.locator("#rows .row.is-gone [aria-current]")).to_have_count(1)
        assert await page.evaluate("document.activeElement !== document.body")
        if left:
            await expect(page.locator("#rows .row:not(.is-gone) .row-link:focus")).to_have_count(1)
    assert desk.complaints == []


async def test_all_that_are_shown_at_once(desk: Desk) -> None:
    """Shift+X ticks every row and says how many; again it ticks none; the box in the bar does the same."""
    for number in range(3):
        await desk.hears("Bonjour", who=f"Contact {number}")
    page = await desk.window()
    await page.keyboard.press("Shift+X")
    await expect(page.locator("#bulk-count")).to_have_text("4 sélectionnés")
    await expect(page.locator("#bulk-all")).to_be_checked()
    await page.locator("#rows .row-tick").first.uncheck()
    await expect(page.locator("#bulk-count")).to_have_text("3 sélectionnés")
    assert await page.evaluate("document.getElementById('bulk-all').indeterminate")
    await page.locator("#bulk-all").click()
    await page.keyboard.press("e")
    await expect(page.locator("#rows .row")).to_have_count(0)
    assert desk.complaints == []


async def test_the_time_to_take_back_is_told(desk: Desk) -> None:
    """The button that takes words back says for how many seconds it still can."""
    page = await desk.window(path="/views/open/tickets/1")
    await page.locator("#reply-text").fill("Bonjour Amélie.")
    await page.locator("#reply-text").press("Control+Enter")
    await expect(page.locator("#toasts [data-left]")).to_have_text(re.compile(r"^([1-9]|10)$"))
