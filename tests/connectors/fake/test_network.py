"""The network that ships: what it does to a connector on demand, and what its ledger can prove."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector
from bot.connectors.fake.faults import Faults
from bot.connectors.fake.ledger import Differences, What, compare
from bot.connectors.fake.payloads import PUBLIC_LIMIT, File, User
from tests.connectors.fake.far import ADA, CHAT, TOKEN, FakeFar
from tests.connectors.far_side import hear, listening, opened, spot, texts

CHARLES = User(id="charles", name="Charles Babbage", username="cb")


@pytest.fixture
async def far() -> AsyncIterator[FakeFar]:
    """The fake network with one account, asked by long poll."""
    far = FakeFar()
    await far.server.start()
    yield far
    await far.server.stop()


async def heard(far: FakeFar, count: int) -> list[wire.InboundMessage]:
    async with opened(far) as connector, listening(connector, None) as batches:
        return [message for batch in await hear(batches, count) for message in batch.messages]


async def test_whole_post(far: FakeFar) -> None:
    """All that a post has arrives in the words of the wire."""
    at = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    file = File("f1", "image", "card.png", "https://fake.example/f1", 3)
    post = await far.account.say(CHARLES, "Look!", thread="t1", is_public=True, reply_to="m0", files=[file], at=at)

    assert await heard(far, 1) == [
        wire.InboundMessage(
            external_id=post.id,
            conversation_id="t1",
            author=wire.Person("charles", "Charles Babbage", "cb"),
            sent_at=at,
            text="Look!",
            is_public=True,
            in_reply_to="m0",
            permalink=f"https://fake.example/branch/t1/{post.id}",
            attachments=(wire.Attachment("f1", "image", "card.png", "https://fake.example/f1", 3),),
        )
    ]


async def test_own_words(far: FakeFar) -> None:
    """What the account says elsewhere comes back as its own; what contacts say does not."""
    await far.account.say(far.account.user, "Said on the phone app", thread=CHAT)
    await far.account.say(ADA, "Thank you")

    assert [message.is_own for message in await heard(far, 2)] == [True, False]


async def test_duplicates(far: FakeFar) -> None:
    """Asked for duplicates, the network emits the same words again under the same id; the ledger counts them once."""
    far.account.faults = Faults(duplicates=2)
    await far.say("once")
    told = await heard(far, 3)
    said = [(entry.thread, entry.post) for entry in far.net.ledger.entries(What.EMITTED)]

    assert [message.external_id for message in told] == ["m1", "m1", "m1"]
    assert compare(said, [(message.conversation_id, message.external_id) for message in told]).doubled == ("m1",)
    assert len(far.net.ledger.entries(What.EMITTED_AGAIN)) == 2


async def test_disorder(far: FakeFar) -> None:
    """Asked for disorder, the network loses nothing but the order, and the cursor still passes over all of it."""
    said = [await far.say(str(number)) for number in range(30)]
    far.account.faults = Faults(disorder=True)
    async with opened(far) as connector, listening(connector, None) as batches:
        batch = (await hear(batches, 30))[-1]
    told = [message.external_id for message in batch.messages]

    assert said != told
    assert sorted(said) == sorted(told)
    assert batch.cursor == "30"


async def test_more_than_one_answer_holds(far: FakeFar) -> None:
    """A long absence is made up for answer by answer, without a gap."""
    said = [await far.say(str(number)) for number in range(250)]

    assert said == [message.external_id for message in await heard(far, 250)]


async def test_acknowledged_only_when_asked_for_more(far: FakeFar) -> None:
    """The network is told that a batch arrived when the next one is asked for, and not before."""
    await far.say("one")
    async with opened(far) as connector, listening(connector, None) as batches:
        await hear(batches, 1)
        before = far.net.ledger.entries(What.ACKNOWLEDGED)
        await far.say("two")
        await hear(batches, 1)
        after = far.net.ledger.entries(What.ACKNOWLEDGED)

    assert before == []
    assert [entry.update for entry in after] == [1]


@pytest.mark.parametrize("outage", ["cut", "hang", "503"])
async def test_outage(far: FakeFar, outage: str) -> None:
    """In each kind of outage nothing is sent, the sender knows whether to look first, and afterwards it goes out once."""
    far.account.faults = Faults(outage=outage)  # type: ignore[arg-type]  # the parameters are the literals
    async with opened(far) as connector:
        with pytest.raises((errors.TryLater, errors.Uncertain)) as raised:
            async with asyncio.timeout(0.5) if outage == "hang" else asyncio.timeout(20):
                await within(connector.send(far.outbound("once")), outage)
        far.account.faults = Faults()
        found = await connector.find(far.outbound("once"))
        await connector.send(far.outbound("once"))

    assert (errors.TryLater if outage == "503" else errors.Uncertain) is type(raised.value)
    assert found is None
    assert [taken.text for taken in far.taken()] == ["once"]


async def within(sending: Any, outage: str) -> None:
    """A sender whose patience is shorter than the network's silence."""
    if outage != "hang":
        await sending
        return
    try:
        async with asyncio.timeout(0.2):
            await sending
    except TimeoutError:
        raise errors.Uncertain from None


async def test_rate(far: FakeFar) -> None:
    """Beyond its rate the network tells senders when to come back, and takes nothing until then."""
    far.account.faults = Faults(most_per_second=2)
    async with opened(far) as connector:
        for number in range(2):
            await connector.send(far.outbound(str(number), key=str(number)))
        with pytest.raises(errors.TryLater) as raised:
            await connector.send(far.outbound("2", key="2"))

    assert 0 < raised.value.after.total_seconds() <= 1
    assert [taken.text for taken in far.taken()] == ["0", "1"]


@pytest.mark.parametrize(("is_public", "limit"), [(True, PUBLIC_LIMIT), (False, 4_000)])
async def test_limits(far: FakeFar, is_public: bool, limit: int) -> None:
    """Public words are shorter than private ones, and the network itself holds to that."""
    far.account.open("t1", is_public=is_public)
    async with opened(far) as connector:
        capabilities = connector.capabilities(spot(is_public=is_public))
        with pytest.raises(errors.Refused):
            await connector.send(wire.OutboundMessage("k", "t1", "é" * (limit + 1), is_public=is_public))
        await connector.send(wire.OutboundMessage("k", "t1", "é" * limit, is_public=is_public))

    assert (capabilities.limit, capabilities.is_public) == (limit, is_public)
    assert [len(taken.text) for taken in far.taken()] == [limit]


async def test_refusals(far: FakeFar) -> None:
    """What cannot be said is refused with the network's own reason."""
    far.account.open(CHAT).is_closed = True
    async with opened(far) as connector:
        with pytest.raises(errors.Refused, match="blocked"):
            await connector.send(far.outbound("hello?"))
        with pytest.raises(errors.Refused, match="no such conversation"):
            await connector.send(wire.OutboundMessage("k", "elsewhere", "hello?", is_public=False))


async def test_unknown_account(far: FakeFar) -> None:
    """An account that the network does not know is neither heard nor well, and says which one."""
    account = Account(
        "branch", "fake", far.server.url, {"account": "nobody"}, {"token": TOKEN}, is_private_network_allowed=True
    )
    connector = registry.connect(account, clock.now)
    await connector.open()
    health = await connector.probe()
    async with listening(connector, None) as batches:
        with pytest.raises(errors.Refused, match="nobody"):
            await hear(batches, 1)
    await connector.close()

    assert wire.Health.INTERRUPTED is health.state
    assert "nobody" in health.reason


def test_no_address() -> None:
    """A channel without the network's address is refused when it is configured."""
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(Account("branch", "fake", "", {}), clock.now)

    assert raised.value.field == "base_url"


async def test_refused_for_a_while(far: FakeFar) -> None:
    """Told by control, the network is gone for a while, and comes back on the same port with all it had."""
    await far.say("one")
    async with aiohttp.ClientSession(far.server.url) as people, asyncio.timeout(20):
        await tell_all(people, "/control/refuse", {"seconds": 0.2})
        gone = await looked_until(far, wire.Health.INTERRUPTED)
        back = await looked_until(far, wire.Health.CONNECTED)

    assert gone.reason
    assert back.reason == ""
    assert [message.text for message in await heard(far, 1)] == ["one"]


async def looked_until(far: FakeFar, state: wire.Health) -> wire.ChannelHealth:
    """Look at the account, each time over a connection of its own, until it is as it should be."""
    while True:
        async with opened(far) as connector:
            health = await connector.probe()
        if health.state is state:
            return health


_pairs = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("123456")), unique_by=lambda pair: pair[1])


@given(_pairs)
def test_nothing_differs(said: list[tuple[str, str]]) -> None:
    """What was seen as it was said differs in nothing, in whatever order the conversations came."""
    by_conversation = sorted(said, key=lambda pair: pair[0])

    assert not compare(said, said)
    assert not compare(said, by_conversation)
    assert not compare([*said, *said], said)


def test_differences() -> None:
    """Lost, doubled, misordered and made-up words are told apart."""
    said = [("a", "1"), ("a", "2"), ("b", "3"), ("a", "4")]

    assert compare(said, [("a", "2"), ("a", "1"), ("b", "3"), ("b", "3"), ("b", "9")]) == Differences(
        lost=("4",), doubled=("3",), misordered=("1",), phantom=("9",)
    )


async def test_own_process(tmp_path: Any) -> None:
    """By itself in a process, the network is driven over HTTP: people write, the account answers, the ledger tells."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.connectors.fake", "--account", f"branch={TOKEN}", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            url = (await process.stdout.readline()).decode().strip()
        connector = account_at(url)
        await connector.open()
        async with aiohttp.ClientSession(url) as people:
            said = await tell(people, "say", {"author": {"id": "ada", "name": "Ada"}, "text": "Ma carte ?"})
            await tell(people, "edit", {"post": said["id"], "text": "Où est ma carte ?"})
            async with listening(connector, None) as batches:
                told = texts(await hear(batches, 2))
            await connector.send(wire.OutboundMessage("k", said["thread"], "La voici.", is_public=False))
            await tell(people, "delete", {"post": said["id"]})
            wrong = await people.post("/control/branch/say", json={"txet": "?"})
            async with people.get("/ledger", params={"what": "taken"}) as answer:
                ledger = await answer.json()
        await connector.close()
    finally:
        process.send_signal(signal.SIGTERM)
        stopped = await asyncio.wait_for(process.wait(), 20)

    assert told == ["Ma carte ?", "Où est ma carte ?"]
    assert [(entry["text"], entry["key"]) for entry in ledger] == [("La voici.", "k")]
    assert wrong.status == 400
    assert stopped == 0


def account_at(url: str) -> Connector:
    account = Account("branch", "fake", url, {}, {"token": TOKEN}, is_private_network_allowed=True)
    return registry.connect(account, clock.now)


async def tell(people: aiohttp.ClientSession, act: str, words: dict[str, object]) -> dict[str, Any]:
    return await tell_all(people, f"/control/branch/{act}", words)


async def tell_all(people: aiohttp.ClientSession, path: str, words: dict[str, object]) -> dict[str, Any]:
    async with people.post(path, json=words) as answer:
        assert answer.status < 300, await answer.text()
        body = await answer.read()
    return dict(json.loads(body)) if body else {}
