"""Messenger, Instagram, Threads and WhatsApp, from a contact's words to the answer and back: real processes, a real browser.

The Graph is played on loopback, as `tests/journeys/meta.py` says.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.async_api import Browser, expect

from tests.connectors.instagram.far import Instagram, comment
from tests.connectors.messenger.far import Messenger
from tests.connectors.meta.far import MetaFar
from tests.connectors.meta.private import ANN, event, said
from tests.connectors.threads.far import ROOT, Threads
from tests.connectors.whatsapp.far import BUSINESS, WhatsApp, message, payload, template
from tests.journeys.counter import answers, opened, opens, window
from tests.journeys.meta import brings, looks, metas_house

pytestmark = [pytest.mark.usefixtures("patience"), pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(400)]

Side = TypeVar("Side", bound=MetaFar)
GONE = "Message supprimé par son auteur"


@asynccontextmanager
async def played(far: Side) -> AsyncIterator[Side]:
    """The far side, on loopback."""
    await far.api.start()
    try:
        yield far
    finally:
        await far.api.stop()


def later() -> str:
    """A moment after our answer: Meta's times are whole seconds, and what is said in that second would stand before it."""
    return (datetime.now(UTC) + timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%S+0000")


async def test_messenger(tmp_path: Path, database_url: str, browser: Browser) -> None:
    """A message is answered where it was written; its edit is seen; what was said while the desk was away is found."""
    async with played(Messenger()) as far:
        house = metas_house(far, tmp_path, database_url, "page")
        async with opened(house) as address:
            page = await window(address, browser)
            assert await looks(address, "page") == "1158201444"
            first = far.envelope(said(far.us, 1, "Ma carte est bloquée"))
            assert [await brings(address, "page", first) for _ in range(2)] == [200, 200]
            await opens(page, "Ma carte est bloquée")
            await answers(page, "Bonjour Ann, nous regardons.")
            edited = {"mid": "m_1", "text": "Ma carte bleue est bloquée", "num_edit": 1}
            await brings(address, "page", far.envelope(event(far.us, 2, message_edit=edited)))
            await expect(page.locator("#items .said-text").first).to_have_text("Ma carte bleue est bloquée")
            await page.close()

        await far.say("Ma carte bleue est bloquée")
        await far.say("Toujours bloquée")
        far.heard[-1]["created_time"] = later()
        async with opened(house) as address:
            page = await window(address, browser)
            await opens(page, "Toujours bloquée")
            await expect(page.locator("#items .said-text")).to_have_text(
                ["Ma carte bleue est bloquée", "Bonjour Ann, nous regardons.", "Toujours bloquée"]
            )

    assert [(body["recipient"]["id"], body["message"]) for body in far.sent] == [
        (ANN, {"text": "Bonjour Ann, nous regardons."})
    ]


async def test_instagram(tmp_path: Path, database_url: str, browser: Browser) -> None:
    """A private message is answered in private, one that its author unsends is gone; a comment missed is found and answered."""
    async with played(Instagram()) as far:
        house = metas_house(far, tmp_path, database_url, "insta")
        async with opened(house) as address:
            page = await window(address, browser)
            await brings(address, "insta", far.envelope(said(far.us, 1, "Ma carte est bloquée")))
            await opens(page, "Ma carte est bloquée")
            await answers(page, "Bonjour Ann, nous regardons.")
            await brings(address, "insta", far.envelope(said(far.us, 2, "Mon numéro est…")))
            await expect(page.locator("#items .said-text").last).to_have_text("Mon numéro est…")
            await brings(address, "insta", far.envelope(event(far.us, 2, message={"mid": "m_2", "is_deleted": True})))
            await expect(page.locator("#items .said-text").last).to_have_text(GONE)
            await page.close()

        await far.say("Et en public, toujours rien")
        async with opened(house) as address:
            page = await window(address, browser)
            await expect(page.locator("#rows .row")).to_have_count(2)
            assert await brings(address, "insta", comment("Et en public, toujours rien")) == 200
            await opens(page, "toujours rien")
            await answers(page, "Nous vous avons répondu en privé.")
            await expect(page.locator("#rows .row")).to_have_count(2)

    assert [body["message"] for body in far.sent] == [{"text": "Bonjour Ann, nous regardons."}]
    assert far.commented == [("1801/replies", {"message": "Nous vous avons répondu en privé."})]


async def test_threads(tmp_path: Path, database_url: str, browser: Browser) -> None:
    """A reply to our post is answered under it; Threads tells of no edits nor deletions; what was missed is found."""
    async with played(Threads()) as far:
        house = metas_house(far, tmp_path, database_url, "threads")
        async with opened(house) as address:
            page = await window(address, browser)
            await brings(address, "threads", far.payload("Ma carte est bloquée"))
            await opens(page, "Ma carte est bloquée")
            await answers(page, "Bonjour Ann, nous regardons.")
            await page.close()

        await far.say("Ma carte est bloquée")
        await far.say("Toujours bloquée")
        far.replies[-1]["timestamp"] = later()
        async with opened(house) as address:
            page = await window(address, browser)
            await opens(page, "Toujours bloquée")
            await expect(page.locator("#items .said-text")).to_have_text(
                ["Ma carte est bloquée", "Bonjour Ann, nous regardons.", "Toujours bloquée"]
            )

    assert [(body["text"], body["reply_to_id"]) for body in far.published] == [("Bonjour Ann, nous regardons.", "801")]
    assert far.replies[0]["replied_to"] == {"id": ROOT}


def ann(number: int, text: str = "", ago: timedelta = timedelta(0), **more: Any) -> dict[str, Any]:
    """A message of Ann's on WhatsApp, some time ago; all but her first come after our answer, as in `later`."""
    at = int(time.time() - ago.total_seconds()) + (2 if number > 1 else 0)
    return payload(message(number, text, timestamp=str(at), **more))


async def test_whatsapp(tmp_path: Path, database_url: str, browser: Browser) -> None:
    """A message is answered, changed and taken back by its author; nothing is looked for, but what Meta repeats is taken once."""
    async with played(WhatsApp()) as far:
        house = metas_house(far, tmp_path, database_url, "phone")
        async with opened(house) as address:
            page = await window(address, browser)
            await brings(address, "phone", ann(1, "Ma carte est bloquée"))
            await opens(page, "Ma carte est bloquée")
            await answers(page, "Bonjour Ann, nous regardons.")
            new = {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "Ma carte bleue"}}}
            await brings(address, "phone", ann(2, type="edit", edit=new))
            await expect(page.locator("#items .said-text").first).to_have_text("Ma carte bleue")
            await brings(address, "phone", ann(3, "Mon numéro est…"))
            await brings(address, "phone", ann(4, type="revoke", revoke={"original_message_id": "wamid.3"}))
            await expect(page.locator("#items .said-text").last).to_have_text(GONE)
            await page.close()

        async with opened(house) as address:
            page = await window(address, browser)
            missed = ann(5, "Toujours bloquée")
            assert [await brings(address, "phone", missed) for _ in range(2)] == [200, 200]
            await opens(page, "Toujours bloquée")
            await expect(page.locator("#items .said-text")).to_have_text(
                ["Ma carte bleue", "Bonjour Ann, nous regardons.", GONE, "Toujours bloquée"]
            )

    assert [body["text"]["body"] for body in far.sent] == ["Bonjour Ann, nous regardons."]


async def test_whatsapp_after_the_day(tmp_path: Path, database_url: str, browser: Browser) -> None:
    """Once 24 hours have passed only a template can be sent: chosen, filled in the page, it leaves as Meta wants it."""
    async with played(WhatsApp()) as far:
        far.templates = [template("card_ready", "fr", "Bonjour {{1}}, votre carte {{2}} est prête.")]
        house = metas_house(far, tmp_path, database_url, "phone", business_account_id=BUSINESS)
        async with opened(house) as address:
            page = await window(address, browser)
            await brings(address, "phone", ann(1, "Ma carte est bloquée", timedelta(hours=30)))
            await opens(page, "Ma carte est bloquée")
            await expect(page.locator("#cannot")).to_contain_text("24 heures")
            await expect(page.locator("#reply-send")).to_be_disabled()
            for number, value in enumerate(("Ann", "bleue")):
                await page.locator(".formula [name=blank]").nth(number).fill(value)
            await page.locator(".formula button[type=submit]").click()
            await expect(page.locator(".said-out .said-foot")).to_contain_text("Envoyé")
            await expect(page.locator(".said-out .said-text")).to_have_text("Bonjour Ann, votre carte bleue est prête.")

    values = [{"type": "text", "text": "Ann"}, {"type": "text", "text": "bleue"}]
    language = {"policy": "deterministic", "code": "fr"}
    assert [body["template"] for body in far.sent] == [
        {"name": "card_ready", "language": language, "components": [{"type": "body", "parameters": values}]}
    ]
