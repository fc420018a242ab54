"""Verbs on incidents: an order that is kept, people who may, and nothing judged that was not seen."""

import pytest

from bot import errors
from bot.model.incident import AT_REST, NEXT, Severity, State
from bot.store import events, incidents
from bot.store.database import Database
from bot.store.incidents import IncidentRow
from bot.store.transaction import Transaction
from bot.watch import incidents as verbs
from bot.watch.spikes import Spike
from tests.world import Bank, actor


def spike(*messages: int) -> Spike:
    return Spike(
        suspected_at=1_772_442_000.0, first_message_at=1_772_441_400.0, people=6, messages=tuple(str(one) for one in messages),
        words=("sign in", "app"), score=9.4, severity="sev2", expected=0.4,
    )  # fmt: skip


def suspected(tx: Transaction) -> IncidentRow:
    return incidents.find(tx, verbs.suspect(tx, spike()))


async def test_declared_identified_mended_resolved_closed(database: Database, bank: Bank) -> None:
    """From suspicion to its end, each step by a person and each an event with before and after."""
    sofia = actor(bank.sofia)

    def story(tx: Transaction) -> IncidentRow:
        row = suspected(tx)
        row = verbs.declare(tx, row.id, " Connexion impossible ", Severity.SEV2, by=sofia, seen_version=row.version)
        for state in (State.IDENTIFIED, State.MONITORING, State.RESOLVED, State.CLOSED):
            row = verbs.become(tx, row.id, state, by=sofia, seen_version=row.version)
        return row

    ended = await database.write(story)

    assert (ended.title, ended.severity, ended.lead_id) == ("Connexion impossible", "sev2", bank.sofia)
    assert ended.declared_at and ended.resolved_at and ended.closed_at
    assert (ended.people, ended.score, ended.words) == (6, 9.4, ("sign in", "app"))
    told = await database.read(lambda tx: events.latest(tx, noun="incident"))
    assert [one.kind.removeprefix("incident.") for one in reversed(told)] == [
        "suspected", "declared", "identified", "mended", "resolved", "closed",
    ]  # fmt: skip
    assert (told[0].body["before"], told[0].body["after"]) == ("resolved", "closed")


async def test_what_is_dismissed_says_why(database: Database, bank: Bank) -> None:
    """Without a reason it is refused; with one it is at rest."""
    row = await database.write(suspected)

    with pytest.raises(errors.Invalid):
        await database.write(lambda tx: verbs.dismiss(tx, row.id, " ", by=actor(bank.sofia), seen_version=1))
    after = await database.write(
        lambda tx: verbs.dismiss(tx, row.id, "Maintenance annoncée", by=actor(bank.sofia), seen_version=1)
    )

    assert (after.state, after.reason) == (State.DISMISSED, "Maintenance annoncée")
    assert await database.read(incidents.open_count) == 0


async def test_only_who_looks_after_incidents_may(database: Database, bank: Bank) -> None:
    """An agent cannot declare one."""
    row = await database.write(suspected)

    with pytest.raises(errors.NotAllowed):
        await database.write(
            lambda tx: verbs.declare(tx, row.id, "Panne", Severity.SEV1, by=actor(bank.amina), seen_version=1)
        )


async def test_what_was_not_seen_is_not_judged(database: Database, bank: Bank) -> None:
    """Whoever has not seen the last change is told so."""
    row = await database.write(suspected)
    await database.write(lambda tx: verbs.judge(tx, row.id, Severity.SEV3, by=actor(bank.hugo), seen_version=1))

    with pytest.raises(errors.Conflict):
        await database.write(lambda tx: verbs.dismiss(tx, row.id, "Rien", by=actor(bank.sofia), seen_version=1))


async def test_it_is_declared_with_a_title(database: Database, bank: Bank) -> None:
    """Empty, blank and endless titles are refused, and no other way leads to a declared one."""
    row = await database.write(suspected)

    for title in ("", " ", "x" * 201):
        with pytest.raises(errors.Invalid):
            await database.write(
                lambda tx, title=title: verbs.declare(
                    tx, row.id, title, Severity.SEV1, by=actor(bank.sofia), seen_version=1
                )
            )
    with pytest.raises(errors.Invalid):
        await database.write(
            lambda tx: verbs.become(tx, row.id, State.INVESTIGATING, by=actor(bank.sofia), seen_version=1)
        )


@pytest.mark.parametrize("state", sorted(set(State) - NEXT[State.SUSPECTED]))
async def test_out_of_order_is_refused(database: Database, bank: Bank, state: State) -> None:
    """From suspected to every state that does not follow it."""
    row = await database.write(suspected)

    with pytest.raises(errors.Invalid):
        await database.write(lambda tx: verbs.become(tx, row.id, state, by=actor(bank.sofia), seen_version=1))


async def test_what_does_not_exist_is_not_found(database: Database, bank: Bank) -> None:
    """A number that no incident has."""
    with pytest.raises(errors.NotFound):
        await database.write(lambda tx: verbs.judge(tx, 99, Severity.SEV3, by=actor(bank.sofia), seen_version=1))


def test_every_state_has_its_next_and_all_can_come_to_rest() -> None:
    """No state is a dead end."""
    assert set(NEXT) == set(State)
    reached = set(AT_REST)
    while more := {state for state in State if NEXT[state] & reached} - reached:
        reached |= more
    assert reached == set(State)


async def test_pages_of_incidents_follow_one_another(database: Database) -> None:
    """The latest first; the next page begins where this one ends."""
    ids = [(await database.write(suspected)).id for _ in range(3)]

    first = await database.read(lambda tx: incidents.latest(tx, limit=2))
    rest = await database.read(lambda tx: incidents.latest(tx, limit=2, before=first[-1].id))

    assert [row.id for row in [*first, *rest]] == sorted(ids, reverse=True)
