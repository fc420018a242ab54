"""Deeds besides answering: asked for once, carried by the outbox, shown on the message when the network has done them."""

from datetime import timedelta

import pytest

from bot import errors, wire
from bot.desk import doing, replying
from bot.desk.replying import Barred, Measure, Objected
from bot.store import conversations, deeds, deliveries, outbox, tickets
from bot.store.conversations import MessageItem
from bot.store.database import Database
from bot.store.dues import Due
from bot.store.transaction import Transaction
from tests.world import Bank, actor

ALLOWED = Measure(20, 280, wire.Permission())
WORDS = "Bonjour Léa, que s’est-il passé ?"


async def insult(database: Database, bank: Bank) -> int:
    """The first message of a public conversation; its ticket has the same number as it."""
    return await database.write(lambda tx: bank.hear(tx, "Bande de voleurs !", conversation="wall", is_public=True))


async def items(database: Database, ticket_id: int) -> list[MessageItem]:
    thread = await database.read(lambda tx: conversations.thread(tx, ticket_id))
    return [item for item in thread.items if item.kind == "message"]


async def does(database: Database, bank: Bank, ticket_id: int, act: str, place: int = 0, **more) -> int:
    """Amina does this with a message of the ticket, named by its place."""
    item = (await items(database, ticket_id))[place]
    given = {"key": f"{act} {item.id}", "by": actor(bank.amina), "measure": ALLOWED, **more}
    return await database.write(lambda tx: doing.do(tx, ticket_id, item.id, act, **given))


async def done(database: Database) -> Due:
    """What is due, as the network has done it."""
    (due,) = await database.write(deliveries.claim)
    assert await database.write(lambda tx: deliveries.finish_done(tx, due))
    return due


async def answered(database: Database, bank: Bank, ticket_id: int) -> None:
    def write(tx: Transaction) -> None:
        seen = tickets.find(tx, ticket_id).last_message_id
        how = {"seen_message_id": seen, "key": "answer", "by": actor(bank.amina), "undo_within": timedelta(0)}
        replying.reply(tx, ticket_id, WORDS, **how)

    await database.write(write)
    (due,) = await database.write(deliveries.claim)
    await database.write(lambda tx: deliveries.finish_sent(tx, due, wire.Receipt("ours", due.row.created_at)))


async def test_a_message_is_hidden_and_shown_again(database: Database, bank: Bank) -> None:
    """The connector gets the network's ids; the message says hidden only when the network has done it; the log says who."""
    ticket_id = await insult(database, bank)

    await does(database, bank, ticket_id, "hide")
    assert (await items(database, ticket_id))[0].hidden_at is None
    due = await done(database)

    assert due.deed() == wire.Deed("hide", (await items(database, ticket_id))[0].external_id, "wall")
    assert (await items(database, ticket_id))[0].hidden_at is not None
    wanted = "SELECT kind, actor_kind, actor_id FROM event WHERE kind IN ('deed.asked', 'deed.done') ORDER BY id"
    told = await database.read(lambda tx: tx.connection.exec_driver_sql(wanted).all())
    assert [tuple(one) for one in told] == [("deed.asked", "agent", bank.amina), ("deed.done", "agent", bank.amina)]
    await does(database, bank, ticket_id, "unhide")
    await done(database)
    assert (await items(database, ticket_id))[0].hidden_at is None


async def test_a_like_changes_nothing_else(database: Database, bank: Bank) -> None:
    """A deed is no answer: whose turn it is stays as it was, also when it fails."""
    ticket_id = await insult(database, bank)
    await does(database, bank, ticket_id, "like")
    await done(database)
    assert (await items(database, ticket_id))[0].liked_at is not None
    await does(database, bank, ticket_id, "hide")
    (due,) = await database.write(deliveries.claim)

    assert await database.write(lambda tx: deliveries.finish_refused(tx, due, "You have been blocked here."))

    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert (ticket.state, ticket.unanswered_count, ticket.message_count) == ("open", 1, 1)
    last = (await database.read(lambda tx: deeds.last(tx, ticket_id)))[(await items(database, ticket_id))[0].id]
    assert (last.act, last.state, last.reason, last.agent_name) == (
        "hide", "refused", "You have been blocked here.", "Amina Diallo",
    )  # fmt: skip


async def test_words_of_ours_are_changed_and_taken_away(database: Database, bank: Bank) -> None:
    """An edit keeps the earlier wording; a deletion leaves nothing to read."""
    ticket_id = await insult(database, bank)
    await answered(database, bank, ticket_id)

    await does(database, bank, ticket_id, "edit", 1, text="Bonjour Léa, que s’est-il passé hier ?")
    await done(database)

    own = (await items(database, ticket_id))[1]
    assert (own.text, [one.text for one in own.earlier]) == ("Bonjour Léa, que s’est-il passé hier ?", [WORDS])
    await does(database, bank, ticket_id, "delete", 1)
    await done(database)
    gone = (await items(database, ticket_id))[1]
    assert gone.deleted_at is not None
    assert (gone.text, gone.earlier) == ("", ())


async def test_the_same_form_twice_is_one_deed(database: Database, bank: Bank) -> None:
    """The key decides; another form while it is being done is a conflict, and so is what is done already."""
    ticket_id = await insult(database, bank)
    first = await does(database, bank, ticket_id, "hide")

    assert await does(database, bank, ticket_id, "hide") == first
    with pytest.raises(errors.Conflict, match="already"):
        await does(database, bank, ticket_id, "like")
    await done(database)
    with pytest.raises(errors.Conflict, match="done already"):
        await does(database, bank, ticket_id, "hide", key="another")


async def test_what_may_not_be_done_is_not_asked_for(database: Database, bank: Bank) -> None:
    """Neither where the network forbids it, nor with another's words, nor words that the guard stops, nor without a door."""
    ticket_id = await insult(database, bank)
    await answered(database, bank, ticket_id)
    barred = Measure(0, 280, wire.Permission(is_allowed=False, why_not="window_over"))

    with pytest.raises(Barred) as refusal:
        await does(database, bank, ticket_id, "hide", measure=barred)
    assert refusal.value.why_not == "window_over"
    with pytest.raises(Barred):
        await does(database, bank, ticket_id, "hide", measure=None)
    with pytest.raises(errors.Invalid):
        await does(database, bank, ticket_id, "delete", 0)
    with pytest.raises(Objected):
        await does(database, bank, ticket_id, "edit", 1, text="Vous êtes client chez nous depuis 2011.")

    assert await database.write(deliveries.claim) == []


async def test_a_failed_deed_is_tried_again(database: Database, bank: Bank) -> None:
    """An agent retries what was given up; the ticket's turn is not touched by it. A deed cannot be undone."""
    ticket_id = await insult(database, bank)
    deed = await does(database, bank, ticket_id, "hide")
    with pytest.raises(errors.Conflict):
        await database.write(lambda tx: replying.undo(tx, deed, by=actor(bank.amina)))
    (due,) = await database.write(deliveries.claim)
    assert await database.write(lambda tx: deliveries.finish_failed(tx, due, "The network is down."))

    await database.write(lambda tx: replying.retry(tx, deed, by=actor(bank.amina)))

    assert (await database.read(lambda tx: outbox.find(tx, deed))).state == "pending"
    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).state == "open"
    await done(database)
    assert (await items(database, ticket_id))[0].hidden_at is not None
