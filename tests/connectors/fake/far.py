"""The fake network as the contract's far side."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot import wire
from bot.clock import HeldClock
from bot.connectors import registry
from bot.connectors.base import Account, Connector, HookRequest
from bot.connectors.fake.faults import Faults
from bot.connectors.fake.ledger import What
from bot.connectors.fake.network import FakeNetwork
from bot.connectors.fake.payloads import User
from bot.connectors.fake.server import FakeServer
from bot.connectors.fake.stream import BABBLE
from bot.connectors.signing import Keys
from tests.connectors.far_side import WAIT, FarSide, Taken, TakenFile, Trouble

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOOK_SECRET = "whsec_c2VjcmV0IG9mIHRoZSBmYWtlIGhvb2ssIDMyIGJ5dGVz"
TOKEN = "token-of-the-branch"
ADA = User(id="ada", name="Ada Lovelace", username="ada")
CHAT = "chat-ada"


class FakeFar(FarSide):
    """One account, one contact, one private chat."""

    network = "fake"
    secrets = (TOKEN, HOOK_SECRET)

    def __init__(self, *, is_pushed: bool = False) -> None:
        self.clock = HeldClock(NOW)
        self.net = FakeNetwork(self.clock)
        self.account = self.net.account("branch", TOKEN)
        self.account.open(CHAT)
        self.server = FakeServer(self.net)
        self.is_pushed = is_pushed

    def connect(self) -> Connector:
        pushed = {"hook_secret": HOOK_SECRET} if self.is_pushed else {}
        account = Account(
            name="branch",
            network="fake",
            base_url=self.server.url,
            options={},
            secrets={"token": TOKEN} | pushed,
            is_private_network_allowed=True,
        )
        return registry.connect(account, self.clock)

    async def say(self, text: str) -> str:
        return (await self.account.say(ADA, text)).id

    async def edit(self, external_id: str, text: str) -> None:
        await self.account.edit(external_id, text)

    async def delete(self, external_id: str) -> None:
        await self.account.delete(external_id)

    async def babble(self) -> None:
        await self.account.babble()

    async def trouble(self, kind: Trouble) -> None:
        if kind is Trouble.UNREACHABLE:
            await self.server.refuse()
            return
        self.account.faults = {
            Trouble.RATE_LIMIT: Faults(rate_limits=1, retry_after=WAIT.total_seconds()),
            Trouble.BAD_CREDENTIALS: Faults(bad_credentials=True),
            Trouble.REFUSAL: Faults(refusals=1),
            # aiohttp asks a second time by itself where asking does no harm.
            Trouble.LOST_ANSWER: Faults(lost_answers=2),
            Trouble.NONSENSE: Faults(nonsense=1),
        }[kind]

    async def recover(self) -> None:
        self.account.faults = Faults()
        await self.server.accept()

    def taken(self) -> list[Taken]:
        return [
            Taken(
                entry.post, entry.thread, entry.text, self.account.posts[entry.post].reply_to, self._files(entry.post)
            )
            for entry in self.net.ledger.entries(What.TAKEN)
        ]

    def _files(self, post: str) -> tuple[TakenFile, ...]:
        return tuple(TakenFile(file.kind, file.body, file.alt) for file in self.account.files[post])

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return wire.OutboundMessage(key=key, conversation_id=CHAT, text=text, is_public=False)

    def hook(self, text: str) -> HookRequest:
        return self.signed(updates([update(text)]))

    def babbling_hook(self) -> HookRequest:
        return self.signed(b'{"updates":[' + BABBLE + b'],"next":1}')

    def kept(self, text: str) -> bytes:
        return json.dumps(update(text)).encode()

    def forged_hooks(self) -> list[HookRequest]:
        right = self.hook("forged")
        unsigned = {name: value for name, value in right.headers.items() if name != "webhook-signature"}
        another = Keys("whsec_" + "b3RoZXIg" * 5).sign("1", right.body, NOW)
        return [
            replace(right, headers=unsigned),
            replace(right, headers={**right.headers, **another}),
            replace(right, body=right.body + b" "),
        ]

    def broken_hooks(self) -> list[HookRequest]:
        return [self.signed(body) for body in (b"", b"[", b"3", b'{"updates":3}', b"{}")]

    def signed(self, body: bytes) -> HookRequest:
        headers = Keys(HOOK_SECRET).sign("1", body, NOW) | {"content-type": "application/json"}
        return HookRequest("POST", headers, {}, body, NOW)


def update(text: str) -> dict[str, object]:
    author = {"id": "ada", "name": "Ada"}
    post = {"id": "m1", "thread": CHAT, "author": author, "at": NOW.isoformat(), "text": text}
    return {"number": 1, "kind": "said", "post": post}


def updates(told: Sequence[object]) -> bytes:
    return json.dumps({"updates": told, "next": len(told)}).encode()
