"""A person takes over, and the bot is silent until a person gives the ticket back."""

from datetime import timedelta

import pytest

from bot import errors
from bot.autoreply import correcting, following, handing, phrases
from bot.autoreply.following import House
from bot.desk import assigning, replying, routing
from bot.model.outbox import Delivery
from bot.store import deliveries, engagements, events, intents, outbox, understandings
from bot.store.transaction import Transaction
from tests.bot.autoreply.teller import HOURS, HOURS_FR, Teller
from tests.world import actor, counters_are_true

WHO = "Léa Martin"


async def answered_by(desk: Teller, ticket_id: int, agent_id: int, text: str = "Je regarde.") -> int:
    """A person writes in the ticket; the number in the outbox."""
    ticket = await desk.ticket(ticket_id)

    def write(tx: Transaction) -> int:
        return replying.reply(
            tx, ticket_id, text, seen_message_id=ticket.last_message_id, key=f"{agent_id} {text}", by=actor(agent_id),
            undo_within=timedelta(0), is_confirmed=True,
        )  # fmt: skip

    return int(await desk.do(write))


async def sent(desk: Teller, ticket_id: int) -> list[str]:
    """What the courier would send now: claimed, and taken by the network at once."""

    def claim(tx: Transaction) -> list[str]:
        return [due.row.text for due in deliveries.claim(tx) if due.row.ticket_id == ticket_id]

    return list(await desk.do(claim))


async def test_nothing_leaves_after_a_person_answered(desk: Teller) -> None:
    """The bot's words were written but not sent when a person wrote: only the person's words leave, and theirs is the turn."""
    ticket_id = await desk.asked(HOURS)
    await answered_by(desk, ticket_id, desk.bank.amina)
    first = await sent(desk, ticket_id)
    await desk.works()

    assert first == []  # the bot's words were first in the conversation's order, and are gone by now
    assert await sent(desk, ticket_id) == ["Je regarde."]
    bots, theirs = [item for item in await desk.items(ticket_id) if item.kind == "message" and item.direction == "out"]
    assert (bots.delivery, bots.reason) == (Delivery.REFUSED, "taken_over")
    ticket = await desk.ticket(ticket_id)
    assert (ticket.state, ticket.assignee_id) == ("waiting", desk.bank.amina)
    assert ticket.first_response_at == theirs.at
    assert await desk.do(counters_are_true)


async def test_who_takes_a_ticket_stops_the_bot(desk: Teller) -> None:
    """Assigned to a person while the words wait, they stay; the contact is unanswered, and the ticket open."""
    ticket_id = await desk.asked(HOURS)
    await desk.do(lambda tx: assigning.assign(tx, ticket_id, desk.bank.amina, by=actor(desk.bank.amina)))

    assert await sent(desk, ticket_id) == []
    await desk.works()
    ticket = await desk.ticket(ticket_id)
    assert (ticket.state, ticket.unanswered_count) == ("open", 1)
    assert ticket.waiting_since == ticket.first_message_at


async def test_what_was_tried_before_does_not_leave_later(desk: Teller, clock: object) -> None:
    """The network put the bot's words off; a person took over meanwhile: the next attempt is not made."""
    ticket_id = await desk.asked(HOURS)
    (due,) = await desk.do(deliveries.claim)
    await desk.do(lambda tx: deliveries.retry_at(tx, due, tx.now, "busy"))
    await desk.do(lambda tx: assigning.assign(tx, ticket_id, desk.bank.amina, by=actor(desk.bank.amina)))

    assert await sent(desk, ticket_id) == []


async def test_words_of_farewell_leave(desk: Teller) -> None:
    """Routing gives the ticket to an agent at once, and the bot's word that a person comes leaves all the same."""
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.amina))
    ticket_id = await desk.asked("Rien que je connaisse")

    (word,) = await sent(desk, ticket_id)
    assert phrases.say("fr", "unknown") in word
    assert (await desk.ticket(ticket_id)).assignee_id == desk.bank.amina


async def test_even_a_farewell_stays_when_a_person_was_faster(desk: Teller) -> None:
    """A person has answered before it left."""
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.amina))
    ticket_id = await desk.asked("Rien que je connaisse")
    await answered_by(desk, ticket_id, desk.bank.amina)

    assert await sent(desk, ticket_id) == []
    assert await sent(desk, ticket_id) == ["Je regarde."]


async def test_it_stays_silent_until_it_is_given_back(desk: Teller) -> None:
    """What it knows for certain it only offers to the person; given back, it answers again, and says who it is no more."""
    ticket_id = await desk.asked("Rien que je connaisse")
    await answered_by(desk, ticket_id, desk.bank.amina)
    await desk.asked(HOURS)
    silent = await desk.courses(ticket_id)
    await desk.do(lambda tx: give_back(tx, ticket_id, desk))
    await desk.works()

    assert silent == [("hand_over", "unknown"), ("suggest", "person")]
    assert await desk.courses(ticket_id) == [("hand_over", "unknown"), ("answer", "sure")]
    assert (await desk.said(ticket_id))[-1] == HOURS_FR
    ticket = await desk.ticket(ticket_id)
    assert (ticket.state, ticket.assignee_id) == ("waiting", None)


def give_back(tx: Transaction, ticket_id: int, desk: Teller) -> None:
    """As the ticket's button does it."""
    handing.give_back(tx, ticket_id, by=actor(desk.bank.amina))
    following.reconsider(tx, ticket_id, House(intents.book(tx), lambda *_: None))


async def test_what_a_person_corrected_is_answered_when_it_is_given_back(desk: Teller) -> None:
    """The bot did not understand, a person said what was meant and gave the ticket back: now it knows, and answers."""
    ticket_id = await desk.asked("Vous êtes là quand ?")
    message_id = await desk.do(lambda tx: understandings.last_asked(tx, ticket_id))
    amina = actor(desk.bank.amina)
    await desk.do(lambda tx: correcting.correct_intent(tx, ticket_id, message_id, "hours", by=amina))
    await desk.do(lambda tx: give_back(tx, ticket_id, desk))

    assert (await desk.said(ticket_id))[-1] == HOURS_FR


async def test_giving_back_is_a_persons_act_with_its_event(desk: Teller) -> None:
    """Who gave it back stands in the journal; what the bot has, and where no bot is, cannot be given back."""
    ticket_id, elsewhere = await desk.asked("Rien"), await desk.asked("Rien", channel=desk.bank.mastodon)
    amina = actor(desk.bank.amina)
    await desk.do(lambda tx: handing.give_back(tx, ticket_id, by=amina))

    (told,) = [
        one for one in await desk.do(lambda tx: events.latest(tx, noun="ticket")) if one.kind == "ticket.given_back"
    ]
    assert (told.by, told.ticket_id) == (amina, ticket_id)
    for one in (ticket_id, elsewhere):
        with pytest.raises(errors.Conflict):
            await desk.do(lambda tx, one=one: handing.give_back(tx, one, by=actor(desk.bank.sofia)))


async def test_a_reopened_ticket_is_still_the_persons(desk: Teller) -> None:
    """A person had it once; nobody gave it back, not even who put it into the queue again."""
    ticket_id = await desk.asked("Rien que je connaisse")
    await desk.do(lambda tx: assigning.assign(tx, ticket_id, desk.bank.amina, by=actor(desk.bank.amina)))
    await desk.do(lambda tx: assigning.assign(tx, ticket_id, None, by=actor(desk.bank.amina)))
    await desk.asked(HOURS)

    assert (await desk.courses(ticket_id))[-1] == ("suggest", "person")


async def test_routing_waits_for_the_bot_and_not_for_long(desk: Teller) -> None:
    """While nobody understands, a ticket waits five seconds, and is then routed as if there were no bot; without one, at once."""
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.amina, desk.bank.carol))
    with_bot, without = await desk.hears(HOURS), await desk.hears(HOURS, channel=desk.bank.mastodon)
    await desk.works()
    assert [(await desk.ticket(one)).assignee_id is None for one in (with_bot, without)] == [True, False]
    desk.clock.advance(routing.PATIENCE)
    await desk.works()

    assert (await desk.ticket(with_bot)).assignee_id is not None
    await desk.thinks()
    assert await desk.courses(with_bot) == [("suggest", "person")]
    assert await desk.said(with_bot) == []


async def test_who_writes_again_is_not_left_alone(desk: Teller) -> None:
    """The bot has answered, the contact writes again, and nobody understands any more: after five seconds it is routed."""
    ticket_id = await desk.asked(HOURS)
    await desk.hears("Et le samedi ?")
    await desk.do(lambda tx: desk.bank.arrive(tx, desk.bank.amina))
    assert await desk.do(routing.route_left_alone) == 0
    desk.clock.advance(routing.PATIENCE)

    assert await desk.do(routing.route_left_alone) == 1
    assert (await desk.ticket(ticket_id)).assignee_id == desk.bank.amina
    assert not (await desk.do(lambda tx: engagements.find(tx, ticket_id))).is_bots


async def test_the_wait_is_told_from_the_queue(desk: Teller) -> None:
    """Two wait before, people answered twelve tickets in the last hour: three twelfths of an hour, told as fifteen minutes."""
    for number in range(12):
        ticket_id = await desk.hears("Bonjour", who=f"Client {number}")
        await answered_by(desk, ticket_id, desk.bank.amina, f"Réponse {number}")
    for who in ("Paul Durand", "Inès Moreau"):
        await desk.asked("On attend", who=who)
    await desk.works()
    ticket_id = await desk.asked("Rien que je connaisse")

    assert "Attente estimée : environ 15 minutes." in (await desk.said(ticket_id))[0]


async def test_the_person_sees_why_words_stayed(desk: Teller) -> None:
    """The bot's words that were held back are in the journal, once."""
    ticket_id = await desk.asked(HOURS)
    await desk.do(lambda tx: assigning.assign(tx, ticket_id, desk.bank.amina, by=actor(desk.bank.amina)))
    for _ in range(2):
        await sent(desk, ticket_id)

    told = [one for one in await desk.do(lambda tx: events.latest(tx, noun="reply")) if one.kind == "reply.withheld"]
    assert len(told) == 1
    assert (await desk.do(lambda tx: outbox.find(tx, told[0].body["outbox"]))).reason == "taken_over"
