"""From a network's message to rows: threading, duplicates, disorder, edits, deletions, quarantine, masking."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog.testing

from bot import wire
from bot.clock import HeldClock
from bot.desk import hearing, ingest, setting_aside, ticketing
from bot.desk.hearing import Rules, Taken
from bot.model.ticket import State
from bot.store import conversations, messages, tickets
from bot.store.database import Database
from bot.store.transaction import Transaction
from tests import world
from tests.world import Bank

LEA = wire.Person("lea", "Léa Martin", "lea.martin")
LIVE = Rules()


def message(at: datetime, id_: str = "1", text: str = "Bonjour", **more: Any) -> wire.InboundMessage:
    fields: dict[str, Any] = {"conversation_id": "c1", "author": LEA, "sent_at": at, "text": text}
    return wire.InboundMessage(external_id=id_, **{**fields, **more})


def take(tx: Transaction, channel_id: int, *said: wire.InboundMessage, rules: Rules = LIVE) -> Taken:
    return ingest.take(tx, [hearing.prepare(channel_id, one) for one in said], rules)


def count(tx: Transaction, table: str) -> int:
    return int(tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


@pytest.fixture
async def bank(database: Database) -> Bank:
    return await database.write(world.open_bank)


async def test_the_same_message_is_taken_once(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A message delivered again, in the same batch or later, makes no second row, event or ticket."""
    said = message(clock())
    first = await database.write(lambda tx: take(tx, bank.telegram, said, said))
    events = await database.read(lambda tx: count(tx, "event"))
    again = await database.write(lambda tx: take(tx, bank.telegram, said))

    assert (first.added, first.duplicates) == (1, 1)
    assert (again.added, again.duplicates) == (0, 1)
    assert await database.read(lambda tx: (count(tx, "message"), count(tx, "ticket"), count(tx, "event"))) == (
        1,
        1,
        events,
    )


async def test_the_same_id_on_two_channels_is_two_messages(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A network's ids are unique within a channel only."""
    await database.write(lambda tx: take(tx, bank.telegram, message(clock())))
    await database.write(lambda tx: take(tx, bank.x, message(clock())))

    assert await database.read(lambda tx: (count(tx, "message"), count(tx, "ticket"))) == (2, 2)


async def test_a_batch_is_threaded_as_one_by_one(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Ten messages of three people in one batch make three contacts, three conversations and three tickets with right counts."""
    people = [wire.Person(f"p{number}", f"Person {number}") for number in range(3)]
    said = [
        message(
            clock() + timedelta(seconds=number),
            f"m{number}",
            author=people[number % 3],
            conversation_id=f"c{number % 3}",
        )
        for number in range(10)
    ]
    await database.write(lambda tx: take(tx, bank.telegram, *said))

    rows = await database.read(lambda tx: [tickets.find(tx, number) for number in (1, 2, 3)])
    assert sorted(row.message_count for row in rows) == [3, 3, 4]
    assert {row.contact_name for row in rows} == {"Person 0", "Person 1", "Person 2"}
    assert await database.read(lambda tx: (count(tx, "contact"), count(tx, "handle"), count(tx, "conversation"))) == (
        3,
        3,
        3,
    )
    assert await database.read(world.counters_are_true)


async def test_one_person_on_two_channels_of_a_network_is_one_contact(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Handles belong to the network, not to the channel."""
    await database.write(lambda tx: take(tx, bank.telegram, message(clock(), "1")))
    await database.write(lambda tx: take(tx, bank.telegram, message(clock(), "2", conversation_id="c2")))

    assert await database.read(lambda tx: (count(tx, "contact"), count(tx, "ticket"))) == (1, 2)


async def test_a_new_message_reopens_what_was_resolved_lately(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Within the time for reopening the same ticket comes back; after it a new one is opened."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=world.actor(bank.amina)))
    clock.advance(timedelta(days=2))
    again = await database.write(bank.hear)
    await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=world.actor(bank.amina)))
    clock.advance(timedelta(days=8))
    later = await database.write(bank.hear)

    assert again == ticket_id
    assert later != ticket_id
    first = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert (first.state, first.message_count) == (State.RESOLVED, 2)
    assert await database.read(world.counters_are_true)


async def test_both_sides_of_a_conversation_in_any_order(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Our words that come before the contact's wait without a ticket, and join the one that he opens."""
    rules = Rules(is_archive=True)
    answer = message(clock() + timedelta(minutes=7), "a", is_own=True)
    question = message(clock(), "q")
    await database.write(lambda tx: take(tx, bank.telegram, answer, rules=rules))
    assert await database.read(lambda tx: count(tx, "ticket")) == 0
    await database.write(lambda tx: take(tx, bank.telegram, question, rules=rules))

    ticket = await database.read(lambda tx: tickets.find(tx, 1))
    assert (ticket.message_count, ticket.state) == (2, State.WAITING)
    assert ticket.first_response_at == answer.sent_at


async def test_private_numbers_never_reach_the_database(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A card number is masked before the row is written, in the message and in the list."""
    await database.write(
        lambda tx: take(tx, bank.telegram, message(clock(), text="Ma carte 4970 1000 0000 0014 est perdue"))
    )

    stored = await database.read(lambda tx: tx.connection.exec_driver_sql("SELECT text FROM message").scalar_one())
    ticket = await database.read(lambda tx: tickets.find(tx, 1))
    assert "1000 0000" not in stored + ticket.preview
    assert "0014" in stored


async def test_private_numbers_in_names_and_links_are_masked(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A card number in a file's name or the message's own address is masked; where the file is stays exact until it is had."""
    files = (
        wire.Attachment("f1", "file", "carte 4970 1000 0000 0014.pdf", "https://files.example/4970100000000014.pdf"),
        wire.Attachment("f2", "photo", "photo.jpg", "https://files.example/status/1899999999999999999"),
    )
    said = message(clock(), permalink="https://posts.example/?q=4970100000000014", attachments=files)
    await database.write(lambda tx: take(tx, bank.telegram, said))

    def stored(tx: Transaction) -> list[str]:
        found = tx.connection.exec_driver_sql("SELECT name, url FROM attachment ORDER BY id").all()
        return [
            *(value for row in found for value in row),
            tx.connection.exec_driver_sql("SELECT permalink FROM message").scalar_one(),
        ]

    assert await database.read(stored) == [
        "carte [card •••• 0014].pdf", "https://files.example/4970100000000014.pdf",
        "photo.jpg", "https://files.example/status/1899999999999999999",
        "https://posts.example/?q=[card •••• 0014]",
    ]  # fmt: skip


async def test_a_connectors_reason_is_masked(database: Database, bank: Bank) -> None:
    """What a connector says of a payload may quote it: the quarantine's reason and its line in the log are masked."""
    unreadable = wire.Unreadable(b"{}", "No number: 4970 1000 0000 0014")
    with structlog.testing.capture_logs() as lines:
        await database.write(lambda tx: setting_aside.set_aside(tx, bank.telegram, [unreadable]))

    reason = await database.read(lambda tx: tx.connection.exec_driver_sql("SELECT reason FROM quarantine").scalar_one())
    assert (
        [reason]
        == ["No number: [card •••• 0014]"]
        == [line["reason"] for line in lines if line["event"] == "message.set_aside"]
    )


async def test_an_edit_keeps_what_was_said(database: Database, bank: Bank, clock: HeldClock) -> None:
    """The new wording is shown, the old one kept; the same edit twice changes nothing."""
    edit = message(clock(), text="Bonsoir", act=wire.Act.EDITED, version="5")
    await database.write(lambda tx: take(tx, bank.telegram, message(clock())))
    first = await database.write(lambda tx: take(tx, bank.telegram, edit))
    again = await database.write(lambda tx: take(tx, bank.telegram, edit))

    assert (first.amended, again.amended) == (1, 0)
    said = await database.write(lambda tx: messages.by_external_id(tx, bank.telegram, "1"))
    assert said is not None and said.text == "Bonsoir"
    (shown,) = await database.read(lambda tx: conversations.messages(tx, said.conversation_id))
    assert [wording.text for wording in shown.earlier] == ["Bonjour"]
    assert (await database.read(lambda tx: tickets.find(tx, 1))).preview == "Bonsoir"


async def test_edits_that_come_in_the_wrong_order(database: Database, bank: Bank, clock: HeldClock) -> None:
    """The newest edit stands, however late an older one comes."""
    await database.write(lambda tx: take(tx, bank.telegram, message(clock())))
    for version, text in (("20", "third"), ("10", "second")):
        edit = message(clock(), text=text, act=wire.Act.EDITED, version=version)
        await database.write(lambda tx, edit=edit: take(tx, bank.telegram, edit))

    said = await database.write(lambda tx: messages.by_external_id(tx, bank.telegram, "1"))
    assert said is not None and said.text == "third"


async def test_an_edit_that_was_overtaken_and_comes_again_is_no_edit(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """A version that is among the earlier wordings changes nothing the second time, and nobody's window is redrawn."""
    await database.write(lambda tx: take(tx, bank.telegram, message(clock())))
    taken = []
    for version, text in (("20", "third"), ("10", "second"), ("10", "second"), ("b", "fourth"), ("20", "third")):
        edit = message(clock(), text=text, act=wire.Act.EDITED, version=version)
        taken.append((await database.write(lambda tx, edit=edit: take(tx, bank.telegram, edit))).amended)

    said = await database.write(lambda tx: messages.by_external_id(tx, bank.telegram, "1"))
    assert said is not None
    assert taken == [1, 1, 0, 1, 0]
    assert said.text == "fourth"


async def test_a_deletion_removes_the_words_and_their_history(database: Database, bank: Bank, clock: HeldClock) -> None:
    """What the author takes back is nowhere in the database any more; that there was something is."""
    secret = "PALIMPSEST"
    await database.write(lambda tx: take(tx, bank.telegram, message(clock(), text=f"{secret} one")))
    edit = message(clock(), text=f"{secret} two", act=wire.Act.EDITED, version="1")
    await database.write(lambda tx: take(tx, bank.telegram, edit))
    await database.write(lambda tx: take(tx, bank.telegram, message(clock(), text="", act=wire.Act.DELETED)))

    thread = await database.read(lambda tx: conversations.thread(tx, 1))
    assert len(thread.items) >= 1
    for table, column in (("message", "text"), ("revision", "text"), ("ticket", "preview"), ("event", "body")):
        found = await database.read(
            lambda tx, table=table, column=column: [
                str(row[0]) for row in tx.connection.exec_driver_sql(f"SELECT {column} FROM {table}")
            ]
        )
        assert not any(secret in value for value in found), table


@pytest.mark.parametrize("act", [wire.Act.EDITED, wire.Act.DELETED])
async def test_a_change_before_its_original(database: Database, bank: Bank, clock: HeldClock, act: wire.Act) -> None:
    """An edit or deletion that overtakes its message stands in for it; the message is then the duplicate."""
    await database.write(lambda tx: take(tx, bank.telegram, message(clock(), text="new", act=act, version="1")))
    late = await database.write(lambda tx: take(tx, bank.telegram, message(clock(), text="old")))

    said = await database.write(lambda tx: messages.by_external_id(tx, bank.telegram, "1"))
    assert late.added == 0
    assert said is not None
    assert (said.text, said.deleted_at is not None) == (("new", False) if act is wire.Act.EDITED else ("", True))


async def test_a_poisonous_message_is_set_aside_alone(
    database: Database, bank: Bank, clock: HeldClock, monkeypatch: Any
) -> None:
    """Its neighbours are taken in; it stays in the quarantine as it came, masked, and comes in when what was wrong is mended."""
    said = [message(clock(), "a"), message(clock(), "b", text="4970 1000 0000 0014"), message(clock(), "c")]
    heard = [hearing.prepare(bank.telegram, one) for one in said]
    real = ingest.take

    def refuse(tx: Transaction, batch: Any, rules: Rules) -> Taken:
        if any(one.said.external_id == "b" for one in batch):
            raise ValueError("a defect")
        return real(tx, batch, rules)

    with monkeypatch.context() as broken:
        broken.setattr(ingest, "take", refuse)
        taken = await database.write(lambda tx: setting_aside.one_by_one(tx, heard, Rules()))
    assert (taken.added, taken.set_aside) == (2, 1)
    raw = await database.read(
        lambda tx: bytes(tx.connection.exec_driver_sql("SELECT raw FROM quarantine").scalar_one())
    )
    assert b"1000 0000" not in raw

    again = await database.write(
        lambda tx: setting_aside.release(tx, 1, [setting_aside.reread(raw)], Rules(), by=world.actor(bank.hugo))
    )
    assert again.added == 1
    assert await database.read(lambda tx: count(tx, "message")) == 3
