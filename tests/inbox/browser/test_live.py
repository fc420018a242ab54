"""What happens elsewhere reaches an open window, and never takes anything from whoever works in it."""

import re

import pytest
from playwright.async_api import expect

from bot.desk import ticketing
from bot.model.event import Actor, ActorKind
from tests.inbox.browser.conftest import Desk

pytestmark = pytest.mark.browser


async def test_new_tickets_wait(desk: Desk) -> None:
    """A new ticket does not move the list: it waits behind a pill that counts, and comes when asked."""
    page = await desk.window()
    await expect(page.locator("#rows .row")).to_have_count(1)
    await desk.hears("Bonjour", who="Hugo Delmas")
    await desk.hears("Bonjour", who="Inès Caron")
    await expect(page.locator("#list-pill")).to_have_text("2 nouveaux tickets")
    await expect(page.locator("#rows .row")).to_have_count(1)
    await page.locator("#list-pill").click()
    await expect(page.locator("#rows .row-name").first).to_have_text("Inès Caron")
    await expect(page.locator("#rows .row")).to_have_count(3)
    await expect(page.locator(".rail [data-count=open]")).to_have_text("3")
    await expect(page).to_have_title(re.compile(r"^\(3\)"))


async def test_an_open_conversation_grows(desk: Desk) -> None:
    """A message in the open conversation appears at its end; the words being typed, their field and the selection stay."""
    page = await desk.window(path="/views/open/tickets/1")
    await page.locator("#reply-text").fill("Je commence à écrire")
    await page.evaluate("document.getElementById('reply-text').setSelectionRange(3, 11)")
    await desk.hears("Vous êtes là ?", who="Amélie Rousseau")
    await expect(page.locator("#items .said-text").last).to_have_text("Vous êtes là ?")
    await expect(page.locator("#reply-text")).to_be_focused()
    await expect(page.locator("#reply-text")).to_have_value("Je commence à écrire")
    selection = "(({selectionStart: from, selectionEnd: to}) => [from, to])(document.activeElement)"
    assert await page.evaluate(selection) == [3, 11]


async def test_reading_above_is_not_disturbed(desk: Desk) -> None:
    """Who reads higher up is not pulled down: a pill tells of the new message."""
    for number in range(30):
        await desk.hears(f"Message {number}", who="Amélie Rousseau")
    page = await desk.window(path="/views/open/tickets/1")
    await page.evaluate("document.getElementById('thread-scroll').scrollTop = 0")
    await desk.hears("Encore un", who="Amélie Rousseau")
    await expect(page.locator("#thread-pill")).to_have_text("1 nouveau message")
    assert await page.evaluate("document.getElementById('thread-scroll').scrollTop") == 0
    await page.locator("#thread-pill").click()
    await expect(page.locator("#thread-pill")).to_be_hidden()


async def test_the_same_truth_for_two(desk: Desk) -> None:
    """What one agent does is seen by the other: the row leaves the view, and the counter follows."""
    claire, emily = await desk.window("Claire"), await desk.window("Emily")
    await claire.get_by_role("link", name="Amélie Rousseau").click()
    await claire.get_by_role("button", name="Résoudre").first.click()
    await expect(emily.locator("#rows .row")).to_have_count(0)
    await expect(emily.locator(".rail [data-count=open]")).to_have_text("")


async def test_a_lost_connection_resumes(desk: Desk) -> None:
    """The window says within five seconds that it is cut off, and after its return it has what happened meanwhile."""
    page = await desk.window()
    await expect(page.locator("#rows .row")).to_have_count(1)
    await page.context.set_offline(True)
    desk.live.close()
    await expect(page.locator("#lost")).to_be_visible(timeout=5_000)
    await desk.hears("Bonjour", who="Hugo Delmas")
    await page.context.set_offline(False)
    await expect(page.locator("#list-pill")).to_have_text("1 nouveau ticket", timeout=20_000)
    await expect(page.locator("#lost")).to_be_hidden()


async def test_who_else_is_here(desk: Desk) -> None:
    """Two agents on one ticket know of each other, and writing is told apart from looking."""
    emily = await desk.window("Emily", "/views/open/tickets/1")
    claire = await desk.window("Claire", "/views/open/tickets/1")
    await expect(claire.locator("#collision")).to_contain_text("Emily Stone regarde aussi")
    await emily.locator("#reply-text").press_sequentially("Hello")
    await expect(claire.locator("#collision .is-writing")).to_contain_text("Emily Stone", timeout=15_000)


async def test_many_at_once(desk: Desk) -> None:
    """Ticked tickets are resolved together; the foot of the window says how many were, and why one could not be."""
    await desk.hears("Bonjour", who="Hugo Delmas")
    page = await desk.window()
    await page.route("**/live?*", lambda route: route.abort())
    await page.reload()
    await page.locator(".row-tick").first.check(force=True)
    await page.locator(".row-tick").last.check(force=True)
    await expect(page.locator("#bulk-count")).to_have_text("2 sélectionnés")
    by = Actor(ActorKind.AGENT, desk.agents["Emily"])
    await desk.engine.database.write(lambda tx: ticketing.resolve(tx, 1, by=by))
    await page.locator("#bulk").get_by_role("button", name="Résoudre").click()
    await expect(page.locator("#toasts")).to_contain_text("1 ticket résolu. 1 n’a pas pu l’être")
