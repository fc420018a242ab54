"""The account's OAuth 2 tokens. Each refresh token works once, so its successor is written down before it is used.

Two processes may share the account. Whoever is refused looks first whether the other has renewed the tokens meanwhile.
"""

import asyncio
import base64
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import msgspec

from bot import errors
from bot.clock import Clock
from bot.connectors.base import Vault
from bot.connectors.client import Answer, Client
from bot.connectors.x import remedies
from bot.connectors.x.options import Options

NAME = "tokens"
# An access token is renewed a little before its end, so that no request is begun with one that ends under way.
_MARGIN = timedelta(minutes=2)
_USUAL_LIFE = 7_200
_DENIED = (
    "X no longer lets this account's access be renewed. Connect the account again, and give the new refresh token."
)


class Kept(msgspec.Struct, frozen=True):
    """What the vault holds. `seed` names the configured token from which these descend."""

    access: str
    refresh: str
    expires_at: datetime
    seed: str

    def __repr__(self) -> str:
        return f"Kept(expires_at={self.expires_at!r})"


class _Grant(msgspec.Struct, frozen=True):
    """X's answer to a renewal."""

    access_token: str
    refresh_token: str = ""
    expires_in: int = _USUAL_LIFE

    def __repr__(self) -> str:
        return f"_Grant(expires_in={self.expires_in!r})"


class Tokens:
    """One account's tokens: read once, renewed one at a time."""

    def __init__(self, client: Client, options: Options, vault: Vault, clock: Clock) -> None:
        self._client = client
        self._options = options
        self._vault = vault
        self._clock = clock
        self._seed = hashlib.sha256(options.refresh_token.encode()).hexdigest()
        self._lock = asyncio.Lock()
        self._kept: Kept | None = None
        self._unwritten: Kept | None = None

    async def access(self) -> str:
        """An access token that is good now. Raises Reauthorize when a person must grant access again."""
        async with self._lock:
            kept = self._kept or await self._read()
            if self._unwritten is None and self._is_good(kept):
                return self._use(kept)
            return await self._renewed(kept)

    async def instead_of(self, refused: str) -> str:
        """Another access token than `refused`, which X did not take."""
        async with self._lock:
            kept = await self._read()
            if self._unwritten is None and kept.access != refused and self._is_good(kept):
                return self._use(kept)
            return await self._renewed(kept)

    def _is_good(self, kept: Kept) -> bool:
        return bool(kept.access) and self._clock() < kept.expires_at - _MARGIN

    def _use(self, kept: Kept) -> str:
        self._kept = kept
        return kept.access

    async def _read(self) -> Kept:
        """What is in the vault, unless the account was connected anew since: then the configured token begins a new line."""
        text = await self._vault.read(NAME)
        try:
            kept = msgspec.json.decode(text, type=Kept) if text else None
        except msgspec.DecodeError:
            kept = None
        if kept is None or kept.seed != self._seed:
            return Kept("", self._options.refresh_token, self._clock(), self._seed)
        return kept

    async def _renewed(self, kept: Kept) -> str:
        if self._unwritten is None:
            try:
                self._unwritten = await self._grant(kept)
            except errors.Reauthorize:
                other = await self._read()
                if other.refresh == kept.refresh or not self._is_good(other):
                    raise
                return self._use(other)
        # Until it is durable the only copy is here, and it is not used: the vault is tried again at the next asking.
        await self._vault.write(NAME, msgspec.json.encode(self._unwritten).decode())
        renewed, self._unwritten = self._unwritten, None
        return self._use(renewed)

    async def _grant(self, kept: Kept) -> Kept:
        form = {"grant_type": "refresh_token", "refresh_token": kept.refresh, "client_id": self._options.client_id}
        answer = await self._ask(urlencode(form).encode())
        if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise errors.Reauthorize(_DENIED)
        remedies.well(replace(answer, secrets=(*answer.secrets, kept.refresh)), self._clock(), acts=False)
        try:
            grant = msgspec.json.decode(answer.body, type=_Grant)
        except msgspec.DecodeError as error:
            raise errors.TryLater("X's answer to the renewal could not be read.") from error
        life = timedelta(seconds=max(grant.expires_in, 0))
        return Kept(grant.access_token, grant.refresh_token or kept.refresh, self._clock() + life, self._seed)

    async def _ask(self, form: bytes) -> Answer:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if self._options.client_secret:
            pair = f"{self._options.client_id}:{self._options.client_secret}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        try:
            return await self._client.request(
                "POST", self._options.base_url + "/2/oauth2/token", headers=headers, body=form
            )
        except errors.Uncertain as lost:
            raise errors.TryLater("X did not answer the renewal of our access.") from lost
