"""Tags."""

import asyncio

import pytest

from bot import errors
from bot.clock import HeldClock
from bot.desk import tagging
from bot.store import events, tags, tickets
from bot.store.database import Database
from tests import world
from tests.world import Bank, actor


async def test_tags_are_merged_and_written_one_way(database: Database, bank: Bank) -> None:
    """Two agents' tags stand beside each other, whatever the capitals and blanks they were typed with."""
    ticket_id = await database.write(bank.hear)

    for agent_id, name in ((bank.amina, " Carte  Bloquée "), (bank.bruno, "urgent"), (bank.amina, "carte bloquée")):
        await database.write(lambda tx, by=agent_id, name=name: tagging.add(tx, ticket_id, name, by=actor(by)))

    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).tag_names == ("carte bloquée", "urgent")
    kinds = [one.kind for one in await database.read(lambda tx: events.after(tx, events.Position()))]
    assert kinds.count("ticket.tagged") == 2


async def test_a_tag_is_taken_off_once(database: Database, bank: Bank) -> None:
    """Taking off what is not there changes nothing; the tag itself stays for others."""
    ticket_id = await database.write(bank.hear)
    by = actor(bank.amina)
    await database.write(lambda tx: tagging.add(tx, ticket_id, "fraude", by=by))

    first = await database.write(lambda tx: tagging.remove(tx, ticket_id, "Fraude", by=by))
    second = await database.write(lambda tx: tagging.remove(tx, ticket_id, "fraude", by=by))

    assert (first.tags, second.version) == ("", first.version)
    assert [tag.name for tag in await database.read(tags.all)] == ["fraude"]


@pytest.mark.parametrize("name", ["", "  ", ",", "x" * 41])
async def test_what_is_no_tag_is_refused(database: Database, bank: Bank, name: str) -> None:
    """A tag has a name of 40 characters at the most."""
    ticket_id = await database.write(bank.hear)

    with pytest.raises(errors.Invalid) as refused:
        await database.write(lambda tx: tagging.add(tx, ticket_id, name, by=actor(bank.amina)))

    assert refused.value.field == "tag"


async def test_two_processes_make_the_same_tag_at_once(database_url: str, clock: HeldClock) -> None:
    """A new tag that two agents invent together is one tag, and both tickets wear it."""
    desks = [Database(database_url, now=clock) for _ in range(2)]
    for desk in desks:
        await desk.open()
    bank = await desks[0].write(world.open_bank)
    worn = [await desks[0].write(lambda tx, who=who: bank.hear(tx, who=who)) for who in ("A", "B")]

    await asyncio.gather(
        *(
            desk.write(lambda tx, id_=id_: tagging.add(tx, id_, "panne", by=actor(bank.amina)))
            for desk, id_ in zip(desks, worn, strict=True)
        )
    )

    assert [ticket.tags for ticket in await desks[0].read(lambda tx: tickets.rows(tx, worn))] == ["panne", "panne"]
    assert len(await desks[0].read(tags.all)) == 1
    for desk in desks:
        await desk.close()
