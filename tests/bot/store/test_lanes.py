"""A lane that fails is shut, tried by one, and open again for all when that one has come through."""

import asyncio
from datetime import timedelta
from functools import partial

from bot import wire
from bot.clock import HeldClock
from bot.desk import replying
from bot.store import deliveries, events, lanes
from bot.store.database import Database
from bot.store.dues import Due
from bot.store.transaction import Transaction
from tests.world import Bank, actor

LEASE = timedelta(seconds=60)
NOW = timedelta(0)


async def write_to_three(database: Database, bank: Bank) -> None:
    """Three replies in three conversations of one channel."""
    for name in ("Léa Martin", "Paul Roy", "Inès Faure"):
        await database.write(partial(_answered, bank, name))


def _answered(bank: Bank, name: str, tx: Transaction) -> int:
    return replying.reply(
        tx,
        bank.hear(tx, who=name),
        "Bonjour",
        seen_message_id=0,
        key=f"to {name}",
        by=actor(bank.sofia),
        is_confirmed=True,
        undo_within=NOW,
    )


async def claim(database: Database) -> list[Due]:
    return await database.write(lambda tx: deliveries.claim(tx, 20, LEASE))


async def fail(database: Database, channel_id: int, after: timedelta = NOW) -> lanes.LaneRow:
    return await database.write(lambda tx: lanes.fail(tx, channel_id, "The network is down.", after))


async def test_one_goes_first_after_failures_in_a_row(database: Database, bank: Bank, clock: HeldClock) -> None:
    """After four failures nothing is claimed; when the rest is over one is, by one process; its success lets all others go."""
    await write_to_three(database, bank)
    for _ in range(lanes.STRIKES):
        lane = await fail(database, bank.telegram)
    assert lane.is_shut and lane.rests_until == clock() + lanes.FIRST_REST
    assert await claim(database) == []

    clock.advance(lanes.FIRST_REST)
    first, second = await asyncio.gather(claim(database), claim(database))
    (trial,) = first + second
    assert await claim(database) == []

    await database.write(lambda tx: deliveries.finish_sent(tx, trial, wire.Receipt("n1")))
    assert len(await claim(database)) == 2
    assert await database.read(lanes.all) == {}
    told = await database.read(lambda tx: events.latest(tx, noun="channel"))
    assert [one.kind for one in reversed(told)] == ["channel.sending_rested", "channel.sending_resumed"]


async def test_each_failed_trial_rests_longer(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Rests double up to a minute; failures of what was under way together count once."""
    for _ in range(lanes.STRIKES):
        await fail(database, bank.telegram)
    assert (await fail(database, bank.telegram)).failures == lanes.STRIKES
    rests = []
    for _ in range(7):
        clock.advance((await database.read(lanes.all))[bank.telegram].rests_until - clock())
        rests.append(((await fail(database, bank.telegram)).rests_until - clock()).total_seconds())

    assert rests == [4, 8, 16, 32, 60, 60, 60]


async def test_a_pause_that_the_network_asks_for_holds_for_every_process(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """One failure shuts nothing, but until the end of the asked pause nobody claims; then all may go at once."""
    await write_to_three(database, bank)
    await fail(database, bank.telegram, timedelta(seconds=30))
    clock.advance(timedelta(seconds=29))
    assert await claim(database) == []
    clock.advance(timedelta(seconds=1))
    assert len(await claim(database)) == 3


async def test_a_trial_whose_process_died_is_followed_by_another(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Nobody says what came of the trial: when its lease ends, the next goes first."""
    await write_to_three(database, bank)
    for _ in range(lanes.STRIKES):
        await fail(database, bank.telegram)
    clock.advance(lanes.FIRST_REST)
    (lost,) = await claim(database)
    clock.advance(LEASE)
    (another,) = await claim(database)

    assert another.row.id != lost.row.id
