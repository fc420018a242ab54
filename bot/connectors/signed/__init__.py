"""The signed HTTP door, for any source that can make a request: a shop, a chat bot, a bridge to a network that we do not speak.

In: `POST /hooks/<channel>`, signed as Standard Webhooks says, with one `InboundMessage` or a list of up to a hundred.
Out: a POST of one `OutboundMessage` to `reply_url`, signed the same way. Asked by GET with `?key=…`, the other side may tell
whether it has that answer: `{"external_id": "…"}`, or null when it has not.
"""

from collections.abc import AsyncIterator

from bot import errors, wire
from bot.clock import Clock
from bot.connectors import client, enclosing, silence
from bot.connectors.base import Account, Connector, HookAnswer, HookRequest
from bot.connectors.signed import receive, send, translate
from bot.connectors.signing import Keys

# What a body of JSON may carry, in base64, without weighing on either side.
FILES = wire.FileRules(
    4, {"image/jpeg": 5_000_000, "image/png": 5_000_000, "application/pdf": 5_000_000}, 2_048, has_alt=True
)
# A key of the catalogue.
NO_REPLY_URL = "no_reply_url"


def connect(account: Account, manifest: wire.Manifest, clock: Clock) -> Connector:
    """The door of one channel. Raises Invalid for a secret or an address that cannot be used."""
    return SignedDoor(account, manifest, clock)


class SignedDoor:
    """One channel that signs. Nothing is called until there is an answer to post."""

    def __init__(self, account: Account, manifest: wire.Manifest, clock: Clock) -> None:
        self.account = account
        self.manifest = manifest
        self._clock = clock
        self._keys = Keys(account.secrets.get("secret", ""), account.secrets.get("old_secret", ""))
        self._reply_url = account.options.get("reply_url", "") or account.base_url
        self._limit = _limit(account, manifest)
        if self._reply_url:
            _check(self._reply_url, is_local_allowed=account.is_private_network_allowed)
        self._client = client.Client(is_private_network_allowed=account.is_private_network_allowed)

    async def open(self) -> None:
        await self._client.open()

    async def close(self) -> None:
        await self._client.close()

    def receive(self, cursor: str | None) -> AsyncIterator[wire.Batch]:  # noqa: ARG002  all comes by webhook
        return silence.nothing()

    def accept(self, request: HookRequest) -> HookAnswer:
        return receive.accept(request, self._keys)

    def reread(self, raw: bytes) -> wire.Batch:
        return wire.Batch(translate.messages(raw, self._clock()))

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        if self.count(message.text) > self._limit:
            raise errors.Refused("The text is too long for this channel.")
        enclosing.check(message, FILES)
        return await send.send(message, self._address(), self._client, self._keys, self._clock)

    async def find(self, message: wire.OutboundMessage) -> wire.Receipt | None:
        return await send.find(message, self._address(), self._client, self._keys, self._clock)

    async def probe(self) -> wire.ChannelHealth:
        if not self._reply_url:
            return wire.ChannelHealth(wire.Health.CONNECTED)
        return await send.probe(self._reply_url, self._client, self._keys, self._clock)

    async def act(self, deed: wire.Deed) -> None:
        raise errors.Refused(f"The signed door knows no {deed.act}.")

    def capabilities(self, spot: wire.Spot) -> wire.Capabilities:
        why_not = "" if self._reply_url else NO_REPLY_URL
        files = wire.FileRules() if why_not else FILES
        return wire.Capabilities(not why_not, why_not, self._limit, is_public=spot.is_public, files=files)

    def count(self, text: str) -> int:
        return len(text)

    def _address(self) -> str:
        if not self._reply_url:
            raise errors.Refused("Nobody can answer on this channel: it has no reply_url.")
        return self._reply_url


def _limit(account: Account, manifest: wire.Manifest) -> int:
    text = account.options.get("limit", "") or str(manifest.limit)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= manifest.limit):
        raise errors.Invalid(f"limit must be a number from 1 to {manifest.limit}.", field="limit")
    return int(text)


def _check(url: str, *, is_local_allowed: bool) -> None:
    if not wire.is_callable(url, is_local_allowed=is_local_allowed):
        raise errors.Invalid(wire.NOT_CALLABLE, field="reply_url")
