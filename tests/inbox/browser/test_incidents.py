"""An outage seen from the window: ordinary days, complaints, a suspicion on the page, and a person who takes it from there."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from bot import wire
from bot.watch.detector import Seen
from bot.watch.usual import DAY
from tests.bot.watch import stream
from tests.inbox.browser.conftest import Desk

PATIENCE = 60_000
MINUTE = 60.0


def told(seen: Iterable[Seen]) -> tuple[wire.InboundMessage, ...]:
    return tuple(
        wire.InboundMessage(
            one.id, one.id, wire.Person(one.person, one.person), datetime.fromtimestamp(one.at, UTC), one.text
        )
        for one in seen
    )


@pytest.mark.slow
async def test_an_outage_is_suspected_declared_and_closed(quiet_desk: Desk) -> None:
    """Nobody presses anything before the suspicion stands on the page; then each step is one button."""
    desk = quiet_desk
    now = datetime.now(UTC).timestamp()
    usual = told(stream.usual(1, start=now - 8 * DAY, seconds=8 * DAY - 40 * MINUTE, a_day=150))
    outage = told(stream.outage(3, start=now - 20 * MINUTE, seconds=18 * MINUTE, an_hour=60))
    for at in range(0, len(usual), 100):
        await desk.engine.intake.take(desk.channel_id, wire.Batch(usual[at : at + 100]))
    page = await desk.window(path="/incidents")
    await desk.engine.intake.take(desk.channel_id, wire.Batch(outage))

    async def shown() -> bool:
        await page.reload()
        return await page.get_by_role("link", name="À vérifier").count() == 1

    while not await shown():
        pass
    await page.get_by_role("link", name="À vérifier").click()
    await expect(page.locator("#evidence + p + ul li")).not_to_have_count(0)
    await page.get_by_label("Ce qui ne marche pas").fill("Connexion impossible")
    await page.get_by_label("Gravité").select_option("sev2")
    await page.get_by_role("button", name="Déclarer l’incident").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Connexion impossible")
    for button in ("Cause trouvée", "Résolu", "Clore"):
        await page.get_by_role("button", name=button, exact=True).click()
        await expect(page.get_by_role("status").first).to_be_visible()

    await expect(page.locator("#story + ol li")).to_have_count(5)
    assert desk.complaints == []
