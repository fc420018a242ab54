"""A version that somebody asked for is trained, in a process of its own; its progress and its result stand in the database.

One at a time on the whole desk. When the process dies with ours, another takes the training up after a while.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.autoreply import errand, measures, training
from bot.autoreply.errand import APPRENTICE, Errand
from bot.autoreply.lesson import Failed, Going, Learnt, Sample, Train, Word
from bot.autoreply.measures import Said
from bot.model.event import SYSTEM
from bot.model.trained import State
from bot.store import events, intents, trained
from bot.store.database import Database
from bot.store.intents import Book
from bot.store.trained import TrainedRow, Unseen
from bot.store.transaction import Transaction

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(seconds=2)
BEAT_EVERY = timedelta(seconds=1)
DEAD_AFTER = timedelta(seconds=30)  # without a sign of life


class Training:
    """One per process that works; any number of processes."""

    def __init__(self, database: Database, command: Sequence[str] = APPRENTICE) -> None:
        self._database = database
        self._command = command
        self._ear = database.bell.listen()

    async def turn(self) -> None:
        """Take up what is asked for; wait for the bell when nothing is."""
        row = await self._database.read(trained.under_way)
        if row and row.state == State.TRAINING and self._database.now() - row.beat_at > DEAD_AFTER:
            await self._database.write(lambda tx: training.broke_off(tx, row.id))
        elif row and row.state == State.ASKED:
            await self._take_up(row)
        else:
            await self._ear.wait(LOOK_EVERY)

    async def _take_up(self, row: TrainedRow) -> None:
        book = await self._database.read(intents.book)
        if not await self._database.write(lambda tx: trained.claim(tx, row.id, book.edition)):
            return
        lesson = Train(
            tuple(Sample(each.id, each.language, each.text, one.name) for one in book.intents for each in one.examples)
        )
        async with errand.sent(lesson, self._command) as sent:
            said = await self._last_word(row.id, sent)
        if isinstance(said, Learnt):
            await self._database.write(lambda tx: _keep(tx, row.id, book, lesson, said))
        elif isinstance(said, Failed):
            await self._database.write(lambda tx: training.fail(tx, row.id, said.reason))
        log.info("bot.trained", version=row.id, came=type(said).__name__.lower(), examples=len(lesson.samples))

    async def _last_word(self, id_: int, sent: Errand) -> Word | None:
        """What it comes to; on the way signs of life are kept, and whoever wants it stopped is heard."""
        far = Going(0, "")
        while True:
            hearing = asyncio.create_task(sent.word())
            try:
                while not (await asyncio.wait({hearing}, timeout=BEAT_EVERY.total_seconds()))[0]:
                    if not await self._goes_on(id_, far):
                        return None
                said = hearing.result()
            finally:
                hearing.cancel()
            if not isinstance(said, Going):
                if said is None:
                    await self._database.write(lambda tx: training.broke_off(tx, id_))
                return said
            far = said
            if not await self._goes_on(id_, far):
                return None

    async def _goes_on(self, id_: int, far: Going) -> bool:
        def verb(tx: Transaction) -> bool:
            goes_on = trained.beat(tx, id_, far.done, far.stage)
            if not goes_on:
                trained.end(tx, id_, State.CANCELLED, "")
            return goes_on

        return await self._database.write(verb)


def _keep(tx: Transaction, id_: int, book: Book, lesson: Train, learnt: Learnt) -> None:
    """The version with its figures, and the event that tells of it."""
    rows = [
        Said(one.id, one.language, one.intent, said, probability)
        for one, (said, probability) in zip(lesson.samples, learnt.unseen, strict=True)
    ]
    kept = trained.finish(
        tx,
        id_,
        learnt.body,
        [Unseen(one.example_id, one.said, one.probability) for one in rows],
        engine=learnt.engine,
        intents=sum(bool(one.examples) for one in book.intents),
        examples=len(rows),
        figures=measures.figures(rows, learnt.thresholds),
    )
    if kept:
        events.record(tx, "bot.trained", by=SYSTEM, body={"version": id_, "examples": len(rows)})
