"""X: posts that mention the account, and direct messages. Heard by asking, by one of X's streams, or by webhook."""

import contextlib
from collections.abc import AsyncIterator

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.base import Account, Connector, HookAnswer, HookRequest
from bot.connectors.x import activity, costs, counting, enclosures, options, permissions, places, receive, subscribing
from bot.connectors.x.api import Api
from bot.connectors.x.costs import Meter
from bot.connectors.x.events import Events
from bot.connectors.x.fields import Ourselves
from bot.connectors.x.keeping import Kept
from bot.connectors.x.live import Live, Silence
from bot.connectors.x.options import Mode
from bot.connectors.x.reader import Reader
from bot.connectors.x.receive import Listener
from bot.connectors.x.send import Sender
from bot.connectors.x.stream import Ears


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> Connector:
    """The connector of one account. Raises Invalid when a setting is not fit. X is asked nothing before `open`."""
    return X(account, manifest, clock)


class X:
    """One account's line. X tells who the account is at `open`; until then nothing can be heard or sent."""

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        self.account = account
        self.manifest = manifest
        self._clock = clock
        self._options = options.read(account)
        self._api = Api(self._options, account.vault, clock)
        self._meter = Meter(account.vault, clock, self._options.monthly_cap)
        self._sender = Sender(self._api, self._meter, self._options, clock)
        self._reader: Reader | None = None
        self._listener: Listener | None = None

    async def open(self) -> None:
        """Meet the account. Asked once, because X lets itself be paid for the answer."""
        await self._api.open()
        try:
            await self._meter.open()
            self._reader = self._reader or Reader(await self._meet(), self._clock)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of the line. A webhook stays set: X tries again what it cannot deliver."""
        try:
            await self._meter.keep()
        finally:
            await self._api.close()

    async def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        reader = self._ears()
        self._listener = Listener(self._api, reader, self._meter, self._options, self._clock)
        if self._options.mode is Mode.WEBHOOK:
            await subscribing.subscribe_door(self._api, reader.us, self._options.hook_url)
        elif self._options.mode is Mode.ACTIVITY:
            await subscribing.subscribe(self._api, reader.us)
        async with self._live(reader) as live, contextlib.aclosing(self._listener.listen(cursor, live)) as batches:
            async for batch in batches:
                yield batch

    def accept(self, request: HookRequest) -> HookAnswer:
        if self._options.mode is not Mode.WEBHOOK:
            raise errors.NotAllowed("This channel is not heard by webhook.")
        if request.method == "GET":
            return HookAnswer(body=activity.challenge(request, self._options.consumer_secret))
        activity.verify(request, self._options.consumer_secret)
        batch = self._ears().event(activity.event(request))
        self._meter.read(costs.EVENT, costs.billed(batch))
        return HookAnswer(batch)

    def reread(self, raw: bytes) -> wire.Batch:
        return self._ears().again(raw)

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        return await self._sender.send(message)

    async def find(self, message: wire.OutboundMessage) -> wire.Receipt | None:
        """What we wrote since we tried, if it is there. Otherwise always Uncertain: X may show it only later."""
        return await self._sender.find(message, self._ears().us)

    async def fetch(self, file: wire.Attachment) -> bytes:
        """A file of a post, which everybody may have, or of a direct message, which needs the account's token."""
        return await enclosures.fetched(self._api, self._meter, file)

    async def act(self, deed: wire.Deed) -> None:
        """Hide and show a reply under our own post; delete words of ours."""
        if deed.act not in {"hide", "unhide", "delete"}:
            raise errors.Refused(f"X lets no app like this one {deed.act}.")
        if not places.is_number(deed.message_id):
            raise errors.Refused("This can be done with posts only.")
        if deed.act == "delete":
            await self._api.delete(deed.message_id)
            self._meter.spend(costs.DELETION)
        else:
            await self._api.hide(deed.message_id, is_hidden=deed.act == "hide")
        await self._meter.keep()

    async def probe(self) -> wire.ChannelHealth:
        if self._reader and self._reader.is_revoked:
            return wire.ChannelHealth(wire.Health.BAD_CREDENTIALS, receive.REVOKED)
        if self._meter.is_spent:
            return wire.ChannelHealth(wire.Health.PAUSED, self._meter.sentence())
        try:
            await self._meet()
            is_delivered = await self._is_delivered()
            await self._meter.keep()
        except errors.Reauthorize as error:
            return wire.ChannelHealth(wire.Health.BAD_CREDENTIALS, error.message)
        except errors.TryLater as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message, error.after)
        except errors.Refused as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message)
        if not is_delivered:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, "X does not know our address, or found it shut.")
        gap = self._listener.gap if self._listener else ""
        return wire.ChannelHealth(wire.Health.CONNECTED, gap or self._meter.sentence())

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        return permissions.at(spot, self._options, self.manifest.limit)

    def count(self, text: str) -> int:
        return counting.weight(text)

    async def _meet(self) -> Ourselves:
        told = (await self._api.me()).get("data")
        if not isinstance(told, dict) or not places.is_number(told.get("id")):
            raise errors.TryLater("X did not say who the account is.")
        self._meter.read(costs.USER, [told["id"]])
        return Ourselves(told["id"], str(told.get("username") or ""))

    async def _is_delivered(self) -> bool:
        """Before it listens nothing is set up, and nothing is wrong with that."""
        if self._options.mode is not Mode.WEBHOOK or self._listener is None:
            return True
        return await subscribing.is_delivering(self._api, self._options.hook_url)

    @contextlib.asynccontextmanager
    async def _live(self, reader: Reader) -> AsyncIterator[Live]:
        ears: Kept
        match self._options.mode:
            case Mode.STREAM:
                ears = Ears(self._api, self._options, reader.us)
            case Mode.ACTIVITY:
                ears = Events(self._api, self._options)
            case _:
                yield Silence()
                return
        await ears.open()
        try:
            yield ears
        finally:
            await ears.close()

    def _ears(self) -> Reader:
        if self._reader is None:
            raise errors.TryLater("The channel is not connected yet.")
        return self._reader
