"""A private reply opens a conversation while the customer writes in it, each told to another process: one ticket holds both.

The slower of the two is stopped before each of its statements in turn, and before its commit; there the other one goes as far
as the database lets it. Only PostgreSQL lets two write at once.
"""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
import sqlalchemy
from sqlalchemy import event

from bot import wire
from bot.clock import HeldClock
from bot.desk import moving, ticketing
from bot.desk.moving import Move
from bot.store import conversations, deliveries, tickets
from bot.store.database import Database
from bot.store.dues import Due
from bot.store.transaction import Transaction
from tests.world import Bank, actor, counters_are_true, open_bank

Verb = Callable[[Transaction], object]
PATIENCE = 20.0
PAUSE = 0.02
MOST = 80  # statements, and more than either of the two has
_WAITS = sqlalchemy.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class Gate:
    """Stops a database's writer before its statement of this number, the commit being the last, until it is opened."""

    def __init__(self, database: Database) -> None:
        self._left = 0
        self._way = threading.Event()
        self._loop = asyncio.get_running_loop()
        self.reached = asyncio.Event()
        event.listen(database._write_engine, "connect", self._guard)
        event.listen(database._write_engine, "commit", lambda _: self._pass())

    def close(self, number: int) -> None:
        self._left = number
        self._way.clear()
        self.reached.clear()

    def open(self) -> None:
        self._left = 0
        self._way.set()

    def _guard(self, raw: psycopg.Connection, _: object) -> None:
        gate = self

        class Guarded(psycopg.Cursor[Any]):
            def execute(self, *given: Any, **more: Any) -> Any:
                gate._pass()
                return super().execute(*given, **more)

            def executemany(self, *given: Any, **more: Any) -> None:
                gate._pass()
                super().executemany(*given, **more)

        raw.cursor_factory = Guarded

    def _pass(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._loop.call_soon_threadsafe(self.reached.set)
            assert self._way.wait(PATIENCE)


async def cross(slow: Database, gate: Gate, verb: Verb, quick: Database, other: Verb) -> bool:
    """Do both, the second where the first stands before the gate; False when it never came there."""
    first = asyncio.create_task(slow.write(verb))
    first.add_done_callback(lambda _: gate.reached.set())
    await asyncio.wait_for(gate.reached.wait(), PATIENCE)
    is_stopped = not first.done()
    second = asyncio.create_task(quick.write(other))
    async with asyncio.timeout(PATIENCE):
        # Either it ends, or the database says that it waits for the first. To ask all the time would keep both from working.
        while not (await asyncio.wait({second}, timeout=PAUSE))[0]:
            if await quick.read(lambda tx: tx.connection.execute(_WAITS).scalar()):
                break
    gate.open()
    await asyncio.gather(first, second)
    return is_stopped


def spoke_long_ago(tx: Transaction, bank: Bank, chat: str, clock: HeldClock) -> None:
    _resolved(tx, bank, chat)
    clock.advance(timedelta(days=8))


def spoke_lately(tx: Transaction, bank: Bank, chat: str, clock: HeldClock) -> None:
    _resolved(tx, bank, chat)
    clock.advance(timedelta(hours=1))


def speaks_still(tx: Transaction, bank: Bank, chat: str, clock: HeldClock) -> None:
    bank.hear(tx, "Et mon autre question ?", conversation=chat)


def never_spoke(tx: Transaction, bank: Bank, chat: str, clock: HeldClock) -> None:
    """Nobody knows this conversation."""


def _resolved(tx: Transaction, bank: Bank, chat: str) -> None:
    old = bank.hear(tx, "Merci !", conversation=chat)
    ticketing.resolve(tx, old, by=actor(bank.amina))


def written(
    tx: Transaction, bank: Bank, before: Callable[..., None], clock: HeldClock, wall: str, chat: str
) -> tuple[int, Due]:
    """A public complaint is answered in private, and the answer is on its way; the ticket, and what a worker has in hand."""
    before(tx, bank, chat, clock)
    ticket_id = bank.hear(tx, "Toujours rien !", conversation=wall, is_public=True)
    move = Move("", f"line {chat}", "Donnez-nous la date de votre demande.", f"private {chat}")
    seen, by = tickets.find(tx, ticket_id).last_message_id, actor(bank.amina)
    moving.to_private(tx, ticket_id, move, seen_message_id=seen, by=by, undo_within=timedelta(0))
    (due,) = deliveries.claim(tx)
    return ticket_id, due


@pytest.mark.slow
@pytest.mark.parametrize("is_receipt_slow", [False, True])
@pytest.mark.parametrize("before", [never_spoke, spoke_long_ago, spoke_lately, speaks_still])
async def test_one_ticket_holds_what_crossed(
    postgresql_url: str, clock: HeldClock, before: Callable[..., None], is_receipt_slow: bool
) -> None:
    """Wherever the two meet, whoever comes first: one unresolved ticket, and the customer's words are in it."""
    slow, quick = Database(postgresql_url, now=clock), Database(postgresql_url, now=clock)
    gate = Gate(slow)
    await slow.open()
    await quick.open()
    bank = await quick.write(open_bank)

    for number in range(1, MOST):
        wall, chat = f"wall {number}", f"chat {number}"
        ticket_id, due = await quick.write(
            partial(written, bank=bank, before=before, clock=clock, wall=wall, chat=chat)
        )
        receipt = wire.Receipt(f"sent {chat}", due.row.created_at, conversation_id=chat)
        receive = partial(deliveries.finish_sent, due=due, receipt=receipt)
        hear = partial(bank.hear, text="C’était le 3.", conversation=chat, external_id=f"answer {chat}")
        gate.close(number)
        verb, other = (receive, hear) if is_receipt_slow else (hear, receive)
        is_stopped = await cross(slow, gate, verb, quick, other)

        await quick.read(partial(is_one, ticket_id=ticket_id, wall=wall, chat=chat))
        if not is_stopped:
            break
    assert 10 < number < MOST - 1
    assert await quick.read(counters_are_true)
    await slow.close()
    await quick.close()


def is_one(tx: Transaction, ticket_id: int, wall: str, chat: str) -> None:
    held = sqlalchemy.text(
        "SELECT ticket.id FROM ticket JOIN conversation ON conversation.id = conversation_id"
        " WHERE external_id IN (:wall, :chat) AND state <> 'resolved'"
    )
    assert tx.connection.execute(held, {"wall": wall, "chat": chat}).scalars().all() == [ticket_id]
    said = conversations.thread(tx, ticket_id).items
    answer = [item.ticket_id for item in said if item.kind == "message" and item.external_id == f"answer {chat}"]
    assert answer == [ticket_id]
    ticket = tickets.find(tx, ticket_id)
    counted = sqlalchemy.text("SELECT count(*) FROM message WHERE ticket_id = :id")
    assert ticket.message_count == tx.connection.execute(counted, {"id": ticket_id}).scalar()
    assert (ticket.state, ticket.unanswered_count > 0) == ("open", True)
