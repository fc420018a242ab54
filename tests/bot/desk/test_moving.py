"""A public conversation that goes on in private: two texts, one ticket."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import errors, wire
from bot.clock import HeldClock
from bot.desk import moving, posting, replying, ticketing
from bot.desk.moving import Move
from bot.desk.replying import Barred, Elsewhere, Measure, Objected, SpokenSince
from bot.store import conversations, deliveries, drafts, messages, outbox, spots, tickets
from bot.store.database import Database
from bot.store.dues import Due
from bot.store.transaction import Transaction
from tests.world import Bank, actor, counters_are_true

LINE = "Bonjour, nous vous écrivons en message privé."
WORDS = "Bonjour Léa, donnez-nous la date de votre demande."
BOTH = Move(LINE, "line", WORDS, "private")
WALL, CHAT = "the wall", "a chat"


async def complaint(database: Database, bank: Bank) -> int:
    """Léa complains where everybody reads it; the ticket."""
    return await database.write(lambda tx: bank.hear(tx, "Toujours rien !", conversation=WALL, is_public=True))


async def moved(database: Database, ticket_id: int, by: int, move: Move = BOTH, **more) -> int:
    def verb(tx: Transaction) -> int:
        seen = more.pop("seen", None) or tickets.find(tx, ticket_id).last_message_id
        given = {"seen_message_id": seen, "by": actor(by), "undo_within": timedelta(0), **more}
        return moving.to_private(tx, ticket_id, move, **given)

    return await database.write(verb)


async def claimed(database: Database) -> Due:
    """The only words that may leave now, in hand."""
    (due,) = await database.write(deliveries.claim)
    return due


def arrived(tx: Transaction, ticket_id: int) -> int:
    """The message of the ticket that came last: what a page names as seen."""
    return max(item.id for item in conversations.thread(tx, ticket_id).items if item.kind == "message")


async def sent(database: Database, due: Due, external_id: str, conversation: str = "") -> None:
    receipt = wire.Receipt(external_id, due.row.created_at, conversation_id=conversation)
    assert await database.write(lambda tx: deliveries.finish_sent(tx, due, receipt))


async def test_the_private_message_leaves_first_to_whoever_is_meant(database: Database, bank: Bank) -> None:
    """Both wait in one conversation; the connector is given the public message that is answered and its author."""
    ticket_id = await complaint(database, bank)

    await moved(database, ticket_id, bank.amina)

    first = await claimed(database)
    assert (first.message().text, first.message().is_public, first.act) == (WORDS, False, "private_reply")
    assert (first.conversation, first.message().in_reply_to) == (WALL, first.spot.message_id)
    assert first.message().to == wire.Person("léa.martin", "Léa Martin", "léa.martin")
    assert await database.write(deliveries.claim) == []
    await sent(database, first, "p1", CHAT)
    second = await claimed(database)
    assert (second.message().text, second.message().is_public, second.act) == (LINE, True, "reply")


async def test_the_contacts_private_answer_joins_the_ticket_and_is_answered_there(
    database: Database, bank: Bank
) -> None:
    """One ticket holds both kinds; the next reply goes to where the contact last wrote, and public words there go public."""
    ticket_id = await complaint(database, bank)
    await moved(database, ticket_id, bank.amina)
    await sent(database, await claimed(database), "p1", CHAT)

    await database.write(lambda tx: bank.hear(tx, "C’était le 3 novembre.", conversation=CHAT))

    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert (ticket.unanswered_count, ticket.message_count, ticket.state) == (1, 4, "open")
    said = (await database.read(lambda tx: conversations.thread(tx, ticket_id))).items
    shown = {item.text: (item.conversation, item.is_public) for item in said if item.kind == "message"}
    assert shown == {
        "Toujours rien !": (WALL, True), WORDS: (CHAT, False), LINE: (WALL, True), "C’était le 3 novembre.": (CHAT, False),
    }  # fmt: skip
    spot = (await database.read(lambda tx: spots.whereabouts(tx, ticket))).spot
    assert (spot.conversation_id, spot.is_public) == (CHAT, False)
    await database.write(lambda tx: bank.hear(tx, "Et en public ?", conversation=WALL, is_public=True))
    again = (await database.read(lambda tx: spots.whereabouts(tx, ticket))).spot
    assert (again.conversation_id, again.is_public) == (WALL, True)
    assert await database.read(lambda tx: tickets.unresolved_of(tx, ticket.conversation_id)) == ticket_id
    assert await database.read(counters_are_true)


async def test_an_answer_that_came_before_the_receipt_is_joined(database: Database, bank: Bank) -> None:
    """Whoever answers faster than the network's receipt has opened a ticket: its words move over, and it is done."""
    ticket_id = await complaint(database, bank)
    await moved(database, ticket_id, bank.amina)
    due = await claimed(database)
    early = await database.write(lambda tx: bank.hear(tx, "Le 3 !", conversation=CHAT))
    assert early != ticket_id

    await sent(database, due, "p1", CHAT)

    one, other = await database.read(lambda tx: tickets.rows(tx, [ticket_id, early]))
    assert (one.state, one.unanswered_count, one.message_count, other.state) == ("open", 1, 4, "resolved")
    later = await database.write(lambda tx: bank.hear(tx, "Alors ?", conversation=CHAT))
    assert later == early  # the newest ticket of that conversation alone
    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).unanswered_count == 2
    with pytest.raises(errors.Conflict):
        await database.write(lambda tx: ticketing.reopen(tx, early, by=actor(bank.amina)))
    assert await database.read(counters_are_true)


async def test_a_chat_of_its_own_again_when_the_ticket_is_long_done(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Days after the ticket was resolved, private words open a ticket of the private conversation, and stay there."""
    ticket_id = await complaint(database, bank)
    await moved(database, ticket_id, bank.amina)
    await sent(database, await claimed(database), "p1", CHAT)
    await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=actor(bank.amina)))
    clock.advance(timedelta(days=8))

    fresh = await database.write(lambda tx: bank.hear(tx, "Autre chose.", conversation=CHAT))

    assert fresh != ticket_id
    await database.write(lambda tx: bank.hear(tx, "Et en public ?", conversation=WALL, is_public=True))
    await database.write(lambda tx: bank.hear(tx, "Encore.", conversation=CHAT))
    assert (await database.read(lambda tx: tickets.find(tx, fresh))).message_count == 2
    old = await database.read(lambda tx: conversations.thread(tx, ticket_id))
    assert WORDS in [item.text for item in old.items if item.kind == "message"]
    assert await database.read(counters_are_true)


@pytest.mark.parametrize("ending", [deliveries.finish_refused, deliveries.finish_failed, deliveries.finish_uncertain])
async def test_the_public_line_does_not_promise_what_did_not_leave(database: Database, bank: Bank, ending) -> None:
    """When the private message surely or perhaps did not arrive, the public line is held back for an agent to decide."""
    ticket_id = await complaint(database, bank)
    private = await moved(database, ticket_id, bank.amina)
    due = await claimed(database)

    assert await database.write(lambda tx: ending(tx, due, "no"))

    assert await database.write(deliveries.claim) == []
    line = await database.read(lambda tx: outbox.by_key(tx, "line"))
    assert line is not None
    assert (line.state, line.reason, line.after_id) == ("failed", "first_not_sent", private)


async def test_undo_takes_both_back(database: Database, bank: Bank) -> None:
    """Neither leaves, the ticket stands as before, and the private words are its author's draft."""
    ticket_id = await complaint(database, bank)
    before = await database.read(lambda tx: tickets.find(tx, ticket_id))
    private = await moved(database, ticket_id, bank.amina, undo_within=timedelta(seconds=10))

    await database.write(lambda tx: replying.undo(tx, private, by=actor(bank.amina)))

    after = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert replace(after, version=before.version) == before
    assert await database.read(lambda tx: drafts.of(tx, ticket_id, bank.amina)["move"].text) == WORDS
    line = await database.read(lambda tx: outbox.by_key(tx, "line"))
    assert line is not None
    assert line.state == "cancelled"


async def test_the_same_form_twice_is_one_move(database: Database, bank: Bank) -> None:
    """The private message's key decides."""
    ticket_id = await complaint(database, bank)

    assert await moved(database, ticket_id, bank.amina) == await moved(database, ticket_id, bank.amina)

    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).message_count == 3


async def test_neither_is_written_when_one_may_not_be(database: Database, bank: Bank) -> None:
    """The guard reads the public line as public; a passed time bars the private message; a newer message is read first."""
    ticket_id = await complaint(database, bank)
    told = replace(BOTH, public_text="Bonjour, vous êtes client chez nous depuis 2011.")
    over = Measure(1, 10, wire.Permission(is_allowed=False, why_not="private_reply_over"))

    with pytest.raises(Objected):
        await moved(database, ticket_id, bank.amina, told)
    with pytest.raises(Barred, match="may not be done"):
        await moved(database, ticket_id, bank.amina, replace(BOTH, private_measure=over))
    seen = (await database.read(lambda tx: tickets.find(tx, ticket_id))).last_message_id
    await database.write(lambda tx: bank.hear(tx, "Alors ?", conversation=WALL, is_public=True))
    with pytest.raises(SpokenSince):
        await moved(database, ticket_id, bank.amina, seen=seen)

    assert await database.write(deliveries.claim) == []


async def test_where_nothing_may_be_said_in_public_the_private_message_goes_alone(
    database: Database, bank: Bank
) -> None:
    """Without a public text there is one row, and nothing waits for it."""
    ticket_id = await complaint(database, bank)

    await moved(database, ticket_id, bank.amina, replace(BOTH, public_text=" "))

    await sent(database, await claimed(database), "p1", CHAT)
    assert await database.write(deliveries.claim) == []


async def test_what_is_private_already_cannot_be_moved(database: Database, bank: Bank) -> None:
    """The contact writes in private: there is nothing to move."""
    ticket_id = await database.write(bank.hear)

    with pytest.raises(Elsewhere):
        await moved(database, ticket_id, bank.amina)


async def test_private_words_never_go_public_because_the_question_was_deleted(database: Database, bank: Bank) -> None:
    """The place that the form was drawn for is part of it: when the answer would go elsewhere now, the agent is asked."""
    ticket_id = await complaint(database, bank)
    await moved(database, ticket_id, bank.amina)
    await sent(database, await claimed(database), "p1", CHAT)
    await database.write(lambda tx: bank.hear(tx, "C’était le 3.", conversation=CHAT, external_id="answer"))
    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))
    place = (await database.read(lambda tx: spots.whereabouts(tx, ticket))).conversation_id

    def take_back(tx: Transaction) -> None:
        answer = messages.by_external_id(tx, bank.telegram, "answer")
        assert answer is not None
        messages.blank(tx, answer)

    await database.write(take_back)

    with pytest.raises(Elsewhere):
        await database.write(
            lambda tx: replying.reply(
                tx, ticket_id, "Votre demande du 3.", seen_message_id=arrived(tx, ticket_id), key="k", by=actor(bank.amina),
                place=place,
            )
        )  # fmt: skip


async def test_only_the_contact_is_written_to_in_private(database: Database, bank: Bank) -> None:
    """A bystander has the last public word: the private message and its form are for Léa, and a public reply names its reader."""
    ticket_id = await complaint(database, bank)
    await database.write(lambda tx: bank.hear(tx, "Répondez-lui !", who="Ève Roy", conversation=WALL, is_public=True))
    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))
    meant = await database.read(lambda tx: spots.meant(tx, ticket))
    where = await database.read(lambda tx: spots.whereabouts(tx, ticket))
    assert meant is not None
    assert (ticket.contact_name, meant.name, where.name) == ("Léa Martin", "Léa Martin", "Ève Roy")

    await moved(database, ticket_id, bank.amina)

    due = await claimed(database)
    assert (due.act, due.message().in_reply_to) == ("private_reply", meant.spot.message_id)
    assert due.to == wire.Person("léa.martin", "Léa Martin", "léa.martin")


async def test_nobody_else_gets_it_when_the_contacts_words_are_gone(database: Database, bank: Bank) -> None:
    """Deleted before, nothing is moved; gone from the desk afterwards, the words have no reader."""
    ticket_id = await complaint(database, bank)
    await database.write(lambda tx: bank.hear(tx, "Oui !", who="Ève Roy", conversation=WALL, is_public=True))
    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))
    meant = await database.read(lambda tx: spots.meant(tx, ticket))
    assert meant is not None
    gone = meant.spot.message_id
    await moved(database, ticket_id, bank.amina)

    def forget(tx: Transaction) -> None:
        tx.connection.exec_driver_sql(f"UPDATE message SET external_id = 'other' WHERE external_id = '{gone}'")

    await database.write(forget)
    due = await claimed(database)
    assert (due.to, due.act) == (None, "private_reply")

    def take_back(tx: Transaction) -> None:
        theirs = messages.by_external_id(tx, bank.telegram, "other")
        assert theirs is not None
        messages.blank(tx, theirs)

    await database.write(take_back)
    with pytest.raises(Barred):
        await moved(database, ticket_id, bank.amina, replace(BOTH, private_key="p2", public_key="l2"))


async def test_private_words_taken_back_are_never_a_public_draft(database: Database, bank: Bank) -> None:
    """What was to begin a private talk from a public one goes back into its own form, whatever it answered."""
    ticket_id = await complaint(database, bank)

    def write_and_undo(tx: Transaction) -> dict[str, str]:
        ticket = tickets.find(tx, ticket_id)
        letter = posting.Letter(ticket.conversation_id, WORDS, "k", is_public=False)
        first, _ = posting.write(tx, ticket, letter, actor(bank.amina), timedelta(seconds=10))
        replying.undo(tx, first, by=actor(bank.amina))
        return {kind: draft.text for kind, draft in drafts.of(tx, ticket_id, bank.amina).items()}

    assert await database.write(write_and_undo) == {"move": WORDS}


async def test_a_ticket_of_two_conversations_asks_for_the_place(database: Database, bank: Bank) -> None:
    """Where words of one ticket stand in public and in private, nothing leaves that does not say where to."""
    ticket_id = await complaint(database, bank)
    await moved(database, ticket_id, bank.amina)
    await sent(database, await claimed(database), "p1", CHAT)
    await database.write(lambda tx: bank.hear(tx, "C’était le 3.", conversation=CHAT))
    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))

    def answer(tx: Transaction, place: int | None) -> int:
        seen = arrived(tx, ticket_id)
        return replying.reply(tx, ticket_id, WORDS, seen_message_id=seen, key="k", by=actor(bank.amina), place=place)

    with pytest.raises(Elsewhere):
        await database.write(lambda tx: answer(tx, None))
    place = (await database.read(lambda tx: spots.whereabouts(tx, ticket))).conversation_id
    assert await database.write(lambda tx: answer(tx, place))


async def test_what_arrives_late_is_news_to_whoever_moves(database: Database, bank: Bank) -> None:
    """A post that was sent before our last words and arrives after them asks first."""
    ticket_id = await complaint(database, bank)
    await moved(database, ticket_id, bank.amina)
    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))
    await database.write(
        lambda tx: bank.hear(tx, "Et alors ?", conversation=WALL, is_public=True, at=tx.now - timedelta(minutes=5))
    )
    late = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert late.last_message_id == ticket.last_message_id

    with pytest.raises(SpokenSince):
        await moved(database, ticket_id, bank.amina, replace(BOTH, private_key="p2"), seen=ticket.last_message_id)
