"""An agent's words on their way out."""

import asyncio
from datetime import timedelta

import pytest

from bot import errors, wire
from bot.clock import HeldClock
from bot.desk import assigning, drafting, replying, ticketing
from bot.store import canned_replies, conversations, deliveries, drafts, events, outbox, tickets
from bot.store.database import Database
from bot.store.rows import TicketRow
from tests import world
from tests.world import Bank, actor, counters_are_true

WORDS = "Bonjour Léa, écrivez-nous en message privé et nous regardons cela ensemble."


async def look(database: Database, ticket_id: int) -> TicketRow:
    return await database.read(lambda tx: tickets.find(tx, ticket_id))


async def answer(database: Database, ticket_id: int, by: int, text: str = WORDS, **more) -> int:
    """Reply as this agent, having seen all there is unless told otherwise."""
    seen = (await look(database, ticket_id)).last_message_id
    given = {"seen_message_id": seen, "key": f"form {by} {text[:20]}", "by": actor(by), **more}
    return await database.write(lambda tx: replying.reply(tx, ticket_id, text, **given))


async def test_a_reply_waits_in_the_outbox_and_the_ticket_waits_for_the_customer(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """The words are pending for the time of undo, shown in the thread, and the list says that it is the contact's turn."""
    ticket_id = await database.write(bank.hear)

    outbox_id = await answer(database, ticket_id, bank.amina)

    row = await database.read(lambda tx: outbox.find(tx, outbox_id))
    assert (row.state, row.due_at, row.text, row.in_reply_to) == ("pending", clock() + timedelta(seconds=10), WORDS, "")
    ticket = await look(database, ticket_id)
    assert (ticket.state, ticket.unanswered_count, ticket.last_direction) == ("waiting", 0, "out")
    assert (ticket.message_count, ticket.last_message_id, ticket.first_response_at) == (2, row.message_id, clock())
    assert ticket.preview.startswith("Bonjour Léa")
    said = (await database.read(lambda tx: conversations.thread(tx, ticket_id))).items[-1]
    assert (said.kind, said.author_name, said.delivery, said.outbox_id) == (
        "message",
        "Amina Diallo",
        "pending",
        outbox_id,
    )
    assert await database.read(counters_are_true)


async def test_the_same_form_twice_is_one_reply(database: Database, bank: Bank) -> None:
    """Two deliveries of one form, at once, give one number, one message and one event."""
    ticket_id = await database.write(bank.hear)
    seen = (await look(database, ticket_id)).last_message_id

    def once(tx):
        return replying.reply(tx, ticket_id, WORDS, seen_message_id=seen, key="k", by=actor(bank.amina))

    first, second = await asyncio.gather(database.write(once), database.write(once))

    assert first == second
    assert (await look(database, ticket_id)).message_count == 2
    written = [one.kind for one in await database.read(lambda tx: events.after(tx, events.Position()))]
    assert written.count("reply.written") == 1


async def test_a_form_of_another_ticket_is_not_taken(database: Database, bank: Bank) -> None:
    """A key belongs to one ticket and one agent: reused elsewhere it is refused and nothing is written."""
    first = await database.write(bank.hear)
    other = await database.write(lambda tx: bank.hear(tx, who="Paul Henry"))
    await answer(database, first, bank.amina, key="k")

    with pytest.raises(errors.Invalid):
        await answer(database, other, bank.amina, key="k")

    assert (await look(database, other)).state == "open"


async def test_whoever_did_not_see_a_colleagues_answer_is_told_and_may_insist(database: Database, bank: Bank) -> None:
    """The second answer is held back with the colleague's name; confirmed, it goes."""
    ticket_id = await database.write(bank.hear)
    seen = (await look(database, ticket_id)).last_message_id
    await answer(database, ticket_id, bank.amina)

    with pytest.raises(replying.SpokenSince, match="Amina Diallo wrote since you looked"):
        await answer(database, ticket_id, bank.bruno, seen_message_id=seen)

    assert await answer(database, ticket_id, bank.bruno, seen_message_id=seen, is_confirmed=True)


async def test_the_customer_who_wrote_meanwhile_is_named(database: Database, bank: Bank) -> None:
    """What the contact has added since counts as well as a colleague's answer."""
    ticket_id = await database.write(bank.hear)
    seen = (await look(database, ticket_id)).last_message_id
    await database.write(lambda tx: bank.hear(tx, "C'est réglé, merci !"))

    with pytest.raises(replying.SpokenSince, match="Léa Martin"):
        await answer(database, ticket_id, bank.amina, seen_message_id=seen)


async def test_ones_own_earlier_answer_is_no_surprise(database: Database, bank: Bank) -> None:
    """A second answer from an older page of the same agent asks nothing."""
    ticket_id = await database.write(bank.hear)
    seen = (await look(database, ticket_id)).last_message_id
    await answer(database, ticket_id, bank.amina, seen_message_id=seen)

    second = await answer(database, ticket_id, bank.amina, "Et voici la suite.", seen_message_id=seen)

    assert (await database.read(lambda tx: outbox.find(tx, second))).state == "pending"


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("   \n ", None),
        ("Bonjour {{contact_name}}, un instant.", None),
        ("Trop long", replying.Measure(length=281, limit=280)),
        ("x" * 50_001, None),
    ],
)
async def test_words_that_cannot_leave_are_refused(database: Database, bank: Bank, text, measure) -> None:
    """Nothing, an unfilled blank, or more than the network takes: refused at the text, and nothing is written."""
    ticket_id = await database.write(bank.hear)

    with pytest.raises(errors.Invalid) as refused:
        await answer(database, ticket_id, bank.amina, text, measure=measure)

    assert refused.value.field == "text"
    assert (await look(database, ticket_id)).message_count == 1


async def test_a_card_number_is_stopped_in_public(database: Database, bank: Bank) -> None:
    """The guard's objections come with the refusal; insisting does not help where it blocks."""
    ticket_id = await database.write(lambda tx: bank.hear(tx, is_public=True))

    with pytest.raises(replying.Objected) as refused:
        await answer(database, ticket_id, bank.amina, "Est-ce bien le 4242 4242 4242 4242 ?", is_meant=True)

    assert refused.value.is_blocked
    assert "guard.card" in {one.key for one in refused.value.objections}
    assert (await look(database, ticket_id)).message_count == 1


async def test_a_public_answer_names_what_it_answers(database: Database, bank: Bank) -> None:
    """In public the network is told which message is meant: the contact's newest."""
    ticket_id = await database.write(lambda tx: bank.hear(tx, "Hello?", is_public=True, external_id="post 1"))

    outbox_id = await answer(database, ticket_id, bank.amina)

    row = await database.read(lambda tx: outbox.find(tx, outbox_id))
    assert (row.is_public, row.in_reply_to) == (True, "post 1")


async def test_a_resolved_ticket_that_is_answered_waits(database: Database, bank: Bank) -> None:
    """An answer to a resolved ticket takes it up again as the contact's turn."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=actor(bank.amina)))

    await answer(database, ticket_id, bank.amina)

    ticket = await look(database, ticket_id)
    assert (ticket.state, ticket.resolved_at) == ("waiting", None)
    assert await database.read(counters_are_true)


async def test_sending_uses_up_the_draft_and_counts_the_canned_reply(database: Database, bank: Bank) -> None:
    """What was sent is no draft any more, and the canned reply that helped rises in the list."""
    ticket_id = await database.write(bank.hear)
    canned = await database.write(
        lambda tx: canned_replies.save(tx, shortcut="dm", title="Message privé", text_fr=WORDS, text_en="Write to us.")
    )
    await database.write(lambda tx: drafting.save(tx, ticket_id, bank.amina, "Bonj"))

    await answer(database, ticket_id, bank.amina, canned_id=canned)

    assert await database.read(lambda tx: drafts.of(tx, ticket_id, bank.amina)) == {}
    assert (await database.read(lambda tx: canned_replies.find(tx, canned))).used == 1


async def test_taking_back_leaves_the_ticket_as_it_was_and_the_words_as_a_draft(database: Database, bank: Bank) -> None:
    """After undo every figure is what it was, no message stays, the words are in the composer again."""
    ticket_id = await database.write(bank.hear)
    before = await look(database, ticket_id)
    outbox_id = await answer(database, ticket_id, bank.amina)

    words = await database.write(lambda tx: replying.undo(tx, outbox_id, by=actor(bank.amina)))

    after = await look(database, ticket_id)
    assert words == WORDS
    assert after.version == before.version + 2
    assert {name: getattr(after, name) for name in TicketRow.__dataclass_fields__ if name != "version"} == {
        name: getattr(before, name) for name in TicketRow.__dataclass_fields__ if name != "version"
    }
    thread = await database.read(lambda tx: conversations.thread(tx, ticket_id))
    assert [item.text for item in thread.items if item.kind == "message"] == [before.preview]
    assert (await database.read(lambda tx: drafts.of(tx, ticket_id, bank.amina)))["reply"].text == WORDS
    assert (await database.read(lambda tx: outbox.find(tx, outbox_id))).text == ""
    assert await database.read(counters_are_true)


async def test_taking_back_keeps_what_was_written_since(database: Database, bank: Bank) -> None:
    """Whoever has begun the next answer finds both: the words taken back, a blank line, the new ones."""
    ticket_id = await database.write(bank.hear)
    outbox_id = await answer(database, ticket_id, bank.amina)
    await database.write(lambda tx: drafting.save(tx, ticket_id, bank.amina, "Et aussi :", kind="reply"))

    await database.write(lambda tx: replying.undo(tx, outbox_id, by=actor(bank.amina)))

    kept = await database.read(lambda tx: drafts.of(tx, ticket_id, bank.amina))
    assert kept["reply"].text == f"{WORDS}\n\nEt aussi :"


async def test_a_colleague_takes_nobody_elses_words_back(database: Database, bank: Bank) -> None:
    """An agent of the same team is refused and the words still leave; a supervisor may, and the author has them again."""
    ticket_id = await database.write(bank.hear)
    outbox_id = await answer(database, ticket_id, bank.amina)

    with pytest.raises(errors.NotAllowed):
        await database.write(lambda tx: replying.undo(tx, outbox_id, by=actor(bank.bruno)))
    assert (await database.read(lambda tx: outbox.find(tx, outbox_id))).state == "pending"
    await database.write(lambda tx: replying.undo(tx, outbox_id, by=actor(bank.sofia)))

    held = await database.read(
        lambda tx: [drafts.of(tx, ticket_id, one) for one in (bank.amina, bank.sofia, bank.bruno)]
    )
    assert [list(one) for one in held] == [["reply"], [], []]
    assert held[0]["reply"].text == WORDS


async def test_taking_back_keeps_what_the_customer_said_meanwhile(database: Database, bank: Bank) -> None:
    """A message that came between the answer and its undo stays the newest, and both questions are unanswered."""
    ticket_id = await database.write(bank.hear)
    first = await look(database, ticket_id)
    outbox_id = await answer(database, ticket_id, bank.amina)
    await database.write(lambda tx: bank.hear(tx, "Allô ?", at=tx.now + timedelta(seconds=1)))

    await database.write(lambda tx: replying.undo(tx, outbox_id, by=actor(bank.amina)))

    ticket = await look(database, ticket_id)
    assert (ticket.state, ticket.unanswered_count, ticket.preview) == ("open", 2, "Allô ?")
    assert (ticket.waiting_since, ticket.first_response_at) == (first.waiting_since, None)


async def test_whoever_answers_what_nobody_has_takes_it(database: Database, bank: Bank) -> None:
    """A free ticket goes to who answers it, and is free again when that is taken back; a colleague's stays the colleague's."""
    free, given = [await database.write(lambda tx, who=who: bank.hear(tx, who=who)) for who in ("A", "B")]
    await database.write(lambda tx: assigning.assign(tx, given, bank.bruno, by=actor(bank.bruno)))

    outbox_id = await answer(database, free, bank.amina, "Un instant.")
    await answer(database, given, bank.amina, "Un moment.")

    held = await database.read(lambda tx: [ticket.assignee_id for ticket in tickets.rows(tx, [free, given])])
    assert held == [bank.amina, bank.bruno]
    await database.write(lambda tx: replying.undo(tx, outbox_id, by=actor(bank.amina)))
    assert (await look(database, free)).assignee_id is None
    assert await database.read(counters_are_true)


async def test_what_is_on_its_way_cannot_be_taken_back(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Once claimed, undo is refused and the message stays; a key taken back cannot be sent again unseen."""
    ticket_id = await database.write(bank.hear)
    outbox_id = await answer(database, ticket_id, bank.amina)
    clock.advance(timedelta(seconds=10))
    await database.write(deliveries.claim)

    with pytest.raises(errors.Conflict, match="on its way"):
        await database.write(lambda tx: replying.undo(tx, outbox_id, by=actor(bank.amina)))

    assert (await look(database, ticket_id)).message_count == 2


async def test_the_form_of_a_reply_taken_back_does_not_pass_for_sent(database: Database, bank: Bank) -> None:
    """The key of words that were taken back is refused, so that nobody believes them sent."""
    ticket_id = await database.write(bank.hear)
    outbox_id = await answer(database, ticket_id, bank.amina, key="k")
    await database.write(lambda tx: replying.undo(tx, outbox_id, by=actor(bank.amina)))

    with pytest.raises(errors.Conflict, match="taken back"):
        await answer(database, ticket_id, bank.amina, key="k")


async def test_undo_and_dispatcher_cannot_both_win(database_url: str, clock: HeldClock) -> None:
    """Two processes race for the same words many times: each ends either cancelled or claimed, never both, never neither."""
    desk, worker = Database(database_url, now=clock), Database(database_url, now=clock)
    await desk.open()
    await worker.open()
    bank = await desk.write(world.open_bank)
    outcomes = set()
    for turn in range(12):
        ticket_id = await desk.write(lambda tx, turn=turn: bank.hear(tx, who=f"Customer {turn}"))
        outbox_id = await answer(desk, ticket_id, bank.amina, key=f"k{turn}", undo_within=timedelta(0))
        undone, claimed = await asyncio.gather(
            desk.write(lambda tx, id_=outbox_id: replying.undo(tx, id_, by=actor(bank.amina))),
            worker.write(deliveries.claim),
            return_exceptions=True,
        )
        won = not isinstance(undone, BaseException)
        assert isinstance(undone, str | errors.Conflict)
        assert [due.row.id for due in claimed] == ([] if won else [outbox_id])
        state = (await desk.read(lambda tx, id_=outbox_id: outbox.find(tx, id_))).state
        assert state == ("cancelled" if won else "sending")
        outcomes.add(state)
    assert outcomes
    await desk.close()
    await worker.close()


async def test_what_failed_is_sent_again_and_what_is_uncertain_only_on_purpose(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """A failed reply goes back into the outbox; one that may have arrived needs the agent's word; one that was sent never."""
    ticket_id = await database.write(bank.hear)
    outbox_id = await answer(database, ticket_id, bank.amina, undo_within=timedelta(0))
    by = actor(bank.amina)

    (due,) = await database.write(deliveries.claim)
    await database.write(lambda tx: deliveries.finish_failed(tx, due, "no answer"))
    await database.write(lambda tx: replying.call_back(tx, [outbox_id]))
    assert (await look(database, ticket_id)).state == "open"
    await database.write(lambda tx: replying.retry(tx, outbox_id, by=by))
    assert (await look(database, ticket_id)).state == "waiting"

    (due,) = await database.write(deliveries.claim)
    assert due.row.attempts == 1
    await database.write(lambda tx: deliveries.finish_uncertain(tx, due, "answer lost"))
    with pytest.raises(errors.Conflict, match="may have arrived"):
        await database.write(lambda tx: replying.retry(tx, outbox_id, by=by))
    await database.write(lambda tx: replying.retry(tx, outbox_id, by=by, is_confirmed=True))

    (due,) = await database.write(deliveries.claim)
    await database.write(lambda tx: deliveries.finish_sent(tx, due, wire.Receipt("net 1")))
    with pytest.raises(errors.Conflict, match="nothing to send again"):
        await database.write(lambda tx: replying.retry(tx, outbox_id, by=by, is_confirmed=True))
    assert await database.read(counters_are_true)


SERVICE = ("unanswered_count", "waiting_since", "first_response_at", "last_answer_at")


async def in_vain(database: Database, ticket_id: int, by: int, text: str, *, is_final: bool = True) -> int:
    """An answer that the network refuses, or that is given up, and what follows from it."""
    outbox_id = await answer(database, ticket_id, by, text, undo_within=timedelta(0))
    (due,) = await database.write(deliveries.claim)
    finish = deliveries.finish_refused if is_final else deliveries.finish_failed
    await database.write(lambda tx: finish(tx, due, "closed"))
    await database.write(lambda tx: replying.call_back(tx, [outbox_id]))
    return outbox_id


@pytest.mark.parametrize("is_final", [True, False])
async def test_what_never_arrived_is_no_answer(
    database: Database, bank: Bank, clock: HeldClock, is_final: bool
) -> None:
    """After one refusal or several the contact waits as long as before, and was not answered yet; called back twice it is the same."""  # noqa: E501
    ticket_id = await database.write(bank.hear)
    before = await look(database, ticket_id)
    clock.advance(timedelta(minutes=5))

    for text in ("Bonjour Léa.", "Bonjour encore."):
        outbox_id = await in_vain(database, ticket_id, bank.amina, text, is_final=is_final)
        await database.write(lambda tx, outbox_id=outbox_id: replying.call_back(tx, [outbox_id]))

    after = await look(database, ticket_id)
    assert [getattr(after, name) for name in SERVICE] == [getattr(before, name) for name in SERVICE]
    assert (before.unanswered_count, after.state, after.message_count) == (1, "open", 3)
    assert await database.read(counters_are_true)


async def test_what_arrived_after_a_failure_is_an_answer(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Sent again and arrived, the failed words count as the first answer, at the network's time."""
    ticket_id = await database.write(bank.hear)
    outbox_id = await in_vain(database, ticket_id, bank.amina, "Bonjour Léa.", is_final=False)
    clock.advance(timedelta(minutes=5))

    await database.write(lambda tx: replying.retry(tx, outbox_id, by=actor(bank.amina)))
    (due,) = await database.write(deliveries.claim)
    await database.write(lambda tx: deliveries.finish_sent(tx, due, wire.Receipt("net 1", clock())))

    after = await look(database, ticket_id)
    assert [getattr(after, name) for name in SERVICE] == [0, None, clock(), clock()]
    assert after.state == "waiting"


async def test_a_question_after_lost_words_waits_with_the_first(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """The contact wrote again before the failure was known: both questions are unanswered, since the first."""
    ticket_id = await database.write(bank.hear)
    before = await look(database, ticket_id)
    outbox_id = await answer(database, ticket_id, bank.amina, undo_within=timedelta(0))
    (due,) = await database.write(deliveries.claim)
    await database.write(lambda tx: bank.hear(tx, "Vous êtes là ?"))
    await database.write(lambda tx: deliveries.finish_refused(tx, due, "closed"))
    await database.write(lambda tx: replying.call_back(tx, [outbox_id]))

    after = await look(database, ticket_id)
    assert [getattr(after, name) for name in SERVICE] == [2, before.waiting_since, None, None]


async def test_words_in_vain_stay_no_answer_when_a_late_message_comes(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """What the network delivers out of order makes the figures be counted anew, and the lost words are still no answer."""
    ticket_id = await database.write(bank.hear)
    clock.advance(timedelta(minutes=5))
    await in_vain(database, ticket_id, bank.amina, "Bonjour Léa.")

    await database.write(lambda tx: bank.hear(tx, "Vous êtes là ?", at=tx.now - timedelta(minutes=1)))

    after = await look(database, ticket_id)
    assert (after.unanswered_count, after.first_response_at, after.last_answer_at) == (2, None, None)


async def test_taking_back_after_a_loss_leaves_the_question_unanswered(database: Database, bank: Bank) -> None:
    """Of two answers the first was refused and the second taken back: the contact waits as before either was written."""
    ticket_id = await database.write(bank.hear)
    before = await look(database, ticket_id)
    lost_id = await answer(database, ticket_id, bank.amina, "Bonjour Léa.", undo_within=timedelta(0))
    second_id = await answer(database, ticket_id, bank.amina, "Et aussi :")
    (due,) = await database.write(deliveries.claim)
    await database.write(lambda tx: deliveries.finish_refused(tx, due, "closed"))
    await database.write(lambda tx: replying.call_back(tx, [lost_id]))

    await database.write(lambda tx: replying.undo(tx, second_id, by=actor(bank.amina)))

    after = await look(database, ticket_id)
    assert [getattr(after, name) for name in SERVICE] == [getattr(before, name) for name in SERVICE]
    assert (before.unanswered_count, after.state) == (1, "open")
    assert await database.read(counters_are_true)


async def test_what_was_sent_before_our_last_words_but_arrives_after_them_is_read_first(
    database: Database, bank: Bank
) -> None:
    """News is what arrives later, whatever time the network says that it was sent."""
    ticket_id = await database.write(bank.hear)
    await answer(database, ticket_id, bank.amina)
    before = await database.read(lambda tx: tickets.find(tx, ticket_id))
    await database.write(lambda tx: bank.hear(tx, "Et aussi ceci.", at=tx.now - timedelta(minutes=5)))
    after = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert after.last_message_id == before.last_message_id

    with pytest.raises(replying.SpokenSince, match="Léa Martin"):
        await answer(database, ticket_id, bank.amina, "Voici.", seen_message_id=before.last_message_id)
