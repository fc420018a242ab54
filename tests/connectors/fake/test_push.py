"""The fake network as one that pushes: each update until it is taken, signed, in order."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Account, HookRequest
from bot.connectors.fake.ledger import What, compare
from bot.connectors.fake.network import FakeNetwork, Push
from bot.connectors.fake.server import FakeServer
from tests.connectors.fake.far import ADA, HOOK_SECRET


class Door:
    """Our side of a push: the connector's `accept`. It is busy `busy` times before it takes anything."""

    def __init__(self, busy: int) -> None:
        account = Account("branch", "fake", "http://fake.example", {}, {"hook_secret": HOOK_SECRET})
        self.connector = registry.connect(account, clock.now)
        self.taken: list[wire.InboundMessage] = []
        self.unreadable: list[wire.Unreadable] = []
        self.refused: list[errors.ComptoirError] = []
        self.news = asyncio.Condition()
        self._busy = busy

    async def take(self, request: web.Request) -> web.Response:
        if self._busy:
            self._busy -= 1
            return web.Response(status=503)
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            answer = self.connector.accept(HookRequest("POST", headers, {}, await request.read(), clock.now()))
        except errors.ComptoirError as error:
            self.refused.append(error)
            return web.Response(status=401)
        async with self.news:
            self.taken += answer.batch.messages
            self.unreadable += answer.batch.unreadable
            self.news.notify_all()
        return web.Response(status=answer.status)

    async def until_taken(self, count: int) -> None:
        async with asyncio.timeout(20), self.news:
            await self.news.wait_for(lambda: len(self.taken) + len(self.unreadable) >= count)


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, str]]:
    """A door on this machine that is busy twice, and its address."""
    door = Door(busy=2)
    app = web.Application()
    app.router.add_post("/hooks/branch", door.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield door, f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/branch"
    await runner.cleanup()


async def test_pushed_until_taken(door: tuple[Door, str]) -> None:
    """All that is said arrives once and in order, though the door was busy at first; what nobody can read arrives as it is."""
    ours, url = door
    network = FakeNetwork()
    account = network.account("branch", push=Push(url, HOOK_SECRET))
    server = FakeServer(network)
    await server.start()
    for number in range(5):
        await account.say(ADA, str(number))
    await account.babble()
    await account.say(ADA, "after")
    await ours.until_taken(7)
    await server.stop()
    said = [(entry.thread, entry.post) for entry in network.ledger.entries(What.EMITTED)]
    pushed = [entry.status for entry in network.ledger.entries(What.PUSHED)]

    assert not compare(said, [(message.conversation_id, message.external_id) for message in ours.taken])
    assert len(ours.unreadable) == 1
    assert pushed[:2] == [503, 503]
    assert ours.refused == []


async def test_only_by_hook(door: tuple[Door, str]) -> None:
    """A channel that is pushed to asks for nothing; one that is not pushed to opens its door to nobody."""
    ours, _ = door
    asked = [batch async for batch in ours.connector.receive(None)]
    polling = registry.connect(Account("branch", "fake", "http://fake.example", {}), clock.now)
    with pytest.raises(errors.NotAllowed):
        polling.accept(HookRequest("POST", {}, {}, b"{}", clock.now()))

    assert asked == []
