"""A desk with many channels on a fake network that is played here: half are polled, half push to the desk's hooks.

The network is the witness: it notes when it says something, and when it is told that this is committed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy

from bot.connectors.fake.ledger import Differences, What, compare
from bot.connectors.fake.network import FakeAccount, FakeNetwork, Push
from bot.connectors.fake.payloads import User
from bot.connectors.fake.server import FakeServer
from tests.bench import desk, product
from tests.bench.product import Product

PATIENCE = 180.0
PEOPLE = [User(f"p{number}", f"Person {number}", f"p{number}") for number in range(200)]
_CHANNEL = """
[[channel]]
name = "{name}"
network = "fake"
title = "{name}"
base_url = "{url}"
"""
_HOOK = 'secrets = { hook_secret = "COMPTOIR_SECRET_BENCH" }\n'


@dataclass(slots=True)
class Reach:
    """The network's accounts, and the desk that hears them."""

    network: FakeNetwork
    desk: Product
    polled: list[FakeAccount]
    pushing: list[FakeAccount]

    @property
    def accounts(self) -> list[FakeAccount]:
        return [account for pair in zip(self.polled, self.pushing, strict=True) for account in pair]

    async def say(
        self, count: int, among: list[FakeAccount], rate: float = 0.0, over: timedelta = timedelta(0)
    ) -> None:
        """Say so many things on these accounts in turn: `rate` a second, or all at once as if said `over` the time up to now."""
        began, end = time.monotonic(), self.network.clock()
        for number in range(count):
            if rate:
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            at = end - over * ((count - number) / count) if over else None
            who = PEOPLE[number // len(among) % len(PEOPLE)]
            await among[number % len(among)].say(who, f"Bonjour, c'est le message {number}.", at=at)

    async def committed(self, among: list[FakeAccount]) -> None:
        """Wait until the desk has told the network that it holds everything. Raises TimeoutError."""
        names = {account.name for account in among}
        async with asyncio.timeout(PATIENCE):
            while self._is_open(names):
                await asyncio.sleep(0.25)  # looks again

    def _is_open(self, names: set[str]) -> bool:
        said, told = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
        for entry in self.network.ledger.entries(What.EMITTED, What.BABBLED, What.ACKNOWLEDGED):
            if entry.account in names:
                (told if entry.what is What.ACKNOWLEDGED else said)[entry.account] = entry.update
        return said != told

    def delays(self, among: list[FakeAccount], after: int) -> list[float]:
        """Seconds from each thing said after line `after` of the ledger until the network was told that it is committed."""
        return [delay for account in among for delay in self._delays(account, after)]

    def _delays(self, account: FakeAccount, after: int) -> Iterator[float]:
        waiting: list[tuple[int, datetime]] = []
        for entry in self.network.ledger.entries(What.EMITTED, What.ACKNOWLEDGED, account=account.name, after=after):
            if entry.what is What.EMITTED:
                waiting.append((entry.update, entry.at))
                continue
            yield from ((entry.at - at).total_seconds() for update, at in waiting if update <= entry.update)
            waiting = [one for one in waiting if one[0] > entry.update]

    def differences(self, account: FakeAccount) -> Differences:
        """What the network said, beside the messages with a ticket that stand in the desk's tables."""
        said = self.network.ledger.entries(What.EMITTED, account=account.name)
        return compare([(entry.thread, entry.post) for entry in said], _held(self.desk.url, account.name))

    async def connected(self, count: int) -> None:
        """Wait until so many channels are connected. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while await asyncio.to_thread(_connected, self.desk.url) < count:
                await asyncio.sleep(0.1)  # looks again


@asynccontextmanager
async def opened(url: str, database_pids: tuple[int, ...], channels: int) -> AsyncIterator[Reach]:
    """So many channels, and a desk that serves; nobody says anything yet."""
    network = FakeNetwork()
    server = FakeServer(network)
    with product.prepared(url, database_pids, COMPTOIR_IS_PRIVATE_NETWORK_ALLOWED="true") as served:
        polled = [network.account(f"polled-{number}") for number in range(channels // 2)]
        pushing = [
            network.account(name, push=Push(f"http://127.0.0.1:{served.port}/hooks/{name}", served.secret))
            for name in (f"pushing-{number}" for number in range(channels - channels // 2))
        ]
        await server.start()
        tables = [_table(account, server.url) for account in (*polled, *pushing)]
        (served.folder / "comptoir.toml").write_text("".join(tables), encoding="utf-8")
        await asyncio.to_thread(served.start)
        try:
            yield Reach(network, served, polled, pushing)
        finally:
            await asyncio.to_thread(served.stop)
            await server.stop()


def _table(account: FakeAccount, url: str) -> str:
    return _CHANNEL.format(name=account.name, url=url) + (_HOOK if account.push else "")


def _held(url: str, channel: str) -> list[tuple[str, str]]:
    question = (
        "select conversation.external_id, message.external_id from message"
        " join conversation on conversation.id = message.conversation_id join channel on channel.id = message.channel_id"
        " where channel.name = :name and message.ticket_id is not null order by message.id"
    )
    with desk.engine(url).connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(sqlalchemy.text(question), {"name": channel})]


def _connected(url: str) -> int:
    with desk.engine(url).connect() as connection:
        found = connection.execute(sqlalchemy.text("select count(*) from channel where health = 'connected'"))
        return int(found.scalar_one())
