"""The line to one instance: what is asked and said, and its stream, over the desk's one guarded way out. Errors are ours."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from bot import errors
from bot.clock import Clock
from bot.connectors.client import Client, Stream
from bot.connectors.mastodon import remedies
from bot.connectors.mastodon.options import Options

# Forty notifications, each with a long post and its pictures.
_MOST_BYTES = 8_000_000
# Mastodon says every 15 seconds that it is still there.
_SILENCE_SECONDS = 50.0
Parameters = Mapping[str, str | Sequence[str]]


class Ended(errors.TryLater):
    """The stream has ended or broken off."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that the stream tells."""

    name: str
    data: str


class Events:
    """The stream, event by event. What only says that it is still there is passed over."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._name = ""
        self._lines: list[str] = []

    async def next(self, until: float) -> Event | None:
        """The next event, or None when there was none `until` that time of the loop's."""
        loop = asyncio.get_running_loop()
        while (left := until - loop.time()) > 0:
            line = await self._line(left)
            if line is not None and (event := self._read(line)):
                return event
        return None

    async def _line(self, within: float) -> str | None:
        try:
            line = await self._stream.line(within)
        except errors.TryLater as error:
            raise Ended(error.message) from error
        return None if line is None else line.decode("utf-8", "replace")

    def _read(self, line: str) -> Event | None:
        if not line:
            event = Event(self._name, "\n".join(self._lines))
            self._name, self._lines = "", []
            return event if event.name else None
        field, _, value = line.partition(":")
        if field == "event":
            self._name = value.removeprefix(" ")
        elif field == "data":
            self._lines.append(value.removeprefix(" "))
        return None


class Api:
    """One account on one instance."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self._base_url = options.base_url
        self._clock = clock
        self._headers = {"authorization": f"Bearer {options.token}", "accept": "application/json"}
        is_allowed = options.is_private_network_allowed
        secrets = (options.token,)
        self._client = Client(is_private_network_allowed=is_allowed, secrets=secrets, most_bytes=_MOST_BYTES)
        # What acts goes over a connection of its own: one that was kept may be dead, and then nobody could tell whether the
        # words had arrived.
        self._once = Client(is_private_network_allowed=is_allowed, secrets=secrets, keeps_connections=False)

    async def open(self) -> None:
        await self._client.open()
        await self._once.open()

    async def close(self) -> None:
        await self._client.close()
        await self._once.close()

    async def get(self, path: str, parameters: Parameters | None = None) -> Any:
        """What the instance answers, as it came. Raises NotFound, TryLater, Reauthorize, Refused."""
        query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
        answer = await self._client.get(f"{self._base_url}/api/{path}{query}", headers=self._headers)
        return remedies.read(answer, self._clock(), remedies.Asking.HEARING)

    async def post(self, path: str, body: Mapping[str, Any], key: str) -> Any:
        """Say something, under a key that makes it once. Raises Uncertain when the answer was lost."""
        answer = await self._ask("POST", path, body, {"idempotency-key": quote(key, safe="")})
        return remedies.read(answer, self._clock(), remedies.Asking.SAYING)

    async def upload(self, path: str, kind: str, form: bytes) -> Any:
        """Carry up a file, in a form. Nobody sees it yet, so when the answer was lost it is TryLater."""
        headers = self._headers | {"content-type": kind}
        try:
            answer = await self._once.request("POST", f"{self._base_url}/api/{path}", headers=headers, body=form)
        except errors.Uncertain as lost:
            raise errors.TryLater(remedies.LOST) from lost
        return remedies.read(answer, self._clock(), remedies.Asking.CHANGING)

    async def change(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What may be done twice: when the answer was lost it is TryLater."""
        try:
            answer = await self._ask(method, path, body, {})
        except errors.Uncertain as lost:
            raise errors.TryLater(remedies.LOST) from lost
        return remedies.read(answer, self._clock(), remedies.Asking.CHANGING)

    @asynccontextmanager
    async def events(self, streaming_url: str) -> AsyncIterator[Events]:
        """What happens on the account from now on. Raises Ended when that ends, NotFound where there is no stream."""
        url = f"{streaming_url}/api/v1/streaming/user"
        headers = self._headers | {"accept": "text/event-stream"}
        async with self._client.stream(url, headers=headers, silence_seconds=_SILENCE_SECONDS) as stream:
            if stream.answer.status != 200:
                remedies.read(stream.answer, self._clock(), remedies.Asking.HEARING)
                raise errors.NotFound("The instance has no stream.")
            yield Events(stream)

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None, more: Mapping[str, str]) -> Any:
        return await self._once.request(
            method,
            f"{self._base_url}/api/{path}",
            headers=self._headers | {"content-type": "application/json", **more},
            body=json.dumps(body or {}).encode(),
        )
