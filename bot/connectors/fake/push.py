"""The fake network as one that pushes: signed requests to the account's hook, in order, each until it is taken."""

import asyncio
from collections.abc import Coroutine

import msgspec

from bot import errors
from bot.connectors.client import Client
from bot.connectors.fake.ledger import What
from bot.connectors.fake.network import FakeAccount, FakeNetwork, Push
from bot.connectors.fake.payloads import Updates
from bot.connectors.signing import Keys

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0


class Pushers:
    """One task for each account that is pushed to. Whatever else the server runs beside its requests is held here too."""

    def __init__(self, network: FakeNetwork) -> None:
        self._network = network
        self._client = Client(is_private_network_allowed=True)
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        await self._client.open()
        for account in self._network.accounts.values():
            self.push_to(account)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.close()

    def push_to(self, account: FakeAccount) -> None:
        """Begin to push an account's updates, when it wants them pushed."""
        if account.push is not None:
            self.start(self._push(account, account.push, Keys(account.push.secret)))

    def start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _push(self, account: FakeAccount, push: Push, keys: Keys) -> None:
        position = 0
        while True:
            updates, following = await account.updates(position, wait=LONGEST_PAUSE)
            if updates:
                body = msgspec.json.encode(Updates(tuple(msgspec.Raw(update) for update in updates), following))
                await self._until_taken(account, push.url, keys, body, following)
                position = following

    async def _until_taken(self, account: FakeAccount, url: str, keys: Keys, body: bytes, number: int) -> None:
        pause = FIRST_PAUSE
        while True:
            status = await self._post(url, keys, body, f"{account.name}-{number}")
            self._network.ledger.add(account.name, What.PUSHED, update=number, status=status)
            if 200 <= status < 300:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(self, url: str, keys: Keys, body: bytes, name: str) -> int:
        """The status of the answer; 0 when there was none."""
        headers = keys.sign(name, body, self._network.clock()) | {"content-type": "application/json"}
        try:
            return (await self._client.request("POST", url, headers=headers, body=body)).status
        except (errors.TryLater, errors.Uncertain):
            return 0
