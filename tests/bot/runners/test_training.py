"""A training is asked for, shown while it goes on, kept, stopped, or taken up again when its process has died."""

import asyncio
import sys
from datetime import timedelta

import pytest

from bot import errors
from bot.autoreply import training
from bot.clock import HeldClock
from bot.desk import intents as teaching
from bot.desk.intents import Draft
from bot.model.trained import State
from bot.runners.training import DEAD_AFTER, Training
from bot.store import events, intents, trained
from bot.store.database import Database
from bot.store.trained import TrainedRow
from tests.world import Bank, actor


def loop(database: Database, manner: str) -> Training:
    return Training(database, (sys.executable, "-m", "tests.bot.runners.apprentice", manner))


@pytest.fixture
async def book(database: Database, bank: Bank) -> None:
    """Two intents, with an example in each language."""
    for name in ("hello", "thanks"):
        draft = Draft(name, name, name, policy="hand_over", examples={"fr": (f"fr {name}",), "en": (f"en {name}",)})
        await database.write(lambda tx, draft=draft: teaching.save(tx, None, draft, by=actor(bank.sofia)))


async def asked(database: Database, bank: Bank) -> int:
    return await database.write(lambda tx: training.ask(tx, by=actor(bank.sofia)))


async def seen(database: Database, id_: int) -> TrainedRow:
    return await database.read(lambda tx: trained.find(tx, id_))


async def until(database: Database, id_: int, done: int) -> None:
    """Until that much is done."""
    async with asyncio.timeout(60):
        while (await seen(database, id_)).done < done:
            await asyncio.sleep(0)


@pytest.mark.usefixtures("book")
async def test_what_was_asked_for_is_trained_and_kept(database: Database, bank: Bank) -> None:
    """The version with its bytes, what was measured, and what was said of each example, for every process to find."""
    id_ = await asked(database, bank)

    await loop(database, "good").turn()

    row = await seen(database, id_)
    assert (row.state, row.engine, row.edition, row.intents, row.examples, row.size) == ("ready", "test 1", 2, 2, 4, 7)
    assert row.figures["accuracy"] == 0.75
    assert row.figures["languages"]["fr"]["accuracy"] == 1
    assert row.figures["pairs"] == [["hello", "thanks", 1]]
    assert row.started_by == bank.sofia
    assert await database.read(lambda tx: trained.body(tx, id_)) == b"\x00model\xff"
    assert [one.said for one in await database.read(lambda tx: trained.unseen(tx, id_))] == [
        "hello", "thanks", "thanks", "thanks",
    ]  # fmt: skip
    kinds = [one.kind for one in await database.read(lambda tx: events.after(tx, events.Position()))]
    assert kinds[-2:] == ["bot.training_asked", "bot.trained"]


@pytest.mark.usefixtures("book")
async def test_one_at_a_time(database: Database, bank: Bank) -> None:
    """A second is refused until the first is over."""
    await asked(database, bank)

    with pytest.raises(errors.Conflict):
        await asked(database, bank)

    await loop(database, "good").turn()
    assert await asked(database, bank)


async def test_nothing_can_be_learnt_from_nothing(database: Database, bank: Bank) -> None:
    """An empty book is told so at once."""
    with pytest.raises(errors.Invalid):
        await asked(database, bank)


@pytest.mark.usefixtures("book")
async def test_it_is_stopped(database: Database, bank: Bank) -> None:
    """Whoever stops it stops its process; nothing is kept of it, and another can be asked for."""
    id_ = await asked(database, bank)
    working = asyncio.create_task(loop(database, "endless").turn())
    await until(database, id_, 40)
    assert (await seen(database, id_)).stage == "learning"

    await database.write(lambda tx: training.stop(tx, id_, by=actor(bank.sofia)))
    await asyncio.wait_for(working, 30)

    assert (await seen(database, id_)).state == State.CANCELLED
    with pytest.raises(errors.NotFound):
        await database.read(lambda tx: trained.body(tx, id_))
    assert await asked(database, bank)


@pytest.mark.usefixtures("book")
async def test_one_that_waits_is_stopped_at_once(database: Database, bank: Bank) -> None:
    """Before any process has taken it up; stopping again is harmless."""
    id_ = await asked(database, bank)

    for _ in range(2):
        await database.write(lambda tx: training.stop(tx, id_, by=actor(bank.sofia)))

    assert (await seen(database, id_)).state == State.CANCELLED


@pytest.mark.usefixtures("book")
async def test_why_it_cannot_be_done_is_kept(database: Database, bank: Bank) -> None:
    """The sentence stands with it."""
    id_ = await asked(database, bank)

    await loop(database, "failing").turn()

    row = await seen(database, id_)
    assert (row.state, row.reason) == (State.FAILED, "One of the intents has a single example.")


@pytest.mark.usefixtures("book")
async def test_a_process_that_dies_is_followed_by_another_once(database: Database, bank: Bank) -> None:
    """What killed the first may have been chance; what kills the second as well is told."""
    id_ = await asked(database, bank)

    await loop(database, "dying").turn()
    assert (await seen(database, id_)).state == State.ASKED
    await loop(database, "dying").turn()

    row = await seen(database, id_)
    assert (row.state, row.attempts) == (State.FAILED, 2)


@pytest.mark.usefixtures("book")
async def test_the_training_of_a_dead_desk_is_taken_up(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Our own process may die, too: without a sign of life for half a minute the training is anybody's."""
    id_ = await asked(database, bank)
    await database.write(lambda tx: trained.claim(tx, id_, 1))
    clock.advance(DEAD_AFTER + timedelta(seconds=1))
    other = loop(database, "good")

    await other.turn()
    await other.turn()

    assert (await seen(database, id_)).state == State.READY


@pytest.mark.usefixtures("book")
async def test_a_version_is_put_to_work_and_taken_back(database: Database, bank: Bank) -> None:
    """Whoever keeps the book sees by its edition that another version decides."""
    ids = []
    for _ in range(2):
        ids.append(await asked(database, bank))
        await loop(database, "good").turn()
    by = actor(bank.sofia)
    at_work = []

    async def look() -> None:
        at_work.append((await database.read(intents.book)).trained_id)

    edition = await database.read(intents.edition)
    for id_ in ids:
        await database.write(lambda tx, id_=id_: training.put_to_work(tx, id_, by=by))
        await look()
    await database.write(lambda tx: training.take_back(tx, by=by))
    await look()

    assert at_work == [ids[0], ids[1], ids[0]]
    assert await database.read(intents.edition) == edition + 3
    told = (await database.read(lambda tx: events.after(tx, events.Position())))[-1]
    assert (told.kind, told.body) == (
        "bot.version_chosen", {"before": {"version": ids[1]}, "after": {"version": ids[0]}},
    )  # fmt: skip


@pytest.mark.usefixtures("book")
async def test_what_is_not_ready_is_not_put_to_work(database: Database, bank: Bank) -> None:
    """A training is no version yet."""
    id_ = await asked(database, bank)

    with pytest.raises(errors.Conflict):
        await database.write(lambda tx: training.put_to_work(tx, id_, by=actor(bank.sofia)))
