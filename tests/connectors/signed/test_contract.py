"""The signed door keeps the promises of every connector."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import standardwebhooks
from aiohttp import web

from bot import clock, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector, HookRequest
from tests.connectors import contract
from tests.connectors.far_side import FarSide, NotOnThisNetwork, Taken, TakenFile, Trouble, opened
from tests.connectors.signed.receiver import SECRET, Receiver, encoded, message


class SignedFar(FarSide):
    """One source that signs, and takes answers."""

    network = "signed"
    secrets = (SECRET,)

    def __init__(self) -> None:
        self.receiver = Receiver()

    def connect(self) -> Connector:
        account = Account(
            name="shop",
            network="signed",
            base_url="",
            options={"reply_url": self.receiver.url},
            secrets={"secret": SECRET},
            is_private_network_allowed=True,
        )
        return registry.connect(account, clock.now)

    async def say(self, text: str) -> str:
        raise NotOnThisNetwork("a signed source speaks by hook only")

    async def edit(self, external_id: str, text: str) -> None:
        raise NotOnThisNetwork("a signed source speaks by hook only")

    async def delete(self, external_id: str) -> None:
        raise NotOnThisNetwork("a signed source speaks by hook only")

    async def babble(self) -> None:
        raise NotOnThisNetwork("a signed source speaks by hook only")

    async def trouble(self, kind: Trouble) -> None:
        if kind is Trouble.UNREACHABLE:
            await self.receiver.stop()
            return
        troubles: dict[Trouble, int | str | web.Response] = {
            Trouble.RATE_LIMIT: 429,
            Trouble.BAD_CREDENTIALS: 401,
            Trouble.REFUSAL: 400,
            Trouble.LOST_ANSWER: "cut",
            Trouble.NONSENSE: web.Response(text="<!doctype html><p>Welcome", content_type="text/html"),
        }
        self.receiver.instead = [troubles[kind]]

    async def recover(self) -> None:
        self.receiver.instead = []
        await self.receiver.start()

    def taken(self) -> list[Taken]:
        return [
            Taken(f"reply-{key}", told["conversation_id"], told["text"], told["in_reply_to"], _files(told))
            for key, told in self.receiver.taken.items()
        ]

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return wire.OutboundMessage(key=key, conversation_id="c1", text=text, is_public=False)

    def hook(self, text: str) -> HookRequest:
        return self.signed(encoded(message(text)))

    def babbling_hook(self) -> HookRequest:
        raise NotOnThisNetwork("what a signed source says and we cannot read, it is told, and says better")

    def kept(self, text: str) -> bytes:
        return encoded(message(text))

    def forged_hooks(self) -> list[HookRequest]:
        right = self.hook("forged")
        unsigned = {name: value for name, value in right.headers.items() if name != "webhook-signature"}
        another = self.signed(right.body, "whsec_" + "b3RoZXIg" * 5)
        return [
            replace(right, headers=unsigned),
            replace(right, headers={}),
            another,
            replace(right, body=right.body + b" "),
        ]

    def broken_hooks(self) -> list[HookRequest]:
        return [self.signed(body) for body in (b"", b"[", b"3", b"{}", encoded([message()] * 101))]

    def signed(self, body: bytes, secret: str = SECRET) -> HookRequest:
        now = clock.now()
        signature = standardwebhooks.Webhook(secret).sign("1", now, body.decode())
        headers = {"webhook-id": "1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
        return HookRequest("POST", headers, {}, body, now)


def _files(told: dict[str, Any]) -> tuple[TakenFile, ...]:
    """As any receiver reads them: base64, and the media type beside it."""
    return tuple(TakenFile(file["kind"], base64.b64decode(file["body"]), file["alt"]) for file in told["files"])


@pytest.fixture
async def far() -> AsyncIterator[SignedFar]:
    """A source that signs, with a server for answers."""
    far = SignedFar()
    await far.receiver.start()
    yield far
    await far.receiver.stop()


class TestManifest(contract.ManifestIsComplete):
    pass


class TestHooks(contract.Hooks):
    pass


class TestKeeping(contract.Keeping):
    pass


class TestSending(contract.Sending):
    async def test_reply(self, far: FarSide) -> None:
        """An answer says in which conversation it belongs, and which words it answers."""
        async with opened(far) as connector:
            await connector.send(wire.OutboundMessage("key-1", "c7", "hello!", is_public=False, in_reply_to="m7"))

        assert [Taken("reply-key-1", "c7", "hello!", "m7")] == far.taken()
