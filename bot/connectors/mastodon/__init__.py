"""Mastodon, by one account on one instance: public mentions and private posts. Heard by stream, and by looking now and then."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.base import Account, Connector, HookAnswer, HookRequest
from bot.connectors.mastodon import counting, home, options, receive, remedies, translate
from bot.connectors.mastodon.api import Api
from bot.connectors.mastodon.home import Home
from bot.connectors.mastodon.receive import Ears
from bot.connectors.mastodon.send import Voice
from bot.connectors.mastodon.threads import Threads
from bot.connectors.mastodon.translate import Notification, Status

_RECEIPTS = 500
_CONNECTED = wire.ChannelHealth(wire.Health.CONNECTED)
_ALLOWED = wire.Permission()
_WAYS = {
    "like": ("POST", "/favourite"),
    "unlike": ("POST", "/unfavourite"),
    "delete": ("DELETE", ""),
}


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> Connector:
    """The connector of one account. Raises Invalid when a setting is not fit. The instance is asked nothing before `open`."""
    return Mastodon(account, manifest, clock)


@dataclass(frozen=True, slots=True)
class _Line:
    """All that is known once the instance has told who we are."""

    api: Api
    home: Home
    our_id: str
    threads: Threads
    voice: Voice


class Mastodon:
    """One account's line. The instance tells who we are at `open`; until then nothing can be heard or sent."""

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        self.account = account
        self.manifest = manifest
        self._clock = clock
        self._options = options.read(account)
        self._connected: _Line | None = None
        self._receipts: deque[str] = deque(maxlen=_RECEIPTS)

    async def open(self) -> None:
        """Ask the instance who we are, and what may be said there."""
        await self.close()
        api = Api(self._options, self._clock)
        await api.open()
        try:
            self._connected = await self._meet(api)
        except BaseException:
            await api.close()
            raise

    async def close(self) -> None:
        line, self._connected = self._connected, None
        if line:
            await line.api.close()

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:
        line = self._line()
        ears = Ears(line.api, line.threads, line.our_id, self._options.requests, self._clock, cursor)
        return receive.listen(line.api, ears, line.home.streaming_url, self._clock)

    def accept(self, request: HookRequest) -> HookAnswer:  # noqa: ARG002  the protocol's
        raise errors.NotAllowed("Mastodon does not call us.")

    def reread(self, raw: bytes) -> wire.Batch:
        """One notification, or one post as its author changed it."""
        found = remedies.parsed(raw)
        if isinstance(found, dict) and "type" in found and "content" not in found:
            status = translate.struct(found, Notification).status
            said = translate.said(status, self._line().threads.guess(status)) if status else []
            return wire.Batch(tuple(said))
        status = translate.struct(found, Status)
        return wire.Batch((translate.edited(status, self._line().threads.guess(status)),))

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        line = self._line()
        receipt = await line.voice.send(message)
        self._receipts.append(receipt.external_id)
        if message.is_public:
            line.threads.remember(receipt.external_id, message.conversation_id)
        return receipt

    async def find(self, message: wire.OutboundMessage) -> wire.Receipt | None:
        return await self._line().voice.find(message, frozenset(self._receipts))

    async def probe(self) -> wire.ChannelHealth:
        try:
            await _ourselves(self._line().api)
        except errors.Reauthorize as error:
            return wire.ChannelHealth(wire.Health.BAD_CREDENTIALS, error.message)
        except errors.TryLater as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message, error.after)
        except errors.ComptoirError as error:
            return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message)
        return _CONNECTED

    async def act(self, deed: wire.Deed) -> None:
        line = self._line()
        if deed.act == "edit":
            return await line.voice.edit(deed)
        if deed.act not in _WAYS:
            raise errors.Refused(f"Mastodon knows no {deed.act}.")
        method, way = _WAYS[deed.act]
        try:
            await line.api.change(method, f"v1/statuses/{translate.path(deed.message_id)}{way}")
        except errors.NotFound:
            if deed.act != "delete":
                raise errors.Refused("The post is no longer there.") from None
        return None

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        acts = {"like": _ALLOWED, "edit": _ALLOWED, "delete": _ALLOWED}
        if spot.is_public:
            acts["private_reply"] = _ALLOWED
        limit = self._connected.home.limit if self._connected else self.manifest.limit
        files = self._connected.home.files if self._connected else wire.FileRules()
        return wire.Capabilities(limit=limit, is_public=spot.is_public, acts=acts, files=files)

    def count(self, text: str) -> int:
        return counting.count(text, self._connected.home.link if self._connected else counting.LINK)

    async def _meet(self, api: Api) -> _Line:
        our_id = await _ourselves(api)
        place = await self._home(api)
        voice = Voice(api, place, our_id, self._options.replies)
        return _Line(api, place, our_id, Threads(voice.status, our_id), voice)

    async def _home(self, api: Api) -> Home:
        try:
            return home.read(await api.get("v2/instance"), self._options.base_url)
        except errors.NotFound:
            return home.read_old(await api.get("v1/instance"), self._options.base_url)

    def _line(self) -> _Line:
        if self._connected is None:
            raise errors.TryLater("The channel is not connected yet.")
        return self._connected


async def _ourselves(api: Api) -> str:
    """The account's id."""
    try:
        return translate.struct(await api.get("v1/accounts/verify_credentials"), translate.Account).id
    except errors.Invalid as error:
        raise errors.TryLater(remedies.LOST) from error
