"""What X costs this month is known, and beyond a cap polling pauses and says so."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot import errors, wire
from bot.connectors.base import Forgetful
from bot.connectors.x import costs
from bot.connectors.x.costs import Meter
from tests.connectors.far_side import hear, listening
from tests.connectors.x.far import Line, words
from tests.connectors.x.x_api import ANN, XApi

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


async def test_read_once_a_day() -> None:
    """The same post twice in a UTC day costs once; the next day it costs again."""
    moments = [NOON]
    meter = Meter(Forgetful(), lambda: moments[-1], Decimal(0))
    for _ in range(3):
        meter.read(costs.STREAMED, ["1", "2"])
    same_day = meter.dollars
    moments.append(NOON + timedelta(hours=12))
    meter.read(costs.STREAMED, ["1"])

    assert (same_day, meter.dollars) == (Decimal("0.01"), Decimal("0.015"))


async def test_forecast() -> None:
    """What the month will cost is what it cost so far, drawn on to its end."""
    meter = Meter(Forgetful(), lambda: datetime(2026, 11, 11, tzinfo=UTC), Decimal(0))
    meter.spend(20_000)

    assert meter.dollars == 2
    assert meter.forecast == 6
    assert meter.sentence() == "X has cost $2.00 this month; $6.00 are expected by its end."


async def test_a_new_month() -> None:
    """A new month begins at nothing, and what was spent up is open again."""
    moments = [NOON]
    meter = Meter(Forgetful(), lambda: moments[-1], Decimal(1))
    meter.spend(10_000)
    was_spent = meter.is_spent
    moments.append(datetime(2026, 12, 1, tzinfo=UTC))

    assert was_spent
    assert not meter.is_spent
    assert meter.dollars == 0


async def test_two_meters() -> None:
    """Two processes count into one sum, and a restart goes on from it."""
    vault = Forgetful()
    first, second, third = (Meter(vault, lambda: NOON, Decimal(0)) for _ in range(3))
    for meter, units in ((first, 10_000), (second, 20_000), (first, 30_000)):
        meter.spend(units)
        await meter.keep()
    await third.open()

    assert third.dollars == 6


@pytest.mark.parametrize("kept", ["{", "[]", '{"month": 3}', "\x00"])
async def test_spoilt_vault(kept: str) -> None:
    """What is not ours in the vault is as nothing."""
    vault = Forgetful()
    await vault.write(costs.NAME, kept)
    meter = Meter(vault, lambda: NOON, Decimal(0))
    await meter.open()

    assert meter.dollars == 0


@pytest.mark.parametrize(
    ("text", "price"),
    [("Bonjour", "0.0100"), ("Voyez example.com", "0.2000"), ("Voyez https://example.com/a", "0.2000")],
)
async def test_links_are_dear(api: XApi, line: Line, text: str, price: str) -> None:
    """A reply with a link costs twenty times as much, and X takes a bare name for a link."""
    connector = await line()
    before = _spent(await connector.probe())
    await connector.send(words(text, "20~7", is_public=True, in_reply_to="20"))
    after = _spent(await connector.probe())

    assert after - before == Decimal(price)


async def test_beyond_the_cap(api: XApi, line: Line) -> None:
    """What was read is handed over; then nothing more is asked, the error says why, and the channel is paused. Replies go on."""
    for number in range(50):
        api.post(f"@LaBanque {number}")
    vault = Forgetful()
    connector = await line(vault=vault, monthly_cap="0.05")
    async with listening(connector, None) as batches:
        heard = await hear(batches, 50)
        with pytest.raises(errors.TryLater, match=r"cap is \$0\.05"):
            await anext(batches)
    health = await connector.probe()
    asked = len(api.asked)
    again = await line(vault=vault, monthly_cap="0.05")
    asked_by_opening = len(api.asked) - asked
    async with listening(again, heard[-1].cursor) as batches:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(batches), 0.3)
    receipt = await again.send(words("still answering", f"dm:{ANN['id']}"))

    assert health.state is wire.Health.PAUSED
    assert "until the next month" in health.reason
    assert len(api.asked) == asked + asked_by_opening + 1
    assert receipt.external_id


class Jammed(Forgetful):
    """A vault that cannot keep costs for now."""

    is_jammed = False

    async def write(self, name: str, value: str) -> None:
        if self.is_jammed and name == costs.NAME:
            raise errors.TryLater("The database is busy.")
        await super().write(name, value)


async def test_words_that_have_left(api: XApi, line: Line) -> None:
    """That the costs cannot be written down does not make words that have left seem unsent; they are written down later."""
    vault = Jammed()
    connector = await line(vault=vault)
    await connector.probe()
    before = _spent(await connector.probe())
    vault.is_jammed = True
    await connector.send(words("once", f"dm:{ANN['id']}"))
    vault.is_jammed = False
    await connector.probe()
    meter = Meter(vault, api.now, Decimal(0))
    await meter.open()

    assert [one["text"] for one in api.written] == ["once"]
    assert meter.dollars - before == Decimal("0.015")


async def test_without_a_cap(api: XApi, line: Line) -> None:
    """A cap of 0 is none."""
    api.post("@LaBanque")
    connector = await line(monthly_cap="0")
    async with listening(connector, None) as batches:
        await hear(batches, 1)
        api.post("@LaBanque again")
        await hear(batches, 1)

    assert (await connector.probe()).state is wire.Health.CONNECTED


def _spent(health: wire.ChannelHealth) -> Decimal:
    return Decimal(health.reason.partition("$")[2].partition(" ")[0])
