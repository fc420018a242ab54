"""The network that ships: for the demo, for tests and for drills. The network itself is `network` and `server`, or by itself:

    python -m bot.connectors.fake --port 8800 --account branch

The connector below knows none of that. It speaks HTTP to `base_url`, as to any other network.
"""

from collections.abc import AsyncIterator

from bot import errors, wire
from bot.clock import Clock
from bot.connectors import client, silence
from bot.connectors.base import Account, Connector, HookAnswer, HookRequest
from bot.connectors.fake import receive, send, translate
from bot.connectors.fake.allowances import Allowances
from bot.connectors.fake.line import Line
from bot.connectors.signing import Keys


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> Connector:
    """The connector of one account. Raises Invalid when `base_url` is no address, or an option means nothing."""
    return Fake(account, manifest, clock)


class Fake:
    """One account's line. With a `hook_secret`, the network pushes and we do not ask."""

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        self.account = account
        self.manifest = manifest
        try:
            client.check(account.base_url)
        except errors.Refused as refused:
            raise errors.Invalid(f"base_url: {refused.message}", field="base_url") from refused
        self._allowances = Allowances(account.options)
        secret = account.secrets.get("hook_secret", "")
        self._keys = Keys(secret) if secret else None
        self._line = Line(account, clock)

    async def open(self) -> None:
        await self._line.open()

    async def close(self) -> None:
        await self._line.close()

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        return silence.nothing() if self._keys else receive.poll(self._line, cursor)

    def accept(self, request: HookRequest) -> HookAnswer:
        return receive.accept(request, self._keys, self._line.name)

    def reread(self, raw: bytes) -> wire.Batch:
        return translate.again(raw, self._line.name)

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        return await send.send(self._line, message)

    async def find(self, message: wire.OutboundMessage) -> wire.Receipt | None:
        return await send.find(self._line, message)

    async def probe(self) -> wire.ChannelHealth:
        return await send.probe(self._line)

    async def act(self, deed: wire.Deed) -> None:
        await send.act(self._line, deed)

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        return self._allowances.at(spot)

    def count(self, text: str) -> int:
        return len(text)
