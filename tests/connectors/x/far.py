"""X's side for the connector's contract, played on the loopback X; and the shapes of events that tests share."""

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable
from typing import Any, Protocol

import msgspec
from aiohttp import web

from bot import clock, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector, Forgetful, HookRequest, Vault
from tests.connectors import far_side
from tests.connectors.far_side import Taken, TakenFile, Trouble
from tests.connectors.x.x_api import (
    ANN,
    BEARER,
    CLIENT_ID,
    CLIENT_SECRET,
    FIRST_REFRESH,
    HTML,
    US,
    XApi,
    problem,
    stamp,
)

CONSUMER_SECRET = "the-app-s-api-key-secret"
HOOK_URL = "https://desk.example/hooks/x-test"
PRIVATE = f"dm:{ANN['id']}"


def account(api: XApi, vault: Vault | None = None, **options: str) -> Account:
    quick = {"client_id": CLIENT_ID, "poll_seconds": "0.05", "dm_poll_seconds": "0.05"}
    return Account(
        name="x-test",
        network="x",
        base_url=api.url,
        options=quick | options,
        secrets={
            "client_secret": CLIENT_SECRET,
            "refresh_token": FIRST_REFRESH,
            "bearer_token": BEARER,
            "consumer_secret": CONSUMER_SECRET,
        },
        hook_url=HOOK_URL,
        is_private_network_allowed=True,
        vault=vault or Forgetful(),
    )


def signed(body: bytes, secret: str = CONSUMER_SECRET) -> str:
    """By X's recipe, written down a second time here."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def request(body: bytes, signature: str | None = "right", method: str = "POST") -> HookRequest:
    """A request at our door, with X's header when there is a signature."""
    headers = {"content-type": "application/json"}
    if signature is not None:
        headers["x-twitter-webhooks-signature"] = signed(body) if signature == "right" else signature
    return HookRequest(method, headers, {}, body, clock.now())


def event(kind: str, payload: Any, **more: Any) -> dict[str, Any]:
    """One event of the Activity API."""
    told = {
        "event_uuid": "-1",
        "filter": {"user_id": US["id"]},
        "event_type": kind,
        "tag": "comptoir",
        "payload": payload,
    }
    return {"data": told | more}


def direct(text: str, id_: str = "2080765901528535096", sender: dict[str, str] = ANN, **more: Any) -> dict[str, Any]:
    """A direct message in the shape that events have."""
    said = {
        "type": "message_create",
        "id": id_,
        "created_timestamp": "1784928224372",
        "message_create": {
            "target": {"recipient_id": (US if sender is ANN else ANN)["id"]},
            "sender_id": sender["id"],
            "message_data": {"text": text, "entities": {"urls": []}},
        },
    }
    people = {one["id"]: {"data": one} for one in (ANN, US)}
    kind = "dm.received" if sender is ANN else "dm.sent"
    return event(kind, {"direct_message_events": [said], "users": people}, **more)


class Line(Protocol):
    """What the fixture `line` is."""

    def __call__(
        self, at: clock.Clock = clock.now, vault: Vault | None = None, **options: str
    ) -> Awaitable[Connector]: ...


class XFar(far_side.FarSide):
    """`mode` is how the connector under test hears; `in_public` whether the conversation of the test is a public one."""

    network = "x"
    secrets = (CLIENT_SECRET, FIRST_REFRESH, BEARER, CONSUMER_SECRET, "access-token-", "refresh-token-")

    @property
    def repeated(self) -> str:
        return f"{CLIENT_SECRET} {FIRST_REFRESH} {BEARER} {CONSUMER_SECRET} {self.api.access_token}"

    def __init__(self, api: XApi, mode: str, *, in_public: bool) -> None:
        self.api = api
        self.mode = mode
        self.in_public = in_public
        # What is durable outlives the connector, as the desk's database does.
        self.vault = Forgetful()
        self._thread = ""

    def connect(self) -> Connector:
        return registry.connect(account(self.api, self.vault, mode=self.mode), clock.now)

    async def say(self, text: str) -> str:
        if not self.in_public:
            return f"dm:{self.api.dm(text)['id']}"
        post = self.api.post(text, **({"conversation_id": self._thread} if self._thread else {}))
        self._thread = self._thread or post["id"]
        return str(post["id"])

    async def edit(self, external_id: str, text: str) -> None:
        raise far_side.NotOnThisNetwork("whoever asks X is shown an edited post's last version only; events tell each")

    async def delete(self, external_id: str) -> None:
        raise far_side.NotOnThisNetwork("whoever asks X is not told of deletions; events tell of some")

    async def babble(self) -> None:
        things = self.api.posts if self.in_public else self.api.dms
        things.append(
            {"id": self.api.new_id(), "text": ["no text"], "author_id": 12, "created_at": stamp(self.api.now())}
        )

    async def trouble(self, kind: Trouble) -> None:
        match kind:
            case Trouble.RATE_LIMIT:
                self.api.instead.append(lambda: problem(429, "Too Many Requests", **{"retry-after": "8"}))
            case Trouble.BAD_CREDENTIALS:
                # The access token, and then what would renew it.
                self.api.denied = 2
            case Trouble.REFUSAL:
                self.api.instead.append(lambda: problem(403, f"Not permitted: {self.repeated}"))
            case Trouble.NONSENSE:
                self.api.instead.append(lambda: web.Response(text=HTML, status=503, content_type="text/html"))
            case Trouble.LOST_ANSWER:
                # A question on a kept connection is asked again by the library itself; that answer is lost, too.
                self.api.answers_lost = 2
            case Trouble.UNREACHABLE:
                await self.api.stop()

    async def recover(self) -> None:
        self.api.instead.clear()
        self.api.answers_lost = self.api.denied = 0
        await self.api.stop()
        await self.api.start()

    def taken(self) -> list[Taken]:
        if self.in_public:
            return [self._taken_post(one) for one in self.api.own]
        return [
            Taken(f"dm:{one['id']}", f"dm:{one['to']}", one["text"], files=self._files(one["id"]))
            for one in self.api.written
        ]

    def _files(self, id_: str) -> tuple[TakenFile, ...]:
        return self.api.uploads.taken(self.api.media[id_])

    def _taken_post(self, one: dict[str, Any]) -> Taken:
        text = one["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        if self.api.media[one["id"]]:
            text = text.rpartition("https://t.co/")[0].strip()
        answered = one["referenced_tweets"][0]["id"]
        place = f"{one['conversation_id']}~{one['in_reply_to_user_id']}"
        return Taken(one["id"], place, text, answered, self._files(one["id"]))

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        if self.in_public:
            return wire.OutboundMessage(key, f"20~{ANN['id']}", text, is_public=True, in_reply_to="20")
        return wire.OutboundMessage(key, PRIVATE, text, is_public=False)

    def hook(self, text: str) -> HookRequest:
        return request(json.dumps(direct(text)).encode())

    def babbling_hook(self) -> HookRequest:
        return request(json.dumps(event("dm.received", {"direct_message_events": [{"id": 3}]})).encode())

    def kept(self, text: str) -> bytes:
        post = self.api.post(text)
        return json.dumps({"kind": "post", "payload": post, "includes": {}}).encode()

    def forged_hooks(self) -> list[HookRequest]:
        body = self.hook("forged").body
        others = (
            None,
            "",
            "sha256=",
            "wrong",
            signed(body, "another"),
            signed(body + b" "),
            signed(body)[:-1],
            "é\udcff",
        )
        return [request(body, signature) for signature in others]

    def broken_hooks(self) -> list[HookRequest]:
        bodies = (b"", b"{", b"[]", b'"text"', b"{}", b'{"data": []}', b'{"data": {"event_type": 3}}', b"\xff\xfe")
        return [request(body) for body in (*bodies, b"[" * 100_000, b" " * 2_000_000)]


def words(text: str, conversation_id: str, **more: Any) -> wire.OutboundMessage:
    plain = wire.OutboundMessage(key="key", conversation_id=conversation_id, text=text, is_public=False)
    return msgspec.structs.replace(plain, **more)
