"""Watching: a spike in what people say becomes one suspected incident, whoever dies meanwhile and whoever takes over."""

from datetime import timedelta

import pytest

from bot import errors
from bot.clock import HeldClock
from bot.model.incident import State
from bot.runners import watching
from bot.runners.watching import Watching
from bot.store import events, incidents, leases
from bot.store.database import Database
from bot.store.incidents import IncidentRow
from bot.store.transaction import Transaction
from bot.watch.thresholds import Thresholds
from tests.world import Bank

EARLY = Thresholds(warm_up_days=0.2, warm_up_messages=20)
COMPLAINTS = (
    "I can't log in to the app any more", "the app logged me out and won't let me in", "is the app down this morning?",
    "impossible de me connecter depuis dix minutes", "login refused, and my password is right", "logged out again, is it down?",
    "je n'arrive plus à me connecter non plus", "cannot sign in on my phone, same here",
)  # fmt: skip


def chatter(tx: Transaction, bank: Bank) -> None:
    """Ten quiet hours."""
    for number in range(60):
        at = tx.now - timedelta(hours=10) + timedelta(minutes=10 * number)
        bank.hear(tx, f"Question {number} sur mon livret, merci d'avance {number * 7}", who=f"Client {number}", at=at)


def complaints(tx: Transaction, bank: Bank, of: int = len(COMPLAINTS)) -> None:
    """Different people complain within a few minutes."""
    for number, words in enumerate(COMPLAINTS[:of]):
        bank.hear(tx, words, who=f"Victim {number}", at=tx.now - timedelta(minutes=8 - number))


async def begun(database: Database, bank: Bank, holder: str = "one") -> Watching:
    """A watch that has heard the quiet hours."""
    watch = Watching(database, holder, EARLY)
    await database.write(lambda tx: chatter(tx, bank))
    await through(watch)
    return watch


async def through(watch: Watching) -> None:
    """Watch on until all that was said has been seen."""
    before = None
    while before != watch._place:
        before = watch._place
        await watch.turn()


async def found(database: Database) -> list[IncidentRow]:
    return await database.read(incidents.latest)


async def test_a_spike_becomes_one_suspected_incident(database: Database, bank: Bank) -> None:
    """With its people and words, and one event that says so."""
    watch = await begun(database, bank)
    await database.write(lambda tx: complaints(tx, bank))

    await through(watch)

    (incident,) = await found(database)
    assert incident.state is State.SUSPECTED
    assert incident.people >= EARLY.people
    assert "sign in" in incident.words
    told = await database.read(lambda tx: events.latest(tx, noun="incident"))
    assert [(one.kind, one.body["incident"]) for one in told] == [("incident.suspected", incident.id)]


async def test_what_it_was_noticed_by_can_be_read(database: Database, bank: Bank) -> None:
    """The messages in the order of their times, each with its ticket."""
    watch = await begun(database, bank)
    await database.write(lambda tx: complaints(tx, bank))
    await through(watch)

    (incident,) = await found(database)
    evidence = await database.read(lambda tx: incidents.evidence(tx, incident.id))
    assert {one.text for one in evidence} <= set(COMPLAINTS)
    assert len(evidence) >= EARLY.people
    assert [one.sent_at for one in evidence] == sorted(one.sent_at for one in evidence)
    assert all(one.ticket_id for one in evidence)
    ticket = evidence[0].ticket_id
    assert ticket is not None
    assert await database.read(lambda tx: incidents.of_ticket(tx, ticket)) == [incident.id]


async def test_a_quiet_day_is_none(database: Database, bank: Bank) -> None:
    """Sixty questions in ten hours raise no suspicion."""
    await begun(database, bank)

    assert await found(database) == []


async def test_whoever_takes_over_goes_on_with_what_was_learnt(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """The first stops in the middle of the complaints; with what he had learnt the second finds the incident, once."""
    first = await begun(database, bank)
    await database.write(lambda tx: complaints(tx, bank, 2))
    await through(first)
    await first.stop()
    clock.advance(watching.LEASE * 2)
    await database.write(lambda tx: complaints(tx, bank))

    await through(Watching(database, "two", EARLY))

    assert len(await found(database)) == 1


async def test_a_crash_after_the_incident_does_not_find_it_again(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """What was learnt is kept in the commit that writes the incident down."""
    first = await begun(database, bank)
    await database.write(lambda tx: complaints(tx, bank))
    await through(first)
    clock.advance(watching.LEASE * 2)
    await database.write(lambda tx: complaints(tx, bank))

    await through(Watching(database, "two", EARLY))

    assert len(await found(database)) == 1


async def test_who_has_lost_the_lease_writes_nothing_down(
    database: Database, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another takes over while it looks: then the incident is the other's to find."""
    watch = await begun(database, bank)
    await database.write(lambda tx: complaints(tx, bank))
    seen = watching._seen

    def meanwhile(*given: object) -> object:
        monkeypatch.setattr(leases, "take", lambda *_: None)
        return seen(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "_seen", meanwhile)
    await through(watch)

    assert await found(database) == []


async def test_what_could_not_be_written_down_is_found_again(
    database: Database, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database fails in the commit of the incident: the watch begins again with what was kept, and finds it."""
    watch = await begun(database, bank)
    await watch.stop()
    await database.write(lambda tx: complaints(tx, bank))
    with monkeypatch.context() as broken:
        broken.setattr(watching.incidents, "suspect", lambda *_: (_ for _ in ()).throw(errors.TryLater()))
        with pytest.raises(errors.TryLater):
            await through(watch)
    assert await found(database) == []

    await through(watch)

    assert len(await found(database)) == 1


async def test_an_outage_of_the_past_is_learnt_and_not_suspected(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """A watch that begins three days after it: nobody is told of what is over."""
    await database.write(lambda tx: chatter(tx, bank))
    await database.write(lambda tx: complaints(tx, bank))
    clock.advance(timedelta(days=3))

    await through(Watching(database, "late", EARLY))

    assert await found(database) == []


async def test_who_gets_the_lease_back_begins_with_what_the_other_kept(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """One is held up; two takes over and finds it; one comes back and does not find it again."""
    one = await begun(database, bank)
    await one.stop()
    clock.advance(watching.LEASE * 2)
    await database.write(lambda tx: complaints(tx, bank))
    await through(Watching(database, "two", EARLY))
    clock.advance(watching.LEASE * 2)
    await database.write(bank.hear)

    await through(one)

    assert len(await found(database)) == 1
