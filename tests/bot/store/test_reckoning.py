"""A ticket's figures hang on a few of its messages, which are found without reading the others."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy

from bot import wire
from bot.clock import HeldClock
from bot.desk import hearing, ingest, replying
from bot.model import standing
from bot.store import deliveries, reckoning, tickets
from bot.store.database import Database
from bot.store.transaction import Transaction
from tests.world import Bank, actor, open_bank

CHAT = "chat"


def say(tx: Transaction, bank: Bank, count: int, at: Callable[[int], timedelta], own: Callable[[int], bool]) -> None:
    """Many messages of one conversation at once."""
    lea = wire.Person("lea", "Léa")
    said = [
        wire.InboundMessage(f"n{number}", CHAT, lea, tx.now - at(number), f"Message {number}.", is_own=own(number))
        for number in range(count)
    ]
    ingest.take(tx, [hearing.prepare(bank.telegram, one) for one in said], hearing.Rules())


def answer(tx: Transaction, bank: Bank, ticket_id: int, key: str) -> None:
    seen = tickets.find(tx, ticket_id).last_message_id
    said = {"seen_message_id": seen, "key": key, "by": actor(bank.amina), "undo_within": timedelta(0)}
    replying.reply(tx, ticket_id, f"Réponse {key}", **said, is_confirmed=True)


@pytest.mark.parametrize("seed", range(6))
async def test_the_few_tell_what_all_would(database: Database, bank: Bank, clock: HeldClock, seed: int) -> None:
    """Whoever spoke, in whatever order, with answers that arrived and one that did not: the figures are the same."""
    chance = Random(seed)

    def written(tx: Transaction) -> int:
        ticket_id = bank.hear(tx, conversation=CHAT)
        say(tx, bank, 25, lambda _: timedelta(seconds=chance.randrange(600)), lambda _: chance.random() < 0.4)
        for number in range(chance.randrange(4)):
            answer(tx, bank, ticket_id, f"key {number}")
            (due,) = deliveries.claim(tx)
            if chance.random() < 0.5:
                deliveries.finish_refused(tx, due, "blocked")
            else:
                deliveries.finish_sent(
                    tx, due, wire.Receipt(f"r{number}", tx.now - timedelta(seconds=chance.randrange(900)))
                )
        return ticket_id

    ticket_id = await database.write(written)

    def reckoned(tx: Transaction) -> list[dict[str, object]]:
        found = []
        for said in (reckoning.utterances(tx, ticket_id), reckoning.telling(tx, ticket_id)):
            one = standing.of(tickets.find(tx, ticket_id))
            standing.recount(one, said)
            found.append({name: getattr(one, name) for name in standing.COUNTED if name != "message_count"})
        return found

    every, few = await database.read(reckoned)
    assert few == every
    counted = sqlalchemy.text("SELECT count(*) FROM message WHERE ticket_id = :id")
    held = await database.read(lambda tx: tx.connection.execute(counted, {"id": ticket_id}).scalar_one())
    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).message_count == held


async def test_a_receipt_costs_a_long_ticket_no_more(sqlite_url: str, clock: HeldClock) -> None:
    """SQLite counts its own steps: beside forty times the messages a receipt takes hardly more of them."""
    database = Database(sqlite_url, now=clock)
    await database.open()
    bank = await database.write(open_bank)
    ticket_id = await database.write(lambda tx: bank.hear(tx, conversation=CHAT))

    short = await database.write(lambda tx: steps(tx, bank, ticket_id, "first"))
    await database.write(lambda tx: say(tx, bank, 2_000, lambda _: timedelta(0), lambda _: False))
    long = await database.write(lambda tx: steps(tx, bank, ticket_id, "second"))

    assert 0 < long < 2 * short
    await database.close()


def steps(tx: Transaction, bank: Bank, ticket_id: int, key: str) -> int:
    """How many times ten steps the receipt of an answer takes the database."""
    answer(tx, bank, ticket_id, key)
    (due,) = deliveries.claim(tx)
    raw: Any = tx.connection.connection.driver_connection
    counted = itertools.count()
    raw.set_progress_handler(lambda: next(counted) and None, 10)
    assert deliveries.finish_sent(tx, due, wire.Receipt(key, tx.now))
    raw.set_progress_handler(None, 0)
    return next(counted)
