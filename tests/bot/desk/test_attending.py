"""How channels are heard: what changes is an event, and after a silence it is told what was filled in."""

from datetime import timedelta

from bot.clock import HeldClock
from bot.desk import attending
from bot.store import events, pulses
from bot.store.database import Database
from bot.store.pulses import PulseRow
from bot.wire import ChannelHealth, Health
from tests.world import Bank

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


async def hear(database: Database, bank: Bank, *, ago: timedelta, keeps: timedelta | None = None) -> PulseRow:
    since = database.now() - ago
    await database.write(lambda tx: attending.hear(tx, bank.telegram, since=since, keeps=keeps))
    found = await database.read(lambda tx: pulses.find(tx, bank.telegram))
    assert found is not None
    return found


async def test_only_another_state_is_an_event(database: Database, bank: Bank) -> None:
    """Connected, connected again, interrupted for two reasons: two events; each reason is news."""
    heard = [
        ChannelHealth(Health.CONNECTED),
        ChannelHealth(Health.CONNECTED),
        ChannelHealth(Health.INTERRUPTED, "Slow down."),
        ChannelHealth(Health.INTERRUPTED, "The network does not pick up."),
    ]
    news = [await database.write(lambda tx, one=one: attending.note(tx, bank.telegram, one)) for one in heard]
    told = await database.read(lambda tx: events.latest(tx, noun="channel"))

    assert news == [True, False, True, True]
    assert [one.body for one in reversed(told)] == [
        {"from": "connecting", "to": "connected"},
        {"from": "connected", "to": "interrupted"},
    ]


async def test_what_was_missed_is_counted_when_it_had_time_to_come(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Ten minutes deaf; two messages of that time and one of now come in afterwards: two were filled in."""
    await database.write(lambda tx: bank.hear(tx, at=clock()))
    await hear(database, bank, ago=MINUTE)
    went_deaf = clock()
    clock.advance(10 * MINUTE)
    came_back = clock()
    for number in (2, 8):
        await database.write(lambda tx, number=number: bank.hear(tx, at=went_deaf + number * MINUTE))
    clock.advance(timedelta(seconds=10))
    gap = await hear(database, bank, ago=timedelta(seconds=10))
    assert (gap.gap_from, gap.gap_until, gap.gap_messages, gap.is_reached) == (went_deaf, came_back, None, True)

    clock.advance(2 * MINUTE)
    await database.write(lambda tx: bank.hear(tx, at=clock()))
    gap = await hear(database, bank, ago=2 * MINUTE)
    assert gap.gap_messages == 2
    (told,) = await database.read(lambda tx: events.latest(tx, noun="channel"))
    assert (told.kind, told.body["messages"], told.body["is_reached"]) == ("channel.caught_up", 2, True)


async def test_a_network_that_keeps_too_little_is_told(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Two days deaf on a network that keeps one: what it no longer had cannot be reached."""
    await hear(database, bank, ago=MINUTE, keeps=DAY)
    clock.advance(2 * DAY)
    assert not (await hear(database, bank, ago=timedelta(0), keeps=DAY)).is_reached


async def test_a_short_silence_is_no_gap(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A restart within a minute leaves no trace."""
    await hear(database, bank, ago=MINUTE)
    clock.advance(timedelta(seconds=40))
    assert (await hear(database, bank, ago=timedelta(0))).gap_from is None


async def test_a_second_silence_before_the_first_is_counted_makes_one_of_both(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """The desk died again before it had counted: the gap begins where the first began."""
    await hear(database, bank, ago=MINUTE)
    went_deaf = clock()
    for _ in range(2):
        clock.advance(5 * MINUTE)
        gap = await hear(database, bank, ago=timedelta(0))

    assert (gap.gap_from, gap.gap_until) == (went_deaf, clock())


async def test_lag_is_told_of_the_last_minutes(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A hundred messages that came one to a hundred seconds late; those of long ago count no more; a fast clock is no lag."""
    await database.write(lambda tx: bank.hear(tx, at=clock() - timedelta(hours=3), channel=bank.x))
    clock.advance(pulses.LATELY + MINUTE)
    for late in range(1, 101):
        await database.write(lambda tx, late=late: bank.hear(tx, at=clock() - timedelta(seconds=late)))
    await database.write(lambda tx: bank.hear(tx, at=clock() + MINUTE, channel=bank.mastodon))
    lags = await database.read(pulses.lags)

    assert lags == {
        bank.telegram: pulses.Lag(100, timedelta(seconds=50), timedelta(seconds=99), timedelta(seconds=100)),
        bank.mastodon: pulses.Lag(1, timedelta(0), timedelta(0), timedelta(0)),
    }
