"""A list, its badge and its live push agree, whatever agents do."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import timedelta

import hypothesis
import pytest
import sqlalchemy
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot import errors
from bot.clock import HeldClock
from bot.desk import assigning, replying, routing, tagging, ticketing
from bot.store import agents, counters, deliveries, engines, tickets, views
from bot.store.agents import AgentRow
from bot.store.database import Database
from bot.store.rows import Place, TicketRow
from bot.store.transaction import Transaction
from bot.store.views import View
from tests import world
from tests.conftest import OPENING
from tests.world import Bank, actor, counters_are_true

NAMES = ("mine", "unassigned", "open", "waiting", "snoozed", "resolved", "all")


def every_page(tx: Transaction, view: View, viewer: AgentRow, limit: int = 3) -> list[int]:
    """All tickets of a view, page after page."""
    found: list[int] = []
    after: Place | None = None
    while True:
        page = tickets.page(tx, view, viewer=viewer, after=after, limit=limit)
        found += [row.id for row in page.rows]
        if page.next is None:
            return found
        after = Place.parse(str(page.next))


def all_tickets(tx: Transaction) -> list[TicketRow]:
    found = tx.connection.exec_driver_sql("SELECT id FROM ticket ORDER BY last_message_at DESC, id DESC")
    return list(tickets.rows(tx, found.scalars().all()))


def views_agree(tx: Transaction, bank: Bank) -> None:
    """For each agent and view: what the pages show is what `matches` says, and what the badge counts."""
    everything = all_tickets(tx)
    for agent_id in (bank.amina, bank.carol, bank.denis, bank.sofia):
        viewer = agents.find(tx, agent_id)
        counted = views.counts(tx, viewer)
        for name in (*NAMES, f"team:{bank.nord}", f"team:{bank.midi}"):
            view = views.named(name)
            right = [row.id for row in everything if views.matches(row, view, viewer)]
            if view.team_id is None or viewer.sees_all or view.team_id in viewer.team_ids:
                assert counted[name] == len(right), (name, viewer.name)
                assert every_page(tx, view, viewer) == right, (name, viewer.name)
                waiting = views.named(name, sort=views.LONGEST)
                ordered = sorted(right, key=lambda id_, v=waiting: views.place(tickets.find(tx, id_), v).rank)
                assert every_page(tx, waiting, viewer) == ordered, (name, viewer.name)
            else:
                assert name not in counted
                assert every_page(tx, view, viewer) == []


class Desk(RuleBasedStateMachine):
    """Anything that agents and customers can do, in any order; what does not fit the moment is refused, as it should be.

    One transaction from beginning to end, never committed: each example begins with an empty bank.
    """

    engine: sqlalchemy.Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.connection.begin()
        dialect = "sqlite" if self.engine.dialect.name == "sqlite" else "postgresql"
        self.tx = Transaction(self.connection, dialect, OPENING)
        self.bank = world.open_bank(self.tx)
        self.tickets: list[int] = []
        self.written: list[int] = []

    def run(self, verb):
        """Run a verb behind a savepoint, as the writer does."""
        with self.connection.begin_nested():
            return verb(self.tx)

    def pass_time(self, **units: int) -> None:
        self.tx.now += timedelta(**units)

    def teardown(self) -> None:
        views_agree(self.tx, self.bank)
        self.connection.rollback()
        self.connection.close()

    @rule(who=some.integers(0, 5), channel=some.sampled_from(["telegram", "x", "mastodon"]))
    def hear(self, who: int, channel: str) -> None:
        self.pass_time(minutes=1)
        channel_id = getattr(self.bank, channel)
        ticket_id = self.run(lambda tx: self.bank.hear(tx, who=f"Customer {who}", channel=channel_id))
        if ticket_id not in self.tickets:
            self.tickets.append(ticket_id)

    @rule(
        which=some.integers(0, 30),
        agent=some.sampled_from(["amina", "carol", "denis", "sofia"]),
        act=some.sampled_from(
            [
                "resolve",
                "reopen",
                "snooze",
                "wake",
                "prioritise",
                "assign",
                "unassign",
                "hand",
                "unhand",
                "reply",
                "route",
                "tag",
            ]
        ),
    )
    def act(self, which: int, agent: str, act: str) -> None:
        if not self.tickets:
            return
        id_, agent_id = self.tickets[which % len(self.tickets)], getattr(self.bank, agent)
        by, later = actor(agent_id), self.tx.now + timedelta(minutes=90)
        self.pass_time(seconds=1)
        acts = {
            "resolve": lambda tx: ticketing.resolve(tx, id_, by=by),
            "reopen": lambda tx: ticketing.reopen(tx, id_, by=by),
            "snooze": lambda tx: ticketing.snooze(tx, id_, later, by=by),
            "wake": lambda tx: ticketing.wake(tx, id_, by=by),
            "prioritise": lambda tx: ticketing.prioritise(tx, id_, "high", by=by),
            "assign": lambda tx: assigning.assign(tx, id_, agent_id, by=by),
            "unassign": lambda tx: assigning.assign(tx, id_, None, by=by),
            "hand": lambda tx: assigning.hand_to_team(tx, id_, self.bank.midi, by=by),
            "unhand": lambda tx: assigning.hand_to_team(tx, id_, None, by=by),
            "reply": lambda tx: self.reply(tx, id_, agent_id),
            "route": lambda tx: routing.route(tx, id_),
            "tag": lambda tx: tagging.add(tx, id_, "carte", by=by),
        }
        with contextlib.suppress(errors.Conflict, errors.NotFound):
            self.run(acts[act])

    def reply(self, tx: Transaction, ticket_id: int, agent_id: int) -> None:
        key = f"form {len(self.written)}"
        given = {"seen_message_id": 0, "key": key, "by": actor(agent_id), "is_confirmed": True}
        self.written.append(replying.reply(tx, ticket_id, "Merci, nous regardons.", **given))

    @rule()
    def undo(self) -> None:
        if self.written:
            with contextlib.suppress(errors.Conflict, errors.NotFound):
                self.run(lambda tx: replying.undo(tx, self.written[-1], by=actor(self.bank.sofia)))

    @rule()
    def fail(self) -> None:
        self.pass_time(minutes=1)
        for due in self.run(deliveries.claim):
            self.run(lambda tx, due=due: deliveries.finish_failed(tx, due, "no answer"))
            self.run(lambda tx, due=due: replying.call_back(tx, [due.row.id]))

    @rule()
    def wake_and_arrive(self) -> None:
        self.pass_time(hours=1)
        self.run(ticketing.wake_due)
        self.run(lambda tx: self.bank.arrive(tx, self.bank.amina, self.bank.denis))
        self.run(routing.route_waiting)

    @rule()
    def weeks_pass(self) -> None:
        self.pass_time(days=8)

    @rule()
    def look(self) -> None:
        views_agree(self.tx, self.bank)

    @invariant()
    def the_counters_are_true(self) -> None:
        assert counters_are_true(self.tx)


def test_counters_lists_and_live_push_agree_after_anything(database_url: str) -> None:
    """After any sequence of verbs the counters hold a true count, and every view's pages, badge and filter agree."""
    Desk.engine = engines.writing(sqlalchemy.make_url(database_url))

    run_state_machine_as_test(
        Desk, settings=hypothesis.settings(max_examples=10, stateful_step_count=25, deadline=None)
    )

    Desk.engine.dispose()


async def test_counters_stay_exact_when_processes_write_at_once(database_url: str, clock: HeldClock) -> None:
    """Three processes resolve, reopen and hear at once; the counters are a true count after it."""
    desks = [Database(database_url, now=clock) for _ in range(3)]
    for desk in desks:
        await desk.open()
    bank = await desks[0].write(world.open_bank)
    heard = [await desks[0].write(lambda tx, n=n: bank.hear(tx, who=f"Customer {n}")) for n in range(10)]

    def turns(place: int) -> Iterator:
        for id_ in heard if place % 2 else reversed(heard):
            yield lambda tx, id_=id_: ticketing.resolve(tx, id_, by=actor(bank.sofia))
            yield lambda tx, id_=id_: ticketing.reopen(tx, id_, by=actor(bank.sofia))
            yield lambda tx, id_=id_: assigning.assign(
                tx, id_, (bank.amina, bank.bruno, None)[place], by=actor(bank.sofia)
            )

    results = await asyncio.gather(
        *(desk.write(verb) for place, desk in enumerate(desks) for verb in turns(place)), return_exceptions=True
    )

    assert all(isinstance(one, TicketRow | errors.Conflict) for one in results), results
    assert sum(isinstance(one, TicketRow) for one in results) >= len(heard)
    assert await desks[0].read(counters_are_true)
    for desk in desks:
        await desk.close()


@pytest.mark.parametrize("few", [300, 1])
async def test_a_page_is_filtered(database: Database, bank: Bank, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The filters narrow a view, for the page and for live push alike, whether few or many wear the tag."""
    monkeypatch.setattr(tickets, "FEW", few)
    first = await database.write(bank.hear)
    await database.write(lambda tx: bank.hear(tx, who="Paul", channel=bank.mastodon))
    await database.write(lambda tx: tagging.add(tx, first, "carte", by=actor(bank.amina)))
    amina, sofia = await database.read(lambda tx: (agents.find(tx, bank.amina), agents.find(tx, bank.sofia)))

    for viewer in (amina, sofia):
        for view, expected in [
            (View("open", channel="telegram-nord"), [first]),
            (View("open", tag="carte"), [first]),
            (View("resolved", tag="carte"), []),
            (View("open", tag="nothing"), []),
            (View("open", channel="mastodon", tag="carte"), []),
            (View("open", channel="nowhere"), []),
            (View("open", network="telegram"), [first]),
            (View("open", network="mastodon", tag="carte"), []),
            (View("open", language="fr", priority="normal", team=str(bank.nord)), [first]),
            (View("open", language="en"), []),
            (View("open", language="unknown", tag="carte"), []),
            (View("open", priority="urgent", channel="telegram-nord"), []),
            (View("open", team=str(bank.midi)), []),
            (View("open", tag="carte", sort="longest"), [first]),
        ]:
            shown = await database.read(lambda tx, view=view, viewer=viewer: every_page(tx, view, viewer))
            assert shown == expected
            row = await database.read(lambda tx: tickets.find(tx, first))
            assert views.matches(row, view, viewer) == bool(expected)


@pytest.mark.parametrize(
    "name", ["", "everything", "team", "team:", "team:x", "team:-1", "team:²", "mine;drop", f"team:{'9' * 30}"]
)
def test_there_are_no_other_views(name: str) -> None:
    """A view that is none is not found, whatever an address says."""
    with pytest.raises(errors.NotFound):
        views.named(name)


def test_what_an_address_asks_beyond_reason_is_left_out() -> None:
    """An order that there is not, and one where nobody waits, is the usual one; a team is a number."""
    assert views.named("open", sort="random", team="x; --") == View("open")
    assert views.named("resolved", sort="longest") == View("resolved")
    assert views.named("open", sort="longest", team="7").filters == {"team": "7"}
    with pytest.raises(errors.NotFound):
        views.named("open", language="f\0r")


async def test_who_waits_longest_is_first(database: Database, bank: Bank) -> None:
    """Sorted by waiting, the oldest unanswered message leads, whatever was said since; then those whom nobody owes an answer."""
    first, second, third, woken = [await database.write(lambda tx, n=n: bank.hear(tx, who=f"C {n}")) for n in range(4)]
    await database.write(lambda tx: bank.hear(tx, who="C 1"))
    await database.write(lambda tx: ticketing.resolve(tx, woken, by=actor(bank.amina)))
    await database.write(lambda tx: ticketing.reopen(tx, woken, by=actor(bank.amina)))
    given = {"seen_message_id": 10**9, "key": "k", "by": actor(bank.amina)}
    await database.write(lambda tx: replying.reply(tx, first, "Merci.", **given))
    viewer = await database.read(lambda tx: agents.find(tx, bank.amina))

    longest = await database.read(lambda tx: every_page(tx, views.named("open", sort="longest"), viewer, limit=1))
    newest = await database.read(lambda tx: every_page(tx, views.named("open"), viewer, limit=1))

    assert longest[:2] == [second, third]
    assert sorted(longest) == sorted(newest) == [second, third, woken]
    assert newest[0] == second


@pytest.mark.parametrize("text", ["", "1", "1.", ".1", "x.1", "1.x", "-1.1", "²." + "1", f"{10**30}.1", f"{10**19}.1"])
def test_a_place_that_is_none_begins_at_the_top(text: str) -> None:
    """Whatever stands in an address as a place, nothing breaks."""
    assert Place.parse(text) is None


def test_a_place_comes_back_as_it_went() -> None:
    """A page's end survives the address of the next page to the microsecond."""
    for place in (Place(OPENING + timedelta(microseconds=1), 42), Place(OPENING, 42, is_waiting=True)):
        assert Place.parse(str(place)) == place


async def test_counters_of_one_key_are_added_in_one_statement(database: Database) -> None:
    """Adding and taking away leaves nothing behind, and nought is not written."""
    key = (1, 0, 0, "open")
    for delta in (3, -2, -1, 0):
        await database.write(lambda tx, delta=delta: counters.change(tx, {key: delta}))

    assert await database.read(counters.everything) == {}
    await database.write(lambda tx: counters.change(tx, {key: 2, (1, 2, 0, "open"): 1}))
    assert await database.read(counters.everything) == {key: 2, (1, 2, 0, "open"): 1}


@pytest.mark.parametrize("few", [300, 1])
async def test_a_tags_pages_hold_each_ticket_once(
    database: Database, bank: Bank, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page after page of one tag shows every ticket that wears it, the newest first, also when many do."""
    monkeypatch.setattr(tickets, "FEW", few)
    worn = [await database.write(lambda tx, n=n: bank.hear(tx, who=f"Customer {n}")) for n in range(8)]
    for ticket_id in worn[:7]:
        await database.write(lambda tx, id_=ticket_id: tagging.add(tx, id_, "panne", by=actor(bank.amina)))
    viewer = await database.read(lambda tx: agents.find(tx, bank.amina))

    shown = await database.read(lambda tx: every_page(tx, View("all", tag="panne"), viewer, limit=2))

    assert shown == worn[6::-1]
