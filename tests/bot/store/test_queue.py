"""Work and leases: held by one at a time, taken over when a holder dies, never done by a zombie."""

import asyncio
from datetime import timedelta

from bot.clock import HeldClock
from bot.store import leases, numbers, queue
from bot.store.database import Database
from bot.store.queue import Task
from bot.store.transaction import Transaction

KINDS = ("route",)


def put(tx: Transaction, *keys: str) -> None:
    tasks = [Task("route", key, {"ticket": 1}, tx.now) for key in keys]
    queue.put_all(tx, numbers.take(tx, "work", len(tasks)), tasks)


async def test_the_same_work_is_queued_once(database: Database) -> None:
    """(kind, key) is unique, so that a repeated event leads to one piece of work."""
    await database.write(lambda tx: put(tx, "a", "a", "b"))
    await database.write(lambda tx: put(tx, "a"))

    assert await database.read(queue.depth) == (2, 0)


async def test_work_is_claimed_by_one(database: Database, database_url: str, clock: HeldClock) -> None:
    """Four workers that claim at once share the work out: none is taken twice, none is left."""
    await database.write(lambda tx: put(tx, *(f"k{number}" for number in range(200))))
    others = [Database(database_url, now=clock) for _ in range(4)]
    await asyncio.gather(*(other.open() for other in others))

    async def drain(worker: Database) -> list[int]:
        mine: list[int] = []
        while claimed := await worker.write(lambda tx: queue.claim(tx, KINDS, 7)):
            for work in claimed:
                assert await worker.write(lambda tx, work=work: queue.finish(tx, work))
                mine.append(work.id)
        return mine

    shares = await asyncio.gather(*(drain(other) for other in others))
    await asyncio.gather(*(other.close() for other in others))

    done = [id_ for share in shares for id_ in share]
    assert len(done) == len(set(done)) == 200
    assert await database.read(queue.depth) == (0, 0)


async def test_a_dead_workers_work_passes_on_and_the_zombie_cannot_finish(database: Database, clock: HeldClock) -> None:
    """After the lease another gets it; the first, should he still live, is refused."""
    await database.write(lambda tx: put(tx, "a"))
    (first,) = await database.write(lambda tx: queue.claim(tx, KINDS))
    assert await database.write(lambda tx: queue.claim(tx, KINDS)) == []

    clock.advance(queue.LEASE + timedelta(seconds=1))
    (second,) = await database.write(lambda tx: queue.claim(tx, KINDS))

    assert (first.id, second.attempts) == (second.id, 2)
    assert not await database.write(lambda tx: queue.finish(tx, first))
    assert await database.write(lambda tx: queue.finish(tx, second))


async def test_what_fails_waits_longer_each_time_and_is_shown_when_given_up(
    database: Database, clock: HeldClock
) -> None:
    """Eight attempts with growing pauses, then it is dead: seen, never taken again by itself, and revived by hand."""
    await database.write(lambda tx: put(tx, "a"))
    waits, began = [], clock()
    for _ in range(queue.ATTEMPTS):
        while not (claimed := await database.write(lambda tx: queue.claim(tx, KINDS))):
            clock.advance(timedelta(seconds=1))
        waits.append(clock() - began)
        began = clock()
        await database.write(lambda tx, work=claimed[0]: queue.retry_later(tx, work, "LookupError: no"))
    assert waits[1:] == sorted(waits[1:])

    clock.advance(timedelta(days=1))
    assert await database.write(lambda tx: queue.claim(tx, KINDS)) == []
    (dead,) = await database.read(queue.dead)
    assert (dead.kind, dead.ticket_id, dead.attempts, dead.error) == ("route", 1, queue.ATTEMPTS, "LookupError: no")
    assert await database.write(lambda tx: queue.revive(tx, dead.id)) == "route"
    assert await database.write(lambda tx: queue.revive(tx, dead.id)) == ""
    assert len(await database.write(lambda tx: queue.claim(tx, KINDS))) == 1


async def test_a_lease_has_one_holder_and_a_growing_fence(database: Database, clock: HeldClock) -> None:
    """Nobody takes what is held; after its end another may, under a new fence, and the old proof is worth nothing."""
    six = timedelta(seconds=6)
    one = await database.write(lambda tx: leases.take(tx, "ear", "a", six))
    assert one == 1
    assert await database.write(lambda tx: leases.take(tx, "ear", "b", six)) is None
    assert await database.write(lambda tx: leases.take(tx, "ear", "a", six)) == 1

    clock.advance(timedelta(seconds=7))
    assert await database.write(lambda tx: leases.take(tx, "ear", "b", six)) == 2
    both = [("ear", "a", 1), None, ("ear", "b", 2)]
    assert await database.write(lambda tx: leases.are_held(tx, both)) == [False, True, True]


async def test_a_lease_that_is_let_go_is_free_at_once(database: Database) -> None:
    """A process that stops in order does not make the next one wait."""
    minute = timedelta(minutes=1)
    await database.write(lambda tx: leases.take(tx, "ear", "a", minute))
    await database.write(lambda tx: leases.release(tx, "ear", "a"))

    assert await database.write(lambda tx: leases.take(tx, "ear", "b", minute)) == 2
