"""Reach: from the network's event to a committed ticket, over twelve channels at once, one of them down and one full of garbage.

Half of the channels are polled, half push. Then the desk is killed while ten minutes' worth of messages is said: how complete are
they afterwards? The number and their times are those of ten minutes; nobody waits for so long. And what does a channel cost that
hears nothing?
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.connectors.fake.faults import Faults
from bot.connectors.fake.ledger import Differences
from bot.connectors.fake.network import FakeAccount
from tests.bench import machine, reaching
from tests.bench.figures import Goal, Result, foreign, median, percentile
from tests.bench.ground import TITLES, Ground, Kind
from tests.bench.machine import Load
from tests.bench.reaching import Reach

CHANNELS, FEW, MANY = 12, 2, 22
RATE = 50
SECONDS = 60
AWAY = timedelta(minutes=10)
GARBAGE_EVERY = 0.2
DELAY_LIMIT = 0.250
MEGABYTES = 3.0
_REST = 5.0  # so that what a start has used is given back before memory is looked at


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds from event to commit, without and with trouble next door, by way of hearing; and what the ledger found."""

    calm: list[float]
    polled: list[float]
    pushed: list[float]
    differences: dict[str, Differences]
    seconds_to_fill: float
    load: Load


def run(ground: Ground) -> Iterator[Result]:
    for kind in ground.kinds:
        outcomes = []
        for _ in range(ground.rounds):
            with ground.fresh(kind) as url:
                events = ground.count(RATE * SECONDS)
                missed = ground.count(RATE * int(AWAY.total_seconds()))
                outcomes.append(asyncio.run(round_of(url, ground.database_pids(kind), events, missed)))
        yield _delay(kind, outcomes)
        yield _filled(kind, outcomes, missed)
    with ground.fresh("sqlite") as few, ground.fresh("sqlite") as many:
        yield _memory(asyncio.run(_at_rest(few, FEW)), asyncio.run(_at_rest(many, MANY)))


async def round_of(url: str, pids: tuple[int, ...], events: int, missed: int) -> Outcome:
    """So many events in calm, as many in trouble, and so many while the desk is away."""
    async with reaching.opened(url, pids, CHANNELS) as reach:
        await reach.connected(CHANNELS)
        watch = machine.watch((reach.desk.pid, *pids))
        polled, pushed = reach.polled[:-1], reach.pushing[:-1]
        well = [account for pair in zip(polled, pushed, strict=True) for account in pair]
        before = await _said(reach, well, events)
        calm = reach.delays(well, before)
        before = await _said_in_trouble(reach, well, events)
        in_trouble = reach.delays(polled, before), reach.delays(pushed, before)
        load = watch.load()
        seconds = await _missed(reach, well, missed)
        differences = {account.name: reach.differences(account) for account in reach.accounts}
        return Outcome(calm, *in_trouble, differences, seconds, load)


async def _said(reach: Reach, well: list[FakeAccount], events: int) -> int:
    """Say them at the usual rate, until all are committed; the ledger's last line before."""
    before = len(reach.network.ledger.entries())
    await reach.say(events, well, RATE)
    await reach.committed(well)
    return before


async def _said_in_trouble(reach: Reach, well: list[FakeAccount], events: int) -> int:
    """The same, while one polled channel hangs and one that pushes is full of garbage. Afterwards both are well again."""
    down, garbled = reach.polled[-1], reach.pushing[-1]
    down.faults = Faults(outage="cut")
    garbage = asyncio.create_task(_babble(garbled))
    try:
        await down.say(reaching.PEOPLE[0], "Il y a quelqu'un ?")
        return await _said(reach, well, events)
    finally:
        garbage.cancel()
        await asyncio.gather(garbage, return_exceptions=True)
        down.faults = Faults()


async def _babble(account: FakeAccount) -> None:
    while True:
        await account.babble()
        await asyncio.sleep(GARBAGE_EVERY)


async def _missed(reach: Reach, well: list[FakeAccount], missed: int) -> float:
    """The desk is killed; ten minutes' worth is said, with their times; the seconds from its start until it holds all."""
    await asyncio.to_thread(reach.desk.kill)
    await reach.say(missed, well, over=AWAY)
    began = time.monotonic()
    await asyncio.to_thread(reach.desk.start)
    await reach.committed(reach.accounts)
    return time.monotonic() - began


async def _at_rest(url: str, channels: int) -> float:
    """Megabytes of a desk whose channels are all connected and hear nothing."""
    async with reaching.opened(url, (), channels) as reach:
        await reach.connected(channels)
        await asyncio.sleep(_REST)
        return machine.resident_megabytes([reach.desk.pid])


def _delay(kind: Kind, outcomes: list[Outcome]) -> Result:
    calm = median([percentile(one.calm, 0.99) for one in outcomes])
    polled = median([percentile(one.polled, 0.99) for one in outcomes])
    pushed = median([percentile(one.pushed, 0.99) for one in outcomes])
    usual = [median([percentile(seconds, 0.5) for seconds in group]) for group in _groups(outcomes)]
    return Result(
        name=f"event to committed ticket at {RATE}/s over {CHANNELS} channels, one down, one garbage, p99, {TITLES[kind]}",
        unit="ms",
        product=max(polled, pushed) * 1000,
        limit_name="the same without trouble",
        limit=calm * 1000,
        goals=(
            Goal(f"at most {DELAY_LIMIT * 1000:.0f} ms, polled and pushed", max(polled, pushed) <= DELAY_LIMIT),
            Goal("half of them at most half as late again as without trouble", usual[1] <= 1.5 * usual[0]),
        ),
        rounds=len(outcomes),
        foreign_cores=foreign([one.load for one in outcomes]),
        others={
            "polled, p99, ms": polled * 1000,
            "pushed, p99, ms": pushed * 1000,
            "p50 in trouble, ms": usual[1] * 1000,
            "p50 without, ms": usual[0] * 1000,
            "events": sum(len(one.polled) + len(one.pushed) for one in outcomes),
        },
    )


def _groups(outcomes: list[Outcome]) -> tuple[list[list[float]], list[list[float]]]:
    return [one.calm for one in outcomes], [one.polled + one.pushed for one in outcomes]


def _filled(kind: Kind, outcomes: list[Outcome], missed: int) -> Result:
    found = [difference for one in outcomes for difference in one.differences.values()]
    lost = sum(len(one.lost) + len(one.phantom) for one in found)
    doubled = sum(len(one.doubled) for one in found)
    return Result(
        name=f"{missed:,} messages said in {AWAY.total_seconds() / 60:.0f} minutes without a desk, {TITLES[kind]}",
        unit="lost",
        product=lost,
        limit_name="",
        limit=None,
        goals=(
            Goal("none lost, polled or pushed", lost == 0),
            Goal("none doubled, polled or pushed", doubled == 0),
            Goal("none out of its conversation's order", not any(one.misordered for one in found)),
        ),
        rounds=len(outcomes),
        foreign_cores=foreign([one.load for one in outcomes]),
        others={"doubled": doubled, "seconds from start to all": median([one.seconds_to_fill for one in outcomes])},
    )


def _memory(few: float, many: float) -> Result:
    each = (many - few) / (MANY - FEW)
    return Result(
        name=f"a channel at rest, from {FEW} to {MANY} of them",
        unit="MB",
        product=each,
        limit_name="",
        limit=None,
        goals=(Goal(f"at most {MEGABYTES:.0f} MB", each <= MEGABYTES),),
        rounds=1,
        foreign_cores=0.0,
        others={f"MB with {FEW}": few, f"MB with {MANY}": many},
    )
