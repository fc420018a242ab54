"""Who has a ticket."""

import pytest

from bot import errors
from bot.desk import assigning, routing, ticketing
from bot.store import agents, events, tickets
from bot.store.database import Database
from tests.world import Bank, actor, counters_are_true


async def test_whoever_gets_it_may_see_it(database: Database, bank: Bank) -> None:
    """A supervisor gives a ticket of Nord to an agent of Midi, who then sees it; once taken away, no more."""
    ticket_id = await database.write(bank.hear)
    denis = await database.read(lambda tx: agents.find(tx, bank.denis))

    await database.write(lambda tx: assigning.assign(tx, ticket_id, bank.denis, by=actor(bank.sofia)))
    assert (await database.read(lambda tx: tickets.visible(tx, ticket_id, denis))).assignee_name == "Denis Roux"
    await database.write(lambda tx: assigning.assign(tx, ticket_id, None, by=actor(bank.sofia)))

    with pytest.raises(errors.NotFound):
        await database.read(lambda tx: tickets.visible(tx, ticket_id, denis))
    assert await database.read(counters_are_true)


async def test_a_closed_account_gets_nothing(database: Database, bank: Bank) -> None:
    """A ticket cannot be given to an agent who has left, nor to one who does not exist."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: agents.change(tx, bank.bruno, is_disabled=True))

    with pytest.raises(errors.Invalid):
        await database.write(lambda tx: assigning.assign(tx, ticket_id, bank.bruno, by=actor(bank.amina)))
    with pytest.raises(errors.NotFound):
        await database.write(lambda tx: assigning.assign(tx, ticket_id, 999, by=actor(bank.amina)))
    with pytest.raises(errors.NotAllowed):
        await database.write(lambda tx: assigning.assign(tx, ticket_id, bank.amina, by=actor(bank.bruno)))


async def test_what_an_agent_had_who_left_is_found_by_others(database: Database, bank: Bank) -> None:
    """Unresolved tickets go back to the queue and to whoever is present; what was resolved stays theirs; who stays keeps all."""
    waiting, done, other = [await database.write(lambda tx, who=who: bank.hear(tx, who=who)) for who in ("A", "B", "C")]
    for ticket_id, agent_id in ((waiting, bank.bruno), (done, bank.bruno), (other, bank.amina)):
        await database.write(lambda tx, id_=ticket_id, to=agent_id: assigning.assign(tx, id_, to, by=actor(bank.sofia)))
    await database.write(lambda tx: ticketing.resolve(tx, done, by=actor(bank.sofia)))

    async def holders() -> list[str]:
        found = await database.read(lambda tx: tickets.rows(tx, [waiting, done, other]))
        return [ticket.assignee_name.split(" ")[0] for ticket in found]

    await database.write(lambda tx: assigning.release(tx, [bank.bruno, bank.amina]))
    assert await holders() == ["Bruno", "Bruno", "Amina"]
    await database.write(lambda tx: agents.change(tx, bank.bruno, is_disabled=True))
    for _ in range(2):
        await database.write(lambda tx: assigning.release(tx, [bank.bruno]))
    assert await holders() == ["", "Bruno", "Amina"]
    assert await database.read(counters_are_true)

    await database.write(lambda tx: bank.arrive(tx, bank.amina))
    await database.write(routing.route_waiting)
    assert await holders() == ["Amina", "Bruno", "Amina"]


@pytest.mark.parametrize(("name", "stays"), [("carol", True), ("amina", False)])
async def test_a_ticket_handed_on_stays_with_who_belongs_there(
    database: Database, bank: Bank, name: str, stays: bool
) -> None:
    """Carol answers for both branches and keeps it; Amina does not, so it waits in Midi's queue."""
    agent_id = getattr(bank, name)
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: assigning.assign(tx, ticket_id, agent_id, by=actor(agent_id)))

    ticket = await database.write(lambda tx: assigning.hand_to_team(tx, ticket_id, bank.midi, by=actor(agent_id)))

    assert (ticket.team_name, ticket.assignee_id) == ("Midi", agent_id if stays else None)
    told = (await database.read(lambda tx: events.after(tx, events.Position())))[-1]
    assert (told.kind, told.body["before"]["team_id"]) == ("ticket.handed_to_team", bank.nord)
    assert await database.read(counters_are_true)
