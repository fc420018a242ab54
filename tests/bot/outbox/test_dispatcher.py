"""The way out against a network that refuses, delays, hangs, forgets to answer: each outcome has its state."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import msgspec
import pytest

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector
from bot.connectors.fake import allowances
from bot.connectors.fake.ledger import What
from bot.connectors.fake.network import FakeAccount, FakeNetwork
from bot.connectors.fake.payloads import User
from bot.connectors.fake.server import FakeServer
from bot.desk import doing, hearing, ingest, replying
from bot.desk.hearing import Rules
from bot.desk.replying import Measure
from bot.model.event import Actor, ActorKind
from bot.outbox import courier
from bot.outbox.dispatcher import Dispatcher
from bot.store import agents, channels, deliveries, lanes, outbox, tickets
from bot.store.database import Database
from bot.store.transaction import Transaction

OPTIONS = {"window_hours": "24", "acts": "like", "formulas": "yes"}
LEA = User("lea", "Léa Martin", "lea")


@dataclass
class Counter:
    """Two channels of a fake network, an agent, and a dispatcher that turns."""

    database: Database
    network: FakeNetwork
    agent: Actor
    channels: dict[str, int]
    connectors: dict[int, Connector]
    dispatcher: Dispatcher

    async def asked(self, account: str = "one", thread: str = "t", ago: timedelta = timedelta(0)) -> int:
        """A contact writes in a thread, or has written some time ago; the ticket."""
        await self.network.accounts[account].say(LEA, "Bonjour", thread=thread, at=clock.now() - ago)
        connector = self.connectors[self.channels[account]]
        batch = await anext(connector.receive(None))
        heard = [hearing.prepare(self.channels[account], said) for said in batch.messages]
        await self.database.write(lambda tx: ingest.take(tx, heard, Rules()))
        return await self.database.read(
            lambda tx: int(tx.connection.exec_driver_sql("SELECT max(id) FROM ticket").scalar_one())
        )

    async def answer(
        self, ticket_id: int, text: str = "Bonjour, nous regardons.", *, undo: timedelta = timedelta(0)
    ) -> int:
        def write(tx: Transaction) -> int:
            seen = tickets.find(tx, ticket_id).last_message_id
            key = f"{ticket_id} {text}"
            how = {"seen_message_id": seen, "key": key, "by": self.agent, "undo_within": undo, "is_confirmed": True}
            return replying.reply(tx, ticket_id, text, **how)

        return await self.database.write(write)

    async def like(self, ticket_id: int) -> int:
        """Ann likes the last message of a ticket."""

        def ask(tx: Transaction) -> int:
            message_id = tickets.find(tx, ticket_id).last_message_id
            measure = Measure(0, 0)
            return doing.do(tx, ticket_id, message_id, "like", key="like", by=self.agent, measure=measure)

        return await self.database.write(ask)

    async def reaches(self, outbox_id: int, *states: str) -> str:
        """Turn until the words are in one of these states; the reason that stands beside it."""
        async with asyncio.timeout(20):
            while (row := await self.database.read(lambda tx: outbox.find(tx, outbox_id))).state not in states:
                await self.dispatcher.turn()
        return row.reason

    def said(self, account: str = "one") -> list[str]:
        return [entry.text for entry in self.network.ledger.entries(What.TAKEN, account=account)]


@pytest.fixture
async def counter(database_url: str) -> AsyncIterator[Counter]:
    async with opened(database_url) as counter:
        yield counter


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Counter]:
    network = FakeNetwork()
    accounts: list[FakeAccount] = [network.account(name) for name in ("one", "two")]
    server = FakeServer(network)
    await server.start()
    database = Database(database_url)
    await database.open()
    ids, connectors = {}, {}
    for account in accounts:
        name = account.name
        save = partial(channels.save, name=name, title=name, network="fake", base_url=server.url)
        id_ = await database.write(save)
        known = Account(name, "fake", server.url, OPTIONS, is_private_network_allowed=True)
        ids[name], connectors[id_] = id_, registry.connect(known, clock.now)
        await connectors[id_].open()
    agent_id = await database.write(lambda tx: agents.add(tx, email="a@b.example", name="Ann"))
    dispatcher = Dispatcher(database, connectors.get, clock.now)
    yield Counter(database, network, Actor(ActorKind.AGENT, agent_id), ids, connectors, dispatcher)
    await server.stop()  # first, so that what hangs is cut off
    await dispatcher.stop()
    for connector in connectors.values():
        await connector.close()
    await database.close()


async def test_words_leave_and_their_receipt_is_kept(counter: Counter) -> None:
    """What an agent wrote is on the network once, and its row knows the network's id."""
    written = await counter.answer(await counter.asked())
    await counter.reaches(written, "sent")

    assert counter.said() == ["Bonjour, nous regardons."]
    row = await counter.database.read(lambda tx: outbox.find(tx, written))
    external = await counter.database.read(
        lambda tx: tx.connection.exec_driver_sql(
            f"SELECT external_id FROM message WHERE id = {row.message_id}"
        ).scalar_one()
    )
    assert external == counter.network.accounts["one"].sent[row.key].id


async def test_the_undo_time_is_kept_on_the_server(counter: Counter) -> None:
    """Before its end nothing leaves; what is taken back never does."""
    written = await counter.answer(await counter.asked(), undo=timedelta(seconds=30))
    for _ in range(3):
        await counter.dispatcher.turn()
    text = await counter.database.write(lambda tx: replying.undo(tx, written, by=counter.agent))
    await counter.dispatcher.turn()

    assert text == "Bonjour, nous regardons."
    assert counter.said() == []
    assert (await counter.database.read(lambda tx: outbox.find(tx, written))).state == "cancelled"


async def test_what_the_network_refuses_is_said(counter: Counter) -> None:
    """A refusal is final, is not tried again, and carries the network's reason."""
    ticket = await counter.asked()
    counter.network.accounts["one"].faults.refusals = 1
    written = await counter.answer(ticket)
    reason = await counter.reaches(written, "refused")

    assert reason
    assert counter.said() == []


async def test_a_network_that_says_wait_is_not_called_before(counter: Counter) -> None:
    """After 429 with Retry-After the whole channel rests so long, and then the words leave once."""
    first, second = await counter.asked(thread="a"), await counter.asked(thread="b")
    account = counter.network.accounts["one"]
    account.faults.rate_limits, account.faults.retry_after = 1, 1.5
    written = await counter.answer(first)
    await counter.reaches(written, "pending")
    while not counter.network.ledger.entries(What.TURNED_AWAY):
        await counter.dispatcher.turn()
    (turned_away,) = counter.network.ledger.entries(What.TURNED_AWAY)
    other = await counter.answer(second, "Autre")
    await counter.reaches(written, "sent")
    await counter.reaches(other, "sent")

    calls = counter.network.ledger.entries(What.TAKEN)
    assert sorted(call.text for call in calls) == ["Autre", "Bonjour, nous regardons."]
    assert all(call.at - turned_away.at >= timedelta(seconds=1.4) for call in calls)


async def test_an_answer_that_is_lost_is_looked_for(counter: Counter) -> None:
    """The network took the words but the connection broke: they are found there and not sent again."""
    ticket = await counter.asked()
    counter.network.accounts["one"].faults.lost_answers = 1
    written = await counter.answer(ticket)
    await counter.reaches(written, "sent")

    assert counter.said() == ["Bonjour, nous regardons."]


async def test_one_dead_channel_holds_no_other_up(counter: Counter) -> None:
    """While one network hangs, twenty answers on another leave; what waits for the first keeps its order."""
    dead = await counter.asked("one")
    counter.network.accounts["one"].faults.outage = "hang"
    stuck = [await counter.answer(dead, f"stuck {number}") for number in range(3)]
    written = [
        await counter.answer(await counter.asked("two", f"t{number}"), f"quick {number}") for number in range(20)
    ]
    for outbox_id in written:
        await counter.reaches(outbox_id, "sent")
    assert len(counter.said("two")) == 20
    assert counter.said("one") == []
    rows = [await counter.database.read(lambda tx, id_=id_: outbox.find(tx, id_)) for id_ in stuck]
    assert [row.state for row in rows] == ["sending", "pending", "pending"]


async def test_order_is_kept_within_a_conversation(counter: Counter) -> None:
    """Ten answers to one conversation arrive in the order in which they were written, though one is delayed."""
    ticket = await counter.asked()
    counter.network.accounts["one"].faults.rate_limits, counter.network.accounts["one"].faults.retry_after = 1, 0.2
    written = [await counter.answer(ticket, f"answer {number}") for number in range(10)]
    for outbox_id in written:
        await counter.reaches(outbox_id, "sent")

    assert counter.said() == [f"answer {number}" for number in range(10)]


async def test_bad_credentials_keep_the_words(counter: Counter) -> None:
    """While the account is refused nothing is lost and no attempt is counted."""
    ticket = await counter.asked()
    counter.network.accounts["one"].faults.bad_credentials = True
    written = await counter.answer(ticket)
    while not counter.network.ledger.entries(What.TURNED_AWAY):
        await counter.dispatcher.turn()
    await counter.reaches(written, "pending")

    row = await counter.database.read(lambda tx: outbox.find(tx, written))
    assert (row.state, row.attempts) == ("pending", 0)


async def test_words_far_back_in_the_queue_wait_as_pending(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a network allows one message in five seconds, the second is put back with its place, not held as if it had left."""
    ticket = await counter.asked()
    connector = counter.connectors[counter.channels["one"]]
    monkeypatch.setattr(connector, "manifest", msgspec.structs.replace(connector.manifest, rate_per_conversation=0.2))
    first, second = await counter.answer(ticket, "one"), await counter.answer(ticket, "two")
    await counter.reaches(first, "sent")
    while (row := await counter.database.read(lambda tx: outbox.find(tx, second))).reason != "network_busy":
        await counter.dispatcher.turn()

    assert (row.state, row.attempts) == ("pending", 0)
    assert row.due_at > clock.now() + timedelta(seconds=2)
    assert counter.said() == ["one"]


async def test_a_defective_connector_is_given_up(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connector that breaks at every sending is tried eight times, later each time; then the agent is told."""
    monkeypatch.setattr(courier, "FIRST_WAIT", timedelta(milliseconds=1))
    connector = counter.connectors[counter.channels["one"]]
    calls = []

    async def broken(message: object) -> None:
        calls.append(message)
        raise RuntimeError

    monkeypatch.setattr(connector, "send", broken)
    written = await counter.answer(await counter.asked())
    await counter.reaches(written, "failed")
    for _ in range(3):
        await counter.dispatcher.turn()

    assert len(calls) == courier.ATTEMPTS


@pytest.mark.parametrize(("is_idempotent", "sends"), [(False, 1), (True, courier.ATTEMPTS)])
async def test_where_nobody_can_say_a_person_decides(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, is_idempotent: bool, sends: int
) -> None:
    """On a network that cannot be asked, an unclear sending is not repeated, unless the network knows the same key again."""
    monkeypatch.setattr(courier, "FIRST_WAIT", timedelta(milliseconds=1))
    connector = counter.connectors[counter.channels["one"]]
    manifest = msgspec.structs.replace(connector.manifest, is_idempotent=is_idempotent, rate_per_conversation=0)
    monkeypatch.setattr(connector, "manifest", manifest)
    calls = []

    async def unclear(message: object) -> None:
        calls.append(message)
        raise errors.Uncertain

    async def unaskable(_: object) -> None:
        raise errors.Uncertain("This network cannot be asked.")

    monkeypatch.setattr(connector, "send", unclear)
    monkeypatch.setattr(connector, "find", unaskable)
    written = await counter.answer(await counter.asked())
    await counter.reaches(written, "uncertain")
    async with asyncio.timeout(20):
        while (await counter.database.read(lambda tx: outbox.find(tx, written))).finished_at is None:
            await counter.dispatcher.turn()

    assert len(calls) == sends


async def test_lost_words_wait_for_a_door_that_is_shut(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a crash nothing is decided while the channel is not open: when it opens the network is asked, and has them."""
    monkeypatch.setattr(courier, "ASK_EVERY", timedelta(0))
    ticket = await counter.asked()
    counter.network.accounts["one"].faults.lost_answers = 1
    connector = counter.connectors[counter.channels["one"]]
    written = await counter.answer(ticket)
    (due,) = await counter.database.write(lambda tx: deliveries.claim(tx, lease=timedelta(0)))
    with pytest.raises(errors.Uncertain):
        await connector.send(due.message())
    shut = counter.connectors.pop(counter.channels["one"])
    for _ in range(3):
        await counter.dispatcher.turn()
    assert (await counter.database.read(lambda tx: outbox.find(tx, written))).finished_at is None

    counter.connectors[counter.channels["one"]] = shut
    await counter.reaches(written, "sent")
    assert counter.said() == ["Bonjour, nous regardons."]


async def test_a_slow_look_holds_no_other_channel_up(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one network takes for ever to say what it has, another's answers leave."""
    lost, other = await counter.asked("one"), await counter.asked("two")
    await counter.answer(lost)
    await counter.database.write(lambda tx: deliveries.claim(tx, lease=timedelta(0)))
    release = asyncio.Event()

    async def slow(_: object) -> None:
        await release.wait()

    monkeypatch.setattr(counter.connectors[counter.channels["one"]], "find", slow)
    await counter.reaches(await counter.answer(other), "sent")

    assert counter.said("two") == ["Bonjour, nous regardons."]
    release.set()


async def test_an_outage_is_waited_out_by_one_at_a_time(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's words are taken for a while: no attempt counts any more, the network is called ever less, and then all leave."""
    monkeypatch.setattr(courier, "FIRST_WAIT", timedelta(milliseconds=1))
    monkeypatch.setattr(lanes, "FIRST_REST", timedelta(milliseconds=100))
    asked = [await counter.asked(thread=f"t{number}") for number in range(6)]
    faults = counter.network.accounts["one"].faults
    faults.outage, faults.retry_after = "503", 0
    written = [await counter.answer(ticket) for ticket in asked]
    async with asyncio.timeout(20):
        while (lane := await counter.database.read(lanes.all)) == {} or lane[counter.channels["one"]].failures < 7:
            await counter.dispatcher.turn()
    turned_away = len(counter.network.ledger.entries(What.TURNED_AWAY))
    rows = [await counter.database.read(lambda tx, id_=id_: outbox.find(tx, id_)) for id_ in written]
    assert {row.state for row in rows} <= {"pending", "sending"}
    # Those that flew together when it was shut, and then one for each rest.
    assert turned_away <= len(written) + 7

    faults.outage = ""
    for outbox_id in written:
        await counter.reaches(outbox_id, "sent")
    assert len(counter.said()) == 6
    assert await counter.database.read(lanes.all) == {}


async def test_what_may_no_longer_leave_is_refused_without_a_call(counter: Counter) -> None:
    """The window has closed while the words waited: they are refused with the network's sentence, and it never heard of them."""
    late = await counter.answer(await counter.asked(ago=timedelta(hours=25)))

    assert await counter.reaches(late, "refused", "sent") == "window_over"

    assert counter.said() == []
    assert counter.network.ledger.entries(What.TURNED_AWAY) == []


async def test_the_networks_own_words_may_still_leave(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the window is over, words that the network has approved leave, named as such; others are refused; in time none is."""
    heard: list[str] = []
    connector = counter.connectors[counter.channels["one"]]
    says = connector.send

    async def send(message: wire.OutboundMessage) -> wire.Receipt:
        heard.append(message.formula)
        return await says(message)

    monkeypatch.setattr(connector, "send", send)
    said = allowances.FORMULAS[1].filled({"1": "Lea", "2": "42"})
    late = await counter.asked(ago=timedelta(hours=25))
    await counter.reaches(await counter.answer(late, said), "sent")
    assert await counter.reaches(await counter.answer(late, f"{said} Bye."), "refused", "sent") == "window_over"
    await counter.reaches(await counter.answer(await counter.asked(thread="new"), said), "sent")

    assert (counter.said(), heard) == ([said, said], ["news en", ""])


async def test_a_deed_whose_answer_was_lost_is_done_again(counter: Counter) -> None:
    """Done twice it is the same: after a broken connection the deed is asked for again, until the network says so."""
    ticket_id = await counter.asked()
    counter.network.accounts["one"].faults.lost_answers = 1
    await counter.reaches(await counter.like(ticket_id), "sent")

    (post,) = counter.network.accounts["one"].liked
    assert [entry.post for entry in counter.network.ledger.entries(What.DONE)] == [post, post]


async def test_a_deed_that_the_network_refuses_says_why(counter: Counter) -> None:
    """The reason stands with the deed; nothing was done."""
    ticket_id = await counter.asked()
    counter.network.accounts["one"].faults.refusals = 1

    assert await counter.reaches(await counter.like(ticket_id), "refused") == "The network does not want this."

    assert counter.network.accounts["one"].liked == set()
