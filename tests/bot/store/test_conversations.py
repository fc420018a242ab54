"""The thread shows what was said and done, in order, page by page."""

from datetime import timedelta

import pytest

from bot import errors, wire
from bot.clock import HeldClock
from bot.desk import assigning, hearing, ingest, noting, tagging, ticketing
from bot.store import agents, contacts, conversations, tickets
from bot.store.database import Database
from tests.world import Bank, actor


async def test_words_notes_and_turns_stand_in_the_order_of_time(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """A story told by two people and a customer is shown as it happened, each line with its author."""
    ticket_id = await database.write(bank.hear)
    clock.advance(timedelta(minutes=1))
    await database.write(lambda tx: assigning.assign(tx, ticket_id, bank.bruno, by=actor(bank.amina)))
    clock.advance(timedelta(minutes=1))
    await database.write(lambda tx: noting.write(tx, ticket_id, "Je m'en occupe.", by=actor(bank.bruno)))
    clock.advance(timedelta(minutes=1))
    await database.write(lambda tx: bank.hear(tx, "Merci"))
    clock.advance(timedelta(minutes=1))
    await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=actor(bank.bruno)))

    items = (await database.read(lambda tx: conversations.thread(tx, ticket_id))).items

    told = [
        (one.event, one.by_name, one.agent_name) if one.kind == "turn" else (one.text, one.author_name) for one in items
    ]
    assert told == [
        ("Bonjour, ma carte est bloquée depuis ce matin.", "Léa Martin"),
        ("ticket.opened", "Léa Martin", ""),
        ("ticket.assigned", "Amina Diallo", "Bruno Petit"),
        ("Je m'en occupe.", "Bruno Petit"),
        ("Merci", "Léa Martin"),
        ("ticket.resolved", "Bruno Petit", ""),
    ]


async def test_a_long_thread_is_read_backwards_without_gap_or_repeat(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Pages from the end to the beginning hold every message, note and turn exactly once."""
    said = []
    for number in range(12):
        clock.advance(timedelta(minutes=1))
        ticket_id = await database.write(lambda tx, n=number: bank.hear(tx, f"message {n}", at=tx.now))
        said.append(f"message {number}")
        if number % 3 == 0:
            clock.advance(timedelta(seconds=1))
            await database.write(
                lambda tx, id_=ticket_id, n=number: noting.write(tx, id_, f"note {n}", by=actor(bank.amina))
            )
            said.append(f"note {number}")
            await database.write(
                lambda tx, id_=ticket_id, n=number: tagging.add(tx, id_, f"t{n}", by=actor(bank.amina))
            )

    pages, before = [], None
    while True:
        thread = await database.read(lambda tx, before=before: conversations.thread(tx, ticket_id, before, limit=5))
        pages.insert(0, thread.items)
        if not thread.has_earlier:
            break
        before = thread.earlier

    everything = [item for page in pages for item in page]
    assert [item.text for item in everything if item.kind != "turn"] == said
    assert [item.event for item in everything if item.kind == "turn"] == ["ticket.opened", *["ticket.tagged"] * 4]
    assert len(pages) == 3


async def test_a_new_ticket_shows_what_was_said_in_the_old_one(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """The whole conversation is there, but notes and turns are each ticket's own."""
    old = await database.write(bank.hear)
    await database.write(lambda tx: noting.write(tx, old, "Ancienne note", by=actor(bank.amina)))
    await database.write(lambda tx: ticketing.resolve(tx, old, by=actor(bank.amina)))
    clock.advance(timedelta(days=30))
    new = await database.write(lambda tx: bank.hear(tx, "C'est encore moi"))

    items = (await database.read(lambda tx: conversations.thread(tx, new))).items

    assert [(item.text, item.ticket_id) for item in items if item.kind == "message"] == [
        ("Bonjour, ma carte est bloquée depuis ce matin.", old),
        ("C'est encore moi", new),
    ]
    assert [item for item in items if item.kind == "note"] == []


async def test_edits_deletions_and_files_are_marked(database: Database, bank: Bank) -> None:
    """An edited message says so, a deleted one has no words left, and files come along."""
    author = wire.Person("lea", "Léa Martin", "lea")
    files = (wire.Attachment("f1", "image", "carte.jpg", "https://n.example/f1", 1234),)

    def tell(tx, external_id, text, act=wire.Act.SAID, attachments=(), version=""):
        said = wire.InboundMessage(
            external_id, "chat", author, tx.now, text, act, version=version, attachments=attachments
        )
        ingest.take(tx, [hearing.prepare(bank.telegram, said)], hearing.Rules())

    await database.write(lambda tx: tell(tx, "1", "Bonjou", attachments=files))
    await database.write(lambda tx: tell(tx, "2", "à supprimer"))
    await database.write(lambda tx: tell(tx, "1", "Bonjour", wire.Act.EDITED, version="v2"))
    await database.write(lambda tx: tell(tx, "2", "", wire.Act.DELETED))

    first, second = await database.read(lambda tx: conversations.messages(tx, 1))

    assert (first.text, first.edited_at is not None, [file.name for file in first.attachments]) == (
        "Bonjour",
        True,
        ["carte.jpg"],
    )
    assert (second.text, second.deleted_at is not None) == ("", True)


async def test_the_panel_shows_the_contacts_tickets_that_the_viewer_may_see(database: Database, bank: Bank) -> None:
    """Beside the conversation stand the contact's handles and tickets; an agent sees only what is theirs to see."""
    first = await database.write(bank.hear)
    contact_id = (await database.read(lambda tx: tickets.find(tx, first))).contact_id
    viewers = await database.read(lambda tx: [agents.find(tx, id_) for id_ in (bank.sofia, bank.amina, bank.denis)])

    panels = [await database.read(lambda tx, who=who: contacts.panel(tx, contact_id, who)) for who in viewers]

    assert [(handle.network, handle.username) for handle in panels[0].handles] == [("telegram", "léa.martin")]
    assert [[ticket.id for ticket in panel.tickets] for panel in panels] == [[first], [first], []]
    with pytest.raises(errors.NotFound):
        await database.read(lambda tx: contacts.panel(tx, 999))
