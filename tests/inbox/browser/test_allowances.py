"""What the composer says may be done, until when and why not; and that the server keeps to it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from bot import wire
from bot.desk import channelling
from bot.model.event import SYSTEM
from bot.store import channels
from tests.inbox.browser.conftest import Desk

pytestmark = pytest.mark.browser

PATIENCE = 30_000
OPTIONS = {"window_hours": "24", "private_reply_days": "7", "acts": "hide,like"}


async def said(desk: Desk, who: str, ago: timedelta, *, is_public: bool = False, **traits: str) -> str:
    """Somebody has written some time ago on a network with windows; the address of the ticket, once its door is open."""
    database = desk.engine.database
    channel_id = await database.write(
        lambda tx: channels.save(
            tx, name="wall", title="Place", network="fake", base_url="http://127.0.0.1:9", options=OPTIONS
        )
    )
    at = datetime.now(UTC) - ago
    message = wire.InboundMessage(who, who, wire.Person(who, who), at, "Alors ?", is_public=is_public, traits=traits)
    await desk.engine.intake.take(channel_id, wire.Batch((message,)))
    await desk.engine.doors.refresh()
    number = await database.read(lambda tx: tx.connection.exec_driver_sql("SELECT max(id) FROM ticket").scalar_one())
    return f"/views/open/tickets/{number}"


async def channel(desk: Desk, name: str) -> int:
    found = await desk.engine.database.read(lambda tx: channels.by_name(tx, name))
    assert found is not None
    return found.id


async def sends(page: Page, text: str) -> None:
    await page.locator("#reply-text").fill(text)
    await page.locator("#reply-text").press("Control+Enter")


async def test_the_time_that_is_left(desk: Desk) -> None:
    """It counts down beside a fixed time, warns when little is left, and the line keeps its height and width meanwhile."""
    page = await desk.window(path=await said(desk, "paul", timedelta(hours=23, minutes=55)))
    left = page.locator("#composer-may .left")
    await expect(left).to_have_text(re.compile(r"encore 4 min \d+ s"), timeout=PATIENCE)
    await expect(left).to_have_class(re.compile("is-soon"))
    await expect(page.locator("#status")).to_contain_text("5 minutes")
    before, first = await left.bounding_box(), await left.text_content()
    await expect(left).not_to_have_text(first or "", timeout=PATIENCE)
    assert await left.bounding_box() == before
    assert desk.complaints == []


async def test_without_scripts_the_time_is_fixed(desk: Desk) -> None:
    """The page says until when; nothing counts."""
    page = await desk.window("Emily", await said(desk, "paul", timedelta(hours=20)), runs_scripts=False)
    told = await page.locator("#composer-may time").get_attribute("datetime")
    assert told is not None
    assert timedelta(hours=3, minutes=50) < datetime.fromisoformat(told) - datetime.now(UTC) <= timedelta(hours=4)
    await expect(page.locator("#composer-may .left")).to_have_text("")


async def test_a_closed_window_says_why(desk: Desk) -> None:
    """Nothing can be written but a note, with the network's own sentence beside it."""
    page = await desk.window(path=await said(desk, "odile", timedelta(hours=30)))
    await expect(page.locator("#cannot")).to_contain_text("Le délai pour répondre en privé est passé", timeout=PATIENCE)
    await expect(page.locator("#reply-send")).to_be_disabled()
    await expect(page.locator("#tab-note")).to_be_checked()


async def test_not_summoned_but_in_private(desk: Desk) -> None:
    """Where nothing may be said in public, the way to private is open, without a public line."""
    page = await desk.window(path=await said(desk, "nina", timedelta(hours=1), is_public=True, summons="no"))
    await expect(page.locator("#cannot")).to_contain_text("mentionnent", timeout=PATIENCE)
    await expect(page.locator("#tab-move")).to_be_checked()
    await expect(page.locator("#private-line")).to_have_count(0)
    await page.locator("#move-text").fill("Bonjour Nina.")
    await page.locator("#move-text").press("Control+Enter")
    await expect(page.locator(".said-out .said-text")).to_have_text("Bonjour Nina.", timeout=PATIENCE)


async def test_the_server_keeps_to_it(desk: Desk) -> None:
    """A form from before the window closed is refused with the sentence, and its words are kept."""
    page = await desk.window(path=await said(desk, "paul", timedelta(hours=30)))
    await expect(page.locator("#reply-send")).to_be_disabled(timeout=PATIENCE)
    enable = "for (const id of ['reply-text', 'reply-send', 'tab-reply']) document.getElementById(id).disabled = false"
    await page.evaluate(f"{enable}; document.getElementById('tab-reply').checked = true")
    await sends(page, "Trop tard ?")
    await expect(page.locator("#reply-warn [role=alert]")).to_contain_text("Le délai", timeout=PATIENCE)
    await expect(page.locator(".said-out")).to_have_count(0)


async def test_a_paused_channel_says_so_before_anything_is_sent(desk: Desk) -> None:
    """An open window learns of the pause, and of its end; what was begun stays."""
    page = await desk.window(path=await said(desk, "paul", timedelta(hours=1)))
    wall = await channel(desk, "wall")
    await page.locator("#reply-text").fill("Je commence")
    await desk.engine.database.write(lambda tx: channelling.pause(tx, wall, by=SYSTEM))
    await expect(page.locator(".may-waits")).to_have_text(
        "Ce canal est en pause : ce qui est envoyé attend sa reprise.", timeout=PATIENCE
    )
    await expect(page.locator("#reply-send")).to_be_enabled()
    await desk.engine.database.write(lambda tx: channelling.resume(tx, wall, by=SYSTEM))
    await expect(page.locator(".may-waits")).to_have_count(0, timeout=PATIENCE)
    await expect(page.locator("#reply-text")).to_have_value("Je commence")


async def test_nothing_leaves_from_an_archive(desk: Desk) -> None:
    """Where only an archive came in nothing but a note can be written, and the server keeps to it."""
    number = await desk.engine.database.write(
        lambda tx: channels.save(tx, name="old", title="Archive", network="signed", is_paused=True)
    )
    past = wire.InboundMessage("o1", "o1", wire.Person("o1", "Odile"), datetime.now(UTC), "Bonjour")
    await desk.engine.intake.take(number, wire.Batch((past,)))
    page = await desk.window("Emily", "/views/all/tickets/2")
    await expect(page.locator("#cannot")).to_have_text(
        "This channel only holds an archive: nothing can be sent from here.", timeout=PATIENCE
    )
    await expect(page.locator("#tab-note")).to_be_checked()
    enable = "for (const id of ['reply-text', 'reply-send', 'tab-reply']) document.getElementById(id).disabled = false"
    await page.evaluate(f"{enable}; document.getElementById('tab-reply').checked = true")
    await sends(page, "Anybody there?")
    await expect(page.locator("#reply-warn [role=alert]")).to_contain_text("only holds an archive", timeout=PATIENCE)
    await expect(page.locator(".said-out")).to_have_count(0)


async def test_both_texts_of_a_move_are_counted(desk: Desk) -> None:
    """The public line and the private message each say what is left by their own limit, and when it is too much."""
    page = await desk.window(path=await said(desk, "nina", timedelta(hours=1), is_public=True))
    await page.locator("label[for=tab-move]").click()
    for field, counter in (("#private-line", "#line-counter"), ("#move-text", "#move-counter")):
        limit = int(await page.locator(field).get_attribute("data-limit") or 0)
        await page.locator(field).fill("a" * (limit - 3))
        await expect(page.locator(counter)).to_have_text("3 caractères restants", timeout=PATIENCE)
        await page.locator(field).fill("a" * (limit + 2))
        await expect(page.locator(counter)).to_have_text("2 caractères en trop")
        assert not await page.locator(field).evaluate("area => area.validity.valid")
        await page.locator(field).fill("Bonjour")
        await expect(page.locator(counter)).to_have_text("")
        assert await page.locator(field).evaluate("area => area.validity.valid")
