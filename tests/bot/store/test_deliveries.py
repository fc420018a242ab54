"""Words leave once, in order, by turns, and only their holder says what became of them."""

import asyncio
from datetime import timedelta

import pytest

from bot import wire
from bot.clock import HeldClock
from bot.desk import replying
from bot.store import conversations, deliveries, events, outbox, tickets
from bot.store.database import Database
from bot.store.dues import Due
from bot.store.transaction import Transaction
from tests import world
from tests.world import Bank, actor

LEASE = timedelta(seconds=60)


def say(tx: Transaction, bank: Bank, ticket_id: int, text: str, undo: int = 0) -> int:
    """Amina or, in Midi and on Mastodon, Sofia answers."""
    given = {"seen_message_id": 0, "key": f"{ticket_id} {text}", "by": actor(bank.sofia), "is_confirmed": True}
    return replying.reply(tx, ticket_id, text, **given, undo_within=timedelta(seconds=undo))


async def claim(database: Database, limit: int = 20, busy: tuple[int, ...] = ()) -> list[Due]:
    return await database.write(lambda tx: deliveries.claim(tx, limit, LEASE, busy))


async def state(database: Database, outbox_id: int) -> str:
    return (await database.read(lambda tx: outbox.find(tx, outbox_id))).state


async def kinds(database: Database) -> list[str]:
    return [
        one.kind
        for one in await database.read(lambda tx: events.after(tx, events.Position()))
        if one.kind.startswith("reply.")
    ]


async def test_nothing_leaves_before_its_time_nor_twice(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A reply can be claimed when its undo time is over, by one claim only, with all that the connector needs."""
    ticket_id = await database.write(lambda tx: bank.hear(tx, conversation="chat 7"))
    outbox_id = await database.write(lambda tx: say(tx, bank, ticket_id, "Bonjour", undo=10))
    assert await claim(database) == []
    assert await database.read(deliveries.outlook) == (False, clock() + timedelta(seconds=10))
    clock.advance(timedelta(seconds=10))

    (due,) = await claim(database)

    assert await claim(database) == []
    assert await state(database, outbox_id) == "sending"
    assert (due.row.attempts, due.channel_name, due.network) == (1, "telegram-nord", "telegram")
    assert due.message() == wire.OutboundMessage(
        due.row.key, "chat 7", "Bonjour", is_public=False, to=wire.Person("léa.martin", "Léa Martin", "léa.martin")
    )


async def test_order_within_a_conversation_is_kept(database: Database, bank: Bank, clock: HeldClock) -> None:
    """The second reply waits until the first is finished, also while the first waits for a later try."""
    ticket_id = await database.write(bank.hear)
    first, second = [
        await database.write(lambda tx, text=text: say(tx, bank, ticket_id, text)) for text in ("un", "deux")
    ]

    (due,) = await claim(database)
    assert due.row.id == first
    assert await claim(database) == []
    await database.write(lambda tx: deliveries.retry_at(tx, due, tx.now + timedelta(seconds=30), "busy"))
    assert await claim(database) == []
    clock.advance(timedelta(seconds=30))
    (due,) = await claim(database)
    assert (due.row.id, due.row.attempts) == (first, 2)
    await database.write(lambda tx: deliveries.finish_failed(tx, due, "no answer"))

    assert [one.row.id for one in await claim(database)] == [second]


async def test_channels_take_turns_and_a_busy_one_is_passed_over(database: Database, bank: Bank) -> None:
    """However much one channel has to say, the others get their share of a claim; busy channels get none."""
    for number in range(5):
        await database.write(lambda tx, n=number: say(tx, bank, bank.hear(tx, who=f"T{n}"), "a"))
    for number in range(2):
        await database.write(lambda tx, n=number: say(tx, bank, bank.hear(tx, who=f"X{n}", channel=bank.x), "b"))

    assert [due.channel_name for due in await claim(database, limit=4)] == ["telegram-nord", "x-midi"] * 2
    assert await claim(database, busy=(bank.telegram,)) == []
    assert [due.channel_name for due in await claim(database)] == ["telegram-nord"] * 3


async def test_two_workers_never_hold_the_same_words(database_url: str, clock: HeldClock) -> None:
    """Workers that claim at once share the work: each row once, and none forgotten."""
    workers = [Database(database_url, now=clock) for _ in range(3)]
    for worker in workers:
        await worker.open()
    bank = await workers[0].write(world.open_bank)
    written = {
        await workers[0].write(
            lambda tx, n=n: say(tx, bank, bank.hear(tx, who=f"C{n}", channel=(bank.telegram, bank.x)[n % 2]), "a")
        )
        for n in range(20)
    }
    held: list[int] = []
    while len(held) < len(written):
        rounds = await asyncio.gather(*(claim(worker, limit=3) for worker in workers))
        assert any(rounds)
        held += [due.row.id for dues in rounds for due in dues]

    assert sorted(held) == sorted(written)
    for worker in workers:
        await worker.close()


async def test_a_receipt_gives_the_message_its_id_and_the_networks_time(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Once sent, the message carries the network's id and time, and so do the ticket's times of service."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: say(tx, bank, ticket_id, "Bonjour"))
    (due,) = await claim(database)
    at = clock() + timedelta(seconds=3)

    assert await database.write(
        lambda tx: deliveries.finish_sent(tx, due, wire.Receipt("net 9", at, "https://n.example/9"))
    )

    said = (await database.read(lambda tx: conversations.messages(tx, due.row.conversation_id)))[-1]
    assert (said.at, said.permalink, said.delivery) == (at, "https://n.example/9", "sent")
    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert (ticket.first_response_at, ticket.last_answer_at, ticket.last_message_at) == (at, at, at)
    assert (await kinds(database))[-1] == "reply.sent"


async def test_the_networks_echo_and_the_receipt_are_one_message(database: Database, bank: Bank) -> None:
    """When the network tells us our own words before it answers, one message remains, counted once, with its writer's name."""
    ticket_id = await database.write(lambda tx: bank.hear(tx, conversation="chat 7"))
    await database.write(lambda tx: say(tx, bank, ticket_id, "Bonjour"))
    (due,) = await claim(database)
    await database.write(
        lambda tx: bank.hear(tx, "Bonjour", conversation="chat 7", external_id="net 9", is_own=True, at=tx.now)
    )
    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).message_count == 3

    await database.write(lambda tx: deliveries.finish_sent(tx, due, wire.Receipt("net 9")))

    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert (ticket.message_count, ticket.last_message_id, ticket.state) == (2, due.row.message_id, "waiting")
    thread = await database.read(lambda tx: conversations.messages(tx, ticket.conversation_id))
    assert [(said.text, said.author_name) for said in thread][1:] == [("Bonjour", "Sofia Lopez")]
    told = (await database.read(lambda tx: events.after(tx, events.Position())))[-1]
    assert told.kind == "reply.sent"
    assert "echo" in told.body


async def test_an_echo_after_the_receipt_is_a_duplicate(database: Database, bank: Bank) -> None:
    """The other way round the unique key passes the echo over."""
    ticket_id = await database.write(lambda tx: bank.hear(tx, conversation="chat 7"))
    await database.write(lambda tx: say(tx, bank, ticket_id, "Bonjour"))
    (due,) = await claim(database)
    await database.write(lambda tx: deliveries.finish_sent(tx, due, wire.Receipt("net 9")))

    await database.write(
        lambda tx: bank.hear(tx, "Bonjour", conversation="chat 7", external_id="net 9", is_own=True, at=tx.now)
    )

    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).message_count == 2


@pytest.mark.parametrize(
    ("verb", "ends", "told"),
    [
        (deliveries.finish_refused, "refused", "reply.refused"),
        (deliveries.finish_failed, "failed", "reply.failed"),
        (deliveries.finish_uncertain, "uncertain", "reply.undecided"),
    ],
)
async def test_every_end_has_its_reason_and_its_event(
    database: Database, bank: Bank, verb, ends: str, told: str
) -> None:
    """What became of a reply stands with it and in the log; a person decides only about what is uncertain."""
    ticket_id = await database.write(bank.hear)
    outbox_id = await database.write(lambda tx: say(tx, bank, ticket_id, "Bonjour"))
    (due,) = await claim(database)

    assert await database.write(lambda tx: verb(tx, due, "the account is blocked"))

    assert (await kinds(database))[-1] == told
    said = (await database.read(lambda tx: conversations.messages(tx, due.row.conversation_id)))[-1]
    assert (said.outbox_id, said.delivery, said.reason) == (outbox_id, ends, "the account is blocked")
    assert said.needs_decision == (ends == "uncertain")
    assert await claim(database) == []


async def test_words_in_a_dead_workers_hand_are_looked_for_first(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """When a lease ends while sending, the words are uncertain, held by one looker, and hold back what follows them."""
    ticket_id = await database.write(bank.hear)
    first = await database.write(lambda tx: say(tx, bank, ticket_id, "un"))
    await database.write(lambda tx: say(tx, bank, ticket_id, "deux"))
    (dead,) = await claim(database)
    assert await database.write(deliveries.expired_sending) == []
    assert not (await database.read(deliveries.outlook))[0]
    clock.advance(LEASE)
    assert (await database.read(deliveries.outlook))[0]

    (looking,) = await database.write(deliveries.expired_sending)

    assert await database.write(deliveries.expired_sending) == []
    assert await claim(database) == []
    assert (await state(database, first), (await kinds(database))[-1]) == ("uncertain", "reply.uncertain")
    assert not await database.write(lambda tx: deliveries.finish_sent(tx, dead, wire.Receipt("late")))
    assert not await database.write(lambda tx: deliveries.retry_at(tx, dead, tx.now))
    assert not await database.write(lambda tx: deliveries.renew(tx, dead))
    assert await database.write(lambda tx: deliveries.finish_sent(tx, looking, wire.Receipt("found")))
    assert (await state(database, first), await kinds(database)) == (
        "sent",
        ["reply.written", "reply.written", "reply.uncertain", "reply.sent"],
    )


async def test_a_looker_that_dies_too_is_followed_by_another(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Uncertain words pass on when the looker's lease ends; not found, they are sent again as the same attempt."""
    ticket_id = await database.write(bank.hear)
    outbox_id = await database.write(lambda tx: say(tx, bank, ticket_id, "un"))
    await claim(database)
    for _ in range(2):
        clock.advance(LEASE)
        (looking,) = await database.write(deliveries.expired_sending)

    await database.write(lambda tx: deliveries.retry_at(tx, looking, tx.now))

    (due,) = await claim(database)
    assert (due.row.id, due.row.attempts) == (outbox_id, 2)
    assert (await kinds(database)).count("reply.uncertain") == 1


async def test_one_doubt_is_written_once_and_its_decision_is_another_fact(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """A sender dies, and the network cannot say: the journal tells once of the doubt, and once that an agent must decide."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: say(tx, bank, ticket_id, "un"))
    await claim(database)
    clock.advance(LEASE)
    (looking,) = await database.write(deliveries.expired_sending)

    assert await database.write(lambda tx: deliveries.finish_uncertain(tx, looking, "cannot be asked"))

    assert await kinds(database) == ["reply.written", "reply.uncertain", "reply.undecided"]


async def test_a_holder_may_hold_longer(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A renewed lease does not end at its first time; a try that was none is taken back from the count."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: say(tx, bank, ticket_id, "un"))
    (due,) = await claim(database)
    clock.advance(LEASE / 2)
    assert await database.write(lambda tx: deliveries.renew(tx, due, LEASE))
    clock.advance(LEASE / 2)
    assert await database.write(deliveries.expired_sending) == []
    assert await database.read(outbox.unfinished) == {"pending": 0, "sending": 1, "uncertain": 0}

    await database.write(lambda tx: deliveries.retry_at(tx, due, tx.now, "rate limit", is_counted=False))

    assert [one.row.attempts for one in await claim(database)] == [1]
