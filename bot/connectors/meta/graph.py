"""The line to Meta's Graph: the version in the path, the token in a header, and beside it the proof that we are the app.

The token never stands in an address, because addresses end up in logs; the one exception is `inspect`, whose question it is.
"""

import hmac
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from bot import errors, wire
from bot.clock import Clock
from bot.connectors import multipart
from bot.connectors.client import Answer, Client
from bot.connectors.meta import remedies
from bot.connectors.meta.options import Options

_MOST_BYTES = 20_000_000
# A file takes longer than words.
_FILE_SECONDS = 120.0
# Where Meta keeps files; nobody else is shown our token.
_KEEPERS = (".facebook.com", ".fbcdn.net", ".fbsbx.com", ".whatsapp.net")
GONE = "The network no longer has this file."
ELSEWHERE = "This file is not where Meta keeps files."


class Graph:
    """One account's line. `get`, `post` and `delete` raise our errors and no others."""

    def __init__(self, options: Options, clock: Clock, app_prefix: str = "") -> None:
        self._options = options
        self._clock = clock
        self._root = f"{options.base_url}/{options.version}"
        self._app_token = f"{app_prefix}{options.app_id}|{options.app_secret}"
        self.use(options.token)
        # Meta's description wants a name and three numbers: they say which Graph we speak.
        self._agent = {"user-agent": f"Comptoir/{options.version.removeprefix('v')}.0"}
        is_allowed = options.is_private_network_allowed
        secrets = (options.token, options.app_secret, options.verify_token)
        self._asking = Client(is_private_network_allowed=is_allowed, secrets=secrets, most_bytes=_MOST_BYTES)
        self._acting = Client(is_private_network_allowed=is_allowed, secrets=secrets, keeps_connections=False)

    def use(self, token: str) -> None:
        """Speak with this token from now on."""
        self._token = token
        self._proof = proof(token, self._options.app_secret)

    async def open(self) -> None:
        await self._asking.open()
        await self._acting.open()

    async def close(self) -> None:
        await self._asking.close()
        await self._acting.close()

    async def get(self, *path: str, **query: str) -> dict[str, Any]:
        """Ask. Asking twice does no harm."""
        url = self._url(path, query | {"appsecret_proof": self._proof})
        headers = self._agent | {"authorization": f"Bearer {self._token}"}
        return self._read(await self._asking.get(url, headers=headers), acts=False)

    async def post(self, *path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Have something done, once."""
        return await self._act("POST", path, "application/json", msgspec.json.encode(body))

    async def upload(
        self, *path: str, fields: dict[str, str], file: wire.Enclosure, under: str = "file"
    ) -> dict[str, Any]:
        """Carry a file up. Nobody sees it yet, so whatever goes wrong on the way, it may be carried up again: TryLater."""
        try:
            return await self.post_file(*path, fields=fields, file=file, under=under)
        except errors.Uncertain as lost:
            raise errors.TryLater("Meta did not say whether it has the file. Nobody sees it yet.") from lost

    async def post_file(self, *path: str, fields: dict[str, str], file: wire.Enclosure, under: str) -> dict[str, Any]:
        """Have something done, once, with a file in it."""
        held = multipart.Part(under, multipart.plain(file.name), file.kind, file.body)
        return await self._act("POST", path, *multipart.written(fields, held))

    async def delete(self, *path: str) -> dict[str, Any]:
        """Have something removed. Removed twice is removed."""
        return await self._act("DELETE", path)

    async def all(self, *path: str, **query: str) -> AsyncIterator[Any]:
        """Each thing of a list, over all its pages; the list is left when nobody asks for more."""
        after = ""
        while True:
            page = await self.get(*path, **query, **({"after": after} if after else {}))
            listed = page.get("data")
            for one in listed if isinstance(listed, list) else []:
                yield one
            following = _after(page)
            if not following or following == after:
                return
            after = following

    async def inspect(self) -> dict[str, Any]:
        """What Meta thinks of our token: asked as the app itself, so that it is answered when the token is dead, too."""
        url = self._url(("debug_token",), {"input_token": self._token})
        headers = self._agent | {"authorization": f"Bearer {self._app_token}"}
        told = self._read(await self._asking.get(url, headers=headers), acts=False).get("data")
        return told if isinstance(told, dict) else {}

    async def renew(self) -> dict[str, Any]:
        """A fresh token for ours, where tokens end after weeks. The old one goes on until its own end."""
        return await self.get("refresh_access_token", grant_type="th_refresh_token")

    async def file(self, media_id: str) -> bytes:
        """A file's content: Meta tells an address that lives for minutes and wants our token."""
        url = (await self.get(media_id)).get("url")
        if not isinstance(url, str) or not url:
            raise errors.Refused(GONE)
        if not self._is_metas(url):
            raise errors.Refused(ELSEWHERE)
        answer = await self._asking.get(url, headers=self._agent | {"authorization": f"Bearer {self._token}"})
        if answer.status in {400, 403, 404, 410}:
            raise errors.Refused(GONE)
        if answer.status != 200:
            raise remedies.of(answer, self._clock(), acts=False)
        return answer.body

    async def _act(
        self, method: str, path: tuple[str, ...], kind: str = "", body: bytes | None = None
    ) -> dict[str, Any]:
        headers = self._agent | {"authorization": f"Bearer {self._token}"}
        if kind:
            headers["content-type"] = kind
        answer = await self._acting.request(
            method,
            self._url(path, {"appsecret_proof": self._proof}),
            headers=headers,
            body=body,
            total_seconds=_FILE_SECONDS if kind.startswith("multipart/") else None,
        )
        return self._read(answer, acts=True)

    def _is_metas(self, url: str) -> bool:
        """Whether an address that Meta told is its own, or leads where all of this account's questions go."""
        try:
            parts, home = urlsplit(url), urlsplit(self._root)
            if (parts.scheme, parts.hostname, parts.port) == (home.scheme, home.hostname, home.port):
                return True
            return parts.scheme == "https" and parts.port in {None, 443} and f".{parts.hostname}".endswith(_KEEPERS)
        except ValueError:
            return False

    def _url(self, path: tuple[str, ...], query: dict[str, str]) -> str:
        # Ids come from outside: none may climb out of its place in the path.
        place = "/".join(quote(part, safe="") for part in path)
        if not all(part.strip(".") for part in path):
            raise errors.Refused("Meta has nothing of that name.")
        return f"{self._root}/{place}?{urlencode(query)}"

    def _read(self, answer: Answer, *, acts: bool) -> dict[str, Any]:
        told = remedies.decoded(answer.body)
        if answer.status >= 300 or told is None or "error" in told:
            # It may have been renewed since, and `inspect` asks about it in another's name.
            known = replace(answer, secrets=(*answer.secrets, self._token))
            raise remedies.of(known, self._clock(), acts=acts)
        return told


def proof(token: str, app_secret: str) -> str:
    """`appsecret_proof`: a token that was stolen is worth nothing without the app's secret."""
    return hmac.new(app_secret.encode(), token.encode(), "sha256").hexdigest()


def _after(page: dict[str, Any]) -> str:
    """Where the next page begins. Meta repeats the last place on the last page, but then names no address of a next one."""
    paging = page.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, dict) and paging.get("next") else None
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) else ""
