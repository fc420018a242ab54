"""A message's menu keeps up with what may be done with it, and takes nothing from whoever writes in it."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from bot import wire
from bot.desk import channelling
from bot.desk.channelling import Connection
from bot.model.event import SYSTEM
from tests.inbox.browser.conftest import Desk

pytestmark = pytest.mark.browser

PATIENCE = 30_000
WARNED = "Appelez le 01 42 60 31 10."
PATH = "/views/all/tickets/2"


def wall(acts: str) -> Connection:
    return Connection("wall", "Mur", "fake", "http://127.0.0.1:9", options={"acts": acts})


async def hears(desk: Desk, channel_id: int, *messages: wire.InboundMessage) -> None:
    await desk.engine.intake.take(channel_id, wire.Batch(messages))


def spoken(id_: str, text: str, *, is_own: bool = False, act: wire.Act = wire.Act.SAID) -> wire.InboundMessage:
    author = wire.Person("us", "La banque") if is_own else wire.Person("lea", "Léa")
    at = datetime.now(UTC) - timedelta(minutes=2 if is_own else 5)
    version = "2" if act is wire.Act.EDITED else ""
    return wire.InboundMessage(id_, "wall", author, at, text, act, is_public=True, is_own=is_own, version=version)


async def answered(desk: Desk) -> int:
    """A public question, which is message 2, and our answer, which is message 3; the channel's number."""
    database = desk.engine.database
    channel_id = await database.write(
        lambda tx: channelling.connect(tx, wall("hide,like,edit"), required=(), by=SYSTEM)
    )
    await desk.engine.doors.refresh()
    await hears(desk, channel_id, spoken("q", "Alors ?"), spoken("a", "Nous regardons.", is_own=True))
    return channel_id


async def opens_edit(page: Page) -> None:
    await page.locator("#deeds-3 > summary").click()
    await page.locator("#edit-sure-3 > summary").click()


async def test_a_warning_about_an_edit_can_be_answered(desk: Desk) -> None:
    """What only warns is asked about where the new wording stands, and leaves when it is meant."""
    await answered(desk)
    page = await desk.window(path=PATH)
    await opens_edit(page)
    await page.locator("#edit-3").fill(WARNED)
    await page.locator("#edit-sure-3 button").click()
    await expect(page.locator("#edit-sure-3 [role=alert]")).to_be_visible(timeout=PATIENCE)
    await expect(page.locator("#edit-3")).to_have_value(WARNED)
    await expect(page.locator("#edit-sure-3 button")).to_have_text("Modifier quand même")
    await page.locator("#edit-sure-3 button").click()
    await expect(page.locator("#message-3 .said-foot").last).to_contain_text("Claire Dumont", timeout=PATIENCE)
    asked = "SELECT act, text FROM outbox"
    rows = await desk.engine.database.read(lambda tx: tx.connection.exec_driver_sql(asked).all())
    assert [tuple(row) for row in rows] == [("edit", WARNED)]


async def test_other_words_are_judged_anew(desk: Desk) -> None:
    """Who changes the wording after a warning has said nothing yet of the new one; what blocks cannot be meant."""
    await answered(desk)
    page = await desk.window(path=PATH)
    await opens_edit(page)
    await page.locator("#edit-3").fill(WARNED)
    await page.locator("#edit-sure-3 button").click()
    await expect(page.locator("#edit-sure-3 [role=alert]")).to_be_visible(timeout=PATIENCE)
    await page.locator("#edit-3").fill("Vous êtes client chez nous depuis 2011.")
    await expect(page.locator("#edit-sure-3 [role=alert]")).to_have_count(0)
    await page.locator("#edit-sure-3 button").click()
    await expect(page.locator("#edit-sure-3 .is-bad")).to_contain_text("client", timeout=PATIENCE)
    await expect(page.locator("#edit-sure-3 [name=is_meant]")).to_have_count(0)


async def test_without_scripts_a_warning_can_be_answered(desk: Desk) -> None:
    """The page comes back with the menu open, the new wording in it, and the question above its button."""
    await answered(desk)
    page = await desk.window("Emily", PATH, runs_scripts=False)
    await opens_edit(page)
    await page.locator("#edit-3").fill(WARNED)
    await page.locator("#edit-sure-3 button").click()
    await expect(page.locator("#edit-sure-3 [role=alert]")).to_be_visible(timeout=PATIENCE)
    await page.locator("#edit-sure-3 button").click()
    await expect(page.locator("#message-3 .said-foot").last).to_contain_text("Emily Stone", timeout=PATIENCE)


async def test_an_open_menu_follows_what_may_be_done(desk: Desk) -> None:
    """What the network takes no longer leaves the menu while it is open, and the focus stays in it."""
    channel_id = await answered(desk)
    page = await desk.window(path=PATH)
    await page.locator("#deeds-2 > summary").click()
    like = page.locator("#deeds-2 button", has_text="Aimer")
    await like.focus()
    change = wall("hide")
    await desk.engine.database.write(lambda tx: channelling.change(tx, channel_id, change, required=(), by=SYSTEM))
    await expect(like).to_have_count(0, timeout=PATIENCE)
    await expect(page.locator("#deeds-2 button", has_text="Masquer")).to_be_visible()
    await expect(page.locator("#deeds-2 > summary")).to_be_focused()
    await expect(page.locator("#deeds-3")).to_have_count(0)


async def test_what_was_begun_in_a_menu_waits_for_nobody(desk: Desk) -> None:
    """Neither another message nor a change of this one takes the new wording away; once the menu is closed, it is shown."""
    channel_id = await answered(desk)
    page = await desk.window(path=PATH)
    await opens_edit(page)
    await page.locator("#edit-3").fill("Nous avons regardé")
    await hears(desk, channel_id, spoken("a", "Nous regardons cela.", is_own=True, act=wire.Act.EDITED))
    await hears(desk, channel_id, spoken("q2", "Et maintenant ?"))
    await expect(page.locator("#message-4, #message-5").last).to_be_visible(timeout=PATIENCE)
    await expect(page.locator("#edit-3")).to_have_value("Nous avons regardé")
    await expect(page.locator("#edit-3")).to_be_focused()
    await page.locator("#reply-text").click()
    await expect(page.locator("#message-3 .said-text")).to_have_text("Nous regardons cela.", timeout=PATIENCE)
