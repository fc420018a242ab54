"""Understanding what was said, a little behind the commits, and doing what follows: answered, suggested, handed over.

One process at a time follows the log by a cursor; another takes over when it dies. The model runs in a thread, outside of any
transaction. What was understood, what was decided, what follows and the cursor are then one commit: a crash anywhere before it
loses nothing and says nothing, and the same again does no harm. Whoever lost its turn meanwhile finds the cursor moved.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import structlog

from bot import errors, wire
from bot.autoreply import following, word_by_word
from bot.autoreply.following import House
from bot.autoreply.understanding.values import Understanding as Meant
from bot.autoreply.word_by_word import Understander
from bot.connectors.base import Connector
from bot.desk.replying import Measure
from bot.runners.courtesy import Waiting, gives_way, nothing_waits
from bot.store import intents, leases, understandings
from bot.store.database import Database
from bot.store.intents import Book
from bot.store.transaction import Transaction
from bot.store.understandings import Heard, Unread

log = structlog.get_logger(__name__)

NAME = "understanding"
LEASE = timedelta(seconds=15)
LOOK_EVERY = timedelta(seconds=1)
GATHER = timedelta(milliseconds=50)
TOGETHER = 64

# The understander for a book as it stands: it loads what was trained from it. Blocking; called in a thread.
Load = Callable[[Book], Understander]


@dataclass(frozen=True, slots=True)
class Known:
    """The operator's book, and what was made of it."""

    book: Book
    understander: Understander


class Understanding:
    """One per process that works; any number of processes. `find` gives the open connector of a channel."""

    def __init__(
        self, database: Database, holder: str, find: Callable[[int], Connector | None], load: Load,
        *, brand: str = "Comptoir", locale: str = "fr", waiting: Waiting = nothing_waits,
    ) -> None:  # fmt: skip
        self._database = database
        self._holder = holder
        self._find = find
        self._load = load
        self._brand = brand
        self._locale = locale
        self._waiting = waiting
        self._known: Known | None = None
        self._ear = database.bell.listen()

    async def turn(self) -> None:
        """Understand what is new, and do what follows; wait for the bell when nothing is."""
        unread = await self._database.read(lambda tx: understandings.unread(tx, TOGETHER))
        if unread.oldest is None:
            if await self._ear.wait(LOOK_EVERY):
                await asyncio.sleep(GATHER.total_seconds())
        elif gives_way(self._waiting, unread.oldest, self._database.now()) or not await self._is_ours():
            await asyncio.sleep(LOOK_EVERY.total_seconds() / 2)
        else:
            await self._follow(unread)

    async def _is_ours(self) -> bool:
        return await self._database.write(lambda tx: leases.take(tx, NAME, self._holder, LEASE)) is not None

    async def _follow(self, unread: Unread) -> None:
        """All together; where that fails one by one, so that one message that nobody can follow holds no other up."""
        known = await self._up_to_date()
        try:
            meant = await asyncio.to_thread(_understood, known.understander, unread.heard)
            await self._database.write(lambda tx: self._keep(tx, unread, meant, known))
        except errors.TryLater:
            raise
        except Exception as error:  # noqa: BLE001  which of them it was is found out below
            log.info("understanding.one_by_one", messages=len(unread.heard), error=type(error).__name__)
            await self._one_by_one(unread, known)

    def _keep(self, tx: Transaction, unread: Unread, meant: list[Meant], known: Known) -> None:
        if self._may(tx, unread):
            self._do(tx, unread, meant, known)
            assert unread.until is not None
            understandings.reach(tx, unread.until)

    def _do(self, tx: Transaction, unread: Unread, meant: list[Meant], known: Known) -> None:
        house = House(known.book, self._measure, self._locale, self._brand)
        following.follow_all(tx, list(zip(unread.heard, meant, strict=True)), house)

    async def _one_by_one(self, unread: Unread, known: Known) -> None:
        """The cursor moves when all are done: until then each finds what was decided about it before."""
        for heard in unread.heard:
            try:
                meant = await asyncio.to_thread(_understood, known.understander, (heard,))
                alone = replace(unread, heard=(heard,))
                await self._database.write(partial(self._alone, unread=alone, meant=meant, known=known))
            except errors.TryLater:
                raise
            except Exception as error:  # whatever it is, it stops this message only, and a person reads that
                log.exception("understanding.failed", message=heard.id, error=type(error).__name__)
                await self._database.write(partial(self._give_up, unread=unread, heard=heard))
        await self._database.write(lambda tx: self._reach(tx, unread))

    def _alone(self, tx: Transaction, unread: Unread, meant: list[Meant], known: Known) -> None:
        if self._may(tx, unread):
            self._do(tx, unread, meant, known)

    def _give_up(self, tx: Transaction, unread: Unread, heard: Heard) -> None:
        if self._may(tx, unread):
            following.abandon(tx, heard)

    def _reach(self, tx: Transaction, unread: Unread) -> None:
        if self._may(tx, unread) and unread.until is not None:
            understandings.reach(tx, unread.until)

    def _may(self, tx: Transaction, unread: Unread) -> bool:
        """Whether nobody else has taken over, or has done it: asked in the transaction that writes."""
        return leases.take(tx, NAME, self._holder, LEASE) is not None and understandings.reached(tx) == unread.since

    async def _up_to_date(self) -> Known:
        """The book as it stands, and its understander; read anew when the operator has changed it."""
        edition = await self._database.read(intents.edition)
        if self._known is None or self._known.book.edition != edition:
            book = await self._database.read(intents.book)
            model = await asyncio.to_thread(self._load, book)
            self._known = Known(book, word_by_word.knowing(book, model))
        return self._known

    def _measure(self, channel_id: int, spot: wire.Spot, text: str) -> Measure | None:
        connector = self._find(channel_id)
        if connector is None:
            return None
        allowed = connector.capabilities(spot)
        return Measure(connector.count(text), allowed.limit, allowed.permission("reply"))


def _understood(understander: Understander, heard: tuple[Heard, ...]) -> list[Meant]:
    if not heard:
        return []
    return understander.understand([one.text for one in heard], [one.language for one in heard])
