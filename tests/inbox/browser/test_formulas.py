"""Where the time for other words is over, the network's own are offered: chosen, filled where they stand, and sent."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from bot import wire
from bot.store import channels
from tests.inbox.browser.conftest import Desk

pytestmark = pytest.mark.browser

PATIENCE = 30_000
OPTIONS = {"window_hours": "24", "formulas": "yes"}
FILLED = "Bonjour Paul, nous avons du nouveau pour votre dossier 42. Répondez-nous ici."


async def asked(desk: Desk, ago: timedelta) -> str:
    """Paul has written some time ago, in French; the address of his ticket, once its door is open."""
    database = desk.engine.database
    channel_id = await database.write(
        lambda tx: channels.save(
            tx, name="wall", title="Place", network="fake", base_url="http://127.0.0.1:9", options=OPTIONS
        )
    )
    text = "Bonjour, avez-vous des nouvelles de mon dossier ?"
    message = wire.InboundMessage("m1", "paul", wire.Person("paul", "Paul"), datetime.now(UTC) - ago, text)
    await desk.engine.intake.take(channel_id, wire.Batch((message,)))
    await desk.engine.doors.refresh()
    number = await database.read(lambda tx: tx.connection.exec_driver_sql("SELECT max(id) FROM ticket").scalar_one())
    return f"/views/open/tickets/{number}"


async def fill(page: Page, *values: str) -> None:
    for blank, value in zip(await page.locator(".formula[open] [name=blank]").all(), values, strict=True):
        await blank.fill(value)


@pytest.mark.parametrize("runs_scripts", [True, False])
async def test_chosen_filled_and_sent(desk: Desk, runs_scripts: bool) -> None:
    """The contact's language stands first, with blanks in its words; what is sent is what stood there, scripts or not."""
    page = await desk.window(path=await asked(desk, timedelta(hours=30)), runs_scripts=runs_scripts)
    await expect(page.locator("#tab-formula")).to_be_checked(timeout=PATIENCE)
    await expect(page.locator("#reply-text")).to_be_hidden()
    await expect(page.locator(".formula .chip")).to_have_text(["fr", "en"])
    await fill(page, "Paul", "42")
    await page.locator(".formula[open] button[type=submit]").click()

    await expect(page.locator(".said-out .said-text")).to_have_text(FILLED, timeout=PATIENCE)
    assert desk.complaints == []


async def test_a_blank_without_a_value(desk: Desk) -> None:
    """What came past the browser's own check is refused beside the formula, and what was typed is still there."""
    page = await desk.window(path=await asked(desk, timedelta(hours=30)))
    await expect(page.locator("#tab-formula")).to_be_checked(timeout=PATIENCE)
    await page.evaluate("for (const blank of document.querySelectorAll('[name=blank]')) blank.required = false")
    await fill(page, "Paul", "")
    await page.locator(".formula[open] button[type=submit]").click()

    await expect(page.locator(".formula[open] [role=alert]")).to_contain_text("vide", timeout=PATIENCE)
    await expect(page.locator(".formula[open] [name=blank]").first).to_have_value("Paul")
    await expect(page.locator(".said-out")).to_have_count(0)


async def test_in_time_nothing_is_offered(desk: Desk) -> None:
    """While the contact may be answered, words are one's own."""
    page = await desk.window(path=await asked(desk, timedelta(hours=1)))
    await expect(page.locator("#tab-reply")).to_be_checked(timeout=PATIENCE)
    await expect(page.locator("#tab-formula")).to_have_count(0)
    await expect(page.locator(".formula")).to_have_count(0)
