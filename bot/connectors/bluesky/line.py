"""The line to Bluesky: XRPC, which is GET to ask and POST to act, over the desk's one guarded way out.

The SDK (atproto 0.0.73) is not used here; it is the tests' second opinion. Its client could be given our way out, but it
reads a page of notifications as a whole, so that one odd record would spoil the others', and it follows redirects. What
would be left of it, finding links in a text, costs 36 MB of memory and 0.8 s at the first channel. So the few calls
that a desk needs are spoken plainly, and the tests hold what we say to the SDK's models.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from bot import errors
from bot.clock import Clock
from bot.connectors.base import Vault
from bot.connectors.bluesky import remedies
from bot.connectors.bluesky.options import Options
from bot.connectors.bluesky.session import Session, Sessions
from bot.connectors.client import Answer, Client

CHAT = "did:web:api.bsky.chat#bsky_chat"
# A hundred notifications with their records at their longest.
_MOST_BYTES = 20_000_000
_JSON = {"content-type": "application/json"}
# What acts goes over a connection of its own: one that was kept may be dead, and then nobody could tell whether the words
# had arrived.
_ONCE = {"connection": "close"}
_LONGEST_PAUSE = timedelta(minutes=1)


class Line:
    """One account's line. `ask` and `act` raise our errors and no others."""

    def __init__(self, options: Options, vault: Vault, clock: Clock) -> None:
        self._clock = clock
        self._client = Client(
            is_private_network_allowed=options.is_private_network_allowed,
            secrets=(options.password,),
            most_bytes=_MOST_BYTES,
        )
        self._sessions = Sessions(options, vault, clock, self._post)
        self._left: tuple[int, datetime] | None = None

    async def open(self) -> None:
        """Ready to speak, and known to the network."""
        await self._client.open()
        await self._sessions.current()

    async def close(self) -> None:
        await self._client.close()

    async def me(self) -> str:
        """Our DID."""
        return (await self._sessions.current()).did

    async def ask(self, method: str, known: Mapping[str, Any], *, chat: bool = False) -> dict[str, Any]:
        """The answer to a question; asking twice does no harm."""
        query = urlencode([(name, value) for name, value in known.items() if value], doseq=True)

        async def once(session: Session) -> Answer:
            return await self._client.get(
                f"{session.home}/xrpc/{method}?{query}", headers=_headers(session.access, chat)
            )

        return await self._answered(once, acts=False)

    async def act(self, method: str, known: Mapping[str, Any], *, chat: bool = False) -> dict[str, Any]:
        """The answer to a deed. Raises Uncertain when it may have been done."""
        body = json.dumps(known).encode()

        async def once(session: Session) -> Answer:
            headers = _headers(session.access, chat) | _JSON | _ONCE
            return await self._client.request("POST", f"{session.home}/xrpc/{method}", headers=headers, body=body)

        return await self._answered(once, acts=True)

    async def lay(self, kind: str, body: bytes) -> dict[str, Any]:
        """What the server says of a file that is laid with it. Raises Uncertain when it may lie there."""

        async def once(session: Session) -> Answer:
            headers = _headers(session.access, chat=False) | {"content-type": kind} | _ONCE
            address = f"{session.home}/xrpc/com.atproto.repo.uploadBlob"
            return await self._client.request("POST", address, headers=headers, body=body)

        return await self._answered(once, acts=True)

    async def picture(self, url: str) -> bytes:
        """A picture that everybody may see: it is asked for without telling who asks."""
        answer = await self._client.get(url, headers={})
        if answer.status == HTTPStatus.OK:
            return answer.body
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise errors.TryLater("Bluesky asks us to wait.", after=remedies.wait(answer, self._clock()))
        if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise errors.Refused("The network no longer has this file.")
        raise errors.TryLater(f"The network answered {answer.status}.")

    def pause(self, usual: timedelta) -> timedelta:
        """How long to rest before asking again, so that what is left of the network's limit lasts until it is counted anew."""
        if self._left is None:
            return usual
        left, until = self._left
        return max(usual, min((until - self._clock()) / max(left, 1), _LONGEST_PAUSE))

    async def _answered(self, once: Any, *, acts: bool) -> dict[str, Any]:
        session = await self._sessions.current()
        answer = await once(session)
        for _ in range(2):  # what the vault has may be spent as well
            if not remedies.is_spent(answer):
                break
            session = await self._sessions.renewed(session)
            answer = await once(session)
        self._note(answer)
        return remedies.read(answer, self._clock(), acts=acts)

    def _note(self, answer: Answer) -> None:
        left, until = answer.headers.get("ratelimit-remaining", ""), remedies.reset_at(answer)
        if left.isascii() and left.isdigit() and until:
            self._left = int(left[:9]), until

    async def _post(self, url: str, body: bytes, token: str) -> Answer:
        headers = (_headers(token, chat=False) if token else {}) | (_JSON if body else {}) | _ONCE
        return await self._client.request("POST", url, headers=headers, body=body)


def _headers(token: str, chat: bool) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} | ({"atproto-proxy": CHAT} if chat else {})


def listed(told: Mapping[str, Any], name: str) -> list[Any]:
    """The list of this name in an answer. Raises TryLater when there is none: this is no answer of Bluesky's."""
    found = told.get(name)
    if not isinstance(found, list):
        raise errors.TryLater("Bluesky's answer was lost or could not be read.")
    return found
