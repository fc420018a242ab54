"""Who gets a ticket, and why."""

import asyncio
from datetime import timedelta

import pytest

from bot.clock import HeldClock
from bot.desk import assigning, routing, ticketing
from bot.desk.routing import Candidate, Choice
from bot.model.event import SYSTEM
from bot.store import agents, events, tickets
from bot.store.database import Database
from tests import world
from tests.world import Bank, actor, counters_are_true

FR_IDLE = Candidate(1, ("fr",), open=0, capacity=5)
FR_BUSY = Candidate(2, ("fr", "en"), open=4, capacity=5)
FR_FULL = Candidate(3, ("fr", "en"), open=5, capacity=5)
EN_BUSY = Candidate(4, ("en",), open=3, capacity=5)


@pytest.mark.parametrize(
    ("language", "candidates", "choice"),
    [
        ("fr", [], Choice(None, {"key": "routing.nobody"})),
        ("fr", [FR_FULL], Choice(None, {"key": "routing.full", "present": 1})),
        ("fr", [FR_BUSY, FR_IDLE], Choice(1, {"key": "routing.language", "language": "fr", "open": 0})),
        ("en", [FR_IDLE, FR_BUSY, EN_BUSY], Choice(4, {"key": "routing.language", "language": "en", "open": 3})),
        ("en", [FR_IDLE, FR_FULL], Choice(1, {"key": "routing.load", "open": 0})),
        ("", [EN_BUSY, FR_IDLE], Choice(1, {"key": "routing.load", "open": 0})),
        (
            "fr",
            [Candidate(9, ("fr",), 1, 5), Candidate(8, ("fr",), 1, 5)],
            Choice(8, {"key": "routing.language", "language": "fr", "open": 1}),
        ),
    ],
)
def test_the_choice(language: str, candidates: list[Candidate], choice: Choice) -> None:
    """Below capacity, by language first, then by the fewest open, then by number; with the reason."""
    assert routing.choose(language, candidates) == choice


async def test_a_present_agent_of_the_channels_team_gets_it_and_the_reason_is_kept(
    database: Database, bank: Bank
) -> None:
    """Present agents of the team who speak the language are asked; the ticket and the log say why."""
    ticket_id = await database.write(lambda tx: bank.hear(tx, "Bonjour, ma carte est bloquée depuis hier matin."))
    await database.write(lambda tx: bank.arrive(tx, *bank.everybody()))

    choice = await database.write(lambda tx: routing.route(tx, ticket_id))

    assert choice == Choice(bank.amina, {"key": "routing.language", "language": "fr", "open": 0})
    ticket = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert (ticket.assignee_name, ticket.team_name, routing.reason(ticket)) == ("Amina Diallo", "Nord", choice.reason)
    told = (await database.read(lambda tx: events.after(tx, events.Position())))[-1]
    assert (told.kind, told.by, told.body["reason"], told.body["after"]) == (
        "ticket.routed",
        SYSTEM,
        choice.reason,
        {"assignee_id": bank.amina},
    )
    assert await database.read(counters_are_true)


async def test_whoever_is_away_gone_or_of_another_team_is_not_asked(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Only who was seen within two minutes, is not away, and belongs to the team is chosen."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: bank.arrive(tx, bank.amina))
    clock.advance(timedelta(minutes=2))
    await database.write(lambda tx: bank.arrive(tx, bank.bruno, bank.denis, bank.sofia))
    await database.write(lambda tx: agents.change(tx, bank.bruno, is_away=True))

    choice = await database.write(lambda tx: routing.route(tx, ticket_id))

    assert choice == Choice(None, {"key": "routing.nobody"})
    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).assignee_id is None


async def test_the_queue_is_tried_again_when_somebody_comes(database: Database, bank: Bank) -> None:
    """A ticket that nobody could take goes to the next who is here; one that a person put back stays where it is."""
    left, put_back = [await database.write(lambda tx, who=who: bank.hear(tx, who=who)) for who in ("Léa", "Paul")]
    for ticket_id in (left, put_back):
        await database.write(lambda tx, id_=ticket_id: routing.route(tx, id_))
    await database.write(lambda tx: assigning.assign(tx, put_back, bank.bruno, by=actor(bank.sofia)))
    await database.write(lambda tx: assigning.assign(tx, put_back, None, by=actor(bank.sofia)))
    await database.write(lambda tx: bank.arrive(tx, bank.amina))

    assert await database.write(routing.route_waiting) == 1

    held = await database.read(lambda tx: [ticket.assignee_id for ticket in tickets.rows(tx, [left, put_back])])
    assert held == [bank.amina, None]


async def test_routing_again_does_nothing(database: Database, bank: Bank) -> None:
    """An assigned or a resolved ticket is left alone, and a queue that has not changed is no event."""
    assigned, resolved, queued = [
        await database.write(lambda tx, who=who: bank.hear(tx, who=who)) for who in ("A", "B", "C")
    ]
    await database.write(lambda tx: assigning.assign(tx, assigned, bank.bruno, by=actor(bank.bruno)))
    await database.write(lambda tx: ticketing.resolve(tx, resolved, by=actor(bank.bruno)))
    await database.write(lambda tx: routing.route(tx, queued))
    position = await database.read(events.end)
    await database.write(lambda tx: agents.seen(tx, bank.denis))

    for ticket_id in (assigned, resolved, queued):
        await database.write(lambda tx, id_=ticket_id: routing.route(tx, id_))

    assert await database.read(events.end) == position


async def test_two_processes_do_not_fill_an_agent_beyond_capacity(database_url: str, clock: HeldClock) -> None:
    """However many routings run at once, nobody gets more open tickets than they can hold; the rest wait in the queue."""
    desks = [Database(database_url, now=clock) for _ in range(3)]
    for desk in desks:
        await desk.open()
    bank = await desks[0].write(world.open_bank)
    await desks[0].write(lambda tx: bank.arrive(tx, bank.amina, bank.bruno))
    for agent_id in (bank.amina, bank.bruno):
        await desks[0].write(lambda tx, id_=agent_id: agents.change(tx, id_, capacity=4))
    waiting = [await desks[0].write(lambda tx, n=n: bank.hear(tx, who=f"Customer {n}")) for n in range(15)]

    await asyncio.gather(
        *(desks[place % 3].write(lambda tx, id_=id_: routing.route(tx, id_)) for place, id_ in enumerate(waiting))
    )

    held = await desks[0].read(lambda tx: tickets.open_by_assignee(tx, [bank.amina, bank.bruno]))
    assert held == {bank.amina: 4, bank.bruno: 4}
    assert await desks[0].read(counters_are_true)
    for desk in desks:
        await desk.close()


async def test_a_batch_is_routed_as_one_after_the_other(database: Database, bank: Bank) -> None:
    """Each ticket of a batch knows what those before it were given; one that is named twice is given once."""
    first, second = [await database.write(lambda tx, who=who: bank.hear(tx, who=who)) for who in ("Léa", "Paul")]
    await database.write(lambda tx: bank.arrive(tx, bank.amina, bank.bruno))

    choices = await database.write(lambda tx: routing.route_all(tx, [first, second, first]))

    assert {choices[first].agent_id, choices[second].agent_id} == {bank.amina, bank.bruno}
    assert await database.read(counters_are_true)
    assert await database.write(lambda tx: routing.route_all(tx, [first, second])) == {}
