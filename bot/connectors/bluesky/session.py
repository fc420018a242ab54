"""Who we are signed in as. A token that the network changes is kept in the vault before it is used for the first time.

The process that hears and the one that sends share the vault: what one of them has renewed, the other takes from there.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import msgspec

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.base import Vault
from bot.connectors.bluesky import remedies
from bot.connectors.bluesky.options import Options
from bot.connectors.client import Answer

NAME = "session"
# Bluesky counts signings-in, 300 a day: a wrong password that is tried at each turn would use them up for the right one.
_PATIENCE = timedelta(minutes=10)
_Call = Callable[..., Awaitable[Answer]]


class Session(msgspec.Struct, frozen=True):
    """`home` is the server that holds the account: what begins at the common door goes on there.

    `seed` names the settings by which it was signed in.
    """

    did: str
    access: str
    refresh: str
    home: str
    seed: str

    def __repr__(self) -> str:
        return f"Session({self.did})"


class Sessions:
    """The one session of an account, made, renewed and remembered. `call` posts to an address, without an account."""

    def __init__(self, options: Options, vault: Vault, clock: Clock, call: _Call) -> None:
        self._options = options
        self._vault = vault
        self._clock = clock
        self._call = call
        self._seed = _seed(options)
        self._lock = asyncio.Lock()
        self._now: Session | None = None
        self._refused: tuple[float, str] | None = None

    async def current(self) -> Session:
        """The session: as it is, as the vault has it, or a new one by the password."""
        async with self._lock:
            if self._now is None:
                self._now = await self._kept() or await self._keep(await self._sign_in())
            return self._now

    async def renewed(self, spent: Session) -> Session:
        """A session in the place of one that has had its day. Raises Reauthorize when only a person can help."""
        async with self._lock:
            if self._now is not None and self._now.access != spent.access:
                return self._now
            kept = await self._kept()
            if kept is not None and kept.access != spent.access:
                self._now = kept
            else:
                self._now = await self._keep(await self._refreshed(spent) or await self._sign_in())
            return self._now

    async def _kept(self) -> Session | None:
        """What is in the vault, unless the settings were changed since: then the new ones must prove themselves."""
        try:
            kept = msgspec.json.decode(await self._vault.read(NAME) or "null", type=Session | None)
        except msgspec.DecodeError:
            return None
        return kept if kept and kept.seed == self._seed else None

    async def _keep(self, fresh: Session) -> Session:
        await self._vault.write(NAME, msgspec.json.encode(fresh).decode())
        return fresh

    async def _refreshed(self, spent: Session) -> Session | None:
        """By the refresh token; None when that has had its day, too. A lost answer does no harm: it is good for a while yet."""
        answer = await self._posted(f"{spent.home}/xrpc/com.atproto.server.refreshSession", None, spent.refresh)
        if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
            return None
        return self._session(remedies.read(answer, self._clock(), acts=False), spent.home)

    async def _sign_in(self) -> Session:
        self._spare_the_door()
        known = {"identifier": self._options.identifier, "password": self._options.password}
        answer = await self._posted(f"{self._options.base_url}/xrpc/com.atproto.server.createSession", known, "")
        try:
            told = remedies.read(answer, self._clock(), acts=False)
        except errors.Reauthorize as refused:
            self._refused = ((self._clock() + _PATIENCE).timestamp(), refused.message)
            raise
        return self._session(told, self._options.base_url)

    def _spare_the_door(self) -> None:
        if self._refused is not None and self._clock().timestamp() < self._refused[0]:
            raise errors.Reauthorize(self._refused[1])
        self._refused = None

    async def _posted(self, url: str, known: dict[str, str] | None, token: str) -> Answer:
        body = json.dumps(known).encode() if known else b""
        try:
            return await self._call(url, body, token)
        except errors.Uncertain as lost:
            raise errors.TryLater("Bluesky did not answer.") from lost

    def _session(self, told: dict[str, Any], home: str) -> Session:
        given = {name: told.get(name) for name in ("did", "accessJwt", "refreshJwt")}
        if not all(isinstance(value, str) and value for value in given.values()):
            raise errors.TryLater("Bluesky's answer to our signing in could not be read.")
        return Session(
            did=str(given["did"]),
            access=str(given["accessJwt"]),
            refresh=str(given["refreshJwt"]),
            home=self._home(told.get("didDoc")) or home,
            seed=self._seed,
        )

    def _home(self, document: object) -> str:
        """The address of the account's own server, as its public document tells; empty when that is no fit address."""
        services = document.get("service") if isinstance(document, dict) else None
        for service in services if isinstance(services, list) else []:
            if isinstance(service, dict) and str(service.get("id")).endswith("#atproto_pds"):
                address = str(service.get("serviceEndpoint")).rstrip("/")
                if wire.is_callable(address, is_local_allowed=self._options.is_private_network_allowed):
                    return address
        return ""


def _seed(options: Options) -> str:
    """A name for who signs in, where and by which password, from which none of them can be read."""
    signing_in = json.dumps([options.identifier, options.base_url, options.password])
    return hashlib.sha256(signing_in.encode()).hexdigest()
