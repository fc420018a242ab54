"""The turns of a ticket."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import errors
from bot.clock import HeldClock
from bot.desk import assigning, ticketing
from bot.model.event import SYSTEM
from bot.store import counters, events, tickets
from bot.store.database import Database
from tests.conftest import OPENING
from tests.world import Bank, actor, counters_are_true


async def last_event(database: Database) -> events.Recorded:
    return (await database.read(lambda tx: events.after(tx, events.Position())))[-1]


async def test_resolving_leaves_nothing_to_do_and_tells_before_and_after(database: Database, bank: Bank) -> None:
    """A resolved ticket has no unanswered message, no wake-up time, a higher version, and one event with both states."""
    ticket_id = await database.write(bank.hear)
    seen = await database.read(lambda tx: tickets.find(tx, ticket_id))

    done = await database.write(
        lambda tx: ticketing.resolve(tx, ticket_id, by=actor(bank.amina), seen_version=seen.version)
    )

    assert (done.state, done.unanswered_count, done.waiting_since, done.version) == (
        "resolved",
        0,
        None,
        seen.version + 1,
    )
    told = await last_event(database)
    assert (told.kind, told.by, told.ticket_id) == ("ticket.resolved", actor(bank.amina), ticket_id)
    assert told.body["before"] == {"state": "open", "unanswered_count": 1}
    assert told.body["after"] == {"state": "resolved", "unanswered_count": 0}
    assert await database.read(counters_are_true)


async def test_no_event_carries_a_customers_words(database: Database, bank: Bank) -> None:
    """Whatever is done with a ticket, neither what was said nor who said it stands in the log."""
    ticket_id = await database.write(lambda tx: bank.hear(tx, "My secret is a heron", who="Ernest Heron"))
    by = actor(bank.amina)
    await database.write(lambda tx: assigning.assign(tx, ticket_id, bank.bruno, by=by))
    await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=by))

    found = await database.read(lambda tx: events.after(tx, events.Position()))

    assert {"ticket.opened", "ticket.assigned", "ticket.resolved"} <= {one.kind for one in found}
    assert "heron" not in str([one.body for one in found]).lower()


async def test_an_old_page_cannot_resolve_what_the_customer_has_just_reopened(database: Database, bank: Bank) -> None:
    """Whoever acts on an older version is told that the ticket has changed, and nothing happens."""
    ticket_id = await database.write(bank.hear)
    seen = await database.read(lambda tx: tickets.find(tx, ticket_id).version)
    await database.write(lambda tx: bank.hear(tx, "Et maintenant mon compte aussi !"))

    with pytest.raises(errors.Conflict, match="since you looked"):
        await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=actor(bank.amina), seen_version=seen))

    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).state == "open"


async def test_what_is_resolved_cannot_be_resolved_or_snoozed_again(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Each turn begins from the state that it ends; from another one it is refused with a sentence."""
    ticket_id = await database.write(bank.hear)
    by = actor(bank.amina)
    later = clock() + timedelta(hours=1)
    for wrong in (ticketing.reopen, ticketing.wake):
        with pytest.raises(errors.Conflict):
            await database.write(lambda tx, wrong=wrong: wrong(tx, ticket_id, by=by))
    await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=by))

    for verb in (
        lambda tx: ticketing.resolve(tx, ticket_id, by=by),
        lambda tx: ticketing.snooze(tx, ticket_id, later, by=by),
    ):
        with pytest.raises(errors.Conflict):
            await database.write(verb)
    assert (await database.write(lambda tx: ticketing.reopen(tx, ticket_id, by=by))).state == "open"


async def test_a_conversation_has_one_unresolved_ticket(database: Database, bank: Bank, clock: HeldClock) -> None:
    """An old ticket cannot be reopened while the conversation goes on in a newer one, which is named."""
    old = await database.write(bank.hear)
    await database.write(lambda tx: ticketing.resolve(tx, old, by=actor(bank.amina)))
    clock.advance(timedelta(days=30))
    new = await database.write(bank.hear)

    with pytest.raises(errors.Conflict, match=f"ticket {new}"):
        await database.write(lambda tx: ticketing.reopen(tx, old, by=actor(bank.amina)))


async def test_a_snoozed_ticket_sleeps_until_its_time_and_wakes_once(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Before its time nothing wakes it; at its time it is open again, and waking again finds nothing to do."""
    ticket_id = await database.write(bank.hear)
    until = clock() + timedelta(hours=2)
    await database.write(lambda tx: ticketing.snooze(tx, ticket_id, until, by=actor(bank.amina)))
    clock.advance(timedelta(hours=2) - timedelta(microseconds=1))
    assert await database.write(ticketing.wake_due) == 0
    clock.advance(timedelta(microseconds=1))

    assert [await database.write(ticketing.wake_due) for _ in range(2)] == [1, 0]

    told = await last_event(database)
    assert (told.kind, told.by, told.body["before"]["state"]) == ("ticket.woke", SYSTEM, "snoozed")
    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).snoozed_until is None
    assert await database.read(counters_are_true)


async def test_nobody_snoozes_into_the_past(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A time that has passed is refused, with the field to change."""
    ticket_id = await database.write(bank.hear)

    with pytest.raises(errors.Invalid) as refused:
        await database.write(lambda tx: ticketing.snooze(tx, ticket_id, clock(), by=actor(bank.amina)))

    assert refused.value.field == "until"


@pytest.mark.parametrize("until", [datetime.max.replace(tzinfo=UTC), OPENING + timedelta(days=367)])
async def test_nobody_snoozes_for_ever(database: Database, bank: Bank, until: datetime) -> None:
    """More than a year away is refused, with the field to change, and the ticket stays open."""
    ticket_id = await database.write(bank.hear)

    with pytest.raises(errors.Invalid) as refused:
        await database.write(lambda tx: ticketing.snooze(tx, ticket_id, until, by=actor(bank.amina)))

    assert refused.value.field == "until"
    assert (await database.read(lambda tx: tickets.find(tx, ticket_id))).state == "open"


async def test_the_same_priority_again_is_no_event(database: Database, bank: Bank) -> None:
    """Saying what is so already changes neither the version nor the log; a word that is no priority is refused."""
    ticket_id = await database.write(bank.hear)
    by = actor(bank.amina)
    once = await database.write(lambda tx: ticketing.prioritise(tx, ticket_id, "urgent", by=by))
    position = await database.read(events.end)

    again = await database.write(lambda tx: ticketing.prioritise(tx, ticket_id, "urgent", by=by))

    assert (again.version, await database.read(events.end)) == (once.version, position)
    with pytest.raises(errors.Invalid):
        await database.write(lambda tx: ticketing.prioritise(tx, ticket_id, "burning", by=by))


async def test_a_foreign_teams_ticket_is_not_there(database: Database, bank: Bank) -> None:
    """An agent of Midi can neither see nor change a ticket of Nord, and is not told that there is one; a supervisor can."""
    ticket_id = await database.write(bank.hear)

    with pytest.raises(errors.NotFound):
        await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=actor(bank.denis)))

    assert (await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=actor(bank.sofia)))).state == "resolved"


async def test_words_that_did_not_arrive_bring_the_ticket_back(database: Database, bank: Bank) -> None:
    """Only a waiting ticket is called back; one that somebody resolved stays resolved."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: tickets.change(tx, ticket_id, state="waiting"))
    await database.write(
        lambda tx: counters.change(
            tx, {(bank.telegram, bank.nord, 0, "open"): -1, (bank.telegram, bank.nord, 0, "waiting"): 1}
        )
    )

    assert (await database.write(lambda tx: ticketing.call_back(tx, ticket_id))).state == "open"

    await database.write(lambda tx: ticketing.resolve(tx, ticket_id, by=actor(bank.amina)))
    assert (await database.write(lambda tx: ticketing.call_back(tx, ticket_id))).state == "resolved"
    assert await database.read(counters_are_true)
